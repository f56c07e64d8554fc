"""What fired, when, why, and who was told."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from app.access import Person, sees_all, visible
from app.db import db
from app.finders.directory import agents_called
from app.models import Agent, Notification, NotificationState, Ticket


class NotificationRow(NamedTuple):
    id: int
    at: datetime
    kind: str
    to: str
    to_name: str
    ticket: int | None
    subject: str
    text: str
    state: NotificationState
    sent_at: datetime | None
    fault: str


def page(person: Person, *, to: str = "", before: int = 0, limit: int) -> tuple[list[NotificationRow], int]:
    """Return the newest notifications; `to` is an agent's id, address or name.

    Agents see their own, leads also those on tickets they may see. The second value is the id to go on before.
    """
    statement = (
        select(
            Notification.id,
            Notification.at,
            Notification.kind,
            Agent.email,
            Agent.name,
            Notification.ticket_id,
            Notification.subject,
            Notification.text,
            Notification.state,
            Notification.sent_at,
            Notification.fault_words,
        )
        .join(Agent, Agent.id == Notification.agent_id)
        .order_by(Notification.id.desc())
        .limit(limit + 1)
    )
    if not sees_all(person):
        own = Notification.agent_id == person.id
        seen = select(Ticket.id).where(Ticket.id == Notification.ticket_id, visible(person)).exists()
        statement = statement.where(or_(own, seen) if person.is_lead else own)
    if to:
        statement = statement.where(Notification.agent_id.in_(agents_called(to)))
    if before:
        statement = statement.where(Notification.id < before)
    rows = [NotificationRow._make(row) for row in db.session.execute(statement)]
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else 0
