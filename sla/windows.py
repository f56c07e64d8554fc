"""Opening windows as a calendar writes them down, checked and cut into local dates.

A window is a pair of minutes of one local date, 0 <= opens < closes <= 1440; a window over midnight becomes
two of them, because a holiday closes a date and not a shift.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 1440

EARLIEST_YEAR = 1970
"""Everything before counts as closed, so that a forged date from the year 1 costs nothing."""
LATEST_YEAR = 2500

Window = tuple[int, int]
WrittenWindows = Sequence[Sequence[str]]

_CLOCK_TIME = re.compile(r"([0-9]{2}):([0-5][0-9])")
_ONE_DAY = timedelta(days=1)


class HoursError(ValueError):
    """A calendar that cannot be right, or a question it cannot answer; the text names the reason."""


@dataclass(frozen=True, slots=True)
class Rules:
    """A calendar in local wall time, free of contradictions."""

    zone: ZoneInfo
    weekly: tuple[tuple[Window, ...], ...]
    special: Mapping[date, tuple[Window, ...]]
    after_special: Mapping[date, tuple[Window, ...]]
    """What the windows of a special day leave for the next date after midnight."""
    holidays: frozenset[date]

    def windows(self, on: date) -> tuple[Window, ...]:
        """List the windows of one local date: a special day replaces everything else, a holiday closes."""
        if on in self.special:
            return self.special[on]
        if on in self.holidays:
            return ()
        return self.weekly[on.weekday()] + self.after_special.get(on, ())


def read_rules(
    *,
    tz: str,
    weekly_hours: Mapping[str, WrittenWindows],
    holidays: Iterable[date | str] = (),
    special_hours: Mapping[str, WrittenWindows] | Mapping[date, WrittenWindows] | None = None,
) -> Rules:
    """Check a written calendar; raises `HoursError` with the first reason against it."""
    weekly = _weekly(weekly_hours)
    special: dict[date, tuple[Window, ...]] = {}
    after_special: dict[date, tuple[Window, ...]] = {}
    for written_on, written in (special_hours or {}).items():
        on = read_date(written_on)
        if not EARLIEST_YEAR <= on.year <= LATEST_YEAR:
            raise HoursError(f"{on} lies outside the years {EARLIEST_YEAR} to {LATEST_YEAR}")
        special[on], after_special[on + _ONE_DAY] = _special_day(on, written)
    if not any(weekly) and not any(special.values()):
        raise HoursError("the calendar is never open")
    return Rules(_zone(tz), weekly, special, after_special, frozenset(map(read_date, holidays)))


def read_date(written: object) -> date:
    """Accept a date or its ISO form; raises `HoursError` for a day that no calendar has."""
    if isinstance(written, str):
        with suppress(ValueError):
            return date.fromisoformat(written)
    elif isinstance(written, date) and not isinstance(written, datetime):
        return written
    raise HoursError(f"{written!r} is not a date like 2025-12-24")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        raise HoursError(f"{name!r} is not a known time zone") from None


def _weekly(written: Mapping[str, WrittenWindows]) -> tuple[tuple[Window, ...], ...]:
    if not isinstance(written, Mapping):
        raise HoursError("weekly hours are written by weekday, like mon: [[09:00, 17:00]]")
    unknown = set(written) - set(WEEKDAYS)
    if unknown:
        raise HoursError(f"{min(map(str, unknown))!r} is not a weekday, use {', '.join(WEEKDAYS)}")
    days: dict[int, list[Window]] = defaultdict(list)
    in_week: list[tuple[int, int, str]] = []
    for number, name in enumerate(WEEKDAYS):
        for opens, closes in _read_windows(name, written.get(name)):
            midnight = number * MINUTES_A_DAY
            in_week.append((midnight + opens, midnight + closes, f"{name} {_spell(opens, closes)}"))
            days[number].append((opens, min(closes, MINUTES_A_DAY)))
            if closes > MINUTES_A_DAY:
                days[(number + 1) % 7].append((0, closes - MINUTES_A_DAY))
    _refuse_overlaps(in_week, period=7 * MINUTES_A_DAY)
    return tuple(tuple(sorted(days[number])) for number in range(7))


def _special_day(on: date, written: WrittenWindows) -> tuple[tuple[Window, ...], tuple[Window, ...]]:
    windows = _read_windows(str(on), written)
    _refuse_overlaps([(opens, closes, f"{on} {_spell(opens, closes)}") for opens, closes in windows])
    today = tuple(sorted((opens, min(closes, MINUTES_A_DAY)) for opens, closes in windows))
    return today, tuple((0, closes - MINUTES_A_DAY) for _, closes in windows if closes > MINUTES_A_DAY)


def _read_windows(day: str, written: WrittenWindows | None) -> list[Window]:
    """Return minutes after the day's midnight; a window that ends at or before its start ends on the next day."""
    if isinstance(written, str) or not isinstance(written, Sequence | None):
        raise HoursError(f'{day}: windows are a list of pairs like ["09:00", "17:00"]')
    return [_read_window(day, pair) for pair in written or ()]


def _read_window(day: str, written: object) -> Window:
    match written:
        case [str() | int() as first, str() | int() as last]:
            opens, closes = _minute(day, first), _minute(day, last)
        case _:
            raise HoursError(f'{day}: {written!r} is not a pair of times like "09:00", "17:00"')
    if opens == MINUTES_A_DAY:
        raise HoursError(f"{day}: 24:00 can end a window but not begin one")
    return opens, closes if closes > opens else closes + MINUTES_A_DAY


def _minute(day: str, written: str | int) -> int:
    """Read a time of day; YAML 1.1 has already turned an unquoted 17:00 into 1020 minutes."""
    if isinstance(written, int):
        written = f"{written // 60:02}:{written % 60:02}"
    match = _CLOCK_TIME.fullmatch(written)
    minute = int(match[1]) * 60 + int(match[2]) if match else None
    if minute is None or minute > MINUTES_A_DAY:
        raise HoursError(f"{day}: {written!r} is not a time of day between 00:00 and 24:00")
    return minute


def _refuse_overlaps(windows: list[tuple[int, int, str]], *, period: int | None = None) -> None:
    windows = sorted(windows)
    if period and windows:
        opens, closes, name = windows[0]
        windows.append((opens + period, closes + period, name))
    for (_, closes, earlier), (opens, _, later) in pairwise(windows):
        if opens < closes:
            raise HoursError(f"{earlier} and {later} overlap")


def _spell(opens: int, closes: int) -> str:
    closes = closes if closes <= MINUTES_A_DAY else closes - MINUTES_A_DAY
    return f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
