"""By when: calendars, policies, what each customer message makes us owe, and whom we told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Json, JsonMap, Key, word_of

_running = text("state = 'open' AND rung_at IS NOT NULL")
_owed = text("state = 'open'")
_answered = text("answered_by_id IS NOT NULL")
_settled = text("state = 'met'")
SETTLED = text("obligation.state = 'met'")
"""The condition of the partial index, for every question that should use it: SQLite does not look at parameters."""
_untold = text("state IN ('queued', 'sending')")
UNTOLD = text("notification.state IN ('queued', 'sending')")
"""The condition of the partial index, for every question that should use it: SQLite does not look at parameters."""


class Calendar(Model):
    """Service hours in local wall time with their zone; holidays are frozen into the row and can be seen one by one."""

    __tablename__ = "calendar"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    time_zone: Mapped[str] = mapped_column(String(64))
    weekly_hours: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """`{"mon": [["09:00", "17:00"]], ...}`; a missing day is closed."""
    region: Mapped[str] = mapped_column(String(24), default="")
    holidays: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """`{"2026-12-25": "Erster Weihnachtstag", ...}`."""
    special_hours: Mapped[JsonMap] = mapped_column(Json, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    is_demo: Mapped[bool] = mapped_column(default=False)


class Policy(Model):
    """What we aim for on one route, in minutes of service time; chosen by route and team."""

    __tablename__ = "policy"
    __table_args__ = (UniqueConstraint("route", "team_id"),)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    route: Mapped[str] = mapped_column(String(24))
    """email, messenger, public or phone."""
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    """None: for every team that has no policy of its own."""
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
    targets: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """`{"first": {"normal": 240, "urgent": 60}, "next": {"normal": 480, "urgent": 120}}`."""
    warn_percent: Mapped[int] = mapped_column(default=75)
    is_demo: Mapped[bool] = mapped_column(default=False)


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
        Index("ix_obligation_settled", "settled_at", postgresql_where=_settled, sqlite_where=_settled),
        Index("ix_obligation_answer", "answered_by_id", postgresql_where=_answered, sqlite_where=_answered),
    )

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    """first or next."""
    route: Mapped[str] = mapped_column(String(24))
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
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
    settled_at: Mapped[datetime | None]
    verdict: Mapped[str] = mapped_column(String(16), default="")
    """met or breached, once settled."""
    elapsed_seconds: Mapped[int | None]
    fired: Mapped[str] = mapped_column(String(16), default="")
    """The highest rung that has fired: empty, warn or breach."""
    rung_at: Mapped[datetime | None]
    """When the next rung is due; None once all have fired."""


class NotificationState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"


class Notification(Model):
    """A mail to one of us about something that fired; unique per rung and person, so nothing is told twice."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("key", "agent_id"),
        Index(
            "ix_notification_outbox",
            "state",
            "id",
            postgresql_where=_untold,
            sqlite_where=_untold,
        ),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(64))
    """What it is about, e.g. `obligation:12:breach`."""
    kind: Mapped[str] = mapped_column(String(24))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    state: Mapped[NotificationState] = mapped_column(word_of(NotificationState), default=NotificationState.QUEUED)
    claimed_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    fault_words: Mapped[str] = mapped_column(String(500), default="")
