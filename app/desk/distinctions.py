"""Saying that two customers are two people, and taking that back; only a proof brings them together again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, or_, select

from app.access import Person, owner_of, whole
from app.db import Afterwards, db, once_more, transaction
from app.desk import merging, suggestions
from app.desk.writing import add, record
from app.errors import NotFound, Refused
from app.models import Customer, Distinction, Ticket


@once_more
def tell_apart(one_id: int, other_id: int, *, by: Person | None, at: datetime) -> int:
    """Say that two customers are two people and return the distinction's id; `by` is None where one of them said so.

    What is suggested between matters of theirs is turned down. Nothing is written twice.
    """
    with transaction() as afterwards:
        found = told_apart(one_id, other_id, by=by, at=at, afterwards=afterwards)
    if found is None:
        raise Refused("Das ist dieselbe Person.", field="other")
    return found


def told_apart(one_id: int, other_id: int, *, by: Person | None, at: datetime, afterwards: Afterwards) -> int | None:
    """Inside a verb: the same; None where both are one, be it only since this moment."""
    smaller, larger = sorted((one_id, other_id))
    for id_ in (smaller, larger):
        if db.session.get(Customer, id_) is None:
            raise NotFound("Diese Person gibt es nicht.")
    if len(set(merging.hold(smaller, larger))) == 1:
        return None
    pair = select(Distinction.id).where(Distinction.one_id == smaller, Distinction.other_id == larger)
    if known := db.session.scalar(pair):
        return known
    by_id = by.id if by else None
    found = add(Distinction, one_id=smaller, other_id=larger, at=at, by_id=by_id)
    for ticket_id in suggestions.people_apart(tickets_of(smaller), tickets_of(larger), by=by, at=at):
        record("people_apart", ticket_id=ticket_id, at=at, actor_id=by_id, afterwards=afterwards, distinction=found)
    return found


@once_more
def take_back(distinction_id: int, *, by: Person, at: datetime) -> None:
    """Let two customers be compared again; what was turned down with it is suggested again."""
    with transaction() as afterwards:
        gone = delete(Distinction).where(Distinction.id == distinction_id)
        found = db.session.execute(gone.returning(Distinction.one_id, Distinction.other_id, Distinction.at)).first()
        if found is None:
            raise NotFound("Das hat niemand gesagt, oder es ist schon zurückgenommen.")
        asked = suggestions.people_together(tickets_of(found.one_id), tickets_of(found.other_id), since=found.at)
        for ticket_id in asked:
            record("people_maybe_one", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards)


def between(one_id: int, other_id: int) -> list[datetime]:
    """Return when somebody said that these are two people, or any of those who were merged into them."""
    one, other = whole(one_id), whole(other_id)
    pairs = or_(
        Distinction.one_id.in_(one) & Distinction.other_id.in_(other),
        Distinction.one_id.in_(other) & Distinction.other_id.in_(one),
    )
    return list(db.session.scalars(select(Distinction.at).where(pairs)))


def refute(customer_id: int, said: Iterable[datetime]) -> list[int]:
    """Inside a verb: they were proven to be one; returns the tickets on which is asked again what was turned down.

    `said`: when they were called two people. Those rows stay, and count again once the proof is taken back.
    """
    theirs = tickets_of(customer_id)
    asked = {id_ for since in said for id_ in suggestions.people_together(theirs, theirs, since=since)}
    return sorted(asked)


def apart_from(customer_id: int) -> set[int]:
    """Return the customers, as they are merged now, of whom somebody has said that they are not this one."""
    mine = whole(customer_id)
    rows = db.session.execute(
        select(Distinction.one_id, Distinction.other_id).where(
            or_(Distinction.one_id.in_(mine), Distinction.other_id.in_(mine))
        )
    )
    return {owner_of(id_) for pair in rows for id_ in pair if id_ not in mine}


def tickets_of(customer_id: int) -> Collection[int]:
    """Return the tickets of a customer, or of whom they were merged into."""
    return list(db.session.scalars(select(Ticket.id).where(Ticket.customer_id == owner_of(customer_id))))
