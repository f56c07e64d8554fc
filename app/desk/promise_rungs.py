"""Climbing the ladders of promises: who is to keep one is told on every rung, the others as its policy's ladder says.

A promise was given in the customer's time, so its percentages are of real time, and it is broken when that is up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select

from app.db import UtcDateTime, db
from app.desk import crowding, rung_words
from app.desk.climbing import promised_rungs, promised_steps
from app.desk.promises import OWED
from app.desk.rungs import Clock, fire_all, swap
from app.desk.staff import Staff
from app.desk.telling import Words
from app.desk.writing import run
from app.models import UNFIRED, Agent, Conversation, Message, Promise, PromiseState, Ticket
from sla.ladder import BREACH
from sla.steps import Steps, level_of

_KINDS = {"soon": "promise_warned", BREACH: "promise_broken", "again": "promise_again"}
_EVENTS = {**_KINDS, "again": "fired"}


def due(*, at: datetime, limit: int = 1000) -> list[int]:
    """Return the promises whose next rung is due, the earliest first; reads the partial index only."""
    return list(run(_DUE, at=at, most=limit).scalars())


_DUE = (
    select(Promise.id)
    .where(UNFIRED, Promise.rung_at <= bindparam("at", type_=UtcDateTime()), Promise.kept_by_id.is_(None))
    .order_by(Promise.rung_at, Promise.id)
    .limit(bindparam("most"))
)


def fire(promise_id: int, *, at: datetime) -> str:
    """Fire the highest rung that has passed and return its name; empty if another tick did, or nothing is due."""
    return fire_all(load, [promise_id], at=at).get(promise_id, "")


def teams(ids: Sequence[int]) -> Counter[int | None]:
    """Count these by the team that holds their ticket."""
    return crowding.teams_of(_TEAMS, ids)


_TEAMS = (
    select(Ticket.team_id)
    .join(Conversation, Conversation.ticket_id == Ticket.id)
    .join(Promise, Promise.conversation_id == Conversation.id)
    .where(Promise.id.in_(bindparam("ids", expanding=True)))
)


def load(ids: Sequence[int], staff: Staff) -> Iterator[Clock]:
    """Hold the tickets first, as every verb does, and reckon each promise that is still owed."""
    tickets = {ticket.id: ticket for ticket in db.session.scalars(_HELD, {"ids": ids})}
    for promise, ticket_id, owner, giver_id in db.session.execute(_ROWS, {"ids": ids}):
        if ticket_id in tickets:
            yield _clock(promise, owner, tickets[ticket_id], staff, giver_id=giver_id)


_HELD = (
    select(Ticket)
    .join(Conversation, Conversation.ticket_id == Ticket.id)
    .join(Promise, Promise.conversation_id == Conversation.id)
    .where(Promise.id.in_(bindparam("ids", expanding=True)))
    .order_by(Ticket.id)
    .with_for_update(of=Ticket, key_share=True)
)
_ROWS = (
    select(Promise, Conversation.ticket_id, Agent, Message.author_id)
    .join(Conversation, Conversation.id == Promise.conversation_id)
    .join(Agent, Agent.id == Promise.owner_id)
    .outerjoin(Message, Message.id == Promise.message_id)
    .where(Promise.id.in_(bindparam("ids", expanding=True)), Promise.state.in_(OWED), Promise.kept_by_id.is_(None))
    .order_by(Promise.rung_at, Promise.id)
)


def _clock(promise: Promise, owner: Agent, ticket: Ticket, staff: Staff, *, giver_id: int | None) -> Clock:
    steps = _told_of_the_end(promised_steps(promise.conversation_id), giver_id)
    return Clock(
        subject="promise",
        id=promise.id,
        ticket=ticket,
        team_id=ticket.team_id,
        assignee_id=ticket.assignee_id,
        owner_id=promise.owner_id,
        steps=steps,
        fired=promise.fired,
        rungs=promised_rungs(steps, promised_at=promise.promised_at, due_at=promise.due_at),
        elapsed=lambda at: at - promise.promised_at,
        why={"promised_at": promise.promised_at.isoformat(), "due_at": promise.due_at.isoformat()},
        kind=lambda rung: _KINDS[rung_words.height(rung)],
        event=lambda rung: (_EVENTS[rung_words.height(rung)], {"promise": promise.id}),
        words=lambda rung, at: _words(promise, owner, ticket, staff, rung, at),
        take=lambda fired, rung_at: _take(promise, fired, rung_at),
    )


def _told_of_the_end(steps: Steps, giver_id: int | None) -> Steps:
    """Let whoever gave their word hear that it is broken, also where somebody else was to keep it."""
    if giver_id is None:
        return steps
    told = (replace(step, to=(*step.to, f"agent:{giver_id}")) if step.percent is None else step for step in steps.steps)
    return replace(steps, steps=tuple(told))


def _words(promise: Promise, owner: Agent, ticket: Ticket, staff: Staff, rung: str, at: datetime) -> Words:
    return rung_words.of_promise(promise, owner, ticket, rung, zone=staff.zone(None), at=at)


def _take(promise: Promise, fired: str, rung_at: datetime | None) -> bool:
    is_broken = level_of(fired) >= level_of(BREACH)
    state = PromiseState.BROKEN if is_broken else PromiseState.OPEN
    return swap(promise, OWED, fired=fired, rung_at=rung_at, state=state)
