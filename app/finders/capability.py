"""What may be said on conversations now: asked of the connectors from columns that ride along in other questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.models import Channel, Conversation, Direction, Identity, Message
from channels.contract import Account, Capability, Exchange, Handle
from channels.speaking import Obstacle, capability_of, obstacle

__all__ = ["COLUMNS", "Facts", "Speaking", "capability_of", "speaking_of"]

_inbound = aliased(Message)
NEWEST_ID = (
    select(_inbound.external_id)
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
    NEWEST_ID,
)
"""In the order of `Facts`; the question joins Conversation, Channel and Identity."""


class Facts(NamedTuple):
    """The values of `COLUMNS`."""

    is_public: bool
    external_key: str
    heard_at: datetime | None
    details: dict[str, Any]
    channel_id: int
    channel_kind: str
    channel_name: str
    channel_address: str
    settings: dict[str, Any]
    is_paused: bool
    problem: str
    identity_kind: str
    identity_value: str
    identity_name: str
    identity_scope: str
    newest_id: str | None


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
    account = Account(
        id=facts.channel_id,
        kind=facts.channel_kind,
        name=facts.channel_name,
        address=facts.channel_address,
        settings=facts.settings,
    )
    exchange = Exchange(
        recipient=Handle(
            kind=facts.identity_kind,
            value=facts.identity_value,
            name=facts.identity_name,
            scope=facts.identity_scope,
        ),
        is_public=facts.is_public,
        conversation_key=facts.external_key,
        heard_at=facts.heard_at,
        newest_id=facts.newest_id or "",
        details=facts.details,
    )
    capability = capability_of(account, exchange, now=now)
    return Speaking(
        capability=capability,
        obstacle=obstacle(capability, is_public=facts.is_public, now=now),
        problem=facts.problem,
        is_paused=facts.is_paused,
    )
