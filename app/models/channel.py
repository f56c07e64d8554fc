"""A configured account on a platform, and the raw input that came in through it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Json, JsonMap, Key, word_of

UNFILED = text("envelope.state <> 'filed'")
"""The condition of the partial index, for every question that should use it: SQLite does not look at parameters."""


class ProblemSource(StrEnum):
    """Who can find that something is wrong with a channel."""

    HEARING = "hearing"
    """Fetching from it, or setting it up to be fetched from."""
    SENDING = "sending"
    HEALTH = "health"
    """Asking the platform how the account is."""
    PLATFORM = "platform"
    """The platform itself told us, e.g. that an authorisation was withdrawn."""
    POLICY = "policy"
    """The platform restrains us by its rules, until it says otherwise or takes a message of ours again."""


class Channel(Model):
    """An account: plain settings, sealed secrets, the cursor up to which it was heard, and its health."""

    __tablename__ = "channel"

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(80), unique=True)
    address: Mapped[str] = mapped_column(String(254), index=True)
    """What the platform calls us: the mail address, the page id, the number."""
    settings: Mapped[JsonMap] = mapped_column(Json, default=dict)
    secrets: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    """Sealed with a key outside the database (app/seal.py)."""
    cursor: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """Moves in the same commit as the envelopes it covers."""
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    is_paused: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    heard_at: Mapped[datetime | None]
    """The last time something new arrived."""
    reached_at: Mapped[datetime | None]
    """The last time the other side answered as it should."""
    problem: Mapped[str] = mapped_column(String(500), default="")
    """A sentence for the person who has to mend it; empty while all is well."""
    problem_at: Mapped[datetime | None]
    problem_code: Mapped[str] = mapped_column(String(40), default="")
    """The platform's error code behind the problem, e.g. 190; decides what is offered as the next step."""
    problem_source: Mapped[ProblemSource | None] = mapped_column(word_of(ProblemSource))
    """Who found it; what one has found another cannot declare mended."""
    token_expires_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    """When its health was last asked."""
    refused_count: Mapped[int] = mapped_column(default=0)
    """Calls of its hook whose signature was wrong or missing, and when the last one came."""
    refused_at: Mapped[datetime | None]


class EnvelopeState(StrEnum):
    STORED = "stored"
    FILED = "filed"
    PARKED = "parked"


class Envelope(Model):
    """Raw input exactly as it arrived: stored before it is understood."""

    __tablename__ = "envelope"
    __table_args__ = (
        UniqueConstraint("channel_id", "digest"),
        Index(
            "ix_envelope_unfiled",
            "state",
            "id",
            postgresql_where=text("state <> 'filed'"),
            sqlite_where=text("state <> 'filed'"),
        ),
    )

    id: Mapped[Key]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the bytes, and the name they have in the blob store."""
    size: Mapped[int]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """A small call of a hook lies here, in the very commit that keeps it; None where the bytes are in the store."""
    source: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[EnvelopeState] = mapped_column(word_of(EnvelopeState), default=EnvelopeState.STORED)
    received_at: Mapped[datetime]
    filed_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(500), default="")
    attempts: Mapped[int] = mapped_column(default=0)
