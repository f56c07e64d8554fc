"""What the running parts of the product say of themselves: heartbeats, and leases so that only one does a thing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Json, JsonMap


class Heartbeat(Model):
    """The last sign of life of a part, in database time."""

    __tablename__ = "heartbeat"

    part: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]
    details: Mapped[JsonMap] = mapped_column(Json, default=dict)


class Lease(Model):
    """Who may tick, or listen to a channel, and until when, in database time."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime]


class StoredAnswer(Model):
    """The answer to a POST that carried an Idempotency-Key, so that a repeated one gets the same answer."""

    __tablename__ = "stored_answer"

    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    """Token id and the client's key."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 of method, path and body: the same key with another body is refused."""
    status: Mapped[int]
    body: Mapped[JsonMap] = mapped_column(Json, default=dict)
    at: Mapped[datetime]
