"""Service hours for those who set them up: what holds, since when, and what was changed by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app.db import db
from app.errors import NotFound
from app.models import Agent, Calendar, CalendarVersion, Policy, PolicyVersion, Team
from sla.hours import BusinessHours
from sla.windows import HoursError

FIRST = 1
_POLICIES = (
    select(PolicyVersion.calendar_id)
    .join(Policy, Policy.id == PolicyVersion.policy_id)
    .where(PolicyVersion.number == Policy.version, Policy.ended_at.is_(None))
)


class CalendarRow(NamedTuple):
    """One line of the list; `used_by` counts the policies, people and teams that reckon with it."""

    id: int
    name: str
    time_zone: str
    weekly_hours: Mapping[str, Any]
    region: str
    holidays: Mapping[str, str]
    used_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """What a calendar says, the public holidays of its region apart from the shop's own closed days."""

    time_zone: str
    weekly_hours: Mapping[str, Any]
    region: str
    holidays: Mapping[str, str]
    own_days: Mapping[str, str]
    special_hours: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPage:
    id: int
    name: str
    newest: Hours
    valid_from: date | None
    """Of the newest version; None where there is no other one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    number: int
    valid_from: date
    made_at: datetime
    made_by: str
    hours: Hours


def calendars() -> list[CalendarRow]:
    """Return all calendars, the one for whoever names none first."""
    rows = db.session.scalars(select(Calendar).order_by(Calendar.id)).all()
    uses: dict[int, int] = {}
    for statement in (_POLICIES, select(Team.calendar_id), select(Agent.calendar_id)):
        for calendar_id in db.session.scalars(statement):
            if calendar_id is not None:
                uses[calendar_id] = uses.get(calendar_id, 0) + 1
    return [
        CalendarRow(
            row.id, row.name, row.time_zone, row.weekly_hours, row.region, row.holidays, used_by=uses.get(row.id, 0)
        )
        for row in rows
    ]


def choices() -> list[tuple[int, str]]:
    """Return the calendars to choose from, by name."""
    return [(id_, name) for id_, name in db.session.execute(select(Calendar.id, Calendar.name).order_by(Calendar.name))]


def calendar(calendar_id: int) -> CalendarPage:
    """Return what a calendar says now or will say from its newest version on; raises `NotFound`."""
    row = db.session.get(Calendar, calendar_id)
    if row is None:
        raise NotFound("Diese Servicezeit gibt es nicht.")
    newest = db.session.execute(
        select(CalendarVersion.number, CalendarVersion.valid_from)
        .where(CalendarVersion.calendar_id == calendar_id)
        .order_by(CalendarVersion.number.desc())
        .limit(1)
    ).first()
    since = newest.valid_from if newest and newest.number > FIRST else None
    return CalendarPage(id=row.id, name=row.name, newest=_hours(row), valid_from=since)


def history(calendar_id: int) -> list[Version]:
    """Return the versions, the newest first."""
    rows = db.session.execute(
        select(CalendarVersion, Agent.name)
        .outerjoin(Agent, Agent.id == CalendarVersion.made_by_id)
        .where(CalendarVersion.calendar_id == calendar_id)
        .order_by(CalendarVersion.number.desc())
    )
    return [
        Version(
            number=row.number, valid_from=row.valid_from, made_at=row.made_at, made_by=name or "", hours=_hours(row)
        )
        for row, name in rows
    ]


def holidays_of(region: str, years: Sequence[int]) -> dict[str, str]:
    """Return the public holidays of a region by ISO date; raises `HoursError` for one that is unknown."""
    from sla.holiday import holidays_of as found  # noqa: PLC0415 - the calendars of the world take long to load

    return {holiday.on.isoformat(): holiday.name_de for holiday in found(region, years)} if region else {}


def _hours(row: Calendar | CalendarVersion) -> Hours:
    years = sorted({int(day[:4]) for day in row.holidays})
    try:
        public = holidays_of(row.region, years)
    except HoursError:
        public = {}
    own = {day: name for day, name in sorted(row.holidays.items()) if public.get(day) != name}
    return Hours(
        time_zone=row.time_zone,
        weekly_hours=row.weekly_hours,
        region=row.region,
        holidays=dict(sorted(row.holidays.items())),
        own_days=own,
        special_hours=dict(sorted(row.special_hours.items())),
    )


def compiled(hours: Hours) -> BusinessHours:
    """Return hours ready for reckoning, as they would be from their first day on."""
    return BusinessHours.compile(
        tz=hours.time_zone,
        weekly_hours=hours.weekly_hours,
        holidays=list(hours.holidays),
        special_hours=hours.special_hours,
    )
