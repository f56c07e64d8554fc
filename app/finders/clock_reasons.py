"""Why a clock of the whole ticket is due when it is: resolution, update, and what a team owes after a hand-over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.db import db
from app.finders.reasons import HoursOf, Known, basis_of, known_of, rests_of
from app.models import Calendar, ClockState, Handover, Policy, PolicyVersion, Team, TicketClock
from sla.explanation import Basis, Ended, Ending, Explanation, Rest, Start, Subject, counted_days
from sla.hours import BusinessHours, Interval

_giver, _receiver = aliased(Team), aliased(Team)
_STATES = {
    ClockState.RUNNING: Ended.RUNNING,
    ClockState.RESTING: Ended.RUNNING,
    ClockState.MET: Ended.MET,
    ClockState.WAIVED: Ended.WAIVED,
}


def of_ticket_clocks(number: int, *, hours_of: HoursOf, now: datetime) -> dict[int, Explanation]:
    """Explain the clocks of a whole ticket, the oldest first; one statement where it has none, three else."""
    rows = db.session.execute(
        select(
            TicketClock,
            Calendar.name,
            Calendar.time_zone,
            PolicyVersion,
            Policy.name,
            Team.name,
            _giver.name,
            _receiver.name,
        )
        .join(Calendar, Calendar.id == TicketClock.calendar_id)
        .outerjoin(PolicyVersion, PolicyVersion.id == TicketClock.policy_version_id)
        .outerjoin(Policy, Policy.id == PolicyVersion.policy_id)
        .outerjoin(Team, Team.id == PolicyVersion.team_id)
        .outerjoin(Handover, Handover.id == TicketClock.handover_id)
        .outerjoin(_giver, _giver.id == Handover.from_team_id)
        .outerjoin(_receiver, _receiver.id == Handover.to_team_id)
        .where(TicketClock.ticket_id == number)
        .order_by(TicketClock.id)
    ).all()
    if not rows:
        return {}
    known = known_of(number, {row[0].calendar_id for row in rows}, hours_of=hours_of, now=now)
    return {row[0].id: _of_row(row, known) for row in rows}


def _of_row(row: Any, known: Known) -> Explanation:
    clock, calendar, zone_name, version, policy, team, giver, receiver = row
    basis = Basis(calendar=calendar, calendar_version=clock.calendar_version)
    if version is not None:
        basis = basis_of(policy, version, team, calendar, clock.calendar_version)
    start = Start(at=clock.opened_at, by=giver or "", to=receiver or "")
    return _explained(clock, known, basis=basis, start=start, zone=ZoneInfo(zone_name), version=version)


def _explained(
    clock: TicketClock, known: Known, *, basis: Basis, start: Start, zone: ZoneInfo, version: PolicyVersion | None
) -> Explanation:
    hours = known.hours_of(clock.calendar_id, clock.calendar_version)
    within, rests = timedelta(minutes=clock.target_minutes), rests_of(clock.rests)
    ends_at = clock.settled_at or known.now
    paused = _paused(rests, until=max(ends_at, known.now))
    until = clock.due_at or (rests[-1].since if rests else ends_at)
    return Explanation(
        subject=Subject(clock.kind.value),
        zone=zone,
        now=known.now,
        basis=basis,
        start=start,
        within=within,
        due_at=clock.due_at or _due(hours, clock, paused),
        breach_at=clock.breach_at,
        days=counted_days(
            hours,
            zone=zone,
            since=clock.opened_at,
            until=until,
            holidays=known.names.get(clock.calendar_id, {}),
            rests=paused,
        ),
        elapsed=_used(clock, hours, paused, ends_at),
        changes=tuple(
            each for each in known.changes if clock.opened_at < each.at <= ends_at and clock.handover_id is None
        ),
        rests=tuple(rest for rest in rests if not clock.settled_at or rest.since < clock.settled_at),
        counts_third=version is None or version.counts_third,
        ending=Ending(state=_STATES[clock.state], at=clock.settled_at, is_late=clock.verdict == "breached"),
    )


def _due(hours: BusinessHours, clock: TicketClock, paused: tuple[Interval, ...]) -> datetime | None:
    """Return when it was due, of one that is over; one that rests is due never."""
    if clock.settled_at is None:
        return None
    return hours.without(paused).due(clock.opened_at, timedelta(minutes=clock.target_minutes))


def _used(clock: TicketClock, hours: BusinessHours, paused: tuple[Interval, ...], ends_at: datetime) -> timedelta:
    if clock.elapsed_seconds is not None:
        return timedelta(seconds=clock.elapsed_seconds)
    return max(hours.without(paused).between(clock.opened_at, ends_at), timedelta(0))


def _paused(rests: tuple[Rest, ...], *, until: datetime) -> tuple[Interval, ...]:
    return tuple((rest.since, rest.until or max(rest.since, until)) for rest in rests)
