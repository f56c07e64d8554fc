"""What came in and could not be filed, with the reason."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app.db import db
from app.models import UNFILED, Channel, Envelope, EnvelopeState

MOST = 200


class ParkedRow(NamedTuple):
    id: int
    channel_name: str
    source: str
    received_at: datetime
    size: int
    reason: str
    attempts: int


def parked() -> list[ParkedRow]:
    """Return the newest parked input; the door has asked whether this person may see it."""
    rows = db.session.execute(
        select(
            Envelope.id,
            Channel.name,
            Envelope.source,
            Envelope.received_at,
            Envelope.size,
            Envelope.problem,
            Envelope.attempts,
        )
        .join(Channel, Channel.id == Envelope.channel_id)
        .where(UNFILED, Envelope.state == EnvelopeState.PARKED)
        .order_by(Envelope.id.desc())
        .limit(MOST)
    )
    return [ParkedRow._make(row) for row in rows]
