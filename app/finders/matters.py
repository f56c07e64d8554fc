"""What must be known before matters are joined or messages taken out of one."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from app.db import db
from app.models import (
    UNANSWERED,
    Conversation,
    Direction,
    Message,
    MessageClass,
    MessageKind,
    Suggestion,
    Ticket,
)

MOST = 30


class Word(NamedTuple):
    """A message of the customer that can be taken out of its conversation."""

    id: int
    text: str
    sent_at: datetime


def words_beside(message_id: int) -> list[Word]:
    """Return what the customer wrote in the conversation of a message, the newest first; the door asked `access`."""
    here = select(Message.conversation_id).where(Message.id == message_id).scalar_subquery()
    theirs = (Message.direction == Direction.IN) & (Message.message_class == MessageClass.CONTACT)
    rows = db.session.execute(
        select(Message.id, Message.text, Message.sent_at)
        .where(Message.conversation_id == here, theirs, Message.kind != MessageKind.CALL)
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(MOST)
    )
    return [Word._make(row) for row in rows]


def lies(message_id: int) -> tuple[int, int | None, int]:
    """Return conversation, the ticket of the one it was taken out of, if any, and the ticket a message lies under."""
    here = select(Message.conversation_id).where(Message.id == message_id).scalar_subquery()
    row = db.session.execute(
        select(Conversation.id, Conversation.split_from_id, Conversation.ticket_id).where(Conversation.id == here)
    ).one()
    came_from = select(Conversation.ticket_id).where(Conversation.id == row.split_from_id)
    return row.id, db.session.scalar(came_from) if row.split_from_id else None, row.ticket_id


def two_people(ticket_id: int, into: int) -> tuple[str, str] | None:
    """Return the names of both customers where the tickets are of two and nothing suggests that they are one."""
    rows = db.session.execute(
        select(Ticket.id, Ticket.customer_id, Ticket.customer_name).where(Ticket.id.in_((ticket_id, into)))
    ).all()
    found = {row.id: row for row in rows}
    one, other = found.get(ticket_id), found.get(into)
    if one is None or other is None or one.customer_id == other.customer_id:
        return None
    pair = or_(
        (Suggestion.ticket_id == ticket_id) & (Suggestion.other_id == into),
        (Suggestion.ticket_id == into) & (Suggestion.other_id == ticket_id),
    )
    if db.session.scalar(select(Suggestion.id).where(UNANSWERED, pair)) is not None:
        return None
    return one.customer_name, other.customer_name
