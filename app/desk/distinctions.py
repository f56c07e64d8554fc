"""Saying that two customers are two people, and taking that back; only a proof brings them together again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, or_, select

from app.access import Person, owner_of, whole
from app.db import Afterwards, db, once_more, transaction
from app.desk import suggestions
from app.desk.writing import add, record
from app.errors import NotFound, Refused
from app.models import Customer, Distinction, Ticket


@once_more
def tell_apart(one_id: int, other_id: int, *, by: Person | None, at: datetime) -> int:
    """Say that two customers are two people and return the distinction's id; `by` is None where one of them said so.

    What is suggested between matters of theirs is turned down. Nothing is written twice.
    """
    with transaction() as afterwards:
        return told_apart(one_id, other_id, by=by, at=at, afterwards=afterwards)


def told_apart(one_id: int, other_id: int, *, by: Person | None, at: datetime, afterwards: Afterwards) -> int:
    """Inside a verb: the same."""
    if one_id == other_id:
        raise Refused("Das ist dieselbe Person.", field="other")
    smaller, larger = sorted((one_id, other_id))
    for id_ in (smaller, larger):
        if db.session.get(Customer, id_) is None:
            raise NotFound("Diese Person gibt es nicht.")
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
        found = db.session.get(Distinction, distinction_id)
        if found is None:
            raise NotFound("Das hat niemand gesagt, oder es ist schon zurückgenommen.")
        asked = suggestions.people_together(tickets_of(found.one_id), tickets_of(found.other_id), since=found.at)
        for ticket_id in asked:
            record("people_maybe_one", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards)
        db.session.execute(delete(Distinction).where(Distinction.id == distinction_id))


def refute(one_id: int, other_id: int) -> list[int]:
    """Inside a verb: they were proven to be one; returns the tickets on which is asked again what was turned down.

    The row stays, and counts again once the proof is taken back.
    """
    one, other = sorted((one_id, other_id))
    said = db.session.scalar(select(Distinction.at).where(Distinction.one_id == one, Distinction.other_id == other))
    theirs = tickets_of(one_id)
    return suggestions.people_together(theirs, theirs, since=said) if said else []


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
