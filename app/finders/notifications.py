"""What fired, when, why, and who was told how."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.access import Person, sees_all, visible
from app.db import db
from app.finders.directory import agents_called
from app.models import UNREAD, Agent, Firing, Notification, NotificationState, Ticket, Via

MOST_UNREAD = 100


class Way(NamedTuple):
    """One way somebody was told by, and how far that came."""

    via: Via
    state: NotificationState
    at: datetime | None
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRow:
    """One word to one person; `state`, `sent_at` and `fault` are those of the mail where there is one."""

    id: int
    at: datetime
    kind: str
    key: str
    to: str
    to_name: str
    ticket: int | None
    subject: str
    text: str
    read_at: datetime | None
    ways: list[Way]
    reason: dict[str, Any]
    """Why it fired: what the rung wrote down; empty for what no rung led to."""

    @property
    def _mail(self) -> Way:
        return next((way for way in self.ways if way.via is Via.MAIL), self.ways[0])

    @property
    def state(self) -> NotificationState:
        return self._mail.state

    @property
    def sent_at(self) -> datetime | None:
        return self._mail.at

    @property
    def fault(self) -> str:
        return self._mail.fault


class Told(NamedTuple):
    """A word in somebody's own inbox."""

    id: int
    at: datetime
    kind: str
    subject: str
    text: str
    ticket: int | None
    read_at: datetime | None


def page(person: Person, *, to: str = "", before: int = 0, limit: int) -> tuple[list[NotificationRow], int]:
    """Return the newest words, each once however many ways it took; `to` is an agent's id, address or name.

    Agents see their own, leads also those on tickets they may see. The second value is the id to go on before.
    """
    other = aliased(Notification)
    inbox = select(other.id).where(
        other.key == Notification.key, other.agent_id == Notification.agent_id, other.id < Notification.id
    )
    statement = (
        select(Notification, Agent.email, Agent.name)
        .join(Agent, Agent.id == Notification.agent_id)
        # The first of its ways stands for all of them: they are written in one commit.
        .where(~inbox.exists())
        .order_by(Notification.id.desc())
        .limit(limit + 1)
    )
    if not sees_all(person):
        own = Notification.agent_id == person.id
        seen = select(Ticket.id).where(Ticket.id == Notification.ticket_id, visible(person)).exists()
        statement = statement.where(or_(own, seen) if person.is_lead else own)
    if to:
        statement = statement.where(Notification.agent_id.in_(agents_called(to)))
    if before:
        statement = statement.where(Notification.id < before)
    found = db.session.execute(statement).all()
    keys = [row.Notification.key for row in found[:limit]]
    ways, reasons = _ways(person, keys), _reasons(keys)
    rows = [_row(each, email, name, ways, reasons) for each, email, name in found[:limit]]
    return rows, rows[-1].id if len(found) > limit else 0


def _row(
    each: Notification,
    email: str,
    name: str,
    ways: dict[tuple[str, int], list[Way]],
    reasons: dict[str, dict[str, Any]],
) -> NotificationRow:
    return NotificationRow(
        id=each.id,
        at=each.at,
        kind=each.kind,
        key=each.key,
        to=email,
        to_name=name,
        ticket=each.ticket_id,
        subject=each.subject,
        text=each.text,
        read_at=each.read_at,
        ways=ways[each.key, each.agent_id],
        reason=reasons.get(each.key, {}),
    )


def _ways(person: Person, keys: Collection[str]) -> dict[tuple[str, int], list[Way]]:
    """Return the ways of each word; what the address of a device answered is said to administrators only.

    Anybody may name such an address, so its answers would show them machines that they cannot reach themselves.
    """
    found: dict[tuple[str, int], list[Way]] = {}
    rows = select(Notification).where(Notification.key.in_(keys)).order_by(Notification.id)
    for each in db.session.scalars(rows):
        fault = "" if each.via is Via.PUSH and not person.is_admin else each.fault_words
        way = Way(each.via, each.state, each.sent_at, fault)
        found.setdefault((each.key, each.agent_id), []).append(way)
    return found


def _reasons(keys: Collection[str]) -> dict[str, dict[str, Any]]:
    rows = select(Firing.key, Firing.rung, Firing.reached_at, Firing.details).where(Firing.key.in_(keys))
    return {
        key: {"rung": rung, "reached_at": reached_at, **details}
        for key, rung, reached_at, details in db.session.execute(rows)
    }


def unread(person: Person) -> list[Told]:
    """Return what this person has not read, the newest first."""
    return _told(person, True, limit=MOST_UNREAD)


def read(person: Person, *, limit: int) -> list[Told]:
    """Return what this person has read, the newest first."""
    return _told(person, False, limit=limit)


def _told(person: Person, is_unread: bool, *, limit: int) -> list[Told]:  # noqa: FBT001 - one question, asked twice
    which = [UNREAD] if is_unread else [Notification.via == Via.INBOX, Notification.read_at.is_not(None)]
    rows = db.session.execute(
        select(
            Notification.id,
            Notification.at,
            Notification.kind,
            Notification.subject,
            Notification.text,
            Notification.ticket_id,
            Notification.read_at,
        )
        .where(Notification.agent_id == person.id, *which)
        .order_by(Notification.id.desc())
        .limit(limit)
    )
    return [Told._make(row) for row in rows]
