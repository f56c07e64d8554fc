"""What the shop tells us of its orders: facts that can prove who somebody is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.db import db, once_more, transaction
from app.errors import Refused
from app.models import Order
from routing.addresses import normalise
from routing.claims import reference


@once_more
def put(
    number: str,
    *,
    email: str = "",
    name: str = "",
    postcode: str = "",
    amount_cents: int | None = None,
    customer_reference: str = "",
    placed_at: datetime | None = None,
    is_demo: bool = False,
) -> int:
    """Write an order down, or what is new of it, and return its id; `is_demo`: it goes with the sample shop."""
    spelled = reference(number)[:40]
    if not spelled:
        raise Refused("Eine Bestellung braucht eine Nummer.", field="number")
    with transaction():
        row = db.session.scalars(select(Order).where(Order.number == spelled)).first() or Order(number=spelled)
        row.shown, row.email, row.name = number.strip()[:60], normalise(email)[:254], name[:200]
        row.postcode = "".join(postcode.split()).upper()[:16]
        row.amount_cents, row.customer_reference = amount_cents, customer_reference[:60]
        row.placed_at = placed_at
        told = {name: value for name, value in (row.details or {}).items() if name != "is_demo"}
        row.details = {**told, "is_demo": True} if is_demo else told
        db.session.add(row)
        db.session.flush()
        return row.id
