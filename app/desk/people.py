"""Agents and their teams."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.db import db, transaction
from app.errors import Refused
from app.models import Agent, Role, Team


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
    is_demo: bool = False,
    at: datetime,
) -> int:
    """Add a person and return their id; raises `Refused` for an address that is taken or a team that is unknown."""
    address = email.strip().lower()
    if "@" not in address:
        raise Refused(f"{email!r} ist keine E-Mail-Adresse.", field="email")
    with transaction():
        if db.session.scalar(select(Agent.id).where(Agent.email == address)):
            raise Refused(f"{address} gibt es schon.", field="email")
        agent = Agent(
            email=address,
            name=name.strip() or address,
            role=role,
            password_hash=password_hash,
            language=language,
            is_demo=is_demo,
            created_at=at,
            teams=_teams(teams),
        )
        db.session.add(agent)
        db.session.flush()
        return agent.id


def _teams(names: Sequence[str]) -> list[Team]:
    found = {team.name: team for team in db.session.scalars(select(Team).where(Team.name.in_(names)))}
    missing = [name for name in names if name not in found]
    if missing:
        raise Refused(f"Das Team „{missing[0]}“ gibt es nicht.", field="team")
    return [found[name] for name in names]
