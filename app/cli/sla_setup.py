"""What a line of `faden sla replay` is reckoned with: calendars, targets, teams, repeats (docs/sla-replay.md)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from app.cli.sla_lines import LineError, minutes
from sla.hours import BusinessHours
from sla.standing import Holding, Terms
from sla.targets import Kind, Priority, Route, Target, minutes_of

ACCEPT, WORK = 15, 240
"""Minutes that a team has which the file says nothing about."""
MOST_REPEATS = 100


class OfTicket(NamedTuple):
    """What holds for a clock of a whole ticket."""

    hours: BusinessHours
    calendar: str
    within: timedelta
    counts_third: bool


class Setup:
    """A file of terms, each calendar compiled once."""

    def __init__(self, written: Mapping[str, Any]) -> None:
        self.calendars = {name: BusinessHours.compile(**each) for name, each in written["calendars"].items()}
        self._written = written
        self._targets = tuple(
            Target(Route(route), kind, minutes(count), self._name(policy["calendar"]), Priority(priority))
            for route, policy in written["policy"].items()
            for kind in Kind
            for priority, count in minutes_of(policy, kind).items()
        )
        self._promise_within = minutes(written["promise_default_minutes"])
        self._promise_calendar = self._name(written["promise_calendar"])
        self.default_holding = Holding(written["default_holding"])

    def _name(self, calendar: object) -> str:
        if calendar not in self.calendars:
            raise LineError(f"there is no calendar {calendar!r}")
        return str(calendar)

    def hours(self, calendar: object) -> BusinessHours:
        return self.calendars[self._name(calendar)]

    def terms(self, options: Mapping[str, Any]) -> Terms:
        return Terms(
            targets=self._targets,
            calendars=self.calendars,
            holding=Holding(options.get("holding", self.default_holding)),
            promise_within=self._promise_within,
            promise_calendar=self._promise_calendar,
        )

    def of_ticket(self, clock: str, options: Mapping[str, Any]) -> OfTicket | None:
        """Return what holds for `resolution` or `update`; None where there is no such clock."""
        found = options.get(clock, self._written.get(clock))
        if found is None:
            return None
        calendar = self._name(found["calendar"])
        counts_third = bool(found.get("counts_third", True))
        return OfTicket(self.calendars[calendar], calendar, minutes(found["minutes"]), counts_third)

    def team(self, name: object, options: Mapping[str, Any]) -> tuple[BusinessHours, str, Mapping[str, Any]]:
        """Return hours, calendar and minutes of a team; one that is not described works by the calendar of its name."""
        if not isinstance(name, str):
            raise LineError("a hand-over goes to a `team`")
        teams = {**self._written.get("teams", {}), **options.get("teams", {})}
        found = teams.get(name, {})
        calendar = self._name(found.get("calendar", name))
        return self.calendars[calendar], calendar, {"accept": ACCEPT, "work": WORK, **found}

    def repeat(self, options: Mapping[str, Any]) -> tuple[BusinessHours, timedelta, int] | None:
        """Return how a breach is told again: in whose hours, after how much of them, how often."""
        found = options.get("repeat", self._written.get("repeat"))
        if found is None:
            return None
        most = found["most"]
        if not isinstance(most, int) or not 0 < most <= MOST_REPEATS:
            raise LineError(f"a breach is told 1 to {MOST_REPEATS} times")
        return self.hours(found["calendar"]), minutes(found["every"]), most
