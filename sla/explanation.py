"""Why a deadline lies where it lies: which hours of which days were counted, and which were not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sla.hours import BusinessHours, Interval

_A_DAY = timedelta(days=1)


class Closed(StrEnum):
    """Why a day, or what is left of it, did not count."""

    NO = ""
    HOLIDAY = "holiday"
    SPECIAL = "special"
    """A day with hours of its own, none of which counted."""
    WEEKLY = "weekly"
    """The team does not work on this weekday, or its hours were over."""


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


def counted_days(
    hours: BusinessHours,
    *,
    zone: ZoneInfo,
    since: datetime,
    until: datetime,
    holidays: Mapping[date, str],
    special: frozenset[date] = frozenset(),
) -> tuple[CountedDay, ...]:
    """Return every local date from `since` to `until`; the sum of what counted is the business time between them."""
    return tuple(_days(hours, zone=zone, since=since, until=until, holidays=holidays, special=special))


def _days(
    hours: BusinessHours,
    *,
    zone: ZoneInfo,
    since: datetime,
    until: datetime,
    holidays: Mapping[date, str],
    special: frozenset[date],
) -> Iterator[CountedDay]:
    on, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    while on <= last:
        windows = tuple(
            (max(opens, since), min(closes, until))
            for opens, closes in hours.windows_on(on)
            if closes > since and opens < until
        )
        counted = sum((closes - opens for opens, closes in windows), timedelta(0))
        closed = Closed.NO if counted else _reason(on, holidays, special)
        yield CountedDay(on, windows, counted, closed, holidays.get(on, "") if closed is Closed.HOLIDAY else "")
        on += _A_DAY


def _reason(on: date, holidays: Mapping[date, str], special: frozenset[date]) -> Closed:
    if on in special:
        return Closed.SPECIAL
    return Closed.HOLIDAY if on in holidays else Closed.WEEKLY
