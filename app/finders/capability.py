"""What may be said on conversations now: asked of the connectors from columns that ride along in other questions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.models import Channel, Conversation, Direction, Identity, Message
from channels.contract import Account, Capability, Exchange, Handle
from channels.speaking import Obstacle, capability_of, obstacle

__all__ = ["COLUMNS", "Facts", "Speaking", "account_of", "capability_of", "exchange_of", "speaking_of"]

_inbound = aliased(Message)


def _newest(column: Any, *, is_theirs: bool) -> Any:
    """Return a column of the newest message in a conversation, or of the newest of whom the conversation is with."""
    wanted = [_inbound.author_address == Identity.value] if is_theirs else []
    return (
        select(column)
        .where(
            _inbound.conversation_id == Conversation.id,
            _inbound.direction == Direction.IN,
            _inbound.is_bounce.is_(False),
            *wanted,
        )
        .order_by(_inbound.sent_at.desc(), _inbound.id.desc())
        .limit(1)
        .correlate(Conversation, Identity)
        .scalar_subquery()
    )


COLUMNS = (
    Conversation.is_public,
    Conversation.external_key,
    Conversation.heard_at,
    Conversation.details,
    Channel.id,
    Channel.kind,
    Channel.name,
    Channel.address,
    Channel.settings,
    Channel.is_paused,
    Channel.problem,
    Identity.kind,
    Identity.value,
    Identity.name,
    Identity.scope,
    _newest(_inbound.external_id, is_theirs=False),
    _newest(_inbound.external_id, is_theirs=True),
    _newest(_inbound.details, is_theirs=True),
    _newest(_inbound.sent_at, is_theirs=True),
)
"""In the order of `Facts`; the question joins Conversation, Channel and Identity."""


class Facts(NamedTuple):
    """The values of `COLUMNS`."""

    is_public: bool
    key: str
    heard_at: datetime | None
    details: dict[str, Any]
    channel_id: int
    channel_kind: str
    channel_name: str
    channel_address: str
    channel_settings: dict[str, Any]
    is_paused: bool
    problem: str
    identity_kind: str
    identity_value: str
    identity_name: str
    identity_scope: str
    newest_id: str | None
    their_newest_id: str | None
    """The newest message of the person the conversation is with: below a comment others may write, too."""
    their_details: dict[str, Any] | None
    their_sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """The capability of a conversation, and why an answer would wait: its channel is in trouble or paused."""

    capability: Capability
    obstacle: Obstacle | None
    """What stands against the usual answer, public where the conversation is."""
    problem: str
    is_paused: bool


def speaking_of(facts: Facts, *, now: datetime) -> Speaking:
    """Ask the connector and weigh what it says."""
    account = account_of(facts)
    exchange = exchange_of(facts)
    capability = capability_of(account, exchange, now=now)
    if facts.is_public and facts.their_newest_id != facts.newest_id:
        private = capability_of(account, _with_them(exchange, facts), now=now)
        capability = replace(capability, can_private=private.can_private, private_ways_used=private.private_ways_used)
    return Speaking(
        capability=capability,
        obstacle=obstacle(capability, is_public=facts.is_public, now=now),
        problem=facts.problem,
        is_paused=facts.is_paused,
    )


class Talk(Protocol):
    """A conversation as far as connectors are told of it."""

    @property
    def channel_id(self) -> int: ...
    @property
    def channel_kind(self) -> str: ...
    @property
    def channel_name(self) -> str: ...
    @property
    def channel_address(self) -> str: ...
    @property
    def channel_settings(self) -> dict[str, Any]: ...
    @property
    def identity_kind(self) -> str: ...
    @property
    def identity_value(self) -> str: ...
    @property
    def identity_name(self) -> str: ...
    @property
    def identity_scope(self) -> str: ...
    @property
    def is_public(self) -> bool: ...
    @property
    def key(self) -> str: ...
    @property
    def heard_at(self) -> datetime | None: ...
    @property
    def newest_id(self) -> str | None: ...
    @property
    def details(self) -> dict[str, Any]: ...


def account_of(talk: Talk) -> Account:
    """Return the account of a conversation as far as reckoning needs it: without its secrets."""
    return Account(
        id=talk.channel_id,
        kind=talk.channel_kind,
        name=talk.channel_name,
        address=talk.channel_address,
        settings=talk.channel_settings,
    )


def exchange_of(talk: Talk) -> Exchange:
    """Return with whom a conversation is and what was heard in it last."""
    return Exchange(
        recipient=Handle(
            kind=talk.identity_kind,
            value=talk.identity_value,
            name=talk.identity_name,
            scope=talk.identity_scope,
        ),
        is_public=talk.is_public,
        conversation_key=talk.key,
        heard_at=talk.heard_at,
        newest_id=talk.newest_id or "",
        details=talk.details,
    )


def _with_them(exchange: Exchange, facts: Facts) -> Exchange:
    """Return the exchange for a private answer: it goes to the newest message of whom the conversation is with."""
    return replace(
        exchange,
        newest_id=facts.their_newest_id or "",
        heard_at=facts.their_sent_at,
        details={**facts.details, **(facts.their_details or {})},
    )
