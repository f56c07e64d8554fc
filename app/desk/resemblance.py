"""What a ticket can be compared by, and which other tickets may be the same matter: rows into values of the core."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, case, func, or_, select

from app.db import db
from app.desk import marks, resembled
from app.desk.call_filing import NOTED
from app.desk.marks import Marks
from app.models import Conversation, Customer, Direction, Message, MessageKind, Ticket, TicketState
from routing.articles import things_in
from routing.claims import Claims, claims_in, name_parts
from routing.identity import Evidence, Hint
from routing.likeness import LONGEST as LONGEST_COMPARED
from routing.matter import RESOLVED_WITHIN, WINDOW, Matter, New, Told
from routing.mentions import Mention, mention_in
from routing.numbers import shared
from routing.short_names import may_be_one

MOST_TEXTS = 5
"""Newest texts of a ticket that are read."""
LONGEST_TEXT = 20_000
MOST_CANDIDATES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a customer said in a ticket, read once."""

    new: New
    claims: Claims
    mention: Mention | None
    newest_id: int
    """Of the messages that were read; platforms' times say nothing of what came last to us."""
    conversation_id: int
    named: Marks
    author_names: frozenset[str]


def newest_id(ticket_id: int) -> int:
    """Return the last message that came in on a ticket, whatever it was; 0 where none did."""
    statement = (
        select(func.max(Message.id))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.ticket_id == ticket_id, Message.direction == Direction.IN)
    )
    return db.session.scalar(statement) or 0


def heard(ticket_id: int, *, zone: ZoneInfo) -> Heard | None:
    """Read the newest texts of a ticket's customer; None where they have said nothing yet."""
    rows = _newest(ticket_id)
    told = [row for row in rows if row.kind is not MessageKind.CALL or row.details.get(NOTED)]
    if not told:
        return None
    newest, text = told[0], "\n".join(row.text for row in reversed(told))
    claims = claims_in(text)
    mention = _mention(told, zone)
    names, named = frozenset(row.author_name for row in told if row.author_name), marks.named(claims)
    written = resembled.written([ticket_id])[ticket_id]
    new = Told(
        references=named.numbers,
        bare=named.bare,
        files=resembled.files([ticket_id])[ticket_id],
        things=things_in(text, without={part for name in names for part in name_parts(name)}),
        texts=(text[:LONGEST_COMPARED],),
        mention=mention,
        heard=written.heard,
        answered=written.answered,
        writers=resembled.writers(named.names, names),
    )
    return Heard(
        new=New(at=newest.sent_at, told=new),
        claims=claims,
        mention=mention,
        newest_id=max(row.id for row in rows),
        conversation_id=newest.conversation_id,
        named=named,
        author_names=names,
    )


def _mention(told: Sequence[Row[Any]], zone: ZoneInfo) -> Mention | None:
    """Return what the newest text says of an earlier contact; one that says when tells more than any that does not."""
    said = [found for row in told if (found := mention_in(row.text, written_at=row.sent_at, zone=zone))]
    return next((each for each in said if each.since is not None), said[0] if said else None)


def _newest(ticket_id: int) -> Sequence[Row[Any]]:
    return db.session.execute(
        select(
            Message.id,
            Message.conversation_id,
            Message.kind,
            Message.details,
            func.substr(Message.text, 1, LONGEST_TEXT).label("text"),
            Message.sent_at,
            Message.author_name,
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.ticket_id == ticket_id, *said_by_a_customer())
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(MOST_TEXTS)
    ).all()


