"""The people behind the tickets one may see, by name or address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, select

from app.access import Person, sees_all, visible
from app.db import db
from app.errors import NotFound
from app.finders import whereabouts
from app.models import Customer, Identity, Merge, Ticket


class Address(NamedTuple):
    kind: str
    value: str
    verified: bool
    id: int
    name: str
    evidence: str


class CustomerRow(NamedTuple):
    """`group` is a word of the shop's own, empty for none."""

    id: int
    name: str
    group: str
    identities: list[Address]


def page(person: Person, q: str, *, before: int = 0, limit: int) -> tuple[list[CustomerRow], int]:
    """Return customers a text may mean (`whereabouts`), the newest first; empty text finds everybody.

    The second value is the id to go on before, 0 at the end.
    """
    statement = _seen_by(person).order_by(Customer.id.desc()).limit(limit + 1)
    if q:
        statement = statement.where(Customer.id.in_(whereabouts.ids(person, q)))
    if before:
        statement = statement.where(Customer.id < before)
    rows = db.session.execute(statement).all()
    known = addresses_of([row.id for row in rows[:limit]])
    found = [CustomerRow(id_, name, group, known.get(id_, [])) for id_, name, group in rows[:limit]]
    return found, found[-1].id if len(rows) > limit else 0


def seen(person: Person, customer_id: int) -> CustomerRow:
    """Return a customer with a ticket one may see; raises `NotFound`."""
    row = db.session.execute(_seen_by(person).where(Customer.id == customer_id)).first()
    if row is None:
        raise NotFound("Diese Kundin oder diesen Kunden gibt es nicht.")
    return CustomerRow(*row, addresses_of([customer_id]).get(customer_id, []))


def row(customer_id: int) -> CustomerRow:
    """Return a customer; the door has asked `access.customer` before."""
    found = db.session.execute(
        select(Customer.id, Customer.name, Customer.group).where(Customer.id == customer_id)
    ).one()
    return CustomerRow(*found, addresses_of([customer_id]).get(customer_id, []))


def _seen_by(person: Person) -> Select[int, str, str]:
    absorbed = select(Merge.id).where(Merge.absorbed_id == Customer.id, Merge.undone_at.is_(None))
    known = select(Customer.id, Customer.name, Customer.group).where(~absorbed.exists())
    if sees_all(person):
        return known
    return known.where(select(Ticket.id).where(Ticket.customer_id == Customer.id, visible(person)).exists())


def addresses_of(customer_ids: Sequence[int]) -> dict[int, list[Address]]:
    """Return what we know these customers by, in the order in which we learned it."""
    found: dict[int, list[Address]] = {}
    rows = db.session.execute(
        select(
            Identity.customer_id,
            Identity.kind,
            Identity.value,
            Identity.is_verified,
            Identity.id,
            Identity.name,
            Identity.evidence,
        )
        .where(Identity.customer_id.in_(customer_ids))
        .order_by(Identity.id)
    )
    for customer_id, *address in rows:
        found.setdefault(customer_id, []).append(Address._make(address))
    return found
