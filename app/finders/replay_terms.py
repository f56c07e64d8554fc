"""What was aimed for with each message, from the versions of policies and calendars that its obligation names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import func, select

from app.db import db
from app.models import CalendarVersion, Obligation, PolicyVersion
from sla.hours import BusinessHours
from sla.standing import Terms
from sla.targets import Kind, Priority, Route, Target, minutes_of

HoursOf = Callable[[int, int], BusinessHours]
MINUTE = timedelta(minutes=1)


class Book:
    """Policies and calendars by their versions; `hours_of` compiles a calendar as one of its versions says."""

    def __init__(self, hours_of: HoursOf) -> None:
        self._hours_of = hours_of
        self._versions = {row.id: row for row in db.session.scalars(select(PolicyVersion))}
        newest = select(CalendarVersion.calendar_id, func.max(CalendarVersion.number))
        rows = db.session.execute(newest.group_by(CalendarVersion.calendar_id))
        self._newest = {row[0]: row[1] for row in rows}
        self._terms = cache(self._terms_of)

    def terms(self, owed: Obligation, policy_version_id: int | None) -> Terms:
        """Return what a version of a policy asks for an obligation, in the hours by which that is reckoned.

        An obligation that names no version, as very old ones do, keeps the target it has.
        """
        version = self._versions.get(policy_version_id or 0)
        calendar_id = version.calendar_id if version else owed.calendar_id
        is_own = calendar_id == owed.calendar_id
        number = owed.calendar_version if is_own else self._newest[calendar_id]
        minutes = 0 if version else owed.target_minutes
        return self._terms(version.id if version else 0, owed.route, calendar_id, number, minutes)

    def is_promised(self, route: Route, *, at: datetime, known_at: datetime) -> bool:
        """Say whether a policy held then for every message on a route, whatever its team, tags or customer."""
        newest: dict[int, PolicyVersion] = {}
        for row in sorted(self._versions.values(), key=lambda row: (row.valid_from, row.number)):
            if row.valid_from <= at and row.made_at <= known_at:
                newest[row.policy_id] = row
        return any(_is_for_all(row) and row.route in {None, route.value} for row in newest.values())

    def is_newest(self, owed: Obligation) -> bool:
        return self._newest.get(owed.calendar_id) == owed.calendar_version

    def _terms_of(self, version_id: int, route: str, calendar_id: int, number: int, minutes: int) -> Terms:
        name = str(calendar_id)
        written: Mapping[str, Mapping[str, int]] = (
            self._versions[version_id].targets if version_id else {kind.value: {"normal": minutes} for kind in Kind}
        )
        targets = tuple(
            Target(Route(route), kind, count * MINUTE, name, Priority(priority))
            for kind in Kind
            for priority, count in minutes_of(written, kind).items()
        )
        hours = self._hours_of(calendar_id, number)
        return Terms(targets=targets, calendars={name: hours}, promise_calendar=name, granule=MINUTE)


def _is_for_all(row: PolicyVersion) -> bool:
    criteria = (row.team_id, row.tag, row.priority, row.customer_group)
    return not row.is_end and all(criterion is None for criterion in criteria)
