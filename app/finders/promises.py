"""What was promised on a ticket, for whoever keeps it and whoever watches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Executable, bindparam, func, select
from sqlalchemy.orm import aliased

from app.db import db
from app.models import UNKEPT, Agent, Conversation, Message, Promise, PromiseState
from app.models.columns import BigId


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise; `by` gave it, `owner` stands for it now, both by address."""

    id: int
    conversation: int
    message: int | None
    text: str
    by: str
    owner: str
    owner_id: int
    owner_name: str
    count: int
    at: datetime
    due: datetime
    state: PromiseState
    kept_by: int | None
    """The answer; programs are told of it."""
    settled_at: datetime | None
    reason: str


_giver = aliased(Agent)
_ALL = (
    select(
        Promise.id,
        Promise.conversation_id,
        Promise.message_id,
        Promise.text,
        func.coalesce(_giver.email, Agent.email),
        Agent.email,
        Agent.id,
        Agent.name,
        Promise.count,
        Promise.promised_at,
        Promise.due_at,
        Promise.state,
        Promise.kept_by_id,
        Promise.settled_at,
        Promise.reason,
    )
    .join(Conversation, Conversation.id == Promise.conversation_id)
    .join(Agent, Agent.id == Promise.owner_id)
    .outerjoin(Message, Message.id == Promise.message_id)
    .outerjoin(_giver, _giver.id == Message.author_id)
    .where(Conversation.ticket_id == bindparam("ticket", type_=BigId))
    .order_by(Promise.id)
)
_OWED = _ALL.where(UNKEPT, Promise.kept_by_id.is_(None))


def on_ticket(number: int) -> list[Promised]:
    """Return every promise on a ticket's conversations, the oldest first."""
    return _asked(_ALL, number)


def owed_on(number: int) -> list[Promised]:
    """Return the promises of a ticket that somebody still has to keep; an answer on its way keeps its own."""
    return _asked(_OWED, number)


def _asked(statement: Executable, number: int) -> list[Promised]:
    return [Promised(*row) for row in db.session.connection().execute(statement, {"ticket": number})]
