"""What we may say on a conversation: read with the ticket held, asked of the connector, refused before it is queued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from app.db import db
from app.errors import NotFound, Refused
from app.models import Channel, Conversation, Direction, Identity, Message, MessageState, Ticket
from channels import speaking
from channels.contract import Account, Capability, Exchange, Handle

OWN_IDS = frozenset({"email"})
"""Kinds on which a message of ours is known over there by the id we gave it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The customer's message that an answer goes to, as far as the platform needs it."""

    id: int
    external_id: str
    conversation_id: int
    details: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation with everything that decides about an answer; the row of its ticket is held."""

    conversation: Conversation
    ticket: Ticket
    channel: Channel
    identity: Identity
    newest: Heard | None

    def exchange(self, heard: Heard | None) -> Exchange:
        """Return the conversation as the connector weighs it, for an answer to this message."""
        is_older = heard is not None and self.newest is not None and heard.id != self.newest.id
        return exchange_of(
            self.conversation,
            self.identity,
            newest_id=heard.external_id if heard else "",
            details=heard.details if heard and is_older else {},
        )


_inbound = aliased(Message)
_newest = (
    select(_inbound.id)
    .where(
        _inbound.conversation_id == Conversation.id,
        _inbound.direction == Direction.IN,
        _inbound.is_bounce.is_(False),
    )
    .order_by(_inbound.id.desc())
    .limit(1)
    .correlate(Conversation)
    .scalar_subquery()
)

_TALK = (
    select(Conversation, Ticket, Channel, Identity, Message.id, Message.external_id)
    .join(Ticket, Ticket.id == Conversation.ticket_id)
    .join(Channel, Channel.id == Conversation.channel_id)
    .join(Identity, Identity.id == Conversation.identity_id)
    .outerjoin(Message, Message.id == _newest)
    .where(Conversation.id == bindparam("conversation"))
    .with_for_update(of=Ticket, key_share=True)
)


def talk(conversation_id: int) -> Talk:
    """Read a conversation and hold its ticket; raises `NotFound`."""
    found = db.session.execute(_TALK, {"conversation": conversation_id}).first()
    if found is None:
        raise NotFound("Diesen Gesprächsfaden gibt es nicht.")
    conversation, ticket, channel, identity, newest_id, external_id = found
    newest = (
        Heard(id=newest_id, external_id=external_id, conversation_id=conversation_id, details={}) if newest_id else None
    )
    return Talk(conversation=conversation, ticket=ticket, channel=channel, identity=identity, newest=newest)


def heard(message_id: int, *, conversation_id: int) -> Heard:
    """Return the message of the customer that is answered; raises `NotFound` if it lies elsewhere or is ours."""
    found = db.session.execute(
        select(Message.id, Message.external_id, Message.conversation_id, Message.details).where(
            Message.id == message_id,
            Message.conversation_id == conversation_id,
            Message.direction == Direction.IN,
            Message.state == MessageState.RECEIVED,
        )
    ).first()
    if found is None:
        raise NotFound("Diese Nachricht gibt es in diesem Gespräch nicht.")
    id_, external_id, where, details = found
    return Heard(id=id_, external_id=external_id, conversation_id=where, details=details)


def exchange_of(
    conversation: Conversation, identity: Identity, *, newest_id: str, details: dict[str, Any] | None = None
) -> Exchange:
    """Return a conversation as a connector weighs it; `details` are those of the message an answer goes to."""
    return Exchange(
        recipient=whom(identity),
        is_public=conversation.is_public,
        conversation_key=conversation.external_key,
        heard_at=conversation.heard_at,
        newest_id=newest_id,
        details={**conversation.details, **(details or {})},
    )


def first_exchange(identity: Identity, earlier: Conversation | None) -> Exchange:
    """Return what a connector weighs before we begin: the thread we have with this person already, if any."""
    if earlier is None:
        return Exchange(recipient=whom(identity), is_public=False)
    return exchange_of(earlier, identity, newest_id="")


def whom(identity: Identity) -> Handle:
    return Handle(kind=identity.kind, value=identity.value, name=identity.name, scope=identity.scope)


def capability_of(channel: Channel, exchange: Exchange, *, is_public: bool, at: datetime) -> Capability:
    """Ask the connector, which needs no secrets for it."""
    return speaking.capability_of(bare_account(channel), exchange, is_public=is_public, now=at)


def bare_account(channel: Channel) -> Account:
    """Return the account without its secrets."""
    return Account(
        id=channel.id, kind=channel.kind, name=channel.name, address=channel.address, settings=dict(channel.settings)
    )


def refuse_impossible(capability: Capability, *, is_public: bool, text: str, files: int, at: datetime) -> None:
    """Raise `Refused` with its code where the platform would not take this text now."""
    found = speaking.obstacle(capability, is_public=is_public, text=text, files=files, now=at)
    if found is not None:
        raise refusal(found)


def refusal(found: speaking.Obstacle) -> Refused:
    """Say an obstacle to a person; the connector's own sentence goes before ours."""
    if found.code == "too_long":
        return _too_long(found)
    if found.code == "too_many_files":
        return Refused(
            "Zu viele Dateien: %(count)s, höchstens %(most)s gehen mit.",
            field="files",
            code=found.code,
            **(found.values or {}),
        )
    if found.words:
        return Refused(found.words, field="text", code=found.code)
    if found.code == "window_closed":
        return Refused(
            "Die Frist, in der diese Plattform Antworten annimmt, ist abgelaufen.", field="text", code=found.code
        )
    if found.code == "private_reply_spent":
        return Refused("Auf diesen Beitrag wurde schon privat geantwortet.", field="text", code=found.code)
    return Refused("Diese Plattform lässt hier keine Antwort zu.", field="text", code=found.code)


def _too_long(found: speaking.Obstacle) -> Refused:
    values: dict[str, object] = dict(found.values or {})
    if found.unit == "bytes":
        return Refused(
            "Der Text ist zu lang: %(count)s Byte, höchstens %(most)s.", field="text", code="too_long", **values
        )
    if found.unit == "weighted":
        return Refused(
            "Der Text ist zu lang: %(count)s von %(most)s Zeichen (jeder Link zählt 23, breite Zeichen doppelt).",
            field="text",
            code="too_long",
            **values,
        )
    return Refused(
        "Der Text ist zu lang: %(count)s Zeichen, höchstens %(most)s.", field="text", code="too_long", **values
    )
