"""Civil deadlines: so many days after receipt, as the law of a region counts them (BGB sections 187, 188, 193)."""

from __future__ import annotations

from datetime import date, timedelta

from sla.holiday import is_holiday
from sla.windows import HoursError

LONGEST = 36525
"""Days; the century after which even a claim established by a court has long lapsed."""

_SATURDAY = 5


def last_day(received_on: date, days: int, region: str) -> date:
    """Return the last day of the period; it ends with that day at 24:00 local time.

    The day of receipt is not counted. A last day on a Saturday, a Sunday or a public holiday of the region moves
    to the next working day; such days in the middle change nothing. Raises `HoursError` for an unknown region.
    """
    if not 0 <= days <= LONGEST:
        raise HoursError(f"a period of {days} days is none, use 0 to {LONGEST}")
    on = received_on + timedelta(days=days)
    while on.weekday() >= _SATURDAY or is_holiday(on, region):
        on += timedelta(days=1)
    return on
