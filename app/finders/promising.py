"""What is open on a ticket, for whoever is about to say that we are at it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from app.db import db
from app.models import Channel, Conversation, Obligation, ObligationState
from app.models.columns import BigId


class Open(NamedTuple):
    """One answer that is owed, and on which conversation."""

    conversation: int
    channel_kind: str
    is_public: bool
    kind: str
    opened_at: datetime


_OPEN = (
    select(Conversation.id, Channel.kind, Conversation.is_public, Obligation.kind, Obligation.opened_at)
    .join(Conversation, Conversation.id == Obligation.conversation_id)
    .join(Channel, Channel.id == Conversation.channel_id)
    .where(
        Conversation.ticket_id == bindparam("ticket", type_=BigId),
        Obligation.state == ObligationState.OPEN,
        Obligation.answered_by_id.is_(None),
    )
    .order_by(Obligation.opened_at, Obligation.id)
)


def open_on(number: int) -> list[Open]:
    """Return what is owed on a ticket, what was asked first at the beginning."""
    return [Open._make(row) for row in db.session.connection().execute(_OPEN, {"ticket": number})]
