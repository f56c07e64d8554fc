"""What we may say on a conversation: read with the ticket held, asked of the connector, refused before it is queued."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from app.db import db
from app.desk.outbox import Enclosure
from app.errors import NotFound, Refused
from app.models import Channel, Conversation, Direction, Identity, Message, Ticket
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
    sent_at: datetime
    details: dict[str, Any]


NEWEST_FIRST = (Message.sent_at.desc(), Message.id.desc())
"""By the platform's time, for what is told late is not what was said last; `Conversation.details` follow the same."""


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
            heard_at=heard.sent_at if heard and self.conversation.is_public else None,
        )


_inbound = aliased(Message)
_newest = (
    select(_inbound.id)
    .where(
        _inbound.conversation_id == Conversation.id,
        _inbound.direction == Direction.IN,
        _inbound.is_bounce.is_(False),
    )
    .order_by(_inbound.sent_at.desc(), _inbound.id.desc())
    .limit(1)
    .correlate(Conversation)
    .scalar_subquery()
)

_TALK = (
    select(Conversation, Ticket, Channel, Identity, Message.id, Message.external_id, Message.sent_at)
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
    conversation, ticket, channel, identity, id_, external_id, sent_at = found
    newest = None
    if id_:
        newest = Heard(id=id_, external_id=external_id, conversation_id=conversation_id, sent_at=sent_at, details={})
    return Talk(conversation=conversation, ticket=ticket, channel=channel, identity=identity, newest=newest)


def heard(talk: Talk, message_id: int | None, *, in_private: bool) -> Heard | None:
    """Return the message an answer goes to: the one that is named, else the newest.

    Below a comment others may write, too. A private answer goes only to whom the conversation is with: to the newest
    message of theirs, and to nobody else's. Raises `NotFound` for a message that lies elsewhere or is ours, `Refused`
    for one of another person.
    """
    if message_id is None and not in_private:
        return talk.newest
    found = db.session.execute(
        select(Message.id, Message.external_id, Message.sent_at, Message.details, Message.author_address)
        .where(
            Message.conversation_id == talk.conversation.id,
            Message.direction == Direction.IN,
            Message.is_bounce.is_(False),
            Message.id == message_id if message_id else Message.author_address == talk.identity.value,
        )
        .order_by(*NEWEST_FIRST)
        .limit(1)
    ).first()
    if found is None:
        if message_id is None:
            return None
        raise NotFound("Diese Nachricht gibt es in diesem Gespräch nicht.")
    if in_private and found.author_address != talk.identity.value:
        raise Refused(
            "Diese Nachricht ist von jemand anderem: Privat geht es nur an den, mit dem das Gespräch begann.",
            field="text",
            code="reply_not_allowed",
        )
    return Heard(
        id=found.id,
        external_id=found.external_id,
        conversation_id=talk.conversation.id,
        sent_at=found.sent_at,
        details=found.details,
    )


def exchange_of(
    conversation: Conversation,
    identity: Identity,
    *,
    newest_id: str,
    details: dict[str, Any] | None = None,
    heard_at: datetime | None = None,
) -> Exchange:
    """Return a conversation as a connector weighs it.

    `details` and `heard_at` are those of the message an answer goes to, where it is not the newest of all.
    """
    return Exchange(
        recipient=whom(identity),
        is_public=conversation.is_public,
        conversation_key=conversation.external_key,
        heard_at=heard_at or conversation.heard_at,
        newest_id=newest_id,
        details={**conversation.details, **(details or {})},
    )


def with_one_person(conversations: Iterable[Conversation]) -> Conversation | None:
    """Return the first conversation that is no group: what is meant for one person is for nobody else."""
    return next((each for each in conversations if not each.details.get("is_group")), None)


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


def refuse_impossible(
    capability: Capability, *, is_public: bool, text: str, files: Sequence[Enclosure], at: datetime
) -> None:
    """Raise `Refused` with its code where the platform would not take this text now, or not these files."""
    found = speaking.obstacle(capability, is_public=is_public, text=text, files=len(files), now=at)
    found = found or speaking.unfit(capability, ((each.name, each.type, each.size) for each in files))
    if found is not None:
        raise refusal(found)


def refusal(found: speaking.Obstacle) -> Refused:
    """Say an obstacle to a person; the connector's own sentence goes before ours."""
    if found.code == "too_long":
        return _too_long(found)
    if found.code in _OF_FILES:
        return _unfit(found)
    if found.words:
        return Refused(found.words, field="text", code=found.code)
    if found.code == "window_closed":
        return Refused(
            "Die Frist, in der diese Plattform Antworten annimmt, ist abgelaufen.", field="text", code=found.code
        )
    if found.code == "private_reply_spent":
        return Refused("Auf diesen Beitrag wurde schon privat geantwortet.", field="text", code=found.code)
    return Refused("Diese Plattform lässt hier keine Antwort zu.", field="text", code=found.code)


_OF_FILES = frozenset({"too_many_files", "file_type", "file_too_large"})


def _unfit(found: speaking.Obstacle) -> Refused:
    values: dict[str, object] = dict(found.values or {})
    if found.code == "too_many_files":
        return Refused(
            "Zu viele Dateien: %(count)s, höchstens %(most)s gehen mit.", field="files", code=found.code, **values
        )
    if found.code == "file_too_large":
        return Refused(
            "„%(name)s“ ist zu groß: höchstens %(most)s MB gehen hier mit.", field="files", code=found.code, **values
        )
    return Refused(found.words, field="files", code=found.code)


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
