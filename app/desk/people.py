"""Agents and their teams."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import selectinload

from app.access import Person
from app.db import db, transaction
from app.desk import closing, wallboards
from app.errors import NotFound, Refused
from app.models import Agent, Role, SignIn, Team, Token


def add_team(name: str, *, is_demo: bool = False) -> int:
    """Add a team, or return the id of the one with this name."""
    with transaction():
        team = db.session.scalars(select(Team).where(Team.name == name)).first()
        if team is None:
            team = Team(name=name, is_demo=is_demo)
            db.session.add(team)
            db.session.flush()
        return team.id


def add_agent(
    email: str,
    *,
    name: str,
    role: Role,
    teams: Sequence[str],
    password_hash: str = "",
    language: str = "de",
    can_publish: bool = True,
    is_demo: bool = False,
    at: datetime,
) -> int:
    """Add a person and return their id; raises `Refused` for an address that is taken or a team that is unknown."""
    address = email.strip().lower()
    if "@" not in address:
        raise Refused("%(email)s ist keine E-Mail-Adresse.", field="email", email=email)
    with transaction():
        if db.session.scalar(select(Agent.id).where(Agent.email == address)):
            raise Refused("%(address)s gibt es schon.", field="email", address=address)
        agent = Agent(
            email=address,
            name=name.strip() or address,
            role=role,
            password_hash=password_hash,
            language=language,
            can_publish=can_publish,
            is_demo=is_demo,
            created_at=at,
            teams=_teams(teams),
        )
        db.session.add(agent)
        db.session.flush()
        return agent.id


def change(
    agent_id: int,
    *,
    name: str,
    role: Role,
    teams: Sequence[str],
    phone_user: str | None = None,
    can_publish: bool | None = None,
    by: Person,
    at: datetime,
) -> None:
    """Change what a person may see and do; raises `Refused` where nobody would be left to set the product up.

    `phone_user` is what the telephone system calls them; None leaves it, and whether they answer in public likewise.
    Screens that they hung up end with the right to what these show.
    """
    with transaction():
        agent = _agent(agent_id)
        if agent_id == by.id and role is not Role.ADMIN:
            raise Refused("Ihre eigene Verwaltung können Sie nicht abgeben; das muss jemand anderes tun.", field="role")
        agent.name, agent.role = name.strip() or agent.email, role
        agent.teams = _teams(teams)
        if phone_user is not None:
            agent.phone_user = phone_user.strip()[:64]
        if can_publish is not None:
            agent.can_publish = can_publish
        db.session.flush()
        wallboards.end_unled(agent, at=at)


def deactivate(agent_id: int, *, by: Person, at: datetime) -> None:
    """Close the door for somebody who has left: browsers, tokens and screens end at once, what they wrote stays."""
    if agent_id == by.id:
        raise Refused("Sich selbst können Sie nicht abmelden lassen; das muss jemand anderes tun.")
    with transaction():
        agent = _agent(agent_id)
        agent.is_active, agent.password_hash = False, ""
        db.session.execute(delete(SignIn).where(SignIn.agent_id == agent_id))
        db.session.execute(delete(Token).where(Token.agent_id == agent_id))
        wallboards.end_of(agent_id, at=at)


def activate(agent_id: int) -> None:
    """Let somebody in again who had left; they need a new password."""
    with transaction():
        _agent(agent_id).is_active = True


def choose_language(agent_id: int, language: str) -> None:
    """Remember in which language somebody reads the pages."""
    with transaction():
        db.session.execute(update(Agent).where(Agent.id == agent_id).values(language=language))


def rename_team(team_id: int, name: str) -> None:
    """Give a team another name."""
    with transaction():
        team = db.session.get(Team, team_id)
        if team is None:
            raise NotFound("Dieses Team gibt es nicht.")
        if db.session.scalar(select(Team.id).where(Team.name == name, Team.id != team_id)):
            raise Refused("Ein Team „%(name)s“ gibt es schon.", field="name", name=name)
        team.name = name


def aim_team(
    team_id: int,
    *,
    calendar_id: int | None,
    accept_minutes: int,
    work_minutes: int,
    return_minutes: int | None,
    ladder_id: int | None,
    asks_cause: bool,
    causes: Sequence[str] = (),
) -> None:
    """Set a team's hours and how soon it takes what is handed over to it; hand-overs on their way keep theirs.

    `causes` are what it proposes when a matter is resolved, each once and in this order.
    """
    with transaction():
        team = db.session.get(Team, team_id)
        if team is None:
            raise NotFound("Dieses Team gibt es nicht.")
        if return_minutes is not None and return_minutes < accept_minutes:
            raise Refused("Zurück geht eine Übergabe frühestens, wenn die Zeit zum Annehmen um ist.", field="return")
        team.calendar_id, team.ladder_id = calendar_id, ladder_id
        team.accept_minutes, team.work_minutes, team.return_minutes = accept_minutes, work_minutes, return_minutes
        team.asks_cause, team.causes = asks_cause, closing.proposals(causes)


def plan_absence(
    agent_id: int,
    *,
    calendar_id: int | None,
    deputy_id: int | None,
    away_from: datetime | None,
    away_until: datetime | None,
) -> None:
    """Set a person's own hours, until when they are away, and who is told instead."""
    if deputy_id == agent_id:
        raise Refused("Niemand vertritt sich selbst.", field="deputy")
    if away_from and away_until and away_until <= away_from:
        raise Refused("Das Ende liegt vor dem Anfang.", field="away_until")
    with transaction():
        agent = _agent(agent_id)
        agent.calendar_id, agent.deputy_id = calendar_id, deputy_id
        agent.away_from, agent.away_until = away_from, away_until


def _agent(agent_id: int) -> Agent:
    agent = db.session.get(Agent, agent_id, options=[selectinload(Agent.teams)])
    if agent is None:
        raise NotFound("Diese Person gibt es nicht.")
    return agent


def _teams(names: Sequence[str]) -> list[Team]:
    found = {team.name: team for team in db.session.scalars(select(Team).where(Team.name.in_(names)))}
    missing = [name for name in names if name not in found]
    if missing:
        raise Refused("Das Team „%(name)s“ gibt es nicht.", field="team", name=missing[0])
    return [found[name] for name in names]
