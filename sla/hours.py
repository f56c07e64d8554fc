"""Business time: how much of it passed, and when so much of it will have passed.

Opening windows are compiled into sorted instants with prefix sums, so that every question is one or two
bisections. All instants are aware and come back in UTC; seconds and microseconds are kept. A day of a change
of clocks counts as long as it really is. A local time that does not exist is read with the offset before
the gap (RFC 5545 section 3.3.5), an ambiguous one as its first occurrence.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Self

from sla.windows import EARLIEST_YEAR, LATEST_YEAR, HoursError, Rules, WrittenWindows, read_rules

__all__ = ["BusinessHours", "HoursError"]

_NOTHING = timedelta(0)
_ONE_DAY = timedelta(days=1)
_LONGEST = timedelta(days=366 * (LATEST_YEAR - EARLIEST_YEAR))
_FIRST_INSTANT = datetime.min.replace(tzinfo=UTC)
_LAST_INSTANT = datetime.max.replace(tzinfo=UTC)

Interval = tuple[datetime, datetime]
Versions = tuple[tuple[date, Rules], ...]
"""The rules of a calendar with the local date from which each holds, the earliest first."""


@dataclass(frozen=True, slots=True)
class _Table:
    """The open intervals of some years; `since` and `until` bound the instants it can speak about."""

    first_year: int
    last_year: int
    since: datetime
    until: datetime
    opens: list[datetime]
    closes: list[datetime]
    before: list[timedelta]
    """Business time of all earlier intervals."""
    through: list[timedelta]
    """Business time up to the end of this interval."""

    def passed(self, at: datetime) -> timedelta:
        """Return the business time between the beginning of the table and an instant."""
        index = bisect_right(self.closes, at)
        if index == len(self.closes):
            return self.through[-1] if self.through else _NOTHING
        return self.before[index] + max(at - self.opens[index], _NOTHING)


class BusinessHours:
    """One compiled calendar; immutable to its users and safe to share between threads."""

    __slots__ = ("_pauses", "_rules", "_table")

    def __init__(self, rules: Rules | Versions, pauses: Sequence[Interval] = ()) -> None:
        self._rules: Versions = ((date.min, rules),) if isinstance(rules, Rules) else rules
        self._pauses = tuple(_fused(sorted(pauses)))
        # Threads may race to replace the table; everybody reckons with the one in their hands, so it may be any.
        self._table: _Table | None = None

    @classmethod
    def compile(
        cls,
        *,
        tz: str,
        weekly_hours: Mapping[str, WrittenWindows],
        holidays: Iterable[date | str] = (),
        special_hours: Mapping[str, WrittenWindows] | Mapping[date, WrittenWindows] | None = None,
        pauses: Iterable[Sequence[datetime]] = (),
    ) -> Self:
        """Check and take over a calendar; raises `HoursError` with the reason against it.

        Windows are pairs of local times "HH:MM" under "mon" to "sun": an end at or before its start lies on the
        next day, "24:00" is a legal end. A special day (ISO date) replaces the date's windows and beats a holiday,
        an empty list closes it. A pause is a pair of aware instants that are taken out of the open time.
        """
        rules = read_rules(tz=tz, weekly_hours=weekly_hours, holidays=holidays, special_hours=special_hours)
        return cls(rules, [_pause(pair) for pair in pauses])

    @classmethod
    def stitched(cls, versions: Iterable[tuple[date, BusinessHours]]) -> Self:
        """Join versions of one calendar: each holds from its local date on, the first one for everything before, too.

        What was counted on the dates of an older version stays counted as it was.
        """
        ordered = sorted(versions, key=lambda version: version[0])
        if not ordered:
            raise HoursError("a calendar has at least one version")
        rules = tuple((since, hours._rules[-1][1]) for since, hours in ordered)  # noqa: SLF001 - of its own kind
        return cls(((date.min, rules[0][1]), *rules[1:]))

    def without(self, pauses: Iterable[Interval]) -> Self:
        """Return the same hours with these stretches taken out, too."""
        return type(self)(self._rules, (*self._pauses, *map(_pause, pauses)))

    def due(self, start: datetime, within: timedelta) -> datetime:
        """Return the first instant by which `within` has been used up, as it is shown to people.

        A budget that ends exactly at closing time is due at closing time; an empty one at the next opening.
        """
        table, index, goal = self._goal(start, within)
        index = bisect_left(table.through, goal, index)
        return table.opens[index] + (goal - table.before[index])

    def dues(self, start: datetime, withins: Sequence[timedelta]) -> list[datetime]:
        """Return `due` of several budgets that start together, which is faster than one after the other."""
        longest = max(withins)
        table, index, goal = self._goal(start, longest)
        nothing = goal - longest
        found = []
        for within in withins:
            at = bisect_left(table.through, nothing + within, index)
            found.append(table.opens[at] + (nothing + within - table.before[at]))
        return found

    def breach(self, start: datetime, within: timedelta) -> datetime:
        """Return the instant from which on more than `within` has passed, which is when an alarm may fire.

        It differs from `due` only if the budget ends exactly at closing time: then it is the next opening.
        """
        table, index, goal = self._goal(start, within)
        index = bisect_right(table.through, goal, index)
        return table.opens[index] + (goal - table.before[index])

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the business time from `start` to `end`; negative if `end` is the earlier one."""
        start, end = _in_utc(start), _in_utc(end)
        if end < start:
            return -self.between(end, start)
        table = self._covering(start, end)
        return table.passed(end) - table.passed(start)

    def is_open(self, at: datetime) -> bool:
        """Tell whether business time runs at an instant; the closing instant itself is outside."""
        at = _in_utc(at)
        table = self._covering(at, at)
        index = bisect_right(table.closes, at)
        return index < len(table.opens) and table.opens[index] <= at

    def next_opening(self, at: datetime) -> datetime:
        """Return `at` itself if it is open, else the instant at which business time starts to run again."""
        return self.due(at, _NOTHING)

    def windows_on(self, on: date) -> tuple[Interval, ...]:
        """List the open intervals of one local date in UTC, cut at its midnights."""
        if not EARLIEST_YEAR <= on.year <= LATEST_YEAR:
            return ()
        return tuple(_without(_fused(sorted(_intervals(self._rules, on, on))), self._pauses))

    def rules_on(self, on: date) -> Rules:
        """Return the rules by which a local date is counted."""
        return next(rules for since, rules in reversed(self._rules) if since <= on or since == self._rules[0][0])

    def _goal(self, start: datetime, within: timedelta) -> tuple[_Table, int, timedelta]:
        """Return the table, the first interval that ends after `start`, and the sum of business time to reach."""
        if start.tzinfo is not UTC:
            start = _in_utc(start)
        if not _NOTHING <= within < _LONGEST:
            raise HoursError(f"{within} is no target: it is negative or longer than any calendar")
        table = self._table
        if table is None or not table.since <= start < table.until:
            table = self._covering(start, start)
        while True:
            closes = table.closes
            index = bisect_right(closes, start)
            if index < len(closes):
                goal = table.before[index] + within
                opens_at = table.opens[index]
                if opens_at < start:
                    goal += start - opens_at
                # Strictly more than the goal, so that the interval after a closing time is in the table, too.
                if goal < table.through[-1]:
                    return table, index, goal
            table = self._longer(table, start, within)

    def _covering(self, first: datetime, last: datetime) -> _Table:
        table = self._table
        if table is not None and table.since <= first and last < table.until:
            return table
        if last.year >= LATEST_YEAR:
            raise HoursError(f"no calendar reaches as far as {last.isoformat()}")
        first_year = (first - _ONE_DAY).year if first.year > EARLIEST_YEAR else EARLIEST_YEAR
        last_year = max((last + _ONE_DAY).year, first_year)
        if table is not None:
            first_year, last_year = min(first_year, table.first_year), max(last_year, table.last_year)
        return self._compiled(first_year, last_year)

    def _longer(self, table: _Table, start: datetime, within: timedelta) -> _Table:
        if table.last_year == LATEST_YEAR:
            raise HoursError(f"the calendar does not offer {within} after {start.isoformat()}")
        return self._compiled(table.first_year, min(2 * table.last_year - table.first_year + 1, LATEST_YEAR))

    def _compiled(self, first_year: int, last_year: int) -> _Table:
        table = _compile(self._rules, self._pauses, first_year, last_year)
        self._table = table
        return table


