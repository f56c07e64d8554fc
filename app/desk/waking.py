"""What waited for its reader's hours: sent now, withdrawn where nobody needs it any more, in one where it is many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from app.db import Afterwards, UtcDateTime, db, once_more, transaction
from app.desk.crowding import MOST
from app.desk.digest_words import KIND, words_of
from app.desk.digests import lines_of
from app.desk.postponing import goes_now
from app.desk.promises import OWED
from app.desk.staff import Staff
from app.desk.telling import LONGEST_SUBJECT, send_later
from app.desk.writing import run
from app.models import (
    WAITING,
    Agent,
    ClockState,
    Firing,
    Handover,
    HandoverState,
    Notification,
    NotificationState,
    Obligation,
    ObligationState,
    Promise,
    TicketClock,
    Via,
)
from sla.steps import level_of

BATCH = 1000


def due(*, at: datetime) -> bool:
    """Say whether anything has waited long enough; reads one row of the partial index."""
    return run(_DUE, at=at).first() is not None


_DUE = select(Notification.id).where(WAITING, Notification.retry_at <= bindparam("at", type_=UtcDateTime())).limit(1)


@once_more
def wake(*, at: datetime, most: int = MOST) -> int:
    """Decide about everything whose reader's hours have begun; returns how many words that were."""
    with transaction() as afterwards:
        first = select(Notification.id).where(WAITING, Notification.retry_at <= at).order_by(Notification.retry_at)
        taken = db.session.execute(
            update(Notification)
            .where(Notification.id.in_(first.limit(BATCH).scalar_subquery()), WAITING)
            .values(state=NotificationState.WITHDRAWN)
            .returning(
                Notification.id, Notification.agent_id, Notification.via, Notification.key, Notification.ticket_id
            )
        ).all()
        needed = _awake(_untold(_unsettled(taken)), at=at, afterwards=afterwards)
        for (agent_id, via), group in groupby(needed, key=lambda row: (row.agent_id, row.via)):
            _send(list(group), agent_id, via, at=at, most=most, afterwards=afterwards)
        return len(taken)


def _awake(rows: Sequence[Any], *, at: datetime, afterwards: Afterwards) -> list[Any]:
    """Leave out what must go on waiting: the tick came late and nobody works now, or the clock was muted meanwhile."""
    staff = Staff(at)
    kept = []
    for row in rows:
        notification = db.session.get_one(Notification, row.id)
        muted_until = _muted_until(row.key)
        if muted_until is not None and muted_until > at:
            notification.state, notification.retry_at = NotificationState.WAITING, muted_until
        elif goes_now(notification, at=at, staff=staff, afterwards=afterwards):
            kept.append(row)
    db.session.flush()
    return kept


def _muted_until(key: str) -> datetime | None:
    number = _number(key, "obligation")
    obligation = db.session.get(Obligation, number) if number is not None else None
    return obligation.muted_until if obligation else None


def _unsettled(rows: Sequence[Any]) -> list[Any]:
    """Leave out what was settled while its word waited."""
    running = {
        "obligation": (Obligation, (ObligationState.OPEN,)),
        "promise": (Promise, OWED),
        "clock": (TicketClock, (ClockState.RUNNING,)),
        "handover": (Handover, (HandoverState.PENDING,)),
    }
    still: dict[str, set[int]] = {}
    for subject, (model, states) in running.items():
        ids = {number for row in rows if (number := _number(row.key, subject)) is not None}
        table: Any = model.__table__
        found = select(table.c.id).where(table.c.id.in_(ids), table.c.state.in_(states))
        still[subject] = set(db.session.scalars(found)) if ids else set()
    return [
        row for row in rows if not _can_end(row.key) or _number(row.key, _subject(row.key)) in still[_subject(row.key)]
    ]


def _can_end(key: str) -> bool:
    """Say whether a word loses its sense once its matter is settled; that a hand-over was answered does not."""
    return _subject(key) in {"obligation", "promise", "clock"} or (
        _subject(key) == "handover" and key.endswith(":asked")
    )


def _subject(key: str) -> str:
    return key.partition(":")[0]


def _number(key: str, subject: str) -> int | None:
    found, number, *_ = [*key.split(":"), ""]
    return int(number) if found == subject and number.isdecimal() else None


def _untold(rows: Sequence[Any]) -> list[Any]:
    """Leave out what a higher rung of the same clock told the same person by the same way; sorted by person and way."""
    told: dict[tuple[str, str, str], int] = {}
    fired = select(Firing.key, Firing.details).where(
        Firing.ticket_id.in_({row.ticket_id for row in rows}), Firing.is_superseded.is_(False)
    )
    for key, details in db.session.execute(fired) if rows else ():
        clock, _, rung = key.rpartition(":")
        for agent_id, ways in details["to"].items():
            for via in ways:
                told[clock, agent_id, via] = max(level_of(rung), told.get((clock, agent_id, via), 0))
    return sorted((row for row in rows if not _is_told(row, told)), key=lambda row: (row.agent_id, row.via, row.id))


def _is_told(row: Any, told: Mapping[tuple[str, str, str], int]) -> bool:
    clock, _, rung = row.key.rpartition(":")
    return told.get((clock, str(row.agent_id), row.via.value), 0) > level_of(rung)


def _send(rows: list[Any], agent_id: int, via: Via, *, at: datetime, most: int, afterwards: Afterwards) -> None:
    """Send each, or those about tickets in one where they are too many; what is no single matter goes by itself."""
    about = [row for row in rows if row.ticket_id]
    if len(about) > most:
        send_later(via, _digest(about, agent_id, via, at=at), afterwards)
        rows = [row for row in rows if not row.ticket_id]
    for row in rows:
        db.session.execute(
            update(Notification)
            .where(Notification.id == row.id)
            .values(state=NotificationState.QUEUED)
            .execution_options(synchronize_session=False)
        )
        send_later(via, row.id, afterwards)


def _digest(rows: list[Any], agent_id: int, via: Via, *, at: datetime) -> int:
    agent = db.session.get_one(Agent, agent_id)
    staff = Staff(at)
    lines = lines_of(((row.ticket_id, row.key.rpartition(":")[2], None) for row in rows), at=at)
    subject, text = words_of(lines, name="", zone=staff.zone(agent.calendar_id), at=at)(agent.language)
    written = db.session.execute(
        insert(Notification)
        .values(
            key=f"digest:{via}:{max(row.id for row in rows)}",
            kind=KIND,
            via=via,
            agent_id=agent_id,
            ticket_id=None,
            subject=subject[:LONGEST_SUBJECT],
            text=text,
            at=at,
            state=NotificationState.QUEUED,
            attempts=0,
            fault_words="",
        )
        .returning(Notification.id)
    )
    return int(written.scalar_one())
