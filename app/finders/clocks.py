"""What was ever owed on a ticket: each obligation with its policy, its calendar and the answer that met it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app.db import db
from app.models import Calendar, Conversation, Message, Obligation, ObligationState, Policy


class Owed(NamedTuple):
    """One obligation; `answered_at` is when its answer was queued or accepted, `fired` the highest rung that fired."""

    id: int
    conversation: int
    message: int
    kind: str
    route: str
    policy: str
    calendar: str
    calendar_id: int
    calendar_version: int
    time_zone: str
    target_minutes: int
    opened_at: datetime
    due_at: datetime
    breach_at: datetime
    state: ObligationState
    settled_at: datetime | None
    verdict: str
    fired: str
    answered_by: int | None
    answered_at: datetime | None


def owed(number: int) -> list[Owed]:
    """Return the obligations of the ticket's conversations, the oldest first; the door has asked `access` before."""
    rows = db.session.execute(
        select(
            Obligation.id,
            Obligation.conversation_id,
            Obligation.message_id,
            Obligation.kind,
            Obligation.route,
            Policy.name,
            Calendar.name,
            Calendar.id,
            Calendar.version,
            Calendar.time_zone,
            Obligation.target_minutes,
            Obligation.opened_at,
            Obligation.due_at,
            Obligation.breach_at,
            Obligation.state,
            Obligation.settled_at,
            Obligation.verdict,
            Obligation.fired,
            Obligation.answered_by_id,
            Message.sent_at,
        )
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .join(Policy, Policy.id == Obligation.policy_id)
        .join(Calendar, Calendar.id == Obligation.calendar_id)
        .outerjoin(Message, Message.id == Obligation.answered_by_id)
        .where(Conversation.ticket_id == number)
        .order_by(Obligation.opened_at, Obligation.id)
    )
    return [Owed._make(row) for row in rows]
