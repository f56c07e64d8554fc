"""The lines of `faden sla`: what is written in them as values of the core, and values as they are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sla.hours import BusinessHours

MINUTE = timedelta(minutes=1)
LONGEST = 10_000_000
"""Minutes; nobody aims for more than nineteen years."""


class LineError(ValueError):
    """A line that cannot be right; the text names the reason."""


def business_time(line: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one line of `sla hours`; raises `HoursError` where the calendar cannot be right."""
    pauses = [tuple(map(datetime.fromisoformat, pause)) for pause in line.get("pauses", ())]
    written = {name: line[name] for name in ("tz", "weekly_hours", "holidays", "special_hours") if name in line}
    hours = BusinessHours.compile(**written, pauses=pauses)
    start = instant(line["start"])
    if line["op"] == "between":
        return {"id": line["id"], "minutes": minutes_of(hours.between(start, instant(line["end"])))}
    within = line["add_minutes"] * MINUTE
    due, breach = hours.due(start, within), hours.breach(start, within)
    return {"id": line["id"], "due": spelled(due), "breach": spelled(breach)}


def civil_deadline(line: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one line of `sla deadline`."""
    from sla.civil import last_day

    found = last_day(date.fromisoformat(line["received"]), line["days"], line["region"])
    return {**{name: line[name] for name in ("received", "days", "region")}, "last_day": found.isoformat()}


def instant(written: object) -> datetime:
    """Read an ISO instant, which must say in which zone it is meant."""
    if not isinstance(written, str):
        raise LineError(f"{written!r} is no instant")
    at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise LineError(f"{written} lacks a time zone")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise LineError(f"{written} lies outside of every calendar") from error


def minutes(written: object) -> timedelta:
    """Read a number of minutes."""
    if isinstance(written, bool) or not isinstance(written, int | float):
        raise LineError(f"{written!r} is no number of minutes")
    if not 0 <= written <= LONGEST:
        raise LineError(f"{written} minutes are no target, use 0 to {LONGEST}")
    return written * MINUTE


def spelled(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def minutes_of(duration: timedelta) -> float | int:
    """Return minutes, whole where they are."""
    count = duration / MINUTE
    return int(count) if count.is_integer() else count
