"""Keeping what was heard before the message or the conversation it belongs to, and finding it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import and_, bindparam, delete, or_, select, text, union, update

from app.db import db, transaction
from app.desk import threading
from app.desk.writing import add, run
from app.models import Conversation, Early, Message
from channels.contract import Change, Contact, Progress, Signal

Waiting = Change | Contact | Progress | Signal
_TYPES: dict[str, type[Waiting]] = {
    "change": Change,
    "contact": Contact,
    "progress": Progress,
    "signal": Signal,
}


def keep(heard: Waiting, *, channel_id: int, about: str = "", conversation_key: str = "", at: datetime) -> None:
    """Put something aside until a message (`about`) or a conversation is there; inside the caller's transaction."""
    name = type(heard).__name__.lower()
    if isinstance(heard, Contact):
        # Files that came along are in the raw input; no platform that keys its threads sends any.
        heard = replace(heard, attachments=())
    add(
        Early,
        channel_id=channel_id,
        about=about[:500],
        conversation_key=conversation_key[:254],
        type=name,
        heard=_adapter(name).dump_python(heard, mode="json"),
        at=at,
    )


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_TYPES[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What waited, since when and for what."""

    heard: Waiting
    channel_id: int
    about: str
    conversation_key: str
    since: datetime


def taken(early_id: int) -> Taken | None:
    """Take something out, inside the caller's transaction; None if somebody else has taken it."""
    columns = (Early.type, Early.heard, Early.channel_id, Early.about, Early.conversation_key, Early.at)
    row = db.session.execute(delete(Early).where(Early.id == early_id).returning(*columns)).first()
    if row is None:
        return None
    return Taken(
        heard=_adapter(row.type).validate_python(row.heard),
        channel_id=row.channel_id,
        about=row.about,
        conversation_key=row.conversation_key,
        since=row.at,
    )


def keep_age(taken: Taken, *, at: datetime) -> None:
    """Let what was put aside again at this instant be as old as it was, so that it is given up one day."""
    again = (
        update(Early)
        .where(Early.channel_id == taken.channel_id, Early.at == at)
        .where(Early.about == taken.about, Early.conversation_key == taken.conversation_key)
    )
    db.session.execute(again.values(at=taken.since))


_WAITING = (
    select(Early.id)
    .where(
        Early.channel_id == bindparam("channel"),
        or_(
            and_(Early.about == bindparam("about"), Early.about != ""),
            and_(Early.conversation_key == bindparam("key"), Early.conversation_key != ""),
        ),
    )
    .order_by(Early.id)
)


def waiting_for(channel_id: int, *, about: str, conversation_key: str) -> list[int]:
    """Return what waits for this message or this conversation, in the order in which it was heard."""
    rows = run(_WAITING, channel=channel_id, about=about[:500], key=conversation_key[:254])
    return [row.id for row in rows]


def ready(*, limit: int = 200) -> list[int]:
    """Return what waits though it need not: the message or the conversation came in the very same moment."""
    is_heard = select(Early.id).join(
        Message, and_(Message.channel_id == Early.channel_id, Message.external_id == Early.about)
    )
    is_begun = (
        select(Early.id)
        .join(
            Conversation,
            and_(Conversation.channel_id == Early.channel_id, Conversation.external_key == Early.conversation_key),
        )
        .where(threading.HAS_KEY)
    )
    return list(db.session.scalars(union(is_heard, is_begun).order_by(text("1")).limit(limit)))


def forget(*, before: datetime) -> None:
    """Give up what has waited in vain for too long: a message it speaks of was written before we listened."""
    with transaction():
        db.session.execute(delete(Early).where(Early.at < before))
