"""A message of ours that stands here twice: queued by us, and heard as an echo before anybody knew it was one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from app.db import db
from app.models import Attachment, Event, Message, Obligation, Promise, Reaction, Revision

_TAKEN_OVER = ("envelope_id", "edited_at", "removed_at", "hidden_at", "progress_at")


def absorb(message: Message, *, external_id: str) -> bool:
    """Let the row that an echo left under this id give way to ours, which takes over all that hangs on it.

    Inside a verb. False if the id belongs to a message that is no echo: then ours cannot have it.
    """
    double = db.session.scalars(
        select(Message).where(
            Message.external_id == external_id, Message.channel_id == message.channel_id, Message.id != message.id
        )
    ).first()
    if double is None:
        return True
    if not double.is_elsewhere:
        return False
    for name in _TAKEN_OVER:
        setattr(message, name, getattr(message, name) or getattr(double, name))
    message.progress = message.progress or double.progress
    _move(double.id, to=message.id)
    if message.attachment_count == 0:
        message.attachment_count = double.attachment_count
        db.session.execute(update(Attachment).where(Attachment.message_id == double.id).values(message_id=message.id))
    db.session.expunge(double)
    # The events that told of an answer with another tool were wrong; every other one is ours.
    db.session.execute(delete(Event).where(Event.message_id == double.id, Event.kind == "elsewhere"))
    db.session.execute(update(Event).where(Event.message_id == double.id).values(message_id=message.id))
    db.session.execute(delete(Message).where(Message.id == double.id))
    return True


def _move(double_id: int, *, to: int) -> None:
    columns: tuple[Any, ...] = (
        Obligation.answered_by_id,
        Promise.kept_by_id,
        Promise.message_id,
        Revision.message_id,
        Reaction.message_id,
        Message.answers_id,
    )
    for column in columns:
        moving = update(column.class_).where(column == double_id).values({column.key: to})
        db.session.execute(moving, execution_options={"synchronize_session": False})
