"""Teams and people for those who set them up."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from app.db import db
from app.errors import NotFound
from app.models import Agent, Team, membership
from app.models import Role as Role  # noqa: PLC0414 - pages take the closed list from here


class TeamRow(NamedTuple):
    id: int
    name: str
    member_count: int


class AgentRow(NamedTuple):
    """A person with the names of their teams; without a password nobody can log in as them yet."""

    id: int
    name: str
    email: str
    role: Role
    is_active: bool
    has_password: bool
    phone_user: str
    can_publish: bool
    teams: tuple[str, ...]


class TeamPage(NamedTuple):
    """What a team sets for itself; minutes count in its service hours."""

    id: int
    name: str
    calendar_id: int | None
    accept_minutes: int
    work_minutes: int
    return_minutes: int | None
    ladder_id: int | None
    asks_cause: bool
    causes: list[str]


class Presence(NamedTuple):
    """When a person works, and who stands in for them."""

    calendar_id: int | None
    deputy_id: int | None
    away_from: datetime | None
    away_until: datetime | None


def team(team_id: int) -> TeamPage:
    """Return one team; raises `NotFound`."""
    found = db.session.execute(
        select(
            Team.id,
            Team.name,
            Team.calendar_id,
            Team.accept_minutes,
            Team.work_minutes,
            Team.return_minutes,
            Team.ladder_id,
            Team.asks_cause,
            Team.causes,
        ).where(Team.id == team_id)
    ).first()
    if found is None:
        raise NotFound("Dieses Team gibt es nicht.")
    return TeamPage._make(found)


def presence(agent_id: int) -> Presence:
    """Return when a person works; raises `NotFound`."""
    found = db.session.execute(
        select(Agent.calendar_id, Agent.deputy_id, Agent.away_from, Agent.away_until).where(Agent.id == agent_id)
    ).first()
    if found is None:
        raise NotFound("Diese Person gibt es nicht.")
    return Presence._make(found)


def teams() -> list[TeamRow]:
    """Return all teams by name."""
    members = func.count(membership.c.agent_id)
    rows = db.session.execute(
        select(Team.id, Team.name, members)
        .outerjoin(membership, membership.c.team_id == Team.id)
        .group_by(Team.id, Team.name)
        .order_by(Team.name)
    )
    return [TeamRow._make(row) for row in rows]


def agents(*, only: int | None = None) -> list[AgentRow]:
    """Return all people, those who left at the end; two statements however many there are."""
    statement = select(
        Agent.id,
        Agent.name,
        Agent.email,
        Agent.role,
        Agent.is_active,
        Agent.password_hash != "",
        Agent.phone_user,
        Agent.can_publish,
    ).order_by(Agent.is_active.desc(), Agent.name)
    belonging = select(membership.c.agent_id, Team.name).join(Team, Team.id == membership.c.team_id)
    if only is not None:
        statement = statement.where(Agent.id == only)
        belonging = belonging.where(membership.c.agent_id == only)
    names: dict[int, list[str]] = {}
    for agent_id, name in db.session.execute(belonging.order_by(Team.name)):
        names.setdefault(agent_id, []).append(name)
    return [AgentRow(*row, teams=tuple(names.get(row[0], ()))) for row in db.session.execute(statement)]


def agent(agent_id: int) -> AgentRow:
    """Return one person; raises `NotFound`."""
    found = agents(only=agent_id)
    if not found:
        raise NotFound("Diese Person gibt es nicht.")
    return found[0]
