"""What other teams owe the person who writes here: of matters that are or may be the same, before anything is joined.

Only who owes since when, never what the customer wrote there: whoever may not see the other matter learns no more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, func, or_, select

from app.access import Person, visible
from app.db import db
from app.models import (
    UNANSWERED,
    UNKEPT,
    Agent,
    Conversation,
    Promise,
    Suggestion,
    Team,
    Ticket,
)

MOST = 5


class Debt(NamedTuple):
    """One matter beside this one; `is_visible`: the reader may open it."""

    suggestion: int
    number: int
    team: str
    assignee: str
    unanswered_since: datetime | None
    due_at: datetime | None
    promised_until: datetime | None
    points: int
    reasons: list[dict[str, Any]]
    is_proven: bool
    is_visible: bool
    is_closed: bool


def of(ticket_id: int, person: Person) -> list[Debt]:
    """Return what is suggested about a ticket, the likeliest first; one statement over partial indexes."""
    other = case((Suggestion.ticket_id == ticket_id, Suggestion.other_id), else_=Suggestion.ticket_id)
    promised = (
        select(func.min(Promise.due_at))
        .join(Conversation, Conversation.id == Promise.conversation_id)
        .where(UNKEPT, Conversation.ticket_id == Ticket.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Suggestion.id,
            Ticket.id,
            func.coalesce(Team.name, ""),
            func.coalesce(Agent.name, ""),
            Ticket.oldest_unanswered_at,
            Ticket.due_at,
            promised,
            Suggestion.points,
            Suggestion.reasons,
            Suggestion.is_proven,
            case((visible(person), True), else_=False),
            Ticket.closed_at.is_not(None),
        )
        .join(Ticket, Ticket.id == other)
        .outerjoin(Team, Team.id == Ticket.team_id)
        .outerjoin(Agent, Agent.id == Ticket.assignee_id)
        .where(UNANSWERED, or_(Suggestion.ticket_id == ticket_id, Suggestion.other_id == ticket_id))
        .order_by(Suggestion.is_proven.desc(), Suggestion.points.desc(), Suggestion.id)
        .limit(MOST)
    )
    return [_readable(Debt._make(row), ticket_id) for row in rows]


def _readable(debt: Debt, ticket_id: int) -> Debt:
    """Leave out words that were read in the other ticket: on this one nobody wrote them, and who may see them looks."""
    return debt._replace(
        reasons=[
            {**reason, "words": reason["words"] if reason.get("read_in") == ticket_id else ""}
            for reason in debt.reasons
        ]
    )
