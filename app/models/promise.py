"""What we told a customer we would do, by when, and who stands for it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Key, word_of

_open = text("state IN ('open', 'broken')")
_running = text("state IN ('open', 'broken') AND rung_at IS NOT NULL")
UNKEPT = text("promise.state IN ('open', 'broken')")
UNFIRED = text("promise.state IN ('open', 'broken') AND promise.rung_at IS NOT NULL")
"""The conditions of the partial indexes, for every question that should use one: SQLite does not look at parameters."""


class PromiseState(StrEnum):
    OPEN = "open"
    BROKEN = "broken"
    """Its time passed; it is still owed."""
    KEPT = "kept"
    REPLACED = "replaced"
    WAIVED = "waived"


class Promise(Model):
    """Kept only by a substantive message; it hangs on its conversation, so joining and parting never touch it."""

    __tablename__ = "promise"
    __table_args__ = (
        Index("ix_promise_owed", "conversation_id", postgresql_where=_open, sqlite_where=_open),
        Index("ix_promise_rung", "rung_at", "id", postgresql_where=_running, sqlite_where=_running),
    )

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    """The holding reply or the call it was given in."""
    owner_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    text: Mapped[str] = mapped_column(Text, default="")
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    count: Mapped[int] = mapped_column(default=1)
    """Which promise in a row on its ticket without a substantive answer between them."""
    promised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[PromiseState] = mapped_column(word_of(PromiseState), default=PromiseState.OPEN)
    kept_by_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    settled_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why it was waived."""
    fired: Mapped[str] = mapped_column(String(16), default="")
    rung_at: Mapped[datetime | None]
