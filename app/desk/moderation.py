"""Hiding a public comment from the public, and showing it again; on the ticket it never vanishes.

Only what hurts others is hidden, and the reason is kept: criticism is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from app.access import Person
from app.db import Afterwards, db, once_more, transaction
from app.desk import errands
from app.desk.writing import held_for, record
from app.errors import Refused
from app.models import UNDONE, Channel, Direction, Errand, ErrandKind, Message, MessageKind
from channels import speaking

REASONS: Mapping[str, str] = MappingProxyType(
    {"insult": "Beleidigung", "third_party": "Daten Dritter", "advertising": "Werbung"}
)
"""The closed list; the words are German message ids."""
_KINDS = frozenset({MessageKind.COMMENT, MessageKind.POST})


def can_hide(kind: str) -> bool:
    """Say whether comments can be hidden on this kind of channel."""
    return speaking.can_moderate(kind)


@once_more
def hide(message_id: int, *, reason: str, by: Person, at: datetime) -> None:
    """Ask the platform to hide a comment; the message says so once that is confirmed."""
    if reason not in REASONS:
        raise Refused(
            "Verbergen braucht einen Grund: Beleidigung, Daten Dritter oder Werbung. Kritik ist keiner.", field="reason"
        )
    with transaction() as afterwards:
        ticket_id, message = _hideable(message_id)
        if _will_be_hidden(message):
            raise Refused("Diese Nachricht ist schon verborgen oder wird es gerade.", code="hidden_already")
        _ask(message, ticket_id, is_hidden=True, reason=reason, by=by, at=at, afterwards=afterwards)


@once_more
def show(message_id: int, *, by: Person, at: datetime) -> None:
    """Ask the platform to let everybody see a hidden comment again."""
    with transaction() as afterwards:
        ticket_id, message = _hideable(message_id)
        if not _will_be_hidden(message):
            raise Refused("Diese Nachricht ist nicht verborgen.", code="not_hidden")
        _ask(message, ticket_id, is_hidden=False, reason="", by=by, at=at, afterwards=afterwards)


def _hideable(message_id: int) -> tuple[int, Message]:
    """Return a public contact on a kind of channel that can hide it, and its ticket's number; the ticket is held."""
    ticket_id = held_for(message_id).id
    message, kind = db.session.execute(
        select(Message, Channel.kind).join(Channel, Channel.id == Message.channel_id).where(Message.id == message_id)
    ).one()
    if message.direction is not Direction.IN or not message.is_public or message.kind not in _KINDS:
        raise Refused("Verbergen lassen sich nur öffentliche Beiträge anderer.", code="not_hideable")
    if message.removed_at is not None:
        raise Refused("Diese Nachricht wurde schon entfernt.", code="not_hideable")
    if not can_hide(kind):
        raise Refused("Auf diesem Kanal lässt sich nichts verbergen.", code="not_hideable")
    return ticket_id, message


def _will_be_hidden(message: Message) -> bool:
    """Say whether it is hidden once all that was asked of the platform is done."""
    wish = db.session.scalars(
        select(Errand.kind)
        .where(UNDONE, Errand.subject_id == message.id, Errand.kind.in_([ErrandKind.HIDE, ErrandKind.SHOW]))
        .order_by(Errand.id.desc())
    ).first()
    return message.hidden_at is not None if wish is None else wish is ErrandKind.HIDE


def _ask(
    message: Message, ticket_id: int, *, is_hidden: bool, reason: str, by: Person, at: datetime, afterwards: Afterwards
) -> None:
    """Keep the wish with the message until the platform has answered, and ask it."""
    message.details = {**message.details, "hiding": {"is_hidden": is_hidden, "reason": reason}}
    errands.ask(
        ErrandKind.HIDE if is_hidden else ErrandKind.SHOW,
        channel_id=message.channel_id,
        subject_id=message.id,
        details={"reason": reason},
        at=at,
        afterwards=afterwards,
    )
    event: dict[str, Any] = {"reason": reason} if reason else {}
    record(
        "hiding_asked" if is_hidden else "showing_asked",
        ticket_id=ticket_id,
        at=at,
        actor_id=by.id,
        message_id=message.id,
        afterwards=afterwards,
        **event,
    )
