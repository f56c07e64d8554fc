"""Looking again at a word before it goes out: whether its reader is still there, and works at this hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, update

from app.db import Afterwards, database_now, db
from app.desk.staff import Staff, is_present
from app.desk.telling import tell
from app.models import Agent, Notification, NotificationState, Priority, Ticket, Via
from sla.repeats import told_at

ON_TIME = timedelta(minutes=5)
"""What goes out no later than this after its time needs no second look at the hours."""
_SUBJECTS = frozenset({"obligation", "promise", "clock", "handover", "digest"})
"""How the keys of words begin that are about work; a new password, say, never waits."""


def claimed(notification_id: int, *, via: Via, at: datetime, afterwards: Afterwards) -> Notification | None:
    """Inside a verb: take a queued word for sending; None if another worker has it, it rests, or it is to wait."""
    waiting = db.session.get(Notification, notification_id)
    if waiting is None or waiting.state is not NotificationState.QUEUED:
        return None
    if not goes_now(waiting, at=at, staff=Staff(at), afterwards=afterwards):
        return None
    taken = db.session.scalar(
        update(Notification)
        .where(
            Notification.id == notification_id,
            Notification.via == via,
            Notification.state == NotificationState.QUEUED,
            or_(Notification.retry_at.is_(None), Notification.retry_at <= at),
        )
        .values(state=NotificationState.SENDING, claimed_at=database_now(), attempts=Notification.attempts + 1)
        .returning(Notification.id)
    )
    return None if taken is None else waiting


def goes_now(row: Notification, *, at: datetime, staff: Staff, afterwards: Afterwards) -> bool:
    """Inside a verb: say whether a word goes out now; else it waits for the next hours, or its deputy has it."""
    if row.key.partition(":")[0] not in _SUBJECTS:
        return True
    agent = db.session.get_one(Agent, row.agent_id)
    if not is_present(agent, at) and _is_passed_on(row, agent, at=at, staff=staff, afterwards=afterwards):
        return False
    hours = staff.hours(agent)
    later = told_at(at, hours) if hours and _is_late(row, at) and not _is_grave(row) else at
    if later <= at:
        return True
    row.state, row.retry_at = NotificationState.WAITING, later
    return False


def _is_late(row: Notification, at: datetime) -> bool:
    """Say whether its time is long past; what was tried before is as old as it is, for hours end between two tries."""
    since = row.at if row.attempts or row.retry_at is None else max(row.at, row.retry_at)
    return at - since > ON_TIME


def _is_grave(row: Notification) -> bool:
    ticket = db.session.get(Ticket, row.ticket_id) if row.ticket_id else None
    return ticket is not None and ticket.priority is Priority.URGENT


def _is_passed_on(row: Notification, agent: Agent, *, at: datetime, staff: Staff, afterwards: Afterwards) -> bool:
    """Tell whoever stands in, in the words that were written; False where there is nobody else."""
    others = [each for each in staff.present([agent]) if each.id != agent.id]
    if not others:
        return False
    ticket = db.session.get(Ticket, row.ticket_id) if row.ticket_id else None
    written = (row.subject, row.text)
    tell(
        others,
        key=row.key,
        kind=row.kind,
        ticket=ticket,
        words=lambda _language: written,
        via=(row.via,),
        at=at,
        is_grave=_is_grave(row),
        afterwards=afterwards,
        staff=staff,
    )
    row.state = NotificationState.WITHDRAWN
    return True
