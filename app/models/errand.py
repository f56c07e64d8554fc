"""What is still to be done with a platform after something was filed or decided, and what was heard already."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Json, JsonMap, Key, word_of

_open = text("state IN ('queued', 'running')")
UNDONE = text("errand.state IN ('queued', 'running')")
"""The condition of the partial index, for every question that should use it: SQLite does not look at parameters."""


class ErrandKind(StrEnum):
    PROFILE = "profile"
    """Ask for the name of an identity."""
    PARENT = "parent"
    """Fetch the post a message answers."""
    MEDIA = "media"
    """Fetch a file."""
    HIDE = "hide"
    SHOW = "show"


class ErrandState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Errand(Model):
    """One call of a platform that may fail and be repeated; doing it twice does no harm."""

    __tablename__ = "errand"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_errand_undone", "state", "id", postgresql_where=_open, sqlite_where=_open),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(120))
    """What it is about, e.g. `media:12`, so that it is not asked for twice."""
    kind: Mapped[ErrandKind] = mapped_column(word_of(ErrandKind))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    subject_id: Mapped[int]
    """The row it is about: an identity, a message or an attachment."""
    details: Mapped[JsonMap] = mapped_column(Json, default=dict)
    state: Mapped[ErrandState] = mapped_column(word_of(ErrandState), default=ErrandState.QUEUED)
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    fault_words: Mapped[str] = mapped_column(String(500), default="")


class Trace(Model):
    """What was heard besides messages, so that a repeated report of it changes nothing."""

    __tablename__ = "trace"

    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(500), primary_key=True)
    at: Mapped[datetime]


class Early(Model):
    """Something heard before the message or the conversation it belongs to; applied and removed once that is here."""

    __tablename__ = "early"
    __table_args__ = (
        Index("ix_early_about", "channel_id", "about"),
        Index("ix_early_conversation", "channel_id", "conversation_key"),
    )

    id: Mapped[Key]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    about: Mapped[str] = mapped_column(String(500), default="")
    """The external id of the message it waits for; empty where it waits for a conversation."""
    conversation_key: Mapped[str] = mapped_column(String(254), default="")
    type: Mapped[str] = mapped_column(String(16))
    """Which value `heard` is: contact, change, progress or signal."""
    heard: Mapped[JsonMap] = mapped_column(Json)
    at: Mapped[datetime]
