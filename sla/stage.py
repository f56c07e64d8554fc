"""Where a clock stands in the one word that people see."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sla.hours import BusinessHours


class Stage(StrEnum):
    """`none` is a matter in which nothing is owed."""

    OK = "ok"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"
    NONE = "none"


def soon_at(hours: BusinessHours, *, opened_at: datetime, due_at: datetime) -> datetime:
    """Return the instant from which a clock counts as due soon: a quarter of its business time or less is left."""
    whole = hours.between(opened_at, due_at)
    return hours.due(opened_at, whole - whole // 4)


def stage(
    now: datetime,
    *,
    soon_at: datetime | None,
    breach_at: datetime | None,
    is_paused: bool = False,
) -> Stage:
    """Say where a clock stands; without a breach time nothing is owed.

    It is late from the instant the alarm fires and not from its due time: after a due time at closing an answer
    in overtime still counts.
    """
    if breach_at is None:
        return Stage.NONE
    if is_paused:
        return Stage.PAUSED
    if now >= breach_at:
        return Stage.LATE
    return Stage.SOON if soon_at is not None and now >= soon_at else Stage.OK
