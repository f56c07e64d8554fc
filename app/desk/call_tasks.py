"""Calls to be made: asked for by a rung, done by a phone note, or given up with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, or_, select, update

from app.access import Person
from app.db import Afterwards, db, once_more, transaction
from app.desk.writing import HOLD, add, held, record
from app.errors import NotFound, Refused
from app.models import Agent, CallTask, Identity, Role, Ticket, membership

NUMBERS = ("phone", "whatsapp")
MOST_NUMBERS = 5
LONGEST_REASON = 300


def ask(
    *,
    key: str,
    ticket: Ticket,
    team_id: int | None,
    agent_id: int | None = None,
    reason: str,
    due_at: datetime | None = None,
    at: datetime,
    afterwards: Afterwards,
) -> int | None:
    """Inside a verb: ask for a call of the ticket's customer, by `agent_id` or anybody of the team; returns its id.

    Who does not see the ticket cannot know whom to call: then it is anybody's of the team. None where this was asked
    for before under the same key.
    """
    if db.session.scalar(select(CallTask.id).where(CallTask.key == key)) is not None:
        return None
    task_id = add(
        CallTask,
        key=key,
        ticket_id=ticket.id,
        team_id=team_id,
        agent_id=agent_id if agent_id and _sees(agent_id, ticket, team_id) else None,
        numbers=_numbers(ticket.customer_id),
        reason=reason[:LONGEST_REASON],
        made_at=at,
        due_at=due_at,
    )
    record("call_asked", ticket_id=ticket.id, at=at, afterwards=afterwards, task=task_id, reason=reason)
    return task_id


def _sees(agent_id: int, ticket: Ticket, team_id: int | None) -> bool:
    agent = db.session.get_one(Agent, agent_id)
    seat = membership.c.agent_id == agent_id, membership.c.team_id == team_id
    is_free = agent.role is Role.ADMIN or agent_id == ticket.assignee_id
    return is_free or db.session.scalar(select(membership.c.agent_id).where(*seat)) is not None


def follow(ticket: Ticket) -> None:
    """Inside a verb that holds the ticket: calls to be made go with it to its team, free of who has no seat there."""
    seats = select(membership.c.agent_id).where(membership.c.team_id == ticket.team_id)
    stays = or_(CallTask.agent_id == ticket.assignee_id, CallTask.agent_id.in_(seats))
    db.session.execute(
        update(CallTask)
        .where(CallTask.ticket_id == ticket.id, CallTask.done_at.is_(None))
        .values(team_id=ticket.team_id, agent_id=case((stays, CallTask.agent_id), else_=None)),
        execution_options={"synchronize_session": False},
    )


def _numbers(customer_id: int) -> list[str]:
    found = select(Identity.value).where(Identity.customer_id == customer_id, Identity.kind.in_(NUMBERS))
    values = db.session.scalars(found.order_by(Identity.id.desc()).limit(MOST_NUMBERS))
    return list(dict.fromkeys(value if value.startswith("+") else f"+{value}" for value in values))


@once_more
def give(task_id: int, agent_id: int | None, *, by: Person, at: datetime) -> int | None:
    """Say who calls; None: anybody of the team. Returns who it was before, to undo it."""
    with transaction() as afterwards:
        task = _held(task_id)
        if task.done_at is not None:
            raise Refused("Dieser Rückruf ist schon erledigt.")
        agent = db.session.get(Agent, agent_id) if agent_id else None
        if agent_id and (agent is None or not agent.is_active):
            raise NotFound("Diese Person gibt es nicht.")
        before, task.agent_id = task.agent_id, agent.id if agent else None
        record(
            "call_given",
            ticket_id=task.ticket_id,
            at=at,
            actor_id=by.id,
            afterwards=afterwards,
            task=task_id,
            to=agent.name if agent else "",
        )
        return before


@once_more
def finish(task_id: int, *, reason: str, by: Person, at: datetime) -> None:
    """Say that nobody has to call any more, and why; a task that is done stays as it is."""
    words = reason.replace("\0", "").strip()
    if not words:
        raise Refused("Bitte sagen Sie, warum kein Anruf mehr nötig ist.", field="reason")
    if len(words) > LONGEST_REASON:
        raise Refused("Der Grund ist zu lang: höchstens %(most)s Zeichen.", field="reason", most=LONGEST_REASON)
    with transaction() as afterwards:
        task = _held(task_id)
        if task.done_at is None:
            _end(task, words, by=by, at=at, afterwards=afterwards)


@once_more
def reopen(task_id: int, *, by: Person, at: datetime) -> None:
    """Take a task up again that was done by mistake."""
    with transaction() as afterwards:
        task = _held(task_id)
        if task.done_at is None:
            return
        task.done_at = task.done_by_id = None
        task.done_reason = ""
        record("call_reopened", ticket_id=task.ticket_id, at=at, actor_id=by.id, afterwards=afterwards, task=task_id)


def called(ticket_id: int, *, by: Person, at: datetime, afterwards: Afterwards) -> None:
    """Inside the verb of a phone note, the ticket held: whoever had to be called has been, reached or not."""
    undone = select(CallTask).where(CallTask.ticket_id == ticket_id, CallTask.done_at.is_(None))
    for task in db.session.scalars(undone.order_by(CallTask.id)):
        _end(task, "", by=by, at=at, afterwards=afterwards)


def _held(task_id: int) -> CallTask:
    """Return the task with its ticket's row held first, as every verb does."""
    ticket_id = db.session.scalar(select(CallTask.ticket_id).where(CallTask.id == task_id))
    if ticket_id is None:
        raise NotFound("Diesen Rückruf gibt es nicht.")
    held(ticket_id)
    return db.session.get_one(CallTask, task_id, with_for_update=HOLD, populate_existing=True)


def _end(task: CallTask, reason: str, *, by: Person, at: datetime, afterwards: Afterwards) -> None:
    task.done_at, task.done_by_id, task.done_reason = at, by.id, reason
    record(
        "call_done",
        ticket_id=task.ticket_id,
        at=at,
        actor_id=by.id,
        afterwards=afterwards,
        task=task.id,
        reason=reason,
    )
