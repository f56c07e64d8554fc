"""Telling some of us: in their own hours, by the ways they want, whoever is away through their deputy; never twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from app import queue
from app.db import Afterwards, db
from app.desk import bell
from app.desk.staff import Staff
from app.desk.writing import run, upsert
from app.models import Agent, Notification, NotificationState, Ticket, Via
from sla.repeats import told_at

Words = Callable[[str], tuple[str, str]]
"""Subject and text in the language of whoever reads them."""
LONGEST_SUBJECT = 300


def tell(
    people: Iterable[Agent],
    *,
    key: str,
    kind: str,
    ticket: Ticket | None,
    words: Words,
    via: Collection[Via] = (Via.INBOX, Via.MAIL),
    at: datetime,
    is_grave: bool = False,
    afterwards: Afterwards,
    staff: Staff | None = None,
    not_before: Mapping[int, datetime] | None = None,
) -> list[int]:
    """Inside a verb: write one notification per person and way, and return who is told.

    What they were told before under this key they are not told again. Mails and devices wait for the person's hours,
    unless it is grave; `not_before` gives an instant in their hours by agent, for what is told again and again.
    """
    staff = staff or Staff(at)
    told: list[int] = []
    for agent in staff.present(people):
        subject, text = words(agent.language)
        starts_at = _starts_at(agent, staff, at, is_grave=is_grave, own=(not_before or {}).get(agent.id))
        shared = {
            "key": key,
            "kind": kind,
            "agent_id": agent.id,
            "ticket_id": ticket.id if ticket else None,
            "subject": subject[:LONGEST_SUBJECT],
            "text": text,
            "at": at,
        }
        for way in staff.ways(agent, kind, via):
            _write(way, shared, starts_at=starts_at, at=at, afterwards=afterwards)
        told.append(agent.id)
    bell.ring(told, ticket_id=ticket.id if ticket else None, afterwards=afterwards)
    return told


def _starts_at(agent: Agent, staff: Staff, at: datetime, *, is_grave: bool, own: datetime | None) -> datetime:
    if is_grave or own is not None:
        return max(at, own or at)
    hours = staff.hours(agent)
    return told_at(at, hours) if hours else at


def _write(
    way: Via, shared: Mapping[str, object], *, starts_at: datetime, at: datetime, afterwards: Afterwards
) -> None:
    is_inbox = way is Via.INBOX
    waits = starts_at > at and not is_inbox
    state = NotificationState.WAITING if waits else NotificationState.QUEUED
    notification_id = run(
        _insertion(db.engine.dialect.name),
        **shared,
        via=way,
        state=NotificationState.SENT if is_inbox else state,
        sent_at=at if is_inbox else None,
        retry_at=starts_at if waits else None,
    ).scalar_one_or_none()
    if notification_id is not None and not is_inbox and not waits:
        send_later(way, notification_id, afterwards)


class _Wake:
    """What a transaction hands to the workers by one way, in one exchange once it is committed."""

    def __init__(self, way: Via) -> None:
        self.way = way
        self.ids: list[int] = []

    def __call__(self) -> None:
        (queue.push_later if self.way is Via.PUSH else queue.notify_later)(*self.ids)


def send_later(way: Via, notification_id: int, afterwards: Afterwards) -> None:
    """Hand a notification to a worker once it is committed."""
    wake = next((act for act in afterwards if isinstance(act, _Wake) and act.way is way), None)
    if wake is None:
        wake = _Wake(way)
        afterwards.append(wake)
    wake.ids.append(notification_id)


@cache
def _insertion(_dialect: str) -> Any:
    statement = upsert(Notification).on_conflict_do_nothing(index_elements=["key", "agent_id", "via"])
    return statement.returning(Notification.id)
