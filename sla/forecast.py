"""What will go wrong in the next hours if nothing changes: what is due against what a team gets done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sla.hours import BusinessHours


def breaches_ahead(
    dues: Iterable[datetime],
    *,
    now: datetime,
    within: timedelta,
    per_hour: float,
    hours: BusinessHours,
) -> int:
    """Count deadlines up to `now + within` that a team will miss, answering the most urgent first.

    `per_hour` is how many answers the team gave in an hour of its own time lately. What is late already counts;
    it takes its share of the capacity, too.
    """
    return len(missed_ahead(dues, now=now, within=within, per_hour=per_hour, hours=hours))


def missed_ahead(
    dues: Iterable[datetime],
    *,
    now: datetime,
    within: timedelta,
    per_hour: float,
    hours: BusinessHours,
    late: int = 0,
) -> list[datetime]:
    """Return the deadlines up to `now + within` that a team will miss; `late` others are answered before them."""
    until = now + within
    waiting = sorted(due for due in dues if due <= until)
    if per_hour <= 0:
        return waiting
    an_answer = timedelta(hours=1) / per_hour
    missed: list[datetime] = []
    for place, due in enumerate(waiting):
        answered_at = hours.due(now, an_answer * (late + place + 1))
        if answered_at > until:
            # Nobody gets to the rest in time either, so a long queue costs no more than a short one.
            return missed + waiting[place:]
        if answered_at > due:
            missed.append(due)
    return missed
