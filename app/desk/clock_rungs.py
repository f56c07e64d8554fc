"""Climbing the ladders of the clocks of whole tickets: of hand-overs, of the resolution, of the next update."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

from app.db import UtcDateTime, db
from app.desk import aims, crowding, rung_words
from app.desk.rungs import Clock, fire_all, swap
from app.desk.staff import Staff
from app.desk.writing import run
from app.models import CLIMBING_CLOCK, ClockState, Handover, Ladder, PolicyVersion, Team, Ticket, TicketClock
from sla.hours import BusinessHours
from sla.ladder import BREACH
from sla.obligations import elapsed
from sla.stage import soon_at
from sla.steps import DEFAULT, read_steps

log = logging.getLogger(__name__)
_RUNNING = (ClockState.RUNNING,)
_KINDS = {"soon": "clock_warned", BREACH: "clock_breached", "again": "clock_again"}
_NOTHING = timedelta(0)


def due(*, at: datetime, limit: int = 1000) -> list[int]:
    """Return the clocks whose next rung is due, the earliest first; reads the partial index only."""
    return list(run(_DUE, at=at, most=limit).scalars())


_DUE = (
    select(TicketClock.id)
    .where(CLIMBING_CLOCK, TicketClock.rung_at <= bindparam("at", type_=UtcDateTime()))
    .order_by(TicketClock.rung_at, TicketClock.id)
    .limit(bindparam("most"))
)


def fire(clock_id: int, *, at: datetime) -> str:
    """Fire the highest rung that has passed and return its name; empty if another tick did, or nothing is due."""
    return fire_all(load, [clock_id], at=at).get(clock_id, "")


def teams(ids: Sequence[int]) -> Counter[int | None]:
    """Count these by the team whose clock each is."""
    return crowding.teams_of(_TEAMS, ids)


_TEAMS = (
    select(func.coalesce(TicketClock.team_id, Ticket.team_id))
    .join(Ticket, Ticket.id == TicketClock.ticket_id)
    .where(TicketClock.id.in_(bindparam("ids", expanding=True)))
)


def load(ids: Sequence[int], staff: Staff) -> Iterator[Clock]:
    """Hold the tickets first, as every verb does, and reckon each clock that still runs."""
    tickets = {ticket.id: ticket for ticket in db.session.scalars(_HELD, {"ids": ids})}
    for row in db.session.execute(_ROWS, {"ids": ids}):
        clock: TicketClock = row[0]
        if clock.ticket_id in tickets and clock.running_since is not None:
            yield _clock(clock, clock.running_since, tickets[clock.ticket_id], staff, row)


_HELD = (
    select(Ticket)
    .join(TicketClock, TicketClock.ticket_id == Ticket.id)
    .where(TicketClock.id.in_(bindparam("ids", expanding=True)))
    .order_by(Ticket.id)
    .with_for_update(of=Ticket, key_share=True)
)
_ROWS = (
    select(TicketClock, PolicyVersion.number.label("version"), Ladder, Team.name.label("team"), Handover)
    .outerjoin(PolicyVersion, PolicyVersion.id == TicketClock.policy_version_id)
    .outerjoin(Team, Team.id == TicketClock.team_id)
    .outerjoin(Handover, Handover.id == TicketClock.handover_id)
    .outerjoin(Ladder, Ladder.id == func.coalesce(PolicyVersion.ladder_id, Team.ladder_id))
    .where(TicketClock.id.in_(bindparam("ids", expanding=True)), TicketClock.state == ClockState.RUNNING)
    .order_by(TicketClock.rung_at, TicketClock.id)
)


def _clock(clock: TicketClock, since: datetime, ticket: Ticket, staff: Staff, row: Any) -> Clock:
    """Reckon a clock: of a hand-over the asked team's people hear, and by name whoever was asked."""
    hours = aims.hours_of(clock.calendar_id, clock.calendar_version)
    within, used = timedelta(minutes=clock.target_minutes), timedelta(seconds=clock.used_seconds)
    ladder, handover = row.Ladder, row.Handover
    steps = read_steps(ladder.rungs) if ladder and ladder.rungs else DEFAULT
    rungs = steps.rungs(hours, since=since, within=within, used=used)
    due_at = hours.due(since, max(within - used, _NOTHING))
    _repair(clock, hours, due_at=due_at, breach_at=rungs[-1].at)
    is_ours = handover is None or ticket.team_id == clock.team_id
    return Clock(
        subject="clock",
        id=clock.id,
        ticket=ticket,
        team_id=clock.team_id or ticket.team_id,
        assignee_id=ticket.assignee_id if is_ours else handover.to_agent_id,
        steps=steps,
        fired=clock.fired,
        rungs=rungs,
        elapsed=lambda at: used + elapsed(hours, since, at),
        why=_why(clock, row),
        kind=lambda rung: _KINDS[rung_words.height(rung)],
        event=lambda _rung: ("fired", {"clock": clock.id, "clock_kind": clock.kind.value}),
        words=lambda rung, at: rung_words.of_clock(
            clock.kind, ticket, rung, due_at=due_at, team=row.team or "", zone=staff.zone(clock.calendar_id), at=at
        ),
        take=lambda fired, rung_at: swap(clock, _RUNNING, fired=fired, rung_at=rung_at),
    )


def _repair(clock: TicketClock, hours: BusinessHours, *, due_at: datetime, breach_at: datetime) -> None:
    """Write a stored deadline anew that is not what its row says it must be."""
    if (clock.due_at, clock.breach_at) == (due_at, breach_at):
        return
    log.warning("ticket clock %s was due %s instead of %s: repaired", clock.id, clock.due_at, due_at)
    clock.due_at, clock.breach_at = due_at, breach_at
    clock.soon_at = soon_at(hours, opened_at=clock.running_since or clock.opened_at, due_at=due_at)
    db.session.flush()


def _why(clock: TicketClock, row: Any) -> dict[str, object]:
    return {
        "target_minutes": clock.target_minutes,
        "used_seconds": clock.used_seconds,
        "opened_at": clock.opened_at.isoformat(),
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
        "calendar": clock.calendar_id,
        "calendar_version": clock.calendar_version,
        "policy_version": row.version,
        "ladder": row.Ladder.id if row.Ladder else None,
        "ladder_version": row.Ladder.version if row.Ladder else None,
    }
