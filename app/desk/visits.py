"""When one of us last had a ticket open: one row a person and ticket, written at most once a minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app.access import Person
from app.db import db, transaction
from app.desk.writing import upsert
from app.models import Ticket, Visit

EVERY = timedelta(minutes=1)
AT_ONCE = 1000


def note(ticket_id: int, *, by: Person, at: datetime) -> None:
    """Write down that somebody has it open; nothing is written where that is known already."""
    known = db.session.scalar(select(Visit.at).where(Visit.ticket_id == ticket_id, Visit.agent_id == by.id))
    if known is not None and abs(at - known) < EVERY:
        return
    with transaction():
        written = upsert(Visit).values(ticket_id=ticket_id, agent_id=by.id, at=at)
        db.session.execute(
            written.on_conflict_do_update(index_elements=["ticket_id", "agent_id"], set_={"at": at}),
            execution_options={"synchronize_session": False},
        )


def forget(*, closed_before: datetime, after_id: int = 0) -> int:
    """Remove who looked at tickets that were closed long ago: no banner leads there any more.

    Looks at some rows only; returns the id to go on after, 0 once the last row was looked at.
    """
    next_ones = select(Visit.id, Visit.ticket_id).where(Visit.id > after_id).order_by(Visit.id).limit(AT_ONCE)
    looked_at = db.session.execute(next_ones).all()
    tickets = {row.ticket_id for row in looked_at}
    closed = set(db.session.scalars(select(Ticket.id).where(Ticket.id.in_(tickets), Ticket.closed_at < closed_before)))
    if worthless := [row.id for row in looked_at if row.ticket_id in closed]:
        with transaction():
            db.session.execute(delete(Visit).where(Visit.id.in_(worthless)))
    return looked_at[-1].id if len(looked_at) == AT_ONCE else 0
