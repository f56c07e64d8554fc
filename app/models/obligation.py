"""What each customer message makes us owe, and by when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Key, word_of

_running = text("state = 'open' AND rung_at IS NOT NULL")
_owed = text("state = 'open'")
_answered = text("answered_by_id IS NOT NULL")
_let_go = text("let_go_by_id IS NOT NULL")
_settled = text("state = 'met'")
SETTLED = text("obligation.state = 'met'")
CLIMBING = text("obligation.state = 'open' AND obligation.rung_at IS NOT NULL")
"""The conditions of the partial indexes, for every question that should use one: SQLite does not look at parameters."""


class ObligationState(StrEnum):
    OPEN = "open"
    MET = "met"
    WAIVED = "waived"


class Obligation(Model):
    """What one customer message makes us owe; it hangs on its conversation, so joining and parting never touch it."""

    __tablename__ = "obligation"
    __table_args__ = (
        Index("ix_obligation_rung", "rung_at", "id", postgresql_where=_running, sqlite_where=_running),
        Index("ix_obligation_owed", "conversation_id", postgresql_where=_owed, sqlite_where=_owed),
        # All that the figures of the past ask for: a week of answers is read from the index alone.
        Index(
            "ix_obligation_settled",
            "settled_at",
            "channel_id",
            "team_id",
            "kind",
            "opened_at",
            "verdict",
            "elapsed_seconds",
            "target_minutes",
            "state",
            postgresql_where=_settled,
            sqlite_where=_settled,
        ),
        Index("ix_obligation_answer", "answered_by_id", postgresql_where=_answered, sqlite_where=_answered),
        Index("ix_obligation_let_go", "let_go_by_id", postgresql_where=_let_go, sqlite_where=_let_go),
    )

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    """first or next."""
    route: Mapped[str] = mapped_column(String(24))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    """Whose ticket it was when it was opened, and when it was settled: figures of the past never change."""
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    policy_version_id: Mapped[int | None] = mapped_column(ForeignKey("policy_version.id"))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
    calendar_version: Mapped[int] = mapped_column(default=1)
    target_minutes: Mapped[int]
    opened_at: Mapped[datetime]
    warn_at: Mapped[datetime]
    soon_at: Mapped[datetime]
    """From here on it is shown as due soon."""
    due_at: Mapped[datetime]
    """Shown to people; `breach_at` is later only when the time runs out exactly at closing time."""
    breach_at: Mapped[datetime]
    state: Mapped[ObligationState] = mapped_column(word_of(ObligationState), default=ObligationState.OPEN)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    """The answer that settles it once the provider has accepted it; cleared when it fails."""
    is_held: Mapped[bool] = mapped_column(default=False)
    """Only a holding reply has answered it: the customer still waits for more."""
    let_go_by_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    """The substantive answer that came after a holding reply."""
    let_go_at: Mapped[datetime | None]
    """When the wait after a holding reply ended without an answer: waived, or the ticket was resolved."""
    settled_at: Mapped[datetime | None]
    verdict: Mapped[str] = mapped_column(String(16), default="")
    """met or breached, once settled."""
    elapsed_seconds: Mapped[int | None]
    fired: Mapped[str] = mapped_column(String(16), default="")
    """The highest rung that has fired: empty, a percentage, breach, repeat1 ..."""
    muted_until: Mapped[datetime | None]
    """No rung fires before: a holding reply pauses the escalation where the policy says so."""
    rung_at: Mapped[datetime | None]
    """When the next rung is due; None once all have fired."""
