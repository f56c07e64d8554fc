"""How a first message can reach the customer of a ticket: channels, addresses, what was said there last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app.db import db
from app.models import Channel, Conversation, Identity


class Open(NamedTuple):
    """A channel that may carry a message of ours."""

    id: int
    kind: str
    name: str
    address: str
    settings: dict[str, Any]


class Known(NamedTuple):
    id: int
    kind: str
    value: str
    scope: str
    name: str


class Spoken(NamedTuple):
    """A private conversation with an address: where the platform's thread stands."""

    channel_id: int
    identity_id: int
    key: str
    heard_at: datetime | None
    details: dict[str, Any]


def channels() -> list[Open]:
    """Return the channels that are in use, mail first."""
    rows = db.session.execute(
        select(Channel.id, Channel.kind, Channel.name, Channel.address, Channel.settings)
        .where(Channel.is_paused.is_(False))
        .order_by(Channel.kind != "email", Channel.kind, Channel.name)
    )
    return [Open._make(row) for row in rows]


def addresses(customer_id: int) -> list[Known]:
    """Return the identities of a customer."""
    rows = db.session.execute(
        select(Identity.id, Identity.kind, Identity.value, Identity.scope, Identity.name)
        .where(Identity.customer_id == customer_id)
        .order_by(Identity.id)
    )
    return [Known._make(row) for row in rows]


def spoken(identity_ids: Sequence[int]) -> dict[tuple[int, int], Spoken]:
    """Return the newest private conversation of each channel and address; a group is none with one person."""
    rows = db.session.execute(
        select(
            Conversation.channel_id,
            Conversation.identity_id,
            Conversation.external_key,
            Conversation.heard_at,
            Conversation.details,
        )
        .where(Conversation.identity_id.in_(identity_ids), Conversation.is_public.is_(False))
        .order_by(Conversation.heard_at.nulls_first(), Conversation.id)
    )
    return {(row.channel_id, row.identity_id): Spoken._make(row) for row in rows if not row.details.get("is_group")}
