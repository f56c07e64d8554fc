"""Firing what a promise leads to: a word to whoever gave it before its time is up, and to the leads once it has passed.

As with obligations, whoever changes the row first has fired the rung, and everything it says is written in that commit.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from app import queue
from app.db import Afterwards, db, once_more, transaction
from app.desk.escalation import WARN, leads_of
from app.desk.promises import OWED, warn_at
from app.desk.spoken import deadline, language_of
from app.desk.writing import add, held_by, record
from app.models import UNFIRED, Agent, Calendar, Notification, NotificationState, Promise, PromiseState, Ticket
from sla.ladder import BREACH, Rung, to_fire

_SUBJECTS = {
    ("de", WARN): "Ihre Zusage ist bald fällig: Anliegen {number}",
    ("de", BREACH): "Zusage nicht gehalten: Anliegen {number}",
    ("en", WARN): "Your promise is due soon: request {number}",
    ("en", BREACH): "Promise not kept: request {number}",
}


def due(*, at: datetime, limit: int = 1000) -> list[int]:
    """Return the promises whose next rung is due, the earliest first; reads the partial index only."""
    rows = (
        select(Promise.id)
        .where(UNFIRED, Promise.rung_at <= at, Promise.kept_by_id.is_(None))
        .order_by(Promise.rung_at, Promise.id)
    )
    return list(db.session.scalars(rows.limit(limit)))


@once_more
def fire(promise_id: int, *, at: datetime) -> str:
    """Fire the highest rung that has passed and return its name; empty if another tick did, or nothing is due."""
    with transaction() as afterwards:
        promise = db.session.get(Promise, promise_id)
        if promise is None or promise.state not in OWED or promise.kept_by_id is not None:
            return ""
        ticket = held_by(promise.conversation_id)
        rungs = (Rung(WARN, warn_at(promise.promised_at, promise.due_at)), Rung(BREACH, promise.due_at))
        rung, ahead = to_fire(rungs, promise.fired or None, at)
        if rung is None or not _take(promise, rung, ahead):
            return ""
        kind = "promise_broken" if rung.name == BREACH else "promise_warned"
        record(kind, ticket_id=ticket.id, at=at, afterwards=afterwards, promise=promise.id)
        _tell(promise, ticket, rung.name, kind=kind, at=at, afterwards=afterwards)
    return rung.name


def _take(promise: Promise, rung: Rung, ahead: Rung | None) -> bool:
    taken = db.session.scalar(
        update(Promise)
        .where(Promise.id == promise.id, Promise.fired == promise.fired, Promise.state.in_(OWED))
        .values(
            fired=rung.name,
            rung_at=ahead.at if ahead else None,
            state=PromiseState.BROKEN if rung.name == BREACH else PromiseState.OPEN,
        )
        .returning(Promise.id)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


def _tell(promise: Promise, ticket: Ticket, rung: str, *, kind: str, at: datetime, afterwards: Afterwards) -> None:
    """Warn whoever gave the promise; of a broken one the leads hear, too."""
    owner = db.session.get_one(Agent, promise.owner_id)
    people = {owner.id: owner}
    if rung == BREACH:
        people |= {agent.id: agent for agent in leads_of(ticket.team_id)}
    name = db.session.scalar(select(Calendar.time_zone).order_by(Calendar.id).limit(1))
    zone = ZoneInfo(name or "Europe/Berlin")
    for agent in people.values():
        if not agent.is_active:
            continue
        subject = _SUBJECTS[language_of(agent.language), rung].format(number=ticket.number)
        until = deadline(promise.due_at, now=at, zone=zone, language=agent.language)
        notification_id = add(
            Notification,
            key=f"promise:{promise.id}:{rung}",
            kind=kind,
            agent_id=agent.id,
            ticket_id=ticket.id,
            subject=f"{subject} – {ticket.subject}"[:300],
            text=f"{owner.name}, {until}: {ticket.customer_name}\n\n{promise.text}",
            at=at,
            state=NotificationState.QUEUED,
        )
        afterwards.append(lambda id_=notification_id: queue.notify_later(id_))  # type: ignore[misc]
