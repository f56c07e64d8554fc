"""Refusing an answer to an older state of the matter: somebody else has written since it was begun."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, func, select

from app.db import db
from app.desk.delivery import CALLED_BACK
from app.errors import Refused
from app.models import Conversation, Direction, Message, MessageClass

NEWER = "newer"
"""The code of the refusal."""


def refuse(ticket_id: int, last_seen_id: int | None, threads: int | None = None) -> None:
    """Raise `Refused` with the code `newer` where a person has written after the newest message that was read.

    `threads`: how many conversations its author saw; one that a join has brought since is news, however old it is. The
    ticket is held: of two who send at the same instant the second finds the first one's answer. None asks nothing.
    """
    if threads is not None and _threads(ticket_id) > threads:
        raise Refused("Neu seit Ihrem Entwurf: Ein anderes Anliegen ist dazugekommen.", field="text", code=NEWER)
    if last_seen_id is None:
        return
    newer = db.session.execute(
        select(Message.direction, Message.author_name, Message.author_address)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.ticket_id == ticket_id,
            Message.id > last_seen_id,
            Message.message_class != MessageClass.AUTO,
            Message.fault != CALLED_BACK,
        )
        .order_by(Message.id)
    ).all()
    if not newer:
        return
    last, are_ours = newer[-1], all(row.direction is Direction.OUT for row in newer)
    name = short(last.author_name) if last.direction is Direction.OUT else last.author_name
    raise _refusal(len(newer), name or last.author_address, are_ours=are_ours)


def _threads(ticket_id: int) -> int:
    """Count the conversations in which something was said; one that this very answer begins is none yet."""
    is_spoken_in = exists().where(Message.conversation_id == Conversation.id)
    spoken = select(func.count(Conversation.id)).where(Conversation.ticket_id == ticket_id, is_spoken_in)
    return db.session.scalar(spoken) or 0


def _refusal(count: int, who: str, *, are_ours: bool) -> Refused:
    told: dict[str, Any] = {"field": "text", "code": NEWER, "who": who}
    if are_ours and count == 1:
        return Refused("Neu seit Ihrem Entwurf: 1 Antwort von %(who)s.", **told)
    if are_ours:
        return Refused("Neu seit Ihrem Entwurf: %(count)s Antworten, zuletzt von %(who)s.", count=count, **told)
    if count == 1:
        return Refused("Neu seit Ihrem Entwurf: 1 Nachricht von %(who)s.", **told)
    return Refused("Neu seit Ihrem Entwurf: %(count)s Nachrichten, zuletzt von %(who)s.", count=count, **told)


def short(name: str) -> str:
    """Return a name as colleagues write it: Jana Brandt is J. Brandt."""
    first, _, last = name.strip().rpartition(" ")
    return f"{first[0]}. {last}" if first else last
