"""When the past of the sample shop happened: by its service hours, or by the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.db import db
from app.models import Calendar
from sla.hours import BusinessHours

FURTHEST_BACK = timedelta(days=120)


def hours() -> tuple[BusinessHours, ZoneInfo]:
    """Return the service hours of the sample shop, and its zone."""
    calendar = db.session.scalars(select(Calendar).where(Calendar.is_demo.is_(True))).one()
    compiled = BusinessHours.compile(
        tz=calendar.time_zone, weekly_hours=calendar.weekly_hours, holidays=list(calendar.holidays)
    )
    return compiled, ZoneInfo(calendar.time_zone)


def happens_at(hours: BusinessHours, zone: ZoneInfo, at: datetime, step: Mapping[str, Any]) -> datetime:
    """Return when a step happened: by service time on no round second, else by the calendar."""
    if "minutes" in step:
        return at - timedelta(minutes=step["minutes"])
    if "yesterday" in step:
        before = at.astimezone(zone) - timedelta(days=1)
        return datetime.combine(before.date(), time.fromisoformat(step["yesterday"]), zone).astimezone(UTC)
    ago = timedelta(minutes=step["ago"])
    earliest, latest = at - FURTHEST_BACK, at
    while latest - earliest > timedelta(seconds=1):
        middle = earliest + (latest - earliest) / 2
        if hours.between(middle, at) >= ago:
            earliest = middle
        else:
            latest = middle
    return (earliest - timedelta(seconds=step["ago"] * 37 % 60)).replace(microsecond=0)
