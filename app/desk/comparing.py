"""Looking whether a ticket is a matter that is open already: what is proven joins, what is likely is suggested."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from app.db import db, once_more, transaction
from app.desk import aims, resemblance
from app.desk.resemblance import Candidate, Heard
from app.desk.writing import held, record, upsert
from app.models import UNCOMPARED, Identity, Order, Reference, Suggestion, SuggestionState, Ticket
from routing.identity import Bond as Tie
from routing.identity import Evidence, judge
from routing.matter import WINDOW, Bond, Score, Why, rank

EXPIRES_AFTER = timedelta(days=90)
MOST_REFERENCES = 20


@dataclass(slots=True, kw_only=True)
class Compared:
    """What came of it: the ticket this one is to be joined into, whose the proven person is, what was suggested."""

    joins_into: int | None = None
    proven_customer_id: int | None = None
    order: str = ""
    suggested: list[int] = field(default_factory=list)


@once_more
def compare(ticket_id: int, *, at: datetime) -> Compared:
    """Weigh a ticket against the others and write down what is likely; safe to repeat whenever something was heard.

    It joins nothing by itself: whoever calls does that, one verb after the other.
    """
    with transaction() as afterwards:
        ticket = held(ticket_id)
        ticket.compared_at = at
        known = resemblance.heard(ticket_id, zone=aims.newest_hours(None).zone) if ticket.closed_at is None else None
        if known is None or at - known.new.at > WINDOW:
            return Compared()
        _remember(known)
        others = resemblance.candidates(ticket, known, at=at)
        owner_id, order = _proven(ticket, known)
        scores = rank(known.new, [other.matter for other in others])
        done = Compared(proven_customer_id=owner_id, order=order)
        done.joins_into = next((score.number for score in scores if score.bond is Bond.JOIN), None)
        for score, reasons, is_proven in _worth_saying(ticket, known, others, scores):
            if suggestion_id := _suggest(ticket_id, score, reasons, is_proven=is_proven, at=at):
                done.suggested.append(suggestion_id)
                other = score.number
                record("suggested", ticket_id=ticket_id, at=at, afterwards=afterwards, other=other)
                record("suggested", ticket_id=other, at=at, afterwards=afterwards, other=ticket_id)
    return done


def uncompared(*, limit: int = 100) -> list[int]:
    """Return open tickets on which something was heard since they were last compared, the oldest first."""
    return list(db.session.scalars(select(Ticket.id).where(UNCOMPARED).order_by(Ticket.id).limit(limit)))


def let_be(ticket_id: int, *, at: datetime) -> None:
    """Take a ticket for compared that cannot be: until its next message it is left alone."""
    with transaction():
        db.session.execute(update(Ticket).where(Ticket.id == ticket_id).values(compared_at=at))


def customer_of(ticket_id: int) -> int:
    """Return whose ticket it is."""
    return db.session.scalars(select(Ticket.customer_id).where(Ticket.id == ticket_id)).one()


def _remember(known: Heard) -> None:
    """Keep the numbers that the customer named with their conversation, each once."""
    rows = [
        {"conversation_id": known.conversation_id, "message_id": known.message_id, "value": value[:40]}
        for value in sorted(known.claims.references)[:MOST_REFERENCES]
    ]
    if rows:
        db.session.execute(upsert(Reference).values(rows).on_conflict_do_nothing())


def _proven(ticket: Ticket, known: Heard) -> tuple[int | None, str]:
    """Return whose order it is, if the customer named its number and a second fact of it and we know whose it is."""
    for order in db.session.scalars(select(Order).where(Order.number.in_(known.claims.references))):
        is_second_fact = (order.postcode and order.postcode in known.claims.postcodes) or (
            order.amount_cents is not None and order.amount_cents in known.claims.amounts
        )
        if not is_second_fact or not order.email:
            continue
        owner_id = db.session.scalar(
            select(Identity.customer_id).where(Identity.kind == "email", Identity.value == order.email)
        )
        if owner_id is not None and owner_id != ticket.customer_id:
            return owner_id, order.shown or order.number
    return None, ""


def _worth_saying(
    ticket: Ticket, known: Heard, others: Sequence[Candidate], scores: Sequence[Score]
) -> Iterable[tuple[Score, list[dict[str, Any]], bool]]:
    """Return the suggestions: of the same person by the matter alone, of others only where they may be the same."""
    by_number = {other.matter.number: other for other in others}
    addresses = _addresses({other.customer_id for other in others})
    for score in scores:
        if score.bond is not Bond.SUGGEST:
            continue
        other = by_number[score.number]
        is_proven = other.customer_id == ticket.customer_id
        is_meant = any(why in {Why.FITS_IN_TIME, Why.ONE_OF_SEVERAL} for why, _ in score.reasons)
        evidence = resemblance.hints(known, other, addresses=addresses[other.customer_id], is_meant=is_meant)
        if is_proven or judge(evidence).bond is not Tie.NOTHING:
            yield score, _reasons(known, score, [] if is_proven else evidence), is_proven


def _addresses(customer_ids: Iterable[int]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = select(Identity.customer_id, Identity.value, Identity.name).where(Identity.customer_id.in_(customer_ids))
    for customer_id, value, name in db.session.execute(rows):
        found[customer_id] += [value, name]
    return found


def _reasons(known: Heard, score: Score, evidence: Sequence[Evidence]) -> list[dict[str, Any]]:
    said = known.mention.words if known.mention else ""
    matter = [
        {"why": why.value, "points": points, "words": said if why is Why.SAYS_SO else ""}
        for why, points in score.reasons
    ]
    person = [{"why": each.kind.value, "points": 0, "words": each.words[:200]} for each in evidence]
    return [*matter, *person]


def _suggest(
    ticket_id: int, score: Score, reasons: list[dict[str, Any]], *, is_proven: bool, at: datetime
) -> int | None:
    """Write a suggestion down or bring it up to date; None where it stood there already or was answered.

    A pair is suggested once, whichever of the two was compared.
    """
    younger, older = max(ticket_id, score.number), min(ticket_id, score.number)
    values = {"points": score.points, "reasons": reasons, "is_proven": is_proven}
    known = db.session.execute(
        select(Suggestion.id, Suggestion.state).where(Suggestion.ticket_id == younger, Suggestion.other_id == older)
    ).first()
    if known is not None:
        if known.state is SuggestionState.PENDING:
            db.session.execute(update(Suggestion).where(Suggestion.id == known.id).values(**values))
        return None
    statement = upsert(Suggestion).values(
        ticket_id=younger,
        other_id=older,
        state=SuggestionState.PENDING,
        made_at=at,
        expires_at=at + EXPIRES_AFTER,
        **values,
    )
    made: int | None = db.session.scalar(statement.on_conflict_do_nothing().returning(Suggestion.id))
    return made
