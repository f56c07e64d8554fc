"""How long a million deadlines take, in one process."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from sla.holiday import holidays_of
from sla.hours import BusinessHours

COUNT = 1_000_000
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


def measure() -> dict[str, Any]:
    """Reckon deadlines of random starts in 2026 and return the CPU seconds, the making of the inputs left out."""
    hours = BusinessHours.compile(
        tz="Europe/Berlin",
        weekly_hours={day: [["09:00", "17:00"]] for day in WEEKDAYS},
        holidays=[holiday.on for holiday in holidays_of("DE-HH", [2026, 2027])],
    )
    chance = random.Random(1)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    starts = [first + timedelta(minutes=chance.randrange(525_600)) for _ in range(COUNT)]
    within = timedelta(hours=4)
    hours.due(first, within)
    began = time.process_time()
    for start in starts:
        hours.due(start, within)
    return {"deadlines": COUNT, "seconds": round(time.process_time() - began, 2)}
