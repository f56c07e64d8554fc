"""Writing down service hours; each change is a version that holds from a local date on, none is ever rewritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.db import db, once_more, transaction
from app.desk import reprojection
from app.desk.written import Written, differing_from, named
from app.errors import Refused
from app.models import Calendar, CalendarVersion, Obligation, TicketClock
from sla.hours import BusinessHours, HoursError

YEARS_AHEAD = 3
"""Holidays are frozen for the running year and the two after it."""
Windows = Mapping[str, Sequence[Sequence[str]]]
_SAID = ("time_zone", "weekly_hours", "region", "holidays", "special_hours")
"""What a version of a calendar says."""


@once_more
def write_calendar(calendar_id: int | None, *, at: datetime, **values: Any) -> int:
    """Write a calendar, a new one for None, and reckon what is open by it; takes what `put_calendar` takes."""
    with transaction():
        written = put_calendar(calendar_id, at=at, **values)
    if written.differing:
        reprojection.carry(at=at, most=reprojection.MOST_AT_EDIT)
    return written.id


def put_calendar(
    calendar_id: int | None,
    *,
    name: str,
    time_zone: str,
    weekly_hours: Windows,
    region: str = "",
    own_days: Mapping[str, str] | None = None,
    special_hours: Windows | None = None,
    valid_from: date | None = None,
    by_id: int | None = None,
    at: datetime,
    is_demo: bool = False,
) -> Written:
    """Write what a calendar says from a local date on, today where none is given; the same again makes no version.

    A calendar by which nothing was ever reckoned is simply replaced.
    The public holidays of the region are frozen into it for the years to come; `own_days` are further closed ones.
    Raises `Refused` for what cannot be reckoned with and for a date before the version that holds today, or before
    today where anything was reckoned by it.
    """
    row = named(Calendar, calendar_id, name)
    wanted = {
        "name": name,
        "time_zone": time_zone,
        "weekly_hours": _plain(weekly_hours),
        "region": region,
        "holidays": {**_kept_days(row, region, at), **public_holidays(region, at), **(own_days or {})},
        "special_hours": _plain(special_hours or {}),
    }
    _can_be_reckoned_with(wanted)
    if row:
        return _edit(row, wanted, valid_from, by_id=by_id, at=at)
    row = Calendar(**wanted, version=0, is_demo=is_demo)
    _add_version(row, valid_from or _today(row, at), by_id=by_id, at=at)
    return Written(id=row.id, is_new=True)


def _plain(windows_by_day: Windows) -> dict[str, list[list[str]]]:
    """Return windows as the database keeps them, so that the same ones compare as equal."""
    return {day: [list(pair) for pair in windows] for day, windows in windows_by_day.items()}


def _today(row: Calendar, at: datetime) -> date:
    return at.astimezone(ZoneInfo(row.time_zone)).date()


def _edit(
    row: Calendar, wanted: Mapping[str, Any], valid_from: date | None, *, by_id: int | None, at: datetime
) -> Written:
    differing, newest = differing_from(row, wanted), _newest_of(row)
    is_new_content = differing.keys() & set(_SAID)
    for key, value in wanted.items():
        setattr(row, key, value)
    if is_new_content or _is_sooner(row, newest, valid_from, at):
        since = _since(row, newest, valid_from, at)
        _add_version(row, since, by_id=by_id, at=at)
        if newest.valid_from != since:
            differing["valid_from"] = (newest.valid_from.isoformat(), since.isoformat())
    db.session.flush()
    return Written(id=row.id, differing=differing)


def _is_sooner(row: Calendar, newest: CalendarVersion, valid_from: date | None, at: datetime) -> bool:
    """Say whether the newest version is to begin sooner; a file with a day that is over may be applied again."""
    if valid_from is None or valid_from >= newest.valid_from:
        return False
    return not (valid_from < _today(row, at) < newest.valid_from and _is_used(row.id))


def _since(row: Calendar, newest: CalendarVersion, valid_from: date | None, at: datetime) -> date:
    """Return the day on which a version begins; raises `Refused` if that is before the one that holds today.

    Where anything was reckoned by the calendar it is today at the earliest: nobody turns red for days that are over.
    """
    today = _today(row, at)
    is_used = _is_used(row.id)
    since = valid_from or (today if is_used else min(today, newest.valid_from))
    if since < (begun := today if is_used else _begun(row.id, today)):
        raise Refused("Diese Fassung darf nicht vor dem %(day)s beginnen.", field="valid_from", day=f"{begun:%d.%m.%Y}")
    return since


def _add_version(row: Calendar, since: date, *, by_id: int | None, at: datetime) -> None:
    row.version += 1
    db.session.add(row)
    db.session.flush()
    said = {key: getattr(row, key) for key in _SAID}
    made = {"made_at": at, "made_by_id": by_id, "carried_at": at if row.version == 1 else None}
    db.session.add(CalendarVersion(calendar_id=row.id, number=row.version, valid_from=since, **said, **made))
    db.session.flush()


def _newest_of(row: Calendar) -> CalendarVersion:
    return db.session.scalars(
        select(CalendarVersion).where(CalendarVersion.calendar_id == row.id, CalendarVersion.number == row.version)
    ).one()


def _is_used(calendar_id: int) -> bool:
    used = select(Obligation.id).where(Obligation.calendar_id == calendar_id)
    of_ticket = select(TicketClock.id).where(TicketClock.calendar_id == calendar_id)
    return any(db.session.scalar(each.limit(1)) is not None for each in (used, of_ticket))


def _begun(calendar_id: int, today: date) -> date:
    """Return the day on which the version began that holds today; the past belongs to it and to those before it."""
    days = db.session.scalars(
        select(CalendarVersion.valid_from).where(
            CalendarVersion.calendar_id == calendar_id, CalendarVersion.valid_from <= today
        )
    )
    return max(days, default=date.min)


def _kept_days(row: Calendar | None, region: str, at: datetime) -> dict[str, str]:
    """Return the holidays of years that are over; those of another region are not ours any more."""
    if row is None or row.region != region:
        return {}
    return {day: name for day, name in row.holidays.items() if day < f"{at.year:04d}-01-01"}


def public_holidays(region: str, at: datetime) -> dict[str, str]:
    """Return the holidays of a region for the running year and the years after it."""
    if not region:
        return {}
    from sla.holiday import holidays_of  # noqa: PLC0415 - the calendars of the world take longer to load than a mail to file

    found = holidays_of(region, range(at.year, at.year + YEARS_AHEAD))
    return {holiday.on.isoformat(): holiday.name_de for holiday in found}


def _can_be_reckoned_with(wanted: Mapping[str, Any]) -> None:
    try:
        BusinessHours.compile(
            tz=wanted["time_zone"],
            weekly_hours=wanted["weekly_hours"],
            holidays=list(wanted["holidays"]),
            special_hours=wanted["special_hours"],
        )
    except HoursError as error:
        raise Refused(
            "Mit diesen Zeiten lässt sich nicht rechnen: %(reason)s", field="weekly_hours", reason=error
        ) from error


@once_more
def add_holidays(*, at: datetime) -> list[str]:
    """Freeze the holidays of the years to come into every calendar with a region and return their names.

    What is added holds from 1 January of its first year, so no deadline before it is touched.
    """
    with transaction():
        rows = db.session.scalars(select(Calendar).where(Calendar.region != "").order_by(Calendar.name))
        grown = [row.name for row in rows if _add_holidays(row, at=at)]
    if grown:
        reprojection.carry(at=at)
    return grown


def _add_holidays(row: Calendar, *, at: datetime) -> bool:
    missing = {day: name for day, name in public_holidays(row.region, at).items() if day not in row.holidays}
    years = {day[:4] for day in row.holidays}
    fresh = {day: name for day, name in missing.items() if day[:4] not in years}
    if not fresh:
        return False
    row.holidays = {**row.holidays, **fresh}
    _add_version(row, date(int(min(fresh)[:4]), 1, 1), by_id=None, at=at)
    return True
