"""What is asked when a ticket is closed: why it came to this, as others have said before."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from app.db import db
from app.models import Team, Ticket

MOST_CAUSES = 8
"""Causes to choose from, where the team does not propose more."""
MOST_USED = 40
LOOK_BACK = 500
"""Closed tickets of a team among which its usual causes are looked for."""


def causes(team_id: int | None) -> list[str]:
    """Return what the team proposes as causes, and below it what it gave most often lately."""
    proposed = db.session.scalar(select(Team.causes).where(Team.id == team_id)) or []
    return [*proposed, *(cause for cause in used(team_id) if cause not in proposed)][: max(MOST_CAUSES, len(proposed))]


def used(team_id: int | None) -> list[str]:
    """Return what the team gave as causes lately, the most frequent first."""
    recent = (
        select(Ticket.cause)
        .where(Ticket.team_id == team_id, Ticket.closed_at.is_not(None))
        .order_by(Ticket.closed_at.desc())
        .limit(LOOK_BACK)
    )
    counted = Counter(cause for cause in db.session.scalars(recent) if cause)
    return [cause for cause, _ in counted.most_common(MOST_USED)]


def cause_of(ticket_id: int) -> str:
    """Return why it came to this, as far as anybody has said."""
    return db.session.scalar(select(Ticket.cause).where(Ticket.id == ticket_id)) or ""


def asks_cause(team_id: int | None) -> bool:
    """Say whether the team wants to know why it came to this."""
    return bool(team_id and db.session.scalar(select(Team.asks_cause).where(Team.id == team_id)))
