"""From when on a clock is told of as due soon."""

from __future__ import annotations

from datetime import datetime

from sla.hours import BusinessHours


def soon_at(hours: BusinessHours, *, opened_at: datetime, due_at: datetime) -> datetime:
    """Return the instant from which a clock counts as due soon: a quarter of its business time or less is left."""
    whole = hours.between(opened_at, due_at)
    return hours.due(opened_at, whole - whole // 4)
