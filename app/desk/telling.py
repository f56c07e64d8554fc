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
from app.desk.writing import upsert
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
    rows: list[dict[str, object]] = []
    told = staff.present(people)
    for agent in told:
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
        rows += [shared | _sending(way, starts_at, at=at) for way in staff.ways(agent, kind, via)]
    if rows:
        _write(rows, afterwards)
        _ring([agent.id for agent in told], ticket, afterwards)
    return [agent.id for agent in told]


def _starts_at(agent: Agent, staff: Staff, at: datetime, *, is_grave: bool, own: datetime | None) -> datetime:
    if is_grave or own is not None:
        return max(at, own or at)
    hours = staff.hours(agent)
    return told_at(at, hours) if hours else at


def _sending(way: Via, starts_at: datetime, *, at: datetime) -> dict[str, object]:
    """Return where one word begins: in the inbox it is at once, on every other way it may have to wait."""
    if way is Via.INBOX:
        return {"via": way, "state": NotificationState.SENT, "sent_at": at, "retry_at": None}
    if starts_at > at:
        return {"via": way, "state": NotificationState.WAITING, "sent_at": None, "retry_at": starts_at}
    return {"via": way, "state": NotificationState.QUEUED, "sent_at": None, "retry_at": None}


def _write(rows: list[dict[str, object]], afterwards: Afterwards) -> None:
    """Write what was not told before, and hand what need not wait to the workers."""
    for id_, way, state in db.session.connection().execute(_insertion(db.engine.dialect.name), rows):
        if state is NotificationState.QUEUED:
            send_later(way, id_, afterwards)


class _Ring:
    """Whose bells ring once a transaction is committed, all of them in one signal."""

    def __init__(self, ticket_id: int | None) -> None:
        self.ticket_id = ticket_id
        self.agents: set[int] = set()

    def __call__(self) -> None:
        rung: Afterwards = []
        bell.ring(self.agents, ticket_id=self.ticket_id, afterwards=rung)
        for act in rung:
            act()


def _ring(agent_ids: Iterable[int], ticket: Ticket | None, afterwards: Afterwards) -> None:
    ticket_id = ticket.id if ticket else None
    ring = next((act for act in afterwards if isinstance(act, _Ring)), None)
    if ring is None:
        ring = _Ring(ticket_id)
        afterwards.append(ring)
    if ring.ticket_id != ticket_id:
        ring.ticket_id = None
    ring.agents.update(agent_ids)


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
    return statement.returning(Notification.id, Notification.via, Notification.state)
