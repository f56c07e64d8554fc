"""Words people put on tickets; one that a policy asks for pulls the deadlines of what is open forward."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select

from app.access import Person
from app.db import db, once_more, transaction
from app.desk import aims
from app.desk.retargeting import Retargeted, retarget
from app.desk.words import tag_of
from app.desk.writing import add as add_row
from app.desk.writing import held, record
from app.errors import Refused
from app.models import Tag, TicketState

MOST = 30
"""Tags on one ticket."""


@once_more
def add(ticket_id: int, *, name: str, by: Person, at: datetime) -> bool:
    """Put a tag on a ticket; False if it is there already. Open deadlines only ever come earlier by it."""
    tag = tag_of(name)
    with transaction() as afterwards:
        ticket = held(ticket_id)
        if ticket.state is TicketState.JOINED:
            raise Refused("Dieses Anliegen ist mit einem anderen verbunden.")
        count, is_there = db.session.execute(
            select(func.count(Tag.id), func.count(Tag.id).filter(Tag.name == tag)).where(Tag.ticket_id == ticket_id)
        ).one()
        if is_there:
            return False
        if count >= MOST:
            raise Refused("Mehr als %(count)s Schlagwörter gehen nicht.", field="name", count=MOST)
        add_row(Tag, ticket_id=ticket_id, name=tag, added_at=at, added_by_id=by.id)
        done = retarget(ticket, at=at, may_ease=False) if aims.is_asked_for(tag) else Retargeted()
        ticket.updated_at = at
        record("tagged", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards, tag=tag, **done.details())
    return True


@once_more
def remove(ticket_id: int, *, name: str, by: Person, at: datetime) -> bool:
    """Take a tag off a ticket; False if it is not there. What it had pulled forward is due as before."""
    tag = tag_of(name)
    with transaction() as afterwards:
        ticket = held(ticket_id)
        gone = db.session.scalar(delete(Tag).where(Tag.ticket_id == ticket_id, Tag.name == tag).returning(Tag.id))
        if gone is None:
            return False
        done = retarget(ticket, at=at, may_ease=True) if aims.is_asked_for(tag) else Retargeted()
        ticket.updated_at = at
        record("untagged", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards, tag=tag, **done.details())
    return True
