"""Why a deadline lies where it lies: which hours of which days were counted, and which were not.

These are the facts; `sla.explained` says them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sla.hours import BusinessHours, Interval
from sla.standing import Holding

_A_DAY = timedelta(days=1)


class Closed(StrEnum):
    """Why a day, or what is left of it, did not count."""

    NO = ""
    HOLIDAY = "holiday"
    SPECIAL = "special"
    """A day with hours of its own that leave none."""
    WEEKLY = "weekly"
    """The team does not work on this weekday."""
    OUTSIDE = "outside"
    """There were hours on this day, but none between the beginning and the end of the reckoning."""
    RESTING = "resting"
    """The clock rested in all of them."""


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One local date of a reckoning."""

    on: date
    windows: tuple[Interval, ...]
    """The stretches that counted, in UTC."""
    counted: timedelta
    closed: Closed
    name: str
    """Of the holiday."""
    is_special: bool = False
    """The day has hours of its own."""


class Subject(StrEnum):
    """What a clock is about."""

    FIRST = "first"
    NEXT = "next"
    PROMISE = "promise"
    ACCEPTANCE = "acceptance"
    WORK = "work"
    RESOLUTION = "resolution"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The rule behind a target, and which of its criteria chose it."""

    rule: str = ""
    """Empty for what a team owes its colleagues: that stands with the team."""
    version: int | None = None
    """None where rules have no versions, as in a file."""
    valid_from: datetime | None = None
    criteria: tuple[tuple[str, str], ...] = ()
    """Pairs of route, team, tag, priority or customer_group and what it has to be; none: the rule is for everything."""
    calendar: str = ""
    calendar_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What started the clock, by the platform's time."""

    at: datetime
    route: str = ""
    message: int | None = None
    by: str = ""
    to: str = ""
    """The team a matter is handed to."""
    heard_at: datetime | None = None
    """When it reached us, where that was much later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A change of priority while the clock ran."""

    at: datetime
    before: str
    after: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A stretch in which the clock rested; without `until` it still does."""

    since: datetime
    until: datetime | None
    why: str
    """customer, third or closed."""


class Ended(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    ANSWERED = "answered"
    """The answer is on its way: it counts once it is accepted."""
    MET = "met"
    WAIVED = "waived"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How it ended, if it did."""

    state: Ended = Ended.RUNNING
    at: datetime | None = None
    by: str = ""
    message: int | None = None
    is_late: bool = False
    is_holding: bool = False
    reason: str = ""
    """Why it was waived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything there is to say about one clock."""

    subject: Subject
    zone: ZoneInfo
    now: datetime
    start: Start
    due_at: datetime | None
    """None while it rests."""
    breach_at: datetime | None
    within: timedelta | None = None
    """The target after changes of priority; a promise has none."""
    basis: Basis | None = None
    days: tuple[CountedDay, ...] = ()
    elapsed: timedelta = timedelta(0)
    """Service time used until now, or until it ended."""
    changes: tuple[Changed, ...] = ()
    rests: tuple[Rest, ...] = ()
    counts_third: bool = True
    holding: Holding | None = None
    """What a holding reply would do to it."""
    muted_until: datetime | None = None
    ending: Ending = Ending()


def counted_days(
    hours: BusinessHours,
    *,
    zone: ZoneInfo,
    since: datetime,
    until: datetime,
    holidays: Mapping[date, str],
    special: frozenset[date] = frozenset(),
    rests: tuple[Interval, ...] = (),
) -> tuple[CountedDay, ...]:
    """Return every local date from `since` to `until`; the sum of what counted is the business time between them.

    `holidays` and `special` name days besides those that the hours know themselves; in `rests` nothing counts.
    """
    running = hours.without(rests) if rests else hours
    days: list[CountedDay] = []
    for on in _dates(since.astimezone(zone).date(), until.astimezone(zone).date()):
        windows = tuple(_within(running.windows_on(on), since, until))
        counted = sum((closes - opens for opens, closes in windows), timedelta(0))
        closed, rules = Closed.NO, hours.rules_on(on)
        is_special = on in special or on in rules.special
        if not counted:
            has_hours = bool(hours.windows_on(on))
            would_count = rests and any(_within(hours.windows_on(on), since, until))
            is_holiday = on in holidays or on in rules.holidays
            reason = _reason(is_special=is_special, is_holiday=is_holiday, has_hours=has_hours)
            closed = Closed.RESTING if would_count else reason
        name = holidays.get(on, "") if closed is Closed.HOLIDAY else ""
        days.append(CountedDay(on, windows, counted, closed, name, is_special))
    return tuple(days)


def _dates(first: date, last: date) -> Iterator[date]:
    on = first
    while on <= last:
        yield on
        on += _A_DAY


def _within(windows: tuple[Interval, ...], since: datetime, until: datetime) -> Iterator[Interval]:
    for opens, closes in windows:
        if closes > since and opens < until:
            yield max(opens, since), min(closes, until)


def _reason(*, is_special: bool, is_holiday: bool, has_hours: bool) -> Closed:
    if has_hours:
        return Closed.OUTSIDE
    if is_special:
        return Closed.SPECIAL
    return Closed.HOLIDAY if is_holiday else Closed.WEEKLY
