"""Writing to a customer: the message row is the outbox, and its id on the platform is fixed before the first try."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Row, insert, select, update

from app import queue
from app.access import Person
from app.db import Afterwards, database_now, db
from app.desk.writing import add
from app.models import IN_OUTBOX, Attachment, Channel, Direction, Message, MessageClass, MessageState
from channels.contract import DeliveryFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that goes along; its bytes are in the blob store already."""

    name: str
    type: str
    size: int
    digest: str
    content_id: str = ""
    is_inline: bool = False
    draft_file_id: int = 0
    """The file of a draft or of a release that it was; 0: it came with the answer itself."""


def own_id(address: str) -> str:
    """Return a new id for a message of ours; the host is the one of the channel's address (RFC 5322 section 3.6.4)."""
    host = address.rpartition("@")[2] or "faden.invalid"
    return f"faden.{uuid.uuid4().hex}@{host}"


def enqueue(
    channel: Channel | Row[Any],
    *,
    conversation_id: int,
    text: str,
    message_class: MessageClass,
    at: datetime,
    afterwards: Afterwards,
    subject: str = "",
    author: Person | None = None,
    is_public: bool = False,
    answers_id: int | None = None,
    enclosures: Sequence[Enclosure] = (),
    details: Mapping[str, object] | None = None,
    leaves_after: timedelta = timedelta(0),
) -> int:
    """Put one message into the outbox and hand it to a worker after the commit; returns its id.

    `leaves_after`: so long it waits first, in database time; the tick hands it over when that is past.
    """
    message_id = add(
        Message,
        **_written(channel, message_class, author),
        conversation_id=conversation_id,
        is_public=is_public,
        answers_id=answers_id,
        subject=subject[:300],
        text=text,
        attachment_count=len(enclosures),
        details=dict(details or {}),
        sent_at=at,
        stored_at=at,
        leaves_at=_leaves_at(leaves_after),
    )
    attach(message_id, enclosures)
    if not leaves_after:
        afterwards.append(lambda: queue.deliver_later(message_id))
    return message_id


def _written(channel: Channel | Row[Any], message_class: MessageClass, author: Person | None) -> dict[str, Any]:
    """Return where a message of ours goes out, and who wrote it."""
    return {
        "channel_id": channel.id,
        "external_id": own_id(channel.address),
        "direction": Direction.OUT,
        "state": MessageState.QUEUED,
        "message_class": message_class,
        "is_automatic": message_class is MessageClass.AUTO,
        "author_id": author.id if author else None,
        "author_name": author.name if author else "",
        "author_address": channel.address,
    }


def _leaves_at(after: timedelta) -> datetime | None:
    return db.session.execute(select(database_now())).scalar_one() + after if after else None


def attach(message_id: int, enclosures: Sequence[Enclosure]) -> None:
    """Tie files to a message, in their order."""
    if enclosures:
        rows = [
            {
                "message_id": message_id,
                "name": each.name[:255],
                "type": each.type[:127],
                "size": each.size,
                "digest": each.digest,
                "content_id": each.content_id[:255],
                "is_inline": each.is_inline,
            }
            for each in enclosures
        ]
        db.session.connection().execute(_ATTACHMENT, rows)


_ATTACHMENT = insert(Attachment.__table__)  # type: ignore[arg-type]


def release(channel_id: int, *, limit: int | None = None, afterwards: Afterwards) -> None:
    """Let go what waits for a channel that was not allowed to speak: all of it, or the oldest to try it out."""
    waiting = (
        select(Message.id)
        .where(
            IN_OUTBOX,
            Message.state == MessageState.QUEUED,
            Message.channel_id == channel_id,
            Message.fault == DeliveryFault.UNAUTHORISED.value,
        )
        .order_by(Message.id)
        .limit(limit)
    )
    freed = db.session.scalars(
        update(Message)
        .where(Message.id.in_(waiting), Message.state == MessageState.QUEUED)
        .values(retry_at=None)
        .returning(Message.id)
    )
    for message_id in sorted(freed):
        afterwards.append(partial(queue.deliver_later, message_id))


def is_empty(channel_id: int) -> bool:
    """Say whether nothing of ours is on its way on a channel."""
    waiting = select(Message.id).where(IN_OUTBOX, Message.channel_id == channel_id)
    return db.session.scalars(waiting.limit(1)).first() is None
