"""Whom we told of what: rungs that fired, words to one of us by any way, calls of other programs, calls to be made."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Json, JsonList, JsonMap, Key, word_of

_untold = text("state IN ('queued', 'sending')")
UNTOLD = text("notification.state IN ('queued', 'sending')")
UNCALLED = text("webhook_call.state IN ('queued', 'sending')")
"""The conditions of the partial indexes, for every question that should use one: SQLite does not look at parameters."""
_waiting = text("state = 'waiting'")
WAITING = text("notification.state = 'waiting'")
_undigested = text("is_digested AND digested_at IS NULL")
UNDIGESTED = text("firing.is_digested AND firing.digested_at IS NULL")
_unread = text("via = 'inbox' AND read_at IS NULL")
UNREAD = text("notification.via = 'inbox' AND notification.read_at IS NULL")
_undone = text("done_at IS NULL")
UNCALLED_BACK = text("call_task.done_at IS NULL")


class NotificationState(StrEnum):
    WAITING = "waiting"
    """For the recipient's hours, which begin at `retry_at`."""
    WITHDRAWN = "withdrawn"
    """Nobody needs it any more: while it waited the matter was settled, or another word said it, too."""
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"


class Via(StrEnum):
    """How one of us is told."""

    INBOX = "inbox"
    MAIL = "mail"
    PUSH = "push"


class Notification(Model):
    """A word to one of us about something that fired; unique per rung, person and way, so nothing is told twice."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("key", "agent_id", "via"),
        Index("ix_notification_outbox", "state", "id", postgresql_where=_untold, sqlite_where=_untold),
        Index("ix_notification_unread", "agent_id", "id", postgresql_where=_unread, sqlite_where=_unread),
        Index("ix_notification_agent", "agent_id", "id"),
        Index("ix_notification_ticket", "ticket_id", "agent_id"),
        Index("ix_notification_waiting", "retry_at", "id", postgresql_where=_waiting, sqlite_where=_waiting),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(64))
    """What it is about, e.g. `obligation:12:breach`; the `key` of the firing where a rung led to it."""
    kind: Mapped[str] = mapped_column(String(24))
    via: Mapped[Via] = mapped_column(word_of(Via), default=Via.MAIL)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    state: Mapped[NotificationState] = mapped_column(word_of(NotificationState), default=NotificationState.QUEUED)
    read_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    """Not before this: the recipient's hours, or the pause after a failure."""
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    fault_words: Mapped[str] = mapped_column(String(500), default="")


class Firing(Model):
    """One rung of one clock that was reached; the database lets each be reached once."""

    __tablename__ = "firing"
    __table_args__ = (
        Index("ix_firing_ticket", "ticket_id", "id"),
        Index("ix_firing_at", "at"),
        Index("ix_firing_team", "team_id", "at"),
        Index("ix_firing_undigested", "team_id", "id", postgresql_where=_undigested, sqlite_where=_undigested),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """`obligation:12:75`, `promise:3:breach`, `clock:7:repeat2`."""
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    rung: Mapped[str] = mapped_column(String(16))
    reached_at: Mapped[datetime]
    """When the clock came to it; `at` is later where the tick was."""
    at: Mapped[datetime]
    is_superseded: Mapped[bool] = mapped_column(default=False)
    """A higher one had passed, too, so nobody was told of this one."""
    is_digested: Mapped[bool] = mapped_column(default=False)
    """So many fired at once that the team was told of all in one."""
    digested_at: Mapped[datetime | None]
    """When that was written; None while more of them may come."""
    details: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """Why it fired: `elapsed_seconds`, `target_minutes`, `calendar_version`, `policy_version`, whom it told."""


class Webhook(Model):
    """Another program that wants to hear what fires; every call is signed."""

    __tablename__ = "webhook"
    # Ladders name it by its id: that of a removed one must never become another program's.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    """Sealed; the other side checks our signature with it."""
    is_paused: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str] = mapped_column(String(300), default="")
    problem_at: Mapped[datetime | None]
    """Since when no call of it has been accepted."""
    made_at: Mapped[datetime]
    is_demo: Mapped[bool] = mapped_column(default=False)


class WebhookCall(Model):
    """One call of another program; it carries the same id however often it is tried."""

    __tablename__ = "webhook_call"
    __table_args__ = (
        UniqueConstraint("key", "webhook_id"),
        Index("ix_webhook_call_outbox", "state", "id", postgresql_where=_untold, sqlite_where=_untold),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(64))
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    body: Mapped[JsonMap] = mapped_column(Json, default=dict)
    at: Mapped[datetime]
    state: Mapped[NotificationState] = mapped_column(word_of(NotificationState), default=NotificationState.QUEUED)
    claimed_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    fault_words: Mapped[str] = mapped_column(String(500), default="")


class PushSubscription(Model):
    """One browser that wants to be told while nobody looks at it."""

    __tablename__ = "push_subscription"

    id: Mapped[Key]
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), index=True)
    endpoint: Mapped[str] = mapped_column(Text, unique=True)
    keys: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """`p256dh` and `auth` as the browser gave them (RFC 8291)."""
    browser: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime]
    failed_at: Mapped[datetime | None]


class CallTask(Model):
    """Somebody is to ring a customer up: made by a rung, done by a phone note."""

    __tablename__ = "call_task"
    __table_args__ = (
        Index("ix_call_task_undone", "team_id", "due_at", postgresql_where=_undone, sqlite_where=_undone),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    """Who is to call; None: anybody of the team."""
    numbers: Mapped[JsonList] = mapped_column(Json, default=list)
    reason: Mapped[str] = mapped_column(String(300), default="")
    made_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    done_reason: Mapped[str] = mapped_column(String(300), default="")
    """Why nobody had to call any more; empty where somebody did."""
