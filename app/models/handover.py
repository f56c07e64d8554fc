"""The ball on its way from one team to another, and the clocks of a whole ticket."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Json, JsonList, Key, word_of

_pending = text("state = 'pending'")
_returning = text("state = 'pending' AND returns_at IS NOT NULL")
_done = text("done_by_id IS NOT NULL")
_ticking_on = text("state = 'running'")
TICKING = text("ticket_clock.state = 'running'")
_settled = text("state = 'met'")
SETTLED_CLOCK = text("ticket_clock.state = 'met'")
PENDING = text("handover.state = 'pending'")
_ticking = text("state = 'running' AND rung_at IS NOT NULL")
_running = text("state IN ('running', 'resting')")
CLIMBING_CLOCK = text("ticket_clock.state = 'running' AND ticket_clock.rung_at IS NOT NULL")
RUNNING_CLOCK = text("ticket_clock.state IN ('running', 'resting')")
"""The conditions of the partial indexes, for every question that should use one: SQLite does not look at parameters."""


class HandoverState(StrEnum):
    PENDING = "pending"
    """The ball stays with the giver."""
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RETURNED = "returned"
    """Nobody answered in time: it stays where it was."""
    WITHDRAWN = "withdrawn"
    """The giver took it back, or the matter was resolved before anybody answered."""


class Handover(Model):
    """One team asks another to take a matter; what the customer is owed is not touched by it."""

    __tablename__ = "handover"
    __table_args__ = (
        Index("ix_handover_pending", "to_team_id", "id", postgresql_where=_pending, sqlite_where=_pending),
        Index("uq_handover_pending", "ticket_id", unique=True, postgresql_where=_pending, sqlite_where=_pending),
        Index("ix_handover_at", "at"),
        Index("ix_handover_answered_at", "answered_at"),
        Index("ix_handover_returns", "returns_at", "id", postgresql_where=_returning, sqlite_where=_returning),
        Index("ix_handover_done_by", "done_by_id", postgresql_where=_done, sqlite_where=_done),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    home_ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    """The ticket it was asked for; a join takes it along, and parting brings it back."""
    from_team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    from_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    """Whose ticket it was when it was accepted."""
    to_team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    to_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    """Who is asked by name, if anybody."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    state: Mapped[HandoverState] = mapped_column(word_of(HandoverState), default=HandoverState.PENDING)
    returns_at: Mapped[datetime | None]
    """When nobody's answer is taken for a no; None: never."""
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    answer: Mapped[str] = mapped_column(Text, default="")
    """Why it was declined."""
    done_at: Mapped[datetime | None]
    """When the receiving team first did something for the customer."""
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    """The answer that was; None while there is none, or where the matter was resolved without one."""


class ClockKind(StrEnum):
    ACCEPTANCE = "acceptance"
    """Of a hand-over: the other team says yes or no."""
    WORK = "work"
    """Of a hand-over, counted from it: the other team answers the customer."""
    RESOLUTION = "resolution"
    UPDATE = "update"
    """The customer hears from us again while it is our turn."""


class ClockState(StrEnum):
    RUNNING = "running"
    RESTING = "resting"
    """It is not our turn: the time used so far is kept."""
    MET = "met"
    WAIVED = "waived"


class TicketClock(Model):
    """A clock that belongs to the whole ticket and not to a message: of a team, of the resolution, of updates."""

    __tablename__ = "ticket_clock"
    __table_args__ = (
        Index("ix_ticket_clock_rung", "rung_at", "id", postgresql_where=_ticking, sqlite_where=_ticking),
        Index("ix_ticket_clock_running", "ticket_id", postgresql_where=_running, sqlite_where=_running),
        Index("ix_ticket_clock_breach", "breach_at", postgresql_where=_ticking_on, sqlite_where=_ticking_on),
        Index("ix_ticket_clock_settled", "settled_at", postgresql_where=_settled, sqlite_where=_settled),
    )

    id: Mapped[Key]
    kind: Mapped[ClockKind] = mapped_column(word_of(ClockKind))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    home_ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    """The ticket it was opened on, where a join has taken it along; parting brings it back."""
    handover_id: Mapped[int | None] = mapped_column(ForeignKey("handover.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    policy_version_id: Mapped[int | None] = mapped_column(ForeignKey("policy_version.id"))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
    calendar_version: Mapped[int]
    target_minutes: Mapped[int]
    opened_at: Mapped[datetime]
    running_since: Mapped[datetime | None]
    """None while it rests or is over."""
    used_seconds: Mapped[int] = mapped_column(default=0)
    """Service time of all finished stretches."""
    rests: Mapped[JsonList] = mapped_column(Json, default=list)
    """When it rested, the earliest first: `{"since": ..., "until": ..., "why": "customer"}`; the last may be going on.
    `why` is customer, third or closed; `message` is the answer that handed the matter over."""
    soon_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    breach_at: Mapped[datetime | None]
    state: Mapped[ClockState] = mapped_column(word_of(ClockState), default=ClockState.RUNNING)
    settled_at: Mapped[datetime | None]
    verdict: Mapped[str] = mapped_column(String(16), default="")
    elapsed_seconds: Mapped[int | None]
    fired: Mapped[str] = mapped_column(String(16), default="")
    rung_at: Mapped[datetime | None]
