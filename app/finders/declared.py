"""The shop in the format of `faden config apply`: shown, it can be applied again and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.db import db
from app.models import (
    Agent,
    Calendar,
    CalendarVersion,
    Channel,
    HoldingMode,
    Ladder,
    Policy,
    PolicyVersion,
    Team,
    Webhook,
)

Words = dict[str, Any]


class _Names(NamedTuple):
    """What people call the rows that others refer to, by their ids."""

    teams: Mapping[int, str]
    agents: Mapping[int, str]
    calendars: Mapping[int, str]
    ladders: Mapping[int, str]
    webhooks: Mapping[int, str]

    def of(self, word: str) -> str:
        """Return a recipient or a way of a ladder by name instead of by id."""
        kind, _, number = word.partition(":")
        known = {"team": self.teams, "leads": self.teams, "agent": self.agents, "webhook": self.webhooks}
        if not number or kind not in known:
            return word
        return f"{kind}:{known[kind].get(int(number), number)}"


def shown(*, now: datetime) -> dict[str, list[Any]]:
    """Return the whole setup, without passwords and secrets; policies that hold no longer are left out."""
    names = _names()
    people = db.session.scalars(select(Agent).options(selectinload(Agent.teams)).order_by(Agent.email))
    return {
        "teams": [_team(row, names) for row in db.session.scalars(select(Team).order_by(Team.name))],
        "people": [_person(row, names) for row in people],
        "calendars": [_calendar(*row, now=now) for row in _calendars()],
        "webhooks": [_webhook(row) for row in db.session.scalars(select(Webhook).order_by(Webhook.name))],
        "ladders": [_ladder(row, names) for row in db.session.scalars(select(Ladder).order_by(Ladder.name))],
        "policies": [_policy(*row, names, now=now) for row in policies()],
        "channels": [_channel(row, names) for row in db.session.scalars(select(Channel).order_by(Channel.name))],
    }


def _names() -> _Names:
    named = (Team.name, Agent.email, Calendar.name, Ladder.name, Webhook.name)
    rows = (db.session.execute(select(each.class_.id, each)) for each in named)
    return _Names(*({row[0]: row[1] for row in found} for found in rows))


def _team(row: Team, names: _Names) -> Words | str:
    usual: Words = {
        "accept_minutes": 15,
        "work_minutes": 240,
        "return_minutes": None,
        "asks_cause": False,
        "causes": [],
    }
    said = {key: getattr(row, key) for key, value in usual.items() if getattr(row, key) != value}
    if row.calendar_id:
        said["calendar"] = names.calendars[row.calendar_id]
    if row.ladder_id:
        said["ladder"] = names.ladders[row.ladder_id]
    return {"name": row.name, **said} if said else row.name


def _person(row: Agent, names: _Names) -> Words:
    said: Words = {
        "email": row.email,
        "name": row.name,
        "role": row.role.value,
        "teams": sorted(team.name for team in row.teams),
        "language": row.language,
        "is_active": row.is_active,
    }
    if row.phone_user:
        said["phone_user"] = row.phone_user
    if not row.can_publish:
        said["can_publish"] = False
    if row.calendar_id:
        said["calendar"] = names.calendars[row.calendar_id]
    if row.deputy_id:
        said["deputy"] = names.agents[row.deputy_id]
    return said


def _webhook(row: Webhook) -> Words:
    return {"name": row.name, "url": row.url, "paused": row.is_paused}


def _calendars() -> list[tuple[Calendar, CalendarVersion]]:
    newest = (CalendarVersion.calendar_id == Calendar.id) & (CalendarVersion.number == Calendar.version)
    found = db.session.execute(select(Calendar, CalendarVersion).join(CalendarVersion, newest).order_by(Calendar.name))
    return [(calendar, version) for calendar, version in found]


def _calendar(row: Calendar, version: CalendarVersion, *, now: datetime) -> Words:
    """Name the day only of what begins later: written back unchanged, nothing begins anew."""
    today = now.astimezone(ZoneInfo(row.time_zone)).date()
    begins = {"valid_from": version.valid_from} if version.valid_from > today and version.number > 1 else {}
    return {
        "name": row.name,
        **begins,
        "tz": row.time_zone,
        "region": row.region,
        "weekly_hours": row.weekly_hours,
        "holidays": _own_holidays(row),
        "special_hours": row.special_hours,
    }


def _own_holidays(row: Calendar) -> dict[str, str]:
    """Return the closed days that are not the region's own."""
    from sla.holiday import holidays_of  # noqa: PLC0415 - the calendars of the world take longer to load than a mail to file

    years: Sequence[int] = sorted({int(day[:4]) for day in row.holidays})
    public = (
        {holiday.on.isoformat(): holiday.name_de for holiday in holidays_of(row.region, years)} if row.region else {}
    )
    return {day: name for day, name in sorted(row.holidays.items()) if public.get(day) != name}


def _ladder(row: Ladder, names: _Names) -> Words:
    rungs = [
        {key: [names.of(word) for word in value] if key in {"to", "via"} else value for key, value in rung.items()}
        for rung in row.rungs
    ]
    return {"name": row.name, "rungs": rungs}


def policies() -> list[tuple[Policy, PolicyVersion]]:
    """Return the policies that hold with their newest versions, by name."""
    newest = (PolicyVersion.policy_id == Policy.id) & (PolicyVersion.number == Policy.version)
    found = db.session.execute(
        select(Policy, PolicyVersion).join(PolicyVersion, newest).where(Policy.ended_at.is_(None)).order_by(Policy.name)
    )
    return [(policy, version) for policy, version in found]


def _policy(row: Policy, version: PolicyVersion, names: _Names, *, now: datetime) -> Words:
    criteria: Words = {key: getattr(version, key) for key in ("route", "tag", "priority", "customer_group")}
    said: Words = {"name": row.name, **{key: value for key, value in criteria.items() if value}}
    if version.team_id:
        said["team"] = names.teams[version.team_id]
    said["position"] = version.position
    if version.valid_from > now:
        said["valid_from"] = version.valid_from
    said["calendar"], said["targets"] = names.calendars[version.calendar_id], version.targets
    if version.holding is not HoldingMode.OWN_CONVERSATION:
        said["holding"] = version.holding.value
    said["promise_minutes"] = version.promise_minutes
    if not version.counts_third:
        said["counts_third"] = False
    if version.ladder_id:
        said["ladder"] = names.ladders[version.ladder_id]
    return said


def _channel(row: Channel, names: _Names) -> Words:
    team = {"team": names.teams[row.team_id]} if row.team_id else {}
    said = {"kind": row.kind, "name": row.name, "address": row.address, **team}
    return {**said, "paused": row.is_paused, "settings": row.settings}
