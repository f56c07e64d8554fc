"""How far messages of ours came: delivered, read, or lost after the platform had accepted them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app import live
from app.db import Afterwards, db, once_more, transaction
from app.desk import aside, bounces, threading
from app.desk.writing import held_for
from app.live import Signal
from app.models import Conversation, Direction, Identity, Message, MessageState
from channels.contract import Progress, ProgressType

BEFORE = {ProgressType.DELIVERED: ("",), ProgressType.READ: ("", "delivered")}
"""How far a message may have come before, by the step that is reported; a step back is none."""
SKEW = timedelta(seconds=2)
"""A mark is of the platform's clock, the instant of sending of ours."""


@once_more
def apply(progress: Progress, *, channel_id: int, at: datetime) -> None:
    """Write down how far messages came; a report that is repeated, late or overtaken changes nothing."""
    with transaction() as afterwards:
        write(progress, channel_id=channel_id, at=at, afterwards=afterwards)


def write(progress: Progress, *, channel_id: int, at: datetime, afterwards: Afterwards) -> None:
    """Do so inside the caller's transaction; a report on a message that is not known yet waits for it."""
    if progress.about:
        found = _named(progress.about, channel_id=channel_id)
        for id_ in progress.about:
            if id_ not in found:
                aside.keep(replace(progress, about=(id_,), watermark=None), channel_id=channel_id, about=id_, at=at)
        message_ids = list(found.values())
    else:
        message_ids = _up_to(progress, channel_id=channel_id)
    if progress.type is ProgressType.FAILED:
        for message_id in message_ids:
            _fail(message_id, progress, at=at, afterwards=afterwards)
    elif progress.type in BEFORE and message_ids:
        _move(message_ids, progress, afterwards)


def _named(ids: Sequence[str], *, channel_id: int) -> dict[str, int]:
    rows = db.session.execute(
        select(Message.external_id, Message.id).where(
            Message.external_id.in_(ids), Message.channel_id == channel_id, Message.direction == Direction.OUT
        )
    )
    return {row.external_id: row.id for row in rows}


def _up_to(progress: Progress, *, channel_id: int) -> list[int]:
    """Return everything of ours in the conversation that was sent up to the mark."""
    if progress.watermark is None:
        return []
    threads = select(Conversation.id).where(Conversation.channel_id == channel_id, Conversation.is_public.is_(False))
    if progress.conversation_key:
        threads = threads.where(Conversation.external_key == progress.conversation_key[:254], threading.HAS_KEY)
    elif progress.sender:
        threads = threads.join(Identity, Identity.id == Conversation.identity_id).where(
            Identity.kind == progress.sender.kind,
            Identity.value == progress.sender.value[:254],
            Identity.scope == progress.sender.scope[:64],
        )
    else:
        return []
    found = db.session.scalars(
        select(Message.id).where(
            Message.conversation_id.in_(list(db.session.scalars(threads))),
            Message.direction == Direction.OUT,
            Message.state == MessageState.SENT,
            Message.progress.in_(BEFORE.get(progress.type, ())),
            Message.sent_at <= progress.watermark + SKEW,
        )
    )
    return list(found)


def _move(message_ids: Sequence[int], progress: Progress, afterwards: Afterwards) -> None:
    moved = db.session.scalars(
        update(Message)
        .where(
            Message.id.in_(message_ids),
            Message.state == MessageState.SENT,
            Message.progress.in_(BEFORE[progress.type]),
        )
        .values(progress=progress.type.value, progress_at=progress.watermark or progress.sent_at)
        .returning(Message.conversation_id)
    )
    tickets = db.session.scalars(select(Conversation.ticket_id).where(Conversation.id.in_(set(moved))).distinct())
    for ticket_id in tickets:
        # Not worth a line of the timeline: the message itself says how far it came.
        signal = Signal(id=0, kind="progressed", ticket=ticket_id)
        afterwards.append(lambda signal=signal: live.publish(signal))  # type: ignore[misc]


def _fail(message_id: int, progress: Progress, *, at: datetime, afterwards: Afterwards) -> None:
    """Owe again what a lost message had answered, with the old deadline; what was read has not been lost."""
    ticket = held_for(message_id)
    message = db.session.get_one(Message, message_id)
    if not message.progress:
        words = progress.reason or "Die Plattform hat die Nachricht nicht zugestellt."
        bounces.came_back(message_id, ticket_id=ticket.id, words=words, kind="failed", at=at, afterwards=afterwards)
