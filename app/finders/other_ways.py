"""Further ways to the customer of a ticket: mail addresses that are theirs and that this ticket has no thread with."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import or_, select

from app.db import db
from app.models import Channel, Conversation, Identity

CLAIMED = "claimed"
"""The evidence of an address that one of us typed."""
MOST = 3


class Beyond(NamedTuple):
    """An address, and the mailbox from which a message would go there."""

    channel_id: int
    channel_name: str
    identity_id: int
    value: str
    address: str
    settings: dict[str, object]


def beyond(ticket_id: int, customer_id: int, team_id: int | None) -> list[Beyond]:
    """Return them, each with the mailbox of the ticket's team where it has one, else the oldest; one statement."""
    threads = select(Conversation.identity_id).where(Conversation.ticket_id == ticket_id)
    rows = db.session.execute(
        select(Channel.id, Channel.name, Identity.id, Identity.value, Channel.address, Channel.settings)
        .join(Channel, Channel.kind == Identity.kind)
        .where(
            Identity.customer_id == customer_id,
            Identity.kind == "email",
            Identity.is_blocked.is_(False),
            or_(Identity.is_verified, Identity.evidence != CLAIMED),
            Identity.id.not_in(threads),
            Channel.is_paused.is_(False),
        )
        .order_by(Identity.id, Channel.team_id != team_id if team_id else Channel.id, Channel.id)
    )
    found: dict[int, Beyond] = {}
    for row in rows:
        found.setdefault(row[2], Beyond._make(row))
    return list(found.values())[:MOST]
