"""What the shop says about a customer as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.access import Person
from app.db import db, once_more, transaction
from app.desk.retargeting import retarget
from app.desk.words import group_of
from app.desk.writing import record
from app.errors import NotFound
from app.models import Customer, Ticket


@once_more
def put_into(customer_id: int, *, group: str, by: Person, at: datetime) -> bool:
    """Say which group a customer belongs to, none for ""; False if it is so already.

    Open deadlines of their tickets come earlier by a group, and go back once it is taken away.
    """
    word = group_of(group)
    with transaction() as afterwards:
        # Tickets in the order of their numbers, and before anything else of them, as every verb holds them.
        of_customer = select(Ticket).where(Ticket.customer_id == customer_id, Ticket.closed_at.is_(None))
        tickets = db.session.scalars(of_customer.order_by(Ticket.id).with_for_update(key_share=True)).all()
        customer = db.session.get(Customer, customer_id, with_for_update=True)
        if customer is None:
            raise NotFound("Diese Kundin oder diesen Kunden gibt es nicht.")
        before = customer.group
        if before == word:
            return False
        customer.group = word
        for ticket in tickets:
            done = retarget(ticket, at=at, may_ease=not word)
            words: dict[str, Any] = {"from": before, "to": word, **done.details()}
            record("grouped", ticket_id=ticket.id, at=at, actor_id=by.id, afterwards=afterwards, **words)
    return True
