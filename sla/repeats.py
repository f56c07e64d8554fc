"""Telling people: in their own hours, again and again while nothing happens, and not a hundred times at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from sla.hours import BusinessHours

Team = TypeVar("Team", bound=Hashable)


def told_at(at: datetime, recipient: BusinessHours, *, is_grave: bool = False) -> datetime:
    """Return when a person is told: at once in their hours, else when they begin; a grave matter does not wait."""
    return at if is_grave else recipient.next_opening(at)


def repeats(at: datetime, *, every: timedelta, most: int, recipient: BusinessHours) -> tuple[datetime, ...]:
    """Return when a recipient is told again after `at`, in their own hours: never at night, never on a holiday."""
    first = recipient.next_opening(at)
    return tuple(recipient.due(first, every * count) for count in range(most))


def digests(firings: Iterable[Team], *, most: int) -> frozenset[Team]:
    """Return the teams for which so many rungs fire at once that they get one digest instead of a mail each."""
    return frozenset(team for team, count in Counter(firings).items() if count > most)
