"""Who takes part in a ticket beside the team that holds the ball."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select

from app.db import db
from app.models import Participation, Team, Ticket


class TakingPart(NamedTuple):
    """A team; `because` is how it came first: joined, handed_over, answered or asked."""

    team_id: int
    name: str
    because: str
    since: datetime


def of(ticket_id: int) -> list[TakingPart]:
    """Return the teams that take part, each once, who came first first; ask only where `Ticket.is_shared`."""
    rows = db.session.execute(
        select(Participation.team_id, Team.name, Participation.because, Participation.since)
        .join(Team, Team.id == Participation.team_id)
        .join(Ticket, Ticket.id == Participation.ticket_id)
        .where(
            Participation.ticket_id == ticket_id,
            or_(Ticket.team_id.is_(None), Ticket.team_id != Participation.team_id),
        )
        .order_by(Participation.since, Participation.id)
    )
    found: dict[int, TakingPart] = {}
    for row in rows:
        found.setdefault(row.team_id, TakingPart._make(row))
    return list(found.values())


def teams_beside(ticket_id: int) -> list[tuple[int, str]]:
    """Return the teams that could take part: all but who does so already and who holds the ball."""
    known = select(Participation.team_id).where(Participation.ticket_id == ticket_id)
    holder = select(func.coalesce(Ticket.team_id, 0)).where(Ticket.id == ticket_id).scalar_subquery()
    rows = db.session.execute(
        select(Team.id, Team.name).where(Team.id.not_in(known), Team.id != holder).order_by(Team.name)
    )
    return [(id_, name) for id_, name in rows]
