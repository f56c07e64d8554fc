"""Clocks that run while it is our turn: until a matter is resolved, and until its customer hears from us again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sla.events import Event, Heard, Reopened, Resolved, Said, Turn, Turned, Weight
from sla.hours import BusinessHours

_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whose turn it is since when, and what happened to the resolution."""

    turn: Turn = Turn.OURS
    closed_at: datetime | None = None
    first_resolved_at: datetime | None = None
    """A return of the customer never changes this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The clock until a matter is resolved; its time in the customer's hands does not count."""

    opened_at: datetime
    within: timedelta
    used: timedelta
    """Business time of all finished stretches."""
    running_since: datetime | None
    """None while it rests or is over."""
    standing: Standing

    def elapsed(self, hours: BusinessHours, now: datetime) -> timedelta:
        """Return the business time used up until now."""
        return self.used + (hours.between(self.running_since, now) if self.running_since else _NOTHING)

    def due_at(self, hours: BusinessHours) -> datetime | None:
        """Return when the target is used up; None while it rests, an instant in the past once it was exceeded."""
        if self.running_since is None:
            return None
        return hours.due(self.running_since, max(self.within - self.used, _NOTHING))

    def breach_at(self, hours: BusinessHours) -> datetime | None:
        """Return from when on the target is exceeded; None while it rests."""
        if self.running_since is None:
            return None
        return hours.breach(self.running_since, max(self.within - self.used, _NOTHING))


def resolution(
    events: Iterable[Event],
    *,
    opened_at: datetime,
    within: timedelta,
    hours: BusinessHours,
    counts_third: bool = True,
) -> Resolution:
    """Fold the events of one ticket; `counts_third`: waiting for a carrier is our time, too.

    A return after the resolution goes on with the time used so far (the total); the first resolution stays.
    """
    clock = Resolution(opened_at=opened_at, within=within, used=_NOTHING, running_since=opened_at, standing=Standing())
    for event in sorted(events, key=lambda each: each.at):
        standing = _after(clock.standing, event)
        runs = standing.closed_at is None and (
            standing.turn is Turn.OURS or (counts_third and standing.turn is Turn.THIRD)
        )
        clock = _continued(clock, event.at, hours, runs=runs, standing=standing)
    return clock


def _continued(clock: Resolution, at: datetime, hours: BusinessHours, *, runs: bool, standing: Standing) -> Resolution:
    since = clock.running_since
    if runs == (since is not None):
        return replace(clock, standing=standing)
    if since is None:
        return replace(clock, running_since=max(at, clock.opened_at), standing=standing)
    used = clock.used + max(hours.between(since, at), _NOTHING)
    return replace(clock, used=used, running_since=None, standing=standing)


def _after(standing: Standing, event: Event) -> Standing:
    """Say whose turn it is after an event; a message of the customer's always makes it ours."""
    match event:
        case Heard(needs_answer=True):
            return replace(standing, turn=Turn.OURS, closed_at=None)
        case Turned():
            return replace(standing, turn=event.to)
        case Resolved() if standing.closed_at is None:
            first = standing.first_resolved_at or event.at
            return replace(standing, closed_at=event.at, first_resolved_at=first)
        case Reopened():
            return replace(standing, closed_at=None)
    return standing


def update_due_at(events: Iterable[Event], *, every: timedelta, hours: BusinessHours) -> datetime | None:
    """Return when the customer of one ticket is to hear from us again; None while it is not our turn to say anything.

    Each message of ours starts it anew. The time in which the customer is to act does not count; it ends with the
    resolution.
    """
    standing, has_said, used = Standing(turn=Turn.CUSTOMER), False, _NOTHING
    since: datetime | None = None
    for event in sorted(events, key=lambda each: each.at):
        standing = _after(standing, event)
        if isinstance(event, Said) and event.weight in {Weight.SUBSTANTIVE, Weight.HOLDING}:
            has_said, since, used = True, event.at, _NOTHING
            # An answer hands the matter to the customer until somebody says otherwise; a holding reply keeps it.
            standing = replace(standing, turn=Turn.CUSTOMER if event.weight is Weight.SUBSTANTIVE else Turn.OURS)
        runs = has_said and standing.turn is not Turn.CUSTOMER and standing.closed_at is None
        if runs and since is None:
            since = event.at
        elif not runs and since is not None:
            used, since = used + max(hours.between(since, event.at), _NOTHING), None
    return hours.due(since, max(every - used, _NOTHING)) if since else None
