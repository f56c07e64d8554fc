"""The calendars of the examples: care on working days in Bavaria, social every day until late."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sla.holiday import holidays_of
from sla.hours import BusinessHours

BERLIN = ZoneInfo("Europe/Berlin")
WORKING_DAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WORKING_DAYS, "sat", "sun")

CARE = BusinessHours.compile(
    tz="Europe/Berlin",
    weekly_hours={day: [("09:00", "17:00")] for day in WORKING_DAYS},
    holidays=[holiday.on for holiday in holidays_of("DE-BY", range(2025, 2028))],
)
SOCIAL = BusinessHours.compile(
    tz="Europe/Berlin",
    weekly_hours={
        **{day: [("08:00", "22:00")] for day in WORKING_DAYS},
        "sat": [("10:00", "20:00")],
        "sun": [("10:00", "20:00")],
    },
    holidays=["2025-12-25", "2026-01-01"],
)


def berlin(written: str) -> datetime:
    """Read "2025-06-03 09:00" as what a clock in Berlin shows."""
    return datetime.fromisoformat(written).replace(tzinfo=BERLIN)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
