"""Times that a promise is usually given for, reckoned in service time: one tap instead of a calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sla.hours import BusinessHours

A_WHILE = timedelta(hours=4)
NOON = time(12)
LEAST = timedelta(minutes=30)
"""Of service time; nobody promises anything for sooner than that."""
LOOK_AHEAD = 21
"""Days among which the next one with service is looked for."""


class When(StrEnum):
    """How a time is said."""

    SOON = "soon"
    """After so much service time."""
    CLOSING = "closing"
    """When today's service ends."""
    NOON = "noon"
    """At noon of the next day with service."""


@dataclass(frozen=True, slots=True)
class Choice:
    when: When
    at: datetime


def usual(hours: BusinessHours, zone: ZoneInfo, *, now: datetime, latest: datetime) -> list[Choice]:
    """Return the usual times from `now` on and not after `latest`, the earliest first; no two for one instant."""
    found = {choice.at: choice for choice in _all(hours, zone, now)}
    return sorted((choice for at, choice in found.items() if now < at <= latest), key=lambda choice: choice.at)


def _all(hours: BusinessHours, zone: ZoneInfo, now: datetime) -> Iterator[Choice]:
    yield Choice(When.SOON, hours.due(now, A_WHILE))
    today = now.astimezone(zone).date()
    left = hours.between(now, _midnight_after(today, zone))
    if left >= LEAST:
        yield Choice(When.CLOSING, hours.due(now, left))
    for days in range(1, LOOK_AHEAD):
        on = today + timedelta(days=days)
        noon = datetime.combine(on, NOON, zone)
        if hours.between(noon - LEAST, noon) == LEAST:
            yield Choice(When.NOON, noon)
            return


def _midnight_after(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on + timedelta(days=1), time(), zone)
