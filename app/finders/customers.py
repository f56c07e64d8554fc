"""The people behind the tickets one may see, by name or address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import or_, select

from app.access import Person, sees_all, visible
from app.db import db
from app.finders import addresses
from app.models import Customer, Identity, Ticket


class Address(NamedTuple):
    kind: str
    value: str
    verified: bool
    id: int
    name: str
    evidence: str


class CustomerRow(NamedTuple):
    id: int
    name: str
    identities: list[Address]


def page(person: Person, q: str, *, before: int = 0, limit: int) -> tuple[list[CustomerRow], int]:
    """Return customers whose name or address contains the text, the newest first; empty text finds everybody.

    The second value is the id to go on before, 0 at the end.
    """
    statement = select(Customer.id, Customer.name).order_by(Customer.id.desc()).limit(limit + 1)
    if not sees_all(person):
        statement = statement.where(
            select(Ticket.id).where(Ticket.customer_id == Customer.id, visible(person)).exists()
        )
    if q:
        owners = select(Identity.customer_id).where(addresses.like(q))
        statement = statement.where(or_(Customer.name.icontains(q, autoescape=True), Customer.id.in_(owners)))
    if before:
        statement = statement.where(Customer.id < before)
    rows = db.session.execute(statement).all()
    known = addresses_of([id_ for id_, _name in rows[:limit]])
    found = [CustomerRow(id_, name, known.get(id_, [])) for id_, name in rows[:limit]]
    return found, found[-1].id if len(rows) > limit else 0


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
