"""Looking whether a ticket is a matter that is open already: what is proven joins, what is likely is suggested."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, func, select, union_all, update

from app import hearsay
from app.db import UtcDateTime, db, once_more, transaction
from app.desk import aims, distinctions, marks, order_proof, resemblance, signed_links
from app.desk.resemblance import Candidate, Heard
from app.desk.writing import held, record, run, upsert
from app.models import (
    UNCOMPARED,
    Conversation,
    Direction,
    Event,
    Message,
    Reference,
    Suggestion,
    SuggestionState,
    Ticket,
)
from app.models.columns import BigId
from routing.identity import Bond as Tie
from routing.identity import Evidence, Hint, Proof, judge
from routing.matter import WINDOW, Bond, Score, Why, rank

EXPIRES_AFTER = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """Another ticket that may be the same matter, with everything a person is told about it."""

    number: int
    points: int
    reasons: list[dict[str, Any]]
    is_proven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a look at a ticket found; nothing is written yet."""

    ticket_id: int
    newest_id: int = 0
    """The last message that was read."""
    events: int = 0
    """How many lines the timeline had before anything was read."""
    customer_id: int = 0
    apart: frozenset[int] = frozenset()
    """Of whom somebody had said that they are not this customer."""
    likely: tuple[Likely, ...] = ()
    joins_into: int | None = None
    proven_customer_id: int | None = None
    """Whom the writer has proven to be."""
    proof: Proof = Proof.ORDER_AND_FACT
    evidence: dict[str, str] = field(default_factory=dict)

    @property
    def has_news(self) -> bool:
        return bool(self.likely or self.joins_into or self.proven_customer_id)


def look(ticket_id: int, *, at: datetime) -> Compared:
    """Weigh a ticket against the others; reads only, so it holds nobody up."""
    lines = select(func.count()).where(Event.ticket_id == ticket_id).scalar_subquery()
    row = select(Ticket, lines).where(Ticket.id == ticket_id).execution_options(populate_existing=True)
    ticket, events = db.session.execute(row).one()
    known = resemblance.heard(ticket_id, zone=aims.newest_hours(None).zone) if ticket.closed_at is None else None
    if known is None or at - known.new.at > WINDOW:
        return Compared(ticket_id=ticket_id, newest_id=resemblance.newest_id(ticket_id), events=events)
    others = resemblance.candidates(ticket, known, at=at, without=_told_apart(ticket_id))
    signed_id = signed_links.owner_on(ticket_id, at=at)
    is_signed = signed_id is not None and signed_id != ticket.customer_id
    proven = (signed_id, "") if is_signed else order_proof.proven(ticket)
    scores = [_at_most_suggested(ticket, score) for score in rank(known.new, [other.matter for other in others])]
    apart = frozenset(distinctions.apart_from(ticket.customer_id) if others else ())
    return Compared(
        ticket_id=ticket_id,
        newest_id=known.newest_id,
        events=events,
        customer_id=ticket.customer_id,
        apart=apart,
        likely=tuple(_worth_saying(ticket, known, others, scores, apart)),
        joins_into=next((score.number for score in scores if score.bond is Bond.JOIN), None),
        proven_customer_id=proven[0],
        proof=Proof.SIGNED_LINK if is_signed else Proof.ORDER_AND_FACT,
        evidence={"order": proven[1]} if proven[1] else {},
    )


def _at_most_suggested(ticket: Ticket, score: Score) -> Score:
    """Let people say yes where the word of one who may not see both matters is all that makes their people one."""
    if score.bond is Bond.JOIN and hearsay.binds(ticket.id, score.number, ticket.customer_id):
        return replace(score, bond=Bond.SUGGEST)
    return score


def remember(ticket_ids: Sequence[int]) -> None:
    """Keep what the customers of these tickets name, before any of them is compared: two new ones find each other."""
    zone = aims.newest_hours(None).zone
    rows = [
        {"conversation_id": known.conversation_id, "message_id": known.newest_id, "value": value}
        for ticket_id in ticket_ids
        if (known := resemblance.heard(ticket_id, zone=zone))
        for value in sorted(known.named.all)[: marks.MOST]
    ]
    if rows:
        _keep(rows)


@once_more
def _keep(rows: list[dict[str, Any]]) -> None:
    with transaction():
        db.session.execute(upsert(Reference).values(rows).on_conflict_do_nothing())


@once_more
def write_down(found: Sequence[Compared], *, at: datetime) -> None:
    """Keep what was found; a ticket on which something was heard or happened meanwhile stays to be compared.

    A name that was fetched, a link that was followed, a join: each is a line of the timeline. What was found is not
    even written down where somebody has said something of its person since.
    It joins nothing by itself: whoever calls does that, one verb after the other.
    """
    with transaction() as afterwards:
        for compared in sorted(found, key=lambda each: each.ticket_id):
            ticket = held(compared.ticket_id)
            if compared.likely and not _is_as_it_was(ticket, compared):
                continue
            # Before our own lines are written.
            run(_COMPARED, ticket=ticket.id, newest=compared.newest_id, events=compared.events, now=at)
            for likely in compared.likely:
                if _suggest(compared.ticket_id, likely, at=at):
                    here, there = compared.ticket_id, likely.number
                    record("suggested", ticket_id=here, at=at, afterwards=afterwards, other=there)
                    record("suggested", ticket_id=there, at=at, afterwards=afterwards, other=here)


