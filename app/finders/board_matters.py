"""How whole matters stand: what is still to be resolved, what was, and what waits for somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.db import db
from app.finders.board_scope import Scope, Span, among, at
from app.models import AWAITING, RUNNING_CLOCK, SETTLED_CLOCK, TICKING, ClockKind, Ticket, TicketClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Matters:
    """Resolutions that run or rest now and those that ended in the span; `waiting` counts tickets."""

    running: int
    overdue: int
    held: int
    missed: int
    waiting: int


def matters(scope: Scope, span: Span, *, now: datetime) -> Matters:
    """Count along the partial indexes; one statement."""
    asked = {"now": now, "begins_at": span.begins_at, "ends_at": span.ends_at, **scope.named}
    row = db.session.connection().execute(_asked(is_all=scope.is_all), asked).one()
    running, overdue, held, missed, waits = row
    return Matters(running=running, overdue=overdue, held=held, missed=missed, waiting=waits)


@cache
def _asked(*, is_all: bool) -> Select[*tuple[Any, ...]]:
    """Build the question once: that takes longer than a small shop takes to answer it."""
    its = (TicketClock.kind == ClockKind.RESOLUTION, among(TicketClock.team_id, is_all=is_all))
    ended = (SETTLED_CLOCK, TicketClock.settled_at >= at("begins_at"), TicketClock.settled_at < at("ends_at"), *its)
    # Not the bare column: SQLite knows nothing of an index that was empty when counted, and walks the team's instead.
    team_id = func.coalesce(Ticket.team_id, 0)
    waits = (AWAITING, Ticket.waits_since <= at("now"), among(team_id, is_all=is_all))
    return select(
        _count(RUNNING_CLOCK, *its),
        _count(TICKING, TicketClock.breach_at <= at("now"), *its),
        _count(*ended, TicketClock.verdict == "met"),
        _count(*ended, TicketClock.verdict != "met"),
        select(func.count()).select_from(Ticket).where(*waits).scalar_subquery(),
    )


def _count(*conditions: Any) -> ColumnElement[int]:
    return select(func.count()).select_from(TicketClock).where(*conditions).scalar_subquery()
