"""What every list behind a figure tells of its tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select

from app.db import UtcDateTime
from app.models import Team, Ticket


def of_ticket(*more: Any) -> Select[*tuple[Any, ...]]:
    """Return the question for the first columns of a row, and for more; the team is joined by whoever asks."""
    return select(Ticket.id, Ticket.customer_name, Ticket.subject, Team.name, Ticket.channel_kind, *more)


def instant(at: datetime) -> ColumnElement[datetime]:
    """Return an instant as a question that is built each time takes it."""
    return literal(at, UtcDateTime())