def said_by_a_customer() -> tuple[ColumnElement[bool], ...]:
    return (
        Message.direction == Direction.IN,
        Message.is_automatic.is_(False),
        Message.is_bounce.is_(False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A ticket that may be the same matter, whose it is, and what speaks for both being one person's."""

    matter: Matter
    customer_id: int
    evidence: tuple[Evidence, ...]


def candidates(ticket: Ticket, known: Heard, *, at: datetime, without: Collection[int] = ()) -> list[Candidate]:
    """Return the tickets worth comparing: of the same person, with the same number, name, address or file."""
    own = marks.of_customers([ticket.customer_id])[ticket.customer_id]
    names = own.names | known.named.names | marks.of_names(known.author_names | {ticket.customer_name})
    called = known.author_names | {ticket.customer_name}
    rows = _rows(ticket, known, own, names, at=at, without=without)
    found = [row.id for row in rows]
    kept = marks.known_as_orders(resembled.marks_of(found), known.named.bare)
    told = resembled.told(found, kept, mentions=resembled.Mentions(known.new.told.heard))
    people = marks.of_customers({row.customer_id for row in rows})
    every = (known.named, *(kept[number] for number in found))
    buyers = marks.buyers(frozenset[str]().union(*(each.numbers | each.bare for each in every)))
    return [
        _candidate(
            row,
            told[row.id],
            is_same=row.customer_id == ticket.customer_id,
            evidence=_evidence(
                _Side(known.named, own, names),
                _Side(kept[row.id], people[row.customer_id], people[row.customer_id].names | kept[row.id].names),
                buyers,
            )
            + _alike(row.customer_name, called),
        )
        for row in rows
    ]


def _rows(
    ticket: Ticket, known: Heard, own: Marks, names: frozenset[str], *, at: datetime, without: Collection[int]
) -> Sequence[resembled.Row]:
    """Return tickets in the window, those that are pointed at before those of mere namesakes."""
    pointed = {ticket.customer_id, *marks.holders(known.named)}
    bought = marks.ordered_from(own.contacts)
    emails = marks.buyers(known.named.numbers | known.named.bare).values()
    pointed |= marks.holders(Marks(contacts=frozenset(emails)))
    looked_for = known.named.looked_for | own.contacts | Marks(numbers=bought).looked_for
    marked = resembled.tickets_of(marks.conversations_with(looked_for))
    also = resembled.tickets_of(marks.conversations_with(names))
    others = (marks.namesakes(names) | marks.called_alike(known.author_names | {ticket.customer_name})) - pointed
    is_strong = or_(Ticket.customer_id.in_(pointed), Ticket.id.in_(marked))
    statement = (
        select(Ticket.id, Ticket.customer_id, Ticket.preview_at, Ticket.resolved_at, Customer.name)
        .join(Customer, Customer.id == Ticket.customer_id)
        .where(
            Ticket.id.not_in({ticket.id, *without}),
            Ticket.state != TicketState.JOINED,
            or_(Ticket.customer_id.in_(pointed | others), Ticket.id.in_({*marked, *also})),
            or_(Ticket.closed_at.is_(None), Ticket.closed_at >= at - RESOLVED_WITHIN),
            Ticket.preview_at >= known.new.at - WINDOW,
        )
        .order_by(case((is_strong, 0), else_=1), Ticket.preview_at.desc(), Ticket.id.desc())
        .limit(MOST_CANDIDATES)
    )
    return [resembled.Row._make(row) for row in db.session.execute(statement)]


def _candidate(row: resembled.Row, told: Told, *, is_same: bool, evidence: tuple[Evidence, ...]) -> Candidate:
    kinds = {each.kind for each in evidence}
    return Candidate(
        matter=Matter(
            number=row.id,
            is_same_person=is_same,
            latest_at=row.preview_at,
            resolved_at=row.resolved_at,
            told=told,
            is_pointed_at=bool(kinds & POINTING),
            has_same_name=Hint.SAME_NAME in kinds,
            has_like_name=Hint.LIKE_NAME in kinds,
        ),
        customer_id=row.customer_id,
        evidence=evidence,
    )


POINTING = frozenset({Hint.CLAIMED_ADDRESS, Hint.HANDLE, Hint.NAME_AND_POSTCODE, Hint.ORDERED})


@dataclass(frozen=True, slots=True)
class _Side:
    """What one of two customers names, what is theirs, and how they are called."""

    named: Marks
    own: Marks
    names: frozenset[str]


def _alike(name: str, called: Collection[str]) -> tuple[Evidence, ...]:
    alike = [each for each in sorted(called) if may_be_one(each, name)]
    return tuple(Evidence(kind=Hint.LIKE_NAME, words=each) for each in alike[:1])


def _evidence(one: _Side, other: _Side, buyers: dict[str, str]) -> tuple[Evidence, ...]:
    """Return what suggests that both are one person, with the words it was read from."""
    found = []
    has_same_name = bool(one.names & other.names)
    if has_same_name:
        words = min(one.names & other.names).removeprefix("~").title()
        found.append(Evidence(kind=Hint.SAME_NAME, words=words))
    both = shared(one.named.numbers, one.named.bare, other.named.numbers, other.named.bare)
    if both:
        found.append(Evidence(kind=Hint.ORDER_NUMBER, words=max(both, key=len)))
    contacts = (one.named.contacts & other.own.contacts) | (other.named.contacts & one.own.contacts)
    for contact in sorted(contacts):
        kind = Hint.HANDLE if contact.startswith("@") else Hint.CLAIMED_ADDRESS
        found.append(Evidence(kind=kind, words=contact))
    if has_same_name and (places := one.named.places & other.named.places):
        found.append(Evidence(kind=Hint.NAME_AND_POSTCODE, words=min(places).removeprefix("^")))
    for mine, yours in ((one, other), (other, one)):
        numbers = mine.named.numbers | mine.named.bare
        ordered = sorted(number for number in numbers if buyers.get(number, "-") in yours.own.contacts)
        found += [Evidence(kind=Hint.ORDERED, words=number) for number in ordered[:1]]
    return tuple(found)
