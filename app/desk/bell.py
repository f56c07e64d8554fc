"""The bell of each of us: it rings in open browsers, and is quiet again once what it told was read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from app import live
from app.db import Afterwards, db, transaction
from app.models import UNREAD, Notification

RUNG = "notified"
"""The kind of the signal: fetch the bell anew."""


def ring(agent_ids: Collection[int], *, ticket_id: int | None, afterwards: Afterwards) -> None:
    """Inside a verb: tell these people's open browsers, once it is committed, that something waits for them."""
    signal = live.Signal(id=0, kind=RUNG, ticket=ticket_id or 0, agents=sorted(agent_ids))
    if agent_ids:
        afterwards.append(lambda: live.publish(signal))


def read(notification_id: int, *, agent_id: int, at: datetime) -> int | None:
    """Mark one as read and return its ticket; nothing happens to somebody else's."""
    _mark(Notification.id == notification_id, agent_id=agent_id, at=at)
    return db.session.scalar(
        select(Notification.ticket_id).where(Notification.id == notification_id, Notification.agent_id == agent_id)
    )


def read_ticket(ticket_id: int, *, agent_id: int, at: datetime) -> None:
    """Mark everything told about a ticket as read, because they are looking at it."""
    _mark(Notification.ticket_id == ticket_id, agent_id=agent_id, at=at)


def read_all(*, agent_id: int, until: int, at: datetime) -> None:
    """Mark everything as read up to the newest one that was shown."""
    _mark(Notification.id <= until, agent_id=agent_id, at=at)


def unread_again(notification_id: int, *, agent_id: int) -> None:
    """Put one back among the unread."""
    with transaction() as afterwards:
        db.session.execute(
            update(Notification)
            .where(Notification.id == notification_id, Notification.agent_id == agent_id)
            .values(read_at=None)
        )
        ring([agent_id], ticket_id=None, afterwards=afterwards)


def _mark(which: ColumnElement[bool], *, agent_id: int, at: datetime) -> None:
    with transaction() as afterwards:
        marked = db.session.scalars(
            update(Notification)
            .where(UNREAD, Notification.agent_id == agent_id, which)
            .values(read_at=at)
            .returning(Notification.id)
        ).all()
        ring([agent_id] if marked else [], ticket_id=None, afterwards=afterwards)
