"""Answers that one of us gave with another tool: they count as soon as the platform tells us of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.desk import clocks, handover_clocks, matter_clocks, settling
from app.models import Message, MessageClass, Ticket


def first_since(conversation_id: int, *, since: datetime) -> tuple[int, datetime] | None:
    """Return the first answer with another tool at or after this instant, and when it was written."""
    found = db.session.execute(
        select(Message.id, Message.sent_at)
        .where(
            Message.conversation_id == conversation_id,
            Message.is_elsewhere.is_(True),
            Message.message_class == MessageClass.SUBSTANTIVE,
            Message.sent_at >= since,
        )
        .order_by(Message.sent_at, Message.id)
        .limit(1)
    ).first()
    return (found.id, found.sent_at) if found else None


def count(ticket: Ticket, message_id: int, sent_at: datetime) -> None:
    """An answer was given with another tool: what was open by then is met by it; the counters are the caller's."""
    settling.answer(ticket.id, message_id, at=sent_at)
    settling.settle(message_id, at=sent_at)
    handover_clocks.settle(ticket, message_id, at=sent_at)
    db.session.flush()
    ticket.answered_at = max(sent_at, ticket.answered_at or sent_at)
    clocks.renew(ticket)
    matter_clocks.said(ticket, message_id, at=sent_at)
