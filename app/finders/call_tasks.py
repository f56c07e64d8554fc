"""Calls to be made: whom, at which number, what was said last, what was promised, and since when they wait."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import aliased

from app.access import Person, sees_all, visible
from app.db import db
from app.errors import NotFound
from app.models import (
    UNCALLED_BACK,
    UNKEPT,
    Agent,
    CallTask,
    Conversation,
    Direction,
    Message,
    Promise,
    Team,
    Ticket,
)

MOST = 100
LAST = 3


class LastSaid(NamedTuple):
    author: str
    is_out: bool
    text: str
    at: datetime


class Promised(NamedTuple):
    text: str
    due_at: datetime
    by: str


@dataclass(slots=True, kw_only=True)
class Task:
    """A call to be made, with what whoever makes it must know; `since` is how long the customer has been waiting."""

    id: int
    ticket: int
    subject: str
    customer: str
    numbers: list[str]
    reason: str
    made_at: datetime
    due_at: datetime | None
    since: datetime | None
    team: str
    agent_id: int | None
    agent: str
    done_at: datetime | None
    done_by: str
    done_reason: str
    messages: list[LastSaid] = field(default_factory=list)
    promises: list[Promised] = field(default_factory=list)


def undone(person: Person) -> list[Task]:
    """Return the calls this person or their teams are to make, the most urgent first."""
    order = (CallTask.due_at.is_(None), CallTask.due_at, CallTask.id)
    tasks = _tasks(person, UNCALLED_BACK, order)
    numbers = {task.ticket for task in tasks}
    messages, promises = _last_said(numbers), _promises(numbers)
    for task in tasks:
        task.messages, task.promises = messages.get(task.ticket, []), promises.get(task.ticket, [])
    return tasks


def done(person: Person, *, since: datetime) -> list[Task]:
    """Return the calls that were made or given up since then, the last first."""
    return _tasks(person, CallTask.done_at >= since, (CallTask.done_at.desc(), CallTask.id.desc()))


def _tasks(person: Person, which: Any, order: tuple[Any, ...]) -> list[Task]:
    caller, doer = aliased(Agent), aliased(Agent)
    rows = db.session.execute(
        select(
            CallTask,
            Ticket.subject,
            Ticket.customer_name,
            Ticket.oldest_unanswered_at,
            Team.name.label("team"),
            caller.name.label("agent"),
            doer.name.label("done_by"),
        )
        .join(Ticket, Ticket.id == CallTask.ticket_id)
        .outerjoin(Team, Team.id == CallTask.team_id)
        .outerjoin(caller, caller.id == CallTask.agent_id)
        .outerjoin(doer, doer.id == CallTask.done_by_id)
        .where(which, _whose(person))
        .order_by(*order)
        .limit(MOST)
    )
    return [
        Task(
            id=row.CallTask.id,
            ticket=row.CallTask.ticket_id,
            subject=row.subject,
            customer=row.customer_name,
            numbers=[str(number) for number in row.CallTask.numbers],
            reason=row.CallTask.reason,
            made_at=row.CallTask.made_at,
            due_at=row.CallTask.due_at,
            since=row.oldest_unanswered_at,
            team=row.team or "",
            agent_id=row.CallTask.agent_id,
            agent=row.agent or "",
            done_at=row.CallTask.done_at,
            done_by=row.done_by or "",
            done_reason=row.CallTask.done_reason,
        )
        for row in rows
    ]


def _whose(person: Person) -> ColumnElement[bool]:
    """A task is its team's and its caller's while they see the ticket: it says what was written there last."""
    if sees_all(person):
        return true()
    return and_(or_(CallTask.team_id.in_(person.team_ids), CallTask.agent_id == person.id), visible(person))


def task_id(person: Person, asked: int) -> int:
    """Return the id again if this person may act on the task; raises `NotFound`."""
    found = select(CallTask.id).join(Ticket, Ticket.id == CallTask.ticket_id)
    if db.session.scalar(found.where(CallTask.id == asked, _whose(person))) is None:
        raise NotFound("Diesen Rückruf gibt es nicht.")
    return asked


def _last_said(numbers: Collection[int]) -> dict[int, list[LastSaid]]:
    place = func.row_number().over(
        partition_by=Conversation.ticket_id, order_by=(Message.sent_at.desc(), Message.id.desc())
    )
    ranked = (
        select(Message.id, Conversation.ticket_id, place.label("place"))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.ticket_id.in_(numbers), Message.is_automatic.is_(False))
        .subquery()
    )
    rows = db.session.execute(
        select(ranked.c.ticket_id, Message.author_name, Message.direction, Message.text, Message.sent_at)
        .join(ranked, ranked.c.id == Message.id)
        .where(ranked.c.place <= LAST)
        .order_by(ranked.c.ticket_id, ranked.c.place.desc())
    )
    found: dict[int, list[LastSaid]] = {}
    for number, author, direction, text, at in rows:
        found.setdefault(number, []).append(LastSaid(author, direction is Direction.OUT, text, at))
    return found


def _promises(numbers: Collection[int]) -> dict[int, list[Promised]]:
    rows = db.session.execute(
        select(Conversation.ticket_id, Promise.text, Promise.due_at, Agent.name)
        .join(Conversation, Conversation.id == Promise.conversation_id)
        .join(Agent, Agent.id == Promise.owner_id)
        .where(UNKEPT, Conversation.ticket_id.in_(numbers))
        .order_by(Promise.due_at)
    )
    found: dict[int, list[Promised]] = {}
    for number, text, due_at, name in rows:
        found.setdefault(number, []).append(Promised(text, due_at, name))
    return found