def _compile(rules: Versions, pauses: Sequence[Interval], first_year: int, last_year: int) -> _Table:
    days = _intervals(rules, date(first_year, 1, 1), date(last_year, 12, 31))
    intervals = list(_without(_fused(sorted(days)), pauses))
    through = list(accumulate(closes - opens for opens, closes in intervals))
    return _Table(
        first_year=first_year,
        last_year=last_year,
        # A local year begins and ends up to a day away from the same year in UTC.
        since=datetime(first_year, 1, 2, tzinfo=UTC) if first_year > EARLIEST_YEAR else _FIRST_INSTANT,
        until=datetime(last_year, 12, 31, tzinfo=UTC),
        opens=[opens for opens, _ in intervals],
        closes=[closes for _, closes in intervals],
        before=[_NOTHING, *through][:-1],
        through=through,
    )


def _intervals(versions: Versions, first_on: date, last_on: date) -> Iterator[Interval]:
    """Translate local windows into instants, each date by the rules of its time."""
    ends = [since for since, _ in versions[1:]] + [date.max]
    for (since, rules), end in zip(versions, ends, strict=True):
        yield from _of_one_version(rules, max(since, first_on), min(end - _ONE_DAY, last_on))


def _of_one_version(rules: Rules, first_on: date, last_on: date) -> Iterator[Interval]:
    """Do it by one set of rules; a date that its zone skipped has no windows."""
    on, midnight = first_on, _instant(rules, first_on)
    while on <= last_on:
        following = on + _ONE_DAY
        next_midnight = _instant(rules, following)
        length = next_midnight - midnight
        for opens, closes in rules.windows(on) if length > _NOTHING else ():
            if length == _ONE_DAY:  # No change of clocks: the usual day needs no further look at the zone.
                yield midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes)
            elif (opens_at := _instant(rules, on, opens)) < (closes_at := _instant(rules, on, closes)):
                yield opens_at, closes_at
        on, midnight = following, next_midnight


