"""What lies where somebody may not look, though a list of theirs counts it: their team answered it, or was asked."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from app.access import Person, openable, sees_all
from app.db import db
from app.models import Team, Ticket


def out_of_sight(person: Person, numbers: Iterable[int]) -> dict[int, str]:
    """Return those of these tickets that this person may not open, each with the team it lies with, if with any."""
    wanted = set(numbers)
    if sees_all(person) or not wanted:
        return {}
    asked = (
        select(Ticket.id, Team.name, openable(person))
        .outerjoin(Team, Team.id == Ticket.team_id)
        .where(Ticket.id.in_(wanted))
    )
    # Whether a ticket of nobody's is one's own is neither true nor false in SQL.
    return {number: team or "" for number, team, may_open in db.session.execute(asked) if not may_open}
