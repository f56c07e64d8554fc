"""What decides about a ticket's deadline: what it owes an answer to, and what somebody has promised."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, case, literal, or_, select, union_all

from app.desk.promises import OWED, warn_at
from app.desk.writing import run
from app.models import Conversation, Obligation, ObligationState, Promise
from app.models.columns import BigId

_ANSWER, _PROMISE, _WAIT = range(3)


class Owed(NamedTuple):
    """One deadline; they compare by what is due first."""

    due_at: datetime
    soon_at: datetime
    breach_at: datetime
    opened_at: datetime


_ON = union_all(
    select(
        Obligation.due_at,
        Obligation.soon_at,
        Obligation.breach_at,
        Obligation.opened_at,
        case((Obligation.is_held, literal(_WAIT)), else_=literal(_ANSWER)).label("what"),
    )
    .join(Conversation, Conversation.id == Obligation.conversation_id)
    .where(
        Conversation.ticket_id == bindparam("ticket", type_=BigId),
        or_(
            (Obligation.state == ObligationState.OPEN) & Obligation.answered_by_id.is_(None),
            Obligation.is_held,
        ),
    ),
    select(Promise.due_at, Promise.due_at, Promise.due_at, Promise.promised_at, literal(_PROMISE))
    .join(Conversation, Conversation.id == Promise.conversation_id)
    .where(
        Conversation.ticket_id == bindparam("ticket", type_=BigId),
        Promise.state.in_(OWED),
        Promise.kept_by_id.is_(None),
    ),
)


def on(ticket_id: int) -> tuple[list[Owed], datetime | None]:
    """Return what is owed and promised on a ticket, and since when its customer waits; one statement.

    What is due first comes first. After a holding reply nothing may be owed while the customer still waits.
    """
    rows = run(_ON, ticket=ticket_id).all()
    waits_since = min((row.opened_at for row in rows if row.what != _PROMISE), default=None)
    return sorted(_owed(*row) for row in rows if row.what != _WAIT), waits_since


def _owed(due_at: datetime, soon_at: datetime, breach_at: datetime, opened_at: datetime, what: int) -> Owed:
    soon = warn_at(opened_at, due_at) if what == _PROMISE else soon_at
    return Owed(due_at, soon, breach_at, opened_at)
