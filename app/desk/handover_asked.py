"""Who is asked by a hand-over, and who may answer it."""

from __future__ import annotations

from datetime import datetime

from app.access import Person
from app.db import db
from app.desk.staff import Staff, is_present
from app.errors import NotFound, Refused
from app.models import Agent, Role, Ticket

MOST_DEPUTIES = 10
"""Steps along a chain of deputies; it may be a circle."""


def addressee(team_id: int, agent_id: int | None, *, at: datetime) -> Agent | None:
    """Return who is asked by name: the person meant, their deputy, or a deputy of a team that is away.

    None: the whole team is. Raises `Refused` for a person who is not of the team.
    """
    members = sorted(Staff(at).members(team_id), key=lambda agent: agent.role is not Role.LEAD)
    if agent_id is not None:
        named = next((agent for agent in members if agent.id == agent_id), None)
        if named is None:
            raise _stranger(agent_id)
        return present(named, at=at) or named
    if not members or any(is_present(agent, at) for agent in members):
        return None
    return next((found for agent in members if (found := present(agent, at=at))), None)


def answerer(ticket: Ticket, by: Person) -> None:
    """Refuse everybody who was not asked; an administrator may answer for any team."""
    if not (by.is_admin or ticket.asked_team_id in by.team_ids or ticket.asked_agent_id == by.id):
        raise Refused("Diese Übergabe fragt ein anderes Team.", code="not_asked")


def present(agent: Agent, *, at: datetime) -> Agent | None:
    """Return the person, or whoever stands in for them; None where nobody of the chain is there."""
    found: Agent | None = agent
    for _step in range(MOST_DEPUTIES):
        if found is None or is_present(found, at):
            return found
        found = db.session.get(Agent, found.deputy_id) if found.deputy_id else None
    return None


def _stranger(agent_id: int) -> Exception:
    agent = db.session.get(Agent, agent_id)
    if agent is None:
        return NotFound("Diese Person gibt es nicht.")
    return Refused("%(name)s gehört nicht zu diesem Team.", field="agent", name=agent.name)
