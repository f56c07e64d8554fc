"""How the shop is set up: for lists on the terminal, and for the names people type there."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.db import db
from app.errors import NotFound
from app.finders.declared import policies
from app.models import (
    UNFILED,
    Agent,
    Calendar,
    Channel,
    Envelope,
    EnvelopeState,
    HoldingMode,
    PolicyVersion,
    Team,
    membership,
)
from sla.targets import Kind, Route

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
    """Return calendars and general targets in the format of `faden sla replay --setup`.

    A line of a log names neither team nor tag nor customer, so the policies that ask for them have no place in it.
    """
    rows = {row.id: row for row in db.session.scalars(select(Calendar))}
    general = _general()
    first = general.get(Route.EMAIL) or next(iter(general.values()), None)
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
        "policy": {
            route.value: {"calendar": rows[version.calendar_id].name, **_of_messages(version)}
            for route, version in general.items()
        },
        **(_of_tickets(first, rows[first.calendar_id].name) if first else {}),
        "promise_default_minutes": PROMISE_MINUTES,
        "promise_calendar": rows[first.calendar_id].name if first else "",
        "default_holding": (first.holding if first else HoldingMode.OWN_CONVERSATION).value,
    }


def _general() -> dict[Route, PolicyVersion]:
    """Return for each route the policy that asks for nothing else; one for any route stands behind its own."""
    found: dict[Route, PolicyVersion] = {}
    plain = [version for _, version in policies() if not any(getattr(version, each) for each in _FURTHER)]
    for version in sorted(plain, key=lambda each: (each.route is None, each.position, each.id)):
        for route in [Route(version.route)] if version.route else Route:
            found.setdefault(route, version)
    return found


_FURTHER = ("team_id", "tag", "priority", "customer_group")


def _of_messages(version: PolicyVersion) -> dict[str, Any]:
    return {kind: minutes for kind, minutes in version.targets.items() if kind in set(Kind)}


def _of_tickets(version: PolicyVersion, calendar: str) -> dict[str, Any]:
    return {
        kind: {"calendar": calendar, "minutes": minutes["normal"], "counts_third": version.counts_third}
        for kind, minutes in version.targets.items()
        if kind not in set(Kind)
    }
