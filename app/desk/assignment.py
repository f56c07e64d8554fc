"""Who answers a ticket, and which team it lies with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.access import Person
from app.db import db, once_more, transaction
from app.desk import handover_ends
from app.desk.writing import badges, held, record, recount
from app.errors import NotFound, Refused
from app.models import Agent, Team, membership


@once_more
def assign(
    ticket_id: int, *, assignee_id: int | None = None, team_id: int | None = None, by: Person, at: datetime
) -> tuple[int | None, int | None]:
    """Give the ticket to a person (None: to nobody) and, if named, to a team; customer's clocks are not touched.

    Returns who had it before, as (assignee id, team id), so that it can be undone.
    """
    with transaction() as afterwards:
        ticket = held(ticket_id)
        earlier = (ticket.assignee_id, ticket.team_id)
        before = badges(ticket)
        team_id = handover_ends.meant_team(ticket, team_id, assignee_id)
        team = _team(team_id) if team_id is not None else None
        assignee = _assignee(assignee_id, team_id if team_id is not None else ticket.team_id)
        ticket.assignee_id = assignee.id if assignee else None
        if team:
            ticket.team_id = team.id
        if earlier != (ticket.assignee_id, ticket.team_id):
            ticket.updated_at = at
            record(
                "assigned",
                ticket_id=ticket_id,
                at=at,
                actor_id=by.id,
                afterwards=afterwards,
                assignee=assignee.name if assignee else "",
                team=team.name if team else "",
            )
            handover_ends.assigned(ticket, from_team_id=earlier[1], by=by, at=at, afterwards=afterwards)
            recount(before, badges(ticket))
    return earlier


def _team(team_id: int) -> Team:
    team = db.session.get(Team, team_id)
    if team is None:
        raise NotFound("Dieses Team gibt es nicht.")
    return team


def _assignee(agent_id: int | None, team_id: int | None) -> Agent | None:
    """Return the person; one outside the team would not find the ticket in any list of theirs but their own."""
    if agent_id is None:
        return None
    agent = db.session.get(Agent, agent_id)
    if agent is None or not agent.is_active:
        raise NotFound("Diese Person gibt es nicht.")
    is_member = db.session.execute(
        select(membership.c.agent_id).where(membership.c.agent_id == agent_id, membership.c.team_id == team_id)
    ).first()
    if team_id is not None and is_member is None:
        raise Refused("%(name)s gehört nicht zu diesem Team.", field="assignee", name=agent.name)
    return agent
