"""Answering a suggestion, and letting old ones go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select, update

from app.access import Person
from app.db import db, once_more, transaction
from app.desk.writing import record
from app.errors import NotFound, Refused
from app.models import UNANSWERED, Suggestion, SuggestionState


@once_more
def answer(suggestion_id: int, *, is_right: bool, by: Person, at: datetime) -> tuple[int, int]:
    """Take a suggestion or turn it down, and return both tickets, the younger first.

    Whoever takes it joins the two in a verb of its own. Raises `Refused` for one that was answered already.
    """
    state = SuggestionState.ACCEPTED if is_right else SuggestionState.REJECTED
    with transaction() as afterwards:
        taken = db.session.execute(
            update(Suggestion)
            .where(Suggestion.id == suggestion_id, Suggestion.state == SuggestionState.PENDING)
            .values(state=state, answered_at=at, answered_by_id=by.id)
            .returning(Suggestion.ticket_id, Suggestion.other_id)
        ).first()
        if taken is None:
            raise _refusal(suggestion_id)
        ticket_id, other_id = taken
        for one, other in ((ticket_id, other_id), (other_id, ticket_id)):
            record(
                f"suggestion_{state.value}", ticket_id=one, at=at, actor_id=by.id, afterwards=afterwards, other=other
            )
    return ticket_id, other_id


@once_more
def take_back(suggestion_id: int, *, by: Person, at: datetime) -> None:
    """Ask again what was turned down."""
    with transaction() as afterwards:
        found = db.session.execute(
            update(Suggestion)
            .where(Suggestion.id == suggestion_id, Suggestion.state == SuggestionState.REJECTED)
            .values(state=SuggestionState.PENDING, answered_at=None, answered_by_id=None)
            .returning(Suggestion.ticket_id, Suggestion.other_id)
        ).first()
        if found is None:
            raise Refused("Dieser Vorschlag wurde nicht abgelehnt.")
        record("suggested", ticket_id=found[0], at=at, actor_id=by.id, afterwards=afterwards, other=found[1])


def joined(ticket_ids: Iterable[int], *, at: datetime) -> None:
    """Inside a verb: what is suggested between tickets that are one now needs no answer any more."""
    ids = list(ticket_ids)
    db.session.execute(
        update(Suggestion)
        .where(UNANSWERED, Suggestion.ticket_id.in_(ids), Suggestion.other_id.in_(ids))
        .values(state=SuggestionState.ACCEPTED, answered_at=at)
    )


def expire(*, at: datetime) -> int:
    """Let go of suggestions that nobody has answered for months, and return how many."""
    with transaction():
        gone = db.session.scalars(
            update(Suggestion)
            .where(UNANSWERED, Suggestion.expires_at <= at)
            .values(state=SuggestionState.EXPIRED, answered_at=at)
            .returning(Suggestion.id)
        ).all()
    return len(gone)


def _refusal(suggestion_id: int) -> NotFound | Refused:
    if db.session.get(Suggestion, suggestion_id) is None:
        return NotFound("Diesen Vorschlag gibt es nicht.")
    return Refused("Über diesen Vorschlag ist schon entschieden.", code="answered_already")


def of(ticket_id: int, suggestion_id: int) -> int:
    """Return the other ticket of a suggestion about this one; raises `NotFound`."""
    found = db.session.execute(
        select(Suggestion.ticket_id, Suggestion.other_id).where(
            Suggestion.id == suggestion_id,
            or_(Suggestion.ticket_id == ticket_id, Suggestion.other_id == ticket_id),
        )
    ).first()
    if found is None:
        raise NotFound("Diesen Vorschlag gibt es nicht.")
    return int(found.other_id if found.ticket_id == ticket_id else found.ticket_id)
