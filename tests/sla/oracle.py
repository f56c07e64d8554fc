"""Business time counted minute by minute on the wall clock: slow, plain, and independent of what it judges.

It knows only whole minutes and judges no window that begins or ends inside an hour that a change of clocks
skips or repeats, because the wall clock cannot tell the two passes of such an hour apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)


class WallClock:
    """A written calendar, asked one minute at a time."""

    def __init__(self, written: Mapping[str, Any]) -> None:
        self.zone = ZoneInfo(written["tz"])
        self.weekly = written["weekly_hours"]
        self.holidays = set(written["holidays"])
        self.special = written["special_hours"]
        self.pauses = written["pauses"]
        self._days: dict[date, list[bool]] = {}

    def is_open(self, at: datetime) -> bool:
        if any(begins <= at < ends for begins, ends in self.pauses):
            return False
        local = at.astimezone(self.zone)
        if local.date() not in self._days:
            self._days[local.date()] = self._day(local.date())
        return self._days[local.date()][local.hour * 60 + local.minute]

    def _day(self, on: date) -> list[bool]:
        minutes = [False] * 1440
        if on.isoformat() in self.special:
            self._fill(minutes, self.special[on.isoformat()], spilled=False)
        elif on.isoformat() not in self.holidays:
            self._fill(minutes, self.weekly.get(DAYS[on.weekday()], []), spilled=False)
            eve = on - A_DAY
            self._fill(minutes, self.weekly.get(DAYS[eve.weekday()], []), spilled=True)
            self._fill(minutes, self.special.get(eve.isoformat(), []), spilled=True)
        return minutes

    @staticmethod
    def _fill(minutes: list[bool], windows: Sequence[Sequence[str]], *, spilled: bool) -> None:
        for window in windows:
            opens, closes = (int(text[:2]) * 60 + int(text[3:]) for text in window)
            if spilled:
                touched = range(closes if closes <= opens else 0)
            else:
                touched = range(opens, closes if closes > opens else 1440)
            for minute in touched:
                minutes[minute] = True

    def due(self, start: datetime, budget: int) -> datetime:
        """Return the end of the minute that uses up the budget, or the first open minute for an empty one."""
        for minute in self._open_from(start):
            if budget <= 1:
                return minute + MINUTE * budget
            budget -= 1
        raise AssertionError

    def breach(self, start: datetime, budget: int) -> datetime:
        """Return the first open minute after the budget is used up."""
        for minute in self._open_from(start):
            if budget == 0:
                return minute
            budget -= 1
        raise AssertionError

    def between(self, start: datetime, end: datetime) -> int:
        count = 0
        while start < end:
            count += self.is_open(start)
            start += MINUTE
        return count

    def _open_from(self, minute: datetime) -> Iterator[datetime]:
        last = minute.astimezone(UTC) + timedelta(days=60)
        while minute < last:
            if self.is_open(minute):
                yield minute
            minute += MINUTE