def _is_as_it_was(ticket: Ticket, compared: Compared) -> bool:
    customer_id = ticket.customer_id
    return customer_id == compared.customer_id and distinctions.apart_from(customer_id) == compared.apart


_HERE = select(Conversation.id).where(Conversation.ticket_id == bindparam("ticket", type_=BigId))
_COMPARED: Any = (
    update(Ticket.__table__)  # type: ignore[arg-type]
    .where(
        Ticket.id == bindparam("ticket", type_=BigId),
        ~exists().where(
            Message.conversation_id.in_(_HERE),
            Message.direction == Direction.IN,
            Message.id > bindparam("newest", type_=BigId),
        ),
        select(func.count()).where(Event.ticket_id == bindparam("ticket", type_=BigId)).scalar_subquery()
        == bindparam("events"),
    )
    .values(compared_at=bindparam("now", type_=UtcDateTime()))
)


def uncompared(*, limit: int = 100) -> list[int]:
    """Return open tickets on which something was heard since they were last compared, the oldest first."""
    return list(db.session.scalars(select(Ticket.id).where(UNCOMPARED).order_by(Ticket.id).limit(limit)))


def let_be(ticket_id: int, *, at: datetime) -> None:
    """Take a ticket for compared that cannot be: until its next message it is left alone."""
    with transaction():
        db.session.execute(update(Ticket).where(Ticket.id == ticket_id).values(compared_at=at))


def _told_apart(ticket_id: int) -> set[int]:
    """Return the tickets of which somebody has said that they are another matter."""
    rejected = Suggestion.state == SuggestionState.REJECTED
    rows = union_all(
        select(Suggestion.other_id).where(Suggestion.ticket_id == ticket_id, rejected),
        select(Suggestion.ticket_id).where(Suggestion.other_id == ticket_id, rejected),
    )
    return set(db.session.scalars(rows))


def customer_of(ticket_id: int) -> int:
    """Return whose ticket it is."""
    return db.session.scalars(select(Ticket.customer_id).where(Ticket.id == ticket_id)).one()


def _worth_saying(
    ticket: Ticket, known: Heard, others: Sequence[Candidate], scores: Sequence[Score], apart: Collection[int]
) -> Iterator[Likely]:
    """Return the suggestions: of the same person by the matter alone, of others only where they may be the same."""
    by_number = {other.matter.number: other for other in others}
    for score in scores:
        if score.bond is not Bond.SUGGEST:
            continue
        other = by_number[score.number]
        is_proven = other.customer_id == ticket.customer_id
        is_meant = any(why in {Why.FITS_IN_TIME, Why.ONE_OF_SEVERAL} for why, _ in score.reasons)
        said = known.mention.words if known.mention else ""
        evidence = [*other.evidence, *([Evidence(kind=Hint.SAID_SO, words=said)] if is_meant else [])]
        if is_proven or judge(evidence, are_known_apart=other.customer_id in apart).bond is not Tie.NOTHING:
            reasons = _reasons(ticket.id, known, score, [] if is_proven else evidence)
            yield Likely(number=score.number, points=score.points, reasons=reasons, is_proven=is_proven)


def _reasons(ticket_id: int, known: Heard, score: Score, evidence: Sequence[Evidence]) -> list[dict[str, Any]]:
    """Return the reasons with the ticket whose texts the words were read from: only who sees it may read them."""
    said = known.mention.words if known.mention else ""
    matter = [
        {"why": why.value, "points": points, "words": said if why is Why.SAYS_SO else "", "read_in": ticket_id}
        for why, points in score.reasons
    ]
    person = [
        {"why": each.kind.value, "points": 0, "words": each.words[:200], "read_in": ticket_id} for each in evidence
    ]
    return [*matter, *person]


def _suggest(ticket_id: int, likely: Likely, *, at: datetime) -> bool:
    """Write a suggestion down or bring it up to date; False where it stood there already or was answered.

    A pair is suggested once, whichever of the two was compared.
    """
    younger, older = max(ticket_id, likely.number), min(ticket_id, likely.number)
    values = {"points": likely.points, "reasons": likely.reasons, "is_proven": likely.is_proven}
    known = db.session.execute(
        select(Suggestion.id, Suggestion.state).where(Suggestion.ticket_id == younger, Suggestion.other_id == older)
    ).first()
    if known is not None:
        if known.state is SuggestionState.PENDING:
            db.session.execute(update(Suggestion).where(Suggestion.id == known.id).values(**values))
        return False
    statement = upsert(Suggestion).values(
        ticket_id=younger,
        other_id=older,
        state=SuggestionState.PENDING,
        made_at=at,
        expires_at=at + EXPIRES_AFTER,
        **values,
    )
    return db.session.scalar(statement.on_conflict_do_nothing().returning(Suggestion.id)) is not None