def _instant(rules: Rules, on: date, minute: int = 0) -> datetime:
    # Addition to a local time moves the hands of its clock; only the translation knows about real time.
    local = datetime(on.year, on.month, on.day, tzinfo=rules.zone) + timedelta(minutes=minute)
    return local.astimezone(UTC)


def _fused(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """Join sorted intervals that touch or overlap, so that 24:00 is no closing time where the next day begins open."""
    pending: Interval | None = None
    for opens, closes in intervals:
        if pending is None:
            pending = opens, closes
        elif opens <= pending[1]:
            pending = pending[0], max(pending[1], closes)
        else:
            yield pending
            pending = opens, closes
    if pending is not None:
        yield pending


def _without(intervals: Iterable[Interval], pauses: Sequence[Interval]) -> Iterator[Interval]:
    """Take fused pauses out of fused intervals."""
    ends = [ends for _, ends in pauses]
    for opens, closes in intervals:
        start = opens
        for index in range(bisect_right(ends, opens), len(pauses)):
            begins, ends_at = pauses[index]
            if begins >= closes:
                break
            if start < begins:
                yield start, begins
            start = ends_at
        if start < closes:
            yield start, closes


def _pause(pair: Sequence[datetime]) -> Interval:
    begins, ends = map(_in_utc, pair)
    if ends < begins:
        raise HoursError(f"the pause from {begins.isoformat()} ends before it begins")
    return begins, ends


def _in_utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise HoursError(f"{at.isoformat()} lacks a time zone")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return _FIRST_INSTANT if at.year == 1 else _LAST_INSTANT
