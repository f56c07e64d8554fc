"""What a ticket can be compared by, and which other tickets may be the same matter: rows into values of the core."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select, union

from app.db import db
from app.models import (
    Attachment,
    Conversation,
    Customer,
    Direction,
    Identity,
    Message,
    MessageKind,
    Obligation,
    ObligationState,
    Reference,
    Ticket,
    TicketState,
)
from routing.claims import Claims, claims_in, is_same_name, name_key
from routing.identity import Evidence, Hint
from routing.likeness import profile
from routing.matter import RESOLVED_WITHIN, WINDOW, Matter, New
from routing.mentions import Mention, Way, mention_in

MOST_TEXTS = 5
"""Newest texts of a ticket that are read."""
MOST_CANDIDATES = 50
_WAYS = {"email": Way.MAIL, "phone": Way.PHONE, "messenger": Way.MESSENGER, "public": Way.PUBLIC}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a customer said in a ticket, read once."""

    new: New
    claims: Claims
    mention: Mention | None
    newest_id: int
    """Of the messages that were read; platforms' times say nothing of what came last to us."""
    conversation_id: int
    author_names: frozenset[str]


def heard(ticket_id: int, *, zone: ZoneInfo) -> Heard | None:
    """Read the newest texts of a ticket's customer; None where they have said nothing yet."""
    rows = db.session.execute(
        select(Message.id, Message.conversation_id, Message.text, Message.sent_at, Message.author_name)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.ticket_id == ticket_id, *_said_by_a_customer())
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(MOST_TEXTS)
    ).all()
    if not rows:
        return None
    newest = rows[0]
    text = "\n".join(row.text for row in reversed(rows))
    claims = claims_in(text)
    mention = next((found for row in rows if (found := mention_in(row.text, written_at=row.sent_at, zone=zone))), None)
    new = New(
        at=newest.sent_at,
        references=claims.references,
        products=files_of([ticket_id]).get(ticket_id, frozenset()),
        profile=profile(text),
        mention=mention,
    )
    return Heard(
        new=new,
        claims=claims,
        mention=mention,
        newest_id=max(row.id for row in rows),
        conversation_id=newest.conversation_id,
        author_names=frozenset(row.author_name for row in rows if row.author_name),
    )


