"""What will go wrong in the next hours if nothing changes: what is due against what a team gets done."""

from __future__ import annotations

import heapq
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
    until = now + within
    waiting = [due for due in dues if due <= until]
    heapq.heapify(waiting)
    if per_hour <= 0:
        return len(waiting)
    missed, finished = 0, timedelta(0)
    an_answer = timedelta(hours=1) / per_hour
    while waiting:
        due = heapq.heappop(waiting)
        finished += an_answer
        missed += hours.due(now, finished) > due
    return missed
