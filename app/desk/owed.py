"""What decides about a ticket's deadline: what it owes an answer to, and what somebody has promised."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, literal, select, union_all

from app.desk.promises import OWED, warn_at
from app.desk.writing import run
from app.models import Conversation, Obligation, ObligationState, Promise
from app.models.columns import BigId


class Owed(NamedTuple):
    """One deadline; they compare by what is due first."""

    due_at: datetime
    soon_at: datetime
    breach_at: datetime
    opened_at: datetime
    is_promise: bool


_ON = union_all(
    select(
        Obligation.due_at,
        Obligation.soon_at,
        Obligation.breach_at,
        Obligation.opened_at,
        literal(0).label("is_promise"),
    )
    .join(Conversation, Conversation.id == Obligation.conversation_id)
    .where(
        Conversation.ticket_id == bindparam("ticket", type_=BigId),
        Obligation.state == ObligationState.OPEN,
        Obligation.answered_by_id.is_(None),
    ),
    select(Promise.due_at, Promise.due_at, Promise.due_at, Promise.promised_at, literal(1))
    .join(Conversation, Conversation.id == Promise.conversation_id)
    .where(
        Conversation.ticket_id == bindparam("ticket", type_=BigId),
        Promise.state.in_(OWED),
        Promise.kept_by_id.is_(None),
    ),
)


def on(ticket_id: int) -> list[Owed]:
    """Return what is owed and promised on a ticket, what is due first at the beginning; one statement."""
    return sorted(_owed(*row) for row in run(_ON, ticket=ticket_id))


def _owed(due_at: datetime, soon_at: datetime, breach_at: datetime, opened_at: datetime, is_promise: int) -> Owed:
    soon = warn_at(opened_at, due_at) if is_promise else soon_at
    return Owed(due_at, soon, breach_at, opened_at, bool(is_promise))
