"""Calendars and instants for properties: around changes of clocks, holidays, night shifts and pauses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from sla.hours import BusinessHours

some_cases = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
many_cases = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

# A zone and a day close to which something odd happens in it.
SCENES = [
    ("Europe/Berlin", datetime(2025, 3, 30, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2025, 10, 26, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 12, 31, tzinfo=UTC)),
    ("America/New_York", datetime(2025, 11, 2, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2025, 4, 5, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2024, 4, 26, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 2, 18, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2025, 6, 9, tzinfo=UTC)),
    ("UTC", datetime(2024, 2, 29, tzinfo=UTC)),
]
NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def spell(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def days(draw: st.DrawFn, *, over_midnight: bool = True) -> list[tuple[str, str]]:
    """Up to three windows; hours in which clocks change somewhere are used whole only."""
    whole = [hour * 60 for hour in (0, 1, 2, 3, 22, 23, 24)]
    marks = st.sampled_from(whole) | st.integers(4 * 60, 21 * 60)
    edges = sorted(draw(st.sets(marks, max_size=6)))
    windows = [(spell(opens), spell(closes)) for opens, closes in zip(edges[::2], edges[1::2], strict=False)]
    if over_midnight and edges and edges[-1] <= 21 * 60 and draw(st.booleans()):
        # It ends before anything can begin on the next day, or at its first midnight.
        windows.append(("22:00", "00:00"))
    return windows


@st.composite
def calendars(draw: st.DrawFn) -> tuple[dict[str, Any], datetime]:
    """Draw a written calendar that is open sometimes, and an instant on a whole minute near its odd day."""
    zone, odd = draw(st.sampled_from(SCENES))
    weekly = {name: draw(days()) for name in NAMES}
    if draw(st.booleans()):
        weekly = {name: [("22:00", "06:00"), ("07:00", "09:30")] for name in draw(st.sets(st.sampled_from(NAMES)))}
    weekly.setdefault("wed", []).extend([] if weekly.get("wed") else [("10:00", "21:00")])
    near = st.integers(-3, 4).map(lambda offset: (odd + timedelta(days=offset)).date().isoformat())
    start = odd + timedelta(minutes=draw(st.integers(-3 * 1440, 3 * 1440)))
    written = {
        "tz": zone,
        "weekly_hours": weekly,
        "holidays": sorted(draw(st.sets(near, max_size=2))),
        "special_hours": draw(st.dictionaries(near, days() | st.just([("20:00", "02:00")]), max_size=2)),
        "pauses": draw(st.lists(pauses(odd), max_size=3)),
    }
    return written, start


@st.composite
def pauses(draw: st.DrawFn, odd: datetime) -> tuple[datetime, datetime]:
    begins = odd + timedelta(minutes=draw(st.integers(-3 * 1440, 3 * 1440)))
    return begins, begins + timedelta(minutes=draw(st.integers(0, 2000)))


@st.composite
def compiled(draw: st.DrawFn) -> tuple[BusinessHours, datetime]:
    """Draw compiled hours and an instant that is not on a whole second."""
    written, start = draw(calendars())
    return BusinessHours.compile(**written), start + timedelta(microseconds=draw(st.integers(0, 60_000_000)))


budgets = st.integers(1, 3000 * 60_000_000).map(lambda count: timedelta(microseconds=count))