def _said_by_a_customer() -> tuple[ColumnElement[bool], ...]:
    return (
        Message.direction == Direction.IN,
        Message.is_automatic.is_(False),
        Message.is_bounce.is_(False),
        Message.kind != MessageKind.CALL,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A ticket that may be the same matter, and whose it is."""

    matter: Matter
    customer_id: int
    customer_name: str


def candidates(ticket: Ticket, known: Heard, *, at: datetime, without: Collection[int] = ()) -> list[Candidate]:
    """Return the tickets worth comparing: of the same person, with the same number, name or claimed address."""
    owners = _owners(ticket, known)
    with_number = (
        select(Conversation.ticket_id)
        .join(Reference, Reference.conversation_id == Conversation.id)
        .where(Reference.value.in_(known.claims.references))
    )
    rows = db.session.execute(
        select(Ticket.id, Ticket.customer_id, Ticket.created_at, Ticket.preview_at, Ticket.resolved_at, Customer.name)
        .join(Customer, Customer.id == Ticket.customer_id)
        .where(
            Ticket.id.not_in({ticket.id, *without}),
            Ticket.state != TicketState.JOINED,
            or_(Ticket.customer_id.in_(owners), Ticket.id.in_(with_number)),
            or_(Ticket.closed_at.is_(None), Ticket.closed_at >= at - RESOLVED_WITHIN),
            Ticket.preview_at >= known.new.at - WINDOW,
        )
        .order_by(Ticket.preview_at.desc(), Ticket.id.desc())
        .limit(MOST_CANDIDATES)
    ).all()
    return _candidates(rows, customer_id=ticket.customer_id)


def _candidates(rows: Sequence[Any], *, customer_id: int) -> list[Candidate]:
    """Read what the tickets are compared by, all of them at once."""
    found = [row.id for row in rows]
    texts, numbers, files, waiting = _texts(found), _numbers(found), files_of(found), _waiting(found)
    return [
        Candidate(
            matter=Matter(
                number=row.id,
                is_same_person=row.customer_id == customer_id,
                began_at=row.created_at,
                latest_at=row.preview_at,
                resolved_at=row.resolved_at,
                heard=tuple(waiting[row.id]),
                references=frozenset(numbers[row.id]),
                products=files.get(row.id, frozenset()),
                profiles=tuple(profile(text) for text in texts[row.id]),
            ),
            customer_id=row.customer_id,
            customer_name=row.name,
        )
        for row in rows
    ]


def _owners(ticket: Ticket, known: Heard) -> Collection[int]:
    """Return this customer, and those of the same name or with an address or handle that the text names."""
    keys = {name_key(name) for name in known.author_names | {ticket.customer_name}} - {""}
    claimed = {*known.claims.addresses, *known.claims.handles}
    statement = union(
        select(Customer.id).where(Customer.name_key.in_(keys)),
        select(Identity.customer_id).where(Identity.value.in_(claimed)),
        select(Identity.customer_id).where(func.lower(Identity.name).in_(known.claims.handles), Identity.kind == "x"),
    )
    return {ticket.customer_id, *db.session.scalars(statement.limit(MOST_CANDIDATES * 4))}


def _texts(ticket_ids: Sequence[int]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = db.session.execute(
        select(Conversation.ticket_id, Message.text)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.ticket_id.in_(ticket_ids), *_said_by_a_customer())
        .order_by(Message.id.desc())
        .limit(MOST_CANDIDATES * MOST_TEXTS)
    )
    for ticket_id, text in rows:
        if len(found[ticket_id]) < MOST_TEXTS:
            found[ticket_id].append(text)
    return found


def _numbers(ticket_ids: Sequence[int]) -> defaultdict[int, list[str]]:
    rows = db.session.execute(
        select(Conversation.ticket_id, Reference.value)
        .join(Conversation, Conversation.id == Reference.conversation_id)
        .where(Conversation.ticket_id.in_(ticket_ids))
    )
    return _gathered((ticket_id, value) for ticket_id, value in rows)


def files_of(ticket_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """Return the hashes of the files that customers sent in these tickets; pictures of signatures count for nothing."""
    rows = db.session.execute(
        select(Conversation.ticket_id, Attachment.digest)
        .join(Message, Message.id == Attachment.message_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.ticket_id.in_(ticket_ids),
            Message.direction == Direction.IN,
            Attachment.digest != "",
            Attachment.is_inline.is_(False),
        )
    )
    return {id_: frozenset(found) for id_, found in _gathered((id_, digest) for id_, digest in rows).items()}


def _waiting(ticket_ids: Sequence[int]) -> defaultdict[int, list[tuple[Way, datetime]]]:
    """Return when customers wrote on which way what has no substantive answer yet."""
    rows = db.session.execute(
        select(Conversation.ticket_id, Obligation.route, Obligation.opened_at)
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .where(
            Conversation.ticket_id.in_(ticket_ids),
            Obligation.state == ObligationState.OPEN,
            Obligation.answered_by_id.is_(None),
        )
    )
    found: defaultdict[int, list[tuple[Way, datetime]]] = defaultdict(list)
    for ticket_id, route, opened_at in rows:
        found[ticket_id].append((_WAYS[route], opened_at))
    return found


def _gathered(pairs: Iterable[tuple[int, str]]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def hints(known: Heard, other: Candidate, *, addresses: Collection[str], is_meant: bool) -> list[Evidence]:
    """Return what suggests that the writer is the other ticket's customer, with the words it was read from."""
    found: list[Evidence] = []
    if any(is_same_name(name, other.customer_name) for name in known.author_names):
        found.append(Evidence(kind=Hint.SAME_NAME, words=other.customer_name))
    if is_meant and known.mention:
        found.append(Evidence(kind=Hint.SAID_SO, words=known.mention.words))
    if shared := known.claims.references & other.matter.references:
        found.append(Evidence(kind=Hint.ORDER_NUMBER, words=", ".join(sorted(shared))))
    if claimed := known.claims.addresses & set(addresses):
        found.append(Evidence(kind=Hint.CLAIMED_ADDRESS, words=", ".join(sorted(claimed))))
    if named := known.claims.handles & {address.lower() for address in addresses}:
        found.append(Evidence(kind=Hint.HANDLE, words=", ".join(sorted(named))))
    return found
