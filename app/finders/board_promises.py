"""What was promised to customers and has to be done today."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, case, exists, func, select, true
from sqlalchemy.orm import aliased

from app.db import db
from app.finders.board_scope import Scope, among, at
from app.models import UNKEPT, Agent, Channel, Conversation, Promise, Team, Ticket

_assignee = aliased(Agent)
MOST = 8
"""Rows that are told one by one; the counts know all."""


class PromiseDue(NamedTuple):
    """One promise; `assignee` is who answers the ticket now, None where nobody does."""

    number: int
    customer_name: str
    text: str
    due_at: datetime
    owner: str
    assignee: str | None
    channel: str
    is_public: bool
    team: str | None
    """With whom the ticket lies."""


@dataclass(frozen=True, slots=True)
class Promises:
    """What is due until the day ends: `broken` ones are past their time, `ahead` ones are not yet."""

    broken: int = 0
    ahead: int = 0
    first: list[PromiseDue] = field(default_factory=list)


def owed_until(until: ColumnElement[datetime]) -> tuple[Any, ...]:
    """Return the conditions on what is still owed of what was promised up to an instant."""
    return UNKEPT, Promise.kept_by_id.is_(None), Promise.due_at < until


def promises(scope: Scope, *, now: datetime, until: datetime) -> Promises:
    """Read what is promised up to `until` and still owed, the earliest first; an answer on its way is no debt."""
    asked = {"now": now, "until": until, **scope.named}
    rows = db.session.connection().execute(_asked(is_all=scope.is_all), asked).all()
    if not rows:
        return Promises()
    *_columns, all_, broken = rows[0]
    return Promises(int(broken), all_ - int(broken), [PromiseDue._make(row[:9]) for row in rows])


@cache
def _asked(*, is_all: bool) -> Select[*tuple[Any, ...]]:
    """Build the question once: that takes longer than a small shop takes to answer it."""
    owed = _owed(is_all=is_all)
    return (
        select(
            Ticket.id,
            Ticket.customer_name,
            Promise.text,
            Promise.due_at,
            Agent.name,
            select(_assignee.name).where(_assignee.id == Ticket.assignee_id).scalar_subquery(),
            Channel.kind,
            Conversation.is_public,
            Team.name,
            owed.c.all,
            owed.c.broken,
        )
        .select_from(owed)
        .join(Promise, Promise.id == owed.c.id)
        .join(Conversation, Conversation.id == Promise.conversation_id)
        .join(Channel, Channel.id == Conversation.channel_id)
        .join(Ticket, Ticket.id == Conversation.ticket_id)
        .join(Agent, Agent.id == Promise.owner_id)
        .outerjoin(Team, Team.id == Ticket.team_id)
        .order_by(Promise.due_at, Promise.id)
    )


def _owed(*, is_all: bool) -> Subquery:
    """Return the first of what is owed, each with how many there are and how many of them are late.

    Only a team has to be looked up at the tickets: for all of them the promises alone are counted.
    """
    is_broken = case((Promise.due_at <= at("now"), 1), else_=0)
    its = exists().where(
        Conversation.id == Promise.conversation_id,
        Ticket.id == Conversation.ticket_id,
        among(Ticket.team_id, is_all=False),
    )
    return (
        select(Promise.id, func.count().over().label("all"), func.sum(is_broken).over().label("broken"))
        .where(*owed_until(at("until")), true() if is_all else its)
        .order_by(Promise.due_at, Promise.id)
        .limit(MOST)
        .subquery()
    )
