"""Answering a suggestion, and letting old ones go."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, delete, or_, select, union_all, update

from app.access import Person
from app.db import db, once_more, transaction
from app.desk.writing import record, upsert
from app.errors import NotFound, Refused
from app.models import UNANSWERED, Suggestion, SuggestionState, Ticket


@once_more
def reject(suggestion_id: int, *, by: Person, at: datetime) -> None:
    """Say that two tickets are two matters; raises `Refused` for a suggestion that was answered already.

    To say yes is to join the two: that answers what is suggested about them.
    """
    with transaction() as afterwards:
        found = db.session.execute(
            update(Suggestion)
            .where(Suggestion.id == suggestion_id, Suggestion.state == SuggestionState.PENDING)
            .values(state=SuggestionState.REJECTED, answered_at=at, answered_by_id=by.id)
            .returning(Suggestion.ticket_id, Suggestion.other_id)
        ).first()
        if found is None:
            raise _refusal(suggestion_id)
        for one, another in (tuple(found), tuple(reversed(found))):
            record(
                "suggestion_rejected",
                ticket_id=one,
                at=at,
                actor_id=by.id,
                afterwards=afterwards,
                other=another,
            )


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


def apart(one: int, another: int, *, by: Person, at: datetime) -> None:
    """Inside a verb: somebody took apart what had been joined; nothing brings the two together again by itself."""
    answered = {"state": SuggestionState.REJECTED, "answered_at": at, "answered_by_id": by.id}
    statement = upsert(Suggestion).values(
        ticket_id=max(one, another), other_id=min(one, another), points=0, made_at=at, expires_at=at, **answered
    )
    pair = [Suggestion.ticket_id, Suggestion.other_id]
    db.session.execute(statement.on_conflict_do_update(index_elements=pair, set_=answered))
    # What else was suggested about the two came from both; each is compared anew with what it has left.
    about = Suggestion.id.in_(_about(one, another))
    db.session.execute(delete(Suggestion).where(about, Suggestion.asked_from_id.is_(None)))
    _compare_anew(one, another)


def grounds(one: int, another: int) -> dict[str, Any]:
    """Return why two tickets were suggested to be one, without the words of either; empty where nothing was."""
    found = db.session.execute(
        select(Suggestion.reasons, Suggestion.is_proven, Suggestion.points).where(
            Suggestion.ticket_id == max(one, another), Suggestion.other_id == min(one, another)
        )
    ).first()
    if found is None or not found.points:
        return {}
    return {"why": [{"why": reason.get("why")} for reason in found.reasons], "is_proven": found.is_proven}


def joined(ticket_ids: Iterable[int], *, by: Person | None, at: datetime) -> None:
    """Inside a verb: what is suggested between a ticket and where it went is answered by that.

    What was suggested about the ticket and others is asked of where it went from now on, which is compared anew with
    what came in.
    """
    ticket_id, into = ticket_ids
    both = (ticket_id, into)
    db.session.execute(
        update(Suggestion)
        .where(UNANSWERED, Suggestion.ticket_id.in_(both), Suggestion.other_id.in_(both))
        .values(state=SuggestionState.ACCEPTED, answered_at=at, answered_by_id=by.id if by else None)
    )
    # Held, and asked again whether it is unanswered: somebody's no must not be written over.
    open_ = select(Suggestion).where(UNANSWERED, Suggestion.id.in_(_about(ticket_id))).order_by(Suggestion.id)
    for row in db.session.scalars(open_.with_for_update().execution_options(populate_existing=True)).all():
        other_id = row.other_id if row.ticket_id == ticket_id else row.ticket_id
        younger, older = max(other_id, into), min(other_id, into)
        pair = select(Suggestion.id).where(Suggestion.ticket_id == younger, Suggestion.other_id == older)
        if db.session.scalar(pair) is None:
            row.ticket_id, row.other_id = younger, older
        else:
            row.state, row.answered_at = SuggestionState.EXPIRED, at
        db.session.flush()
    _compare_anew(into)


def _about(*ticket_ids: int) -> CompoundSelect[int]:
    """Return what is asked about tickets; each half walks an index, which one condition with "or" does not."""
    return union_all(
        select(Suggestion.id).where(UNANSWERED, Suggestion.ticket_id.in_(ticket_ids)),
        select(Suggestion.id).where(UNANSWERED, Suggestion.other_id.in_(ticket_ids)),
    )


def _compare_anew(*ticket_ids: int) -> None:
    db.session.execute(update(Ticket).where(Ticket.id.in_(ticket_ids)).values(compared_at=None))


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


def is_turned_down(one: int, another: int) -> bool:
    """Inside a verb: say whether somebody has said that two tickets are two matters; nobody does until the commit."""
    pair = (Suggestion.ticket_id == max(one, another), Suggestion.other_id == min(one, another))
    return db.session.scalar(select(Suggestion.state).where(*pair).with_for_update()) is SuggestionState.REJECTED


def refuse_answered(suggestion_id: int, *, is_held: bool = False) -> Suggestion:
    """Return a suggestion that waits for its answer, held by the verb if asked; raises `Refused` for any other."""
    found = db.session.get(Suggestion, suggestion_id, populate_existing=True, with_for_update=is_held)
    if found is None or found.state is not SuggestionState.PENDING:
        raise _refusal(suggestion_id)
    return found


def _refusal(suggestion_id: int) -> NotFound | Refused:
    if db.session.get(Suggestion, suggestion_id) is None:
        return NotFound("Diesen Vorschlag gibt es nicht.")
    return Refused("Über diesen Vorschlag ist schon entschieden.", code="answered_already")


def other(ticket_id: int, suggestion_id: int) -> int:
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


def people_apart(one: Collection[int], another: Collection[int], *, by: Person | None, at: datetime) -> list[int]:
    """Inside a verb: their people are two, so what is suggested between tickets of both is turned down.

    Returns the tickets it was suggested on. What is proven to be one person's is no matter of this.
    """
    return _between(
        one,
        another,
        UNANSWERED & Suggestion.is_proven.is_(False),
        {"state": SuggestionState.REJECTED, "answered_at": at, "answered_by_id": by.id if by else None},
    )


def people_together(one: Collection[int], another: Collection[int], *, since: datetime) -> list[int]:
    """Inside a verb: nobody says any longer that they are two; what was turned down at that instant is asked again."""
    return _between(
        one,
        another,
        (Suggestion.state == SuggestionState.REJECTED) & (Suggestion.answered_at == since),
        {"state": SuggestionState.PENDING, "answered_at": None, "answered_by_id": None},
    )


def _between(
    one: Collection[int], another: Collection[int], which: ColumnElement[bool], values: dict[str, Any]
) -> list[int]:
    pairs = or_(
        Suggestion.ticket_id.in_(one) & Suggestion.other_id.in_(another),
        Suggestion.ticket_id.in_(another) & Suggestion.other_id.in_(one),
    )
    changed = db.session.execute(
        update(Suggestion).where(which, pairs).values(**values).returning(Suggestion.ticket_id, Suggestion.other_id)
    )
    return sorted({id_ for pair in changed for id_ in pair})
