"""Calendars, ladders and policies of a file that declares the shop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.db import db
from app.desk import reprojection
from app.desk.aims import BEGINNING
from app.desk.applying import Applying, team_id
from app.desk.calendars import put_calendar
from app.desk.declared import CalendarEntry, PolicyEntry
from app.desk.rulebook import put_ladder, put_policy
from app.desk.written import Written
from app.models import Calendar, Ladder, Policy, Team

_NAMED: Mapping[str, type[Calendar | Team | Ladder]] = {
    "calendar_id": Calendar,
    "team_id": Team,
    "ladder_id": Ladder,
}
USUAL_WARNING = 75


def write_calendar(applying: Applying, entry: CalendarEntry) -> None:
    """Write the calendar of this name; a difference makes a version."""
    written = entry.model_dump(mode="json")
    done = put_calendar(
        db.session.scalar(select(Calendar.id).where(Calendar.name == entry.name)),
        name=entry.name,
        time_zone=entry.tz,
        weekly_hours=written["weekly_hours"],
        region=entry.region,
        own_days=entry.holidays,
        special_hours=written["special_hours"],
        at=applying.at,
        is_demo=applying.is_demo,
    )
    applying.note("calendars", entry.name, done)


def write_policy(applying: Applying, entry: PolicyEntry) -> None:
    """Write the policy of this name; a difference makes a version that holds from now on."""
    policy_id = db.session.scalar(select(Policy.id).where(Policy.name == entry.name))
    calendar_id = db.session.scalar(select(Calendar.id).where(Calendar.name == entry.calendar))
    if calendar_id is None:
        raise LookupError(f"calendar: there is no calendar {entry.calendar!r}")
    done = put_policy(
        policy_id,
        name=entry.name,
        route=entry.route.value,
        team_id=team_id(entry.team),
        calendar_id=calendar_id,
        targets=entry.targets.model_dump(exclude_none=True),
        ladder_id=_ladder_id(applying, entry),
        valid_from=BEGINNING if applying.is_first else None,
        at=applying.at,
        is_demo=applying.is_demo,
    )
    applying.note("policies", entry.name, _in_words(done))


def _ladder_id(applying: Applying, entry: PolicyEntry) -> int | None:
    """Return the ladder of a policy; a mere percentage is one that warns the leads at it."""
    if entry.warn_percent == USUAL_WARNING:
        return None
    name = f"Warnung bei {entry.warn_percent} %"
    rungs = [{"at": at, "to": ["leads"], "via": ["inbox", "mail"]} for at in (entry.warn_percent, "breach")]
    found = db.session.scalar(select(Ladder.id).where(Ladder.name == name))
    return found or put_ladder(None, name=name, rungs=rungs, at=applying.at, is_demo=applying.is_demo).id


def _in_words(written: Written) -> Written:
    """Name what other rows are called instead of their ids."""
    differing = {
        key.removesuffix("_id"): (_called(key, before), _called(key, after))
        for key, (before, after) in written.differing.items()
    }
    return Written(id=written.id, is_new=written.is_new, differing=differing)


def _called(key: str, value: Any) -> object:
    kind = _NAMED.get(key)
    return db.session.scalar(select(kind.name).where(kind.id == value)) if kind and value else value


def follow(applying: Applying) -> None:
    """Let what is open follow the calendars and ladders as they are now."""
    reprojection.carry(at=applying.at)
    for ladder_id in applying.climbed:
        reprojection.place_rungs(ladder_id, at=applying.at)
