"""Which screens hang on a wall, for those who hung them up, and for the screens themselves."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from app.access import Person, sees_all
from app.db import db
from app.models import Agent, Team, Wallboard
from app.signin import digest_of


class Hung(NamedTuple):
    """One screen; without a team it shows the figures of all."""

    id: int
    name: str
    team: str | None
    by: str
    created_at: datetime
    seen_at: datetime | None


class Screen(NamedTuple):
    """What a screen's address leads to."""

    id: int
    name: str
    team_id: int | None
    seen_at: datetime | None


def hung(person: Person) -> list[Hung]:
    """Return the screens that show what a lead watches over, by name; an administrator's are all there are."""
    asked = (
        select(Wallboard.id, Wallboard.name, Team.name, Agent.name, Wallboard.created_at, Wallboard.seen_at)
        .outerjoin(Team, Team.id == Wallboard.team_id)
        .join(Agent, Agent.id == Wallboard.created_by_id)
        .where(Wallboard.ended_at.is_(None))
        .order_by(func.lower(Wallboard.name), Wallboard.id)
    )
    if not sees_all(person):
        asked = asked.where(Wallboard.team_id.in_(person.team_ids))
    return [Hung._make(row) for row in db.session.execute(asked)]


def screen(secret: str) -> Screen | None:
    """Return the screen with this address; None where there is none, or none any more."""
    found = db.session.execute(
        select(Wallboard.id, Wallboard.name, Wallboard.team_id, Wallboard.seen_at).where(
            Wallboard.digest == digest_of(secret), Wallboard.ended_at.is_(None)
        )
    ).first()
    return Screen._make(found) if found else None
