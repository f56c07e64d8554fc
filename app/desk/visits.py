"""When one of us last had a ticket open: one row a person and ticket, written at most once a minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.access import Person
from app.db import db, transaction
from app.desk.writing import upsert
from app.models import Visit

EVERY = timedelta(minutes=1)


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
