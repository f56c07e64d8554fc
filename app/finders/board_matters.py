"""How whole matters stand: what is still to be resolved, what was, and what waits for somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, true

from app.db import UtcDateTime, db
from app.finders.board_scope import Scope, Span
from app.models import AWAITING, RUNNING_CLOCK, SETTLED_CLOCK, TICKING, ClockKind, Ticket, TicketClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Matters:
    """Resolutions that run or rest now and those that ended in the span; `waiting` counts tickets."""

    running: int
    overdue: int
    held: int
    missed: int
    waiting: int

    @property
    def are_kept(self) -> bool:
        """Say whether the shop aims for resolutions at all, or waits for anybody."""
        return bool(self.running or self.held or self.missed or self.waiting)


def matters(scope: Scope, span: Span, *, now: datetime) -> Matters:
    """Count along the partial indexes; one statement."""
    is_resolution = TicketClock.kind == ClockKind.RESOLUTION
    ended = (
        SETTLED_CLOCK,
        is_resolution,
        TicketClock.settled_at >= literal(span.begins_at, UtcDateTime()),
        TicketClock.settled_at < literal(span.ends_at, UtcDateTime()),
        _of_teams(scope),
    )
    waiting = (
        select(func.count())
        .select_from(Ticket)
        .where(AWAITING, Ticket.waits_since <= literal(now, UtcDateTime()), scope.holds())
    )
    row = (
        db.session.connection()
        .execute(
            select(
                _count(RUNNING_CLOCK, is_resolution, _of_teams(scope)),
                _count(TICKING, is_resolution, TicketClock.breach_at <= literal(now, UtcDateTime()), _of_teams(scope)),
                _count(*ended, TicketClock.verdict == "met"),
                _count(*ended, TicketClock.verdict != "met"),
                waiting.scalar_subquery(),
            )
        )
        .one()
    )
    running, overdue, held, missed, waits = row
    return Matters(running=running, overdue=overdue, held=held, missed=missed, waiting=waits)


def _of_teams(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.is_all else TicketClock.team_id.in_(scope.team_ids)


def _count(*conditions: Any) -> ColumnElement[int]:
    return select(func.count()).select_from(TicketClock).where(*conditions).scalar_subquery()
