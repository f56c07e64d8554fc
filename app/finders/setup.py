"""How the shop is set up: for `config show`, for lists on the terminal, and for the names people type there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.db import db
from app.errors import NotFound
from app.models import (
    UNFILED,
    Agent,
    Calendar,
    Channel,
    Envelope,
    EnvelopeState,
    Ladder,
    Policy,
    PolicyVersion,
    Team,
    membership,
)

PROMISE_MINUTES = 480
"""Within which a promise without a time is kept."""


class TeamRow(NamedTuple):
    name: str
    people: int


class PersonRow(NamedTuple):
    email: str
    name: str
    role: str
    teams: tuple[str, ...]
    language: str
    is_active: bool
    phone_user: str


class ChannelRow(NamedTuple):
    id: int
    kind: str
    name: str
    address: str
    is_paused: bool
    problem: str


class ParkedRow(NamedTuple):
    id: int
    channel: str
    source: str
    received_at: datetime
    problem: str


def teams() -> list[TeamRow]:
    """List the teams by name with the number of their people."""
    found = db.session.execute(
        select(Team.name, func.count(membership.c.agent_id))
        .outerjoin(membership, membership.c.team_id == Team.id)
        .group_by(Team.id, Team.name)
        .order_by(Team.name)
    )
    return [TeamRow(name, count) for name, count in found]


def people() -> list[PersonRow]:
    """List everybody by address."""
    rows = db.session.scalars(select(Agent).options(selectinload(Agent.teams)).order_by(Agent.email))
    return [
        PersonRow(
            row.email,
            row.name,
            row.role.value,
            tuple(sorted(team.name for team in row.teams)),
            row.language,
            row.is_active,
            row.phone_user,
        )
        for row in rows
    ]


def agent_id(email: str) -> int:
    """Return the person with this address; raises `NotFound`."""
    found = db.session.scalar(select(Agent.id).where(Agent.email == email.strip().lower()))
    if found is None:
        raise NotFound("Niemand hat die Adresse %(email)s.", email=email)
    return found


def channels() -> list[ChannelRow]:
    """List the accounts by name."""
    found = db.session.execute(
        select(Channel.id, Channel.kind, Channel.name, Channel.address, Channel.is_paused, Channel.problem).order_by(
            Channel.name
        )
    )
    return [ChannelRow(*row) for row in found]


def channel_id(name: str) -> int:
    """Return the account of this name, or with this number; raises `NotFound`."""
    found = db.session.scalar(select(Channel.id).where(Channel.name == name))
    if found is None and name.isdecimal():
        found = db.session.scalar(select(Channel.id).where(Channel.id == int(name)))
    if found is None:
        raise NotFound("Einen Kanal „%(name)s“ gibt es nicht.", name=name)
    return found


def shown() -> dict[str, list[Any]]:
    """Return the whole setup in the format of `config apply`, without passwords and secrets."""
    names = {row.id: row.name for row in db.session.scalars(select(Team))}
    calendars = db.session.scalars(select(Calendar).order_by(Calendar.name)).all()
    calendar_names = {row.id: row.name for row in calendars}
    return {
        "teams": [row.name for row in teams()],
        "people": [_person(row) for row in people()],
        "calendars": [_calendar(row) for row in calendars],
        "policies": [_policy(*row, calendar_names, names) for row in _policies()],
        "channels": [_channel(row, names) for row in db.session.scalars(select(Channel).order_by(Channel.name))],
    }


def _person(row: PersonRow) -> dict[str, Any]:
    shown: dict[str, Any] = {"email": row.email, "name": row.name, "role": row.role}
    named = {"phone_user": row.phone_user} if row.phone_user else {}
    return {**shown, "teams": list(row.teams), "language": row.language, "is_active": row.is_active, **named}


def _calendar(row: Calendar) -> dict[str, Any]:
    return {
        "name": row.name,
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


def _policies() -> list[tuple[Policy, PolicyVersion]]:
    """Return the policies that hold with their newest versions, by name."""
    found = db.session.execute(
        select(Policy, PolicyVersion)
        .join(PolicyVersion, (PolicyVersion.policy_id == Policy.id) & (PolicyVersion.number == Policy.version))
        .where(Policy.ended_at.is_(None))
        .order_by(Policy.name)
    )
    return [(policy, version) for policy, version in found]


def _policy(row: Policy, version: PolicyVersion, calendars: dict[int, str], names: dict[int, str]) -> dict[str, Any]:
    team = {"team": names[version.team_id]} if version.team_id else {}
    calendar = calendars[version.calendar_id]
    shown = {"name": row.name, "route": version.route, "calendar": calendar, **team}
    return {**shown, "targets": version.targets, "warn_percent": _warning(version)}


def _warning(version: PolicyVersion) -> int:
    rungs = db.session.scalars(select(Ladder.rungs).where(Ladder.id == version.ladder_id)).first()
    return next((rung["at"] for rung in rungs or () if isinstance(rung["at"], int)), 75)


def _channel(row: Channel, names: dict[int, str]) -> dict[str, Any]:
    team = {"team": names[row.team_id]} if row.team_id else {}
    shown = {"kind": row.kind, "name": row.name, "address": row.address, **team}
    return {**shown, "paused": row.is_paused, "settings": row.settings}


def last_holiday_years() -> dict[str, int]:
    """Return for each calendar with a region the last year whose holidays are frozen into it, 0 for none."""
    rows = db.session.scalars(select(Calendar).where(Calendar.region != "").order_by(Calendar.name))
    return {row.name: max((int(day[:4]) for day in row.holidays), default=0) for row in rows}


def parked(limit: int = 500) -> list[ParkedRow]:
    """List raw input that could not be filed, the oldest first."""
    found = db.session.execute(
        select(Envelope.id, Channel.name, Envelope.source, Envelope.received_at, Envelope.problem)
        .join(Channel, Channel.id == Envelope.channel_id)
        .where(UNFILED, Envelope.state == EnvelopeState.PARKED)
        .order_by(Envelope.id)
        .limit(limit)
    )
    return [ParkedRow(*row) for row in found]


def aims() -> dict[str, Any]:
    """Return calendars and general targets in the format of `faden sla replay --setup`."""
    rows = {row.id: row for row in db.session.scalars(select(Calendar))}
    policies = [version for _, version in _policies() if version.team_id is None and version.route]
    return {
        "calendars": {
            row.name: {
                "tz": row.time_zone,
                "weekly_hours": row.weekly_hours,
                "holidays": sorted(row.holidays),
                "special_hours": row.special_hours,
            }
            for row in rows.values()
        },
        "policy": {row.route: {"calendar": rows[row.calendar_id].name, **row.targets} for row in policies},
        "promise_default_minutes": PROMISE_MINUTES,
        "promise_calendar": next((rows[row.calendar_id].name for row in policies if row.route == "email"), ""),
        "default_holding": "own_conversation",
    }
