"""What is fetched of one message by itself; the door has asked `access` for it before."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app.db import db
from app.finders import ticket_statements
from app.finders.ticket import Enclosed
from app.models import Message, Revision


def quote(message_id: int) -> str:
    """Return the folded part of a message."""
    return db.session.scalars(select(Message.quoted_text).where(Message.id == message_id)).one()


def files(message_id: int) -> list[Enclosed]:
    """Return the files of one message."""
    rows: list[Any] = list(db.session.connection().execute(ticket_statements.beside(False), {"messages": [message_id]}))
    return [Enclosed(*row[2:11]) for row in rows]


class Earlier(NamedTuple):
    """What a message said until it was edited."""

    text: str
    until: datetime


def revisions(message_id: int) -> list[Earlier]:
    """Return what a message said before, the oldest first."""
    rows = db.session.execute(
        select(Revision.text, Revision.until).where(Revision.message_id == message_id).order_by(Revision.id)
    )
    return [Earlier._make(row) for row in rows]
