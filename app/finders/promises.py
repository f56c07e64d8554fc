"""What was promised on a ticket, for whoever keeps it and whoever watches."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app.db import db
from app.models import Agent, Conversation, Promise, PromiseState


class Promised(NamedTuple):
    id: int
    conversation: int
    message: int | None
    text: str
    by: str
    at: datetime
    due: datetime
    state: PromiseState
    kept_by: int | None
    settled_at: datetime | None


def on_ticket(number: int) -> list[Promised]:
    """Return every promise on a ticket's conversations, the oldest first."""
    rows = db.session.execute(
        select(
            Promise.id,
            Promise.conversation_id,
            Promise.message_id,
            Promise.text,
            Agent.email,
            Promise.promised_at,
            Promise.due_at,
            Promise.state,
            Promise.kept_by_id,
            Promise.settled_at,
        )
        .join(Conversation, Conversation.id == Promise.conversation_id)
        .join(Agent, Agent.id == Promise.owner_id)
        .where(Conversation.ticket_id == number)
        .order_by(Promise.id)
    )
    return [Promised._make(row) for row in rows]
