"""A policy tried on what already happened: which answers of the last weeks would have been too late under it.

Nothing is written. What was opened and settled stays as it was stored; only the target and the hours are exchanged.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, String, TextClause, select, type_coerce

from app.db import db
from app.finders.policies import policies
from app.models import SETTLED, Conversation, Customer, Obligation, ObligationState, Tag, Ticket
from sla.hours import BusinessHours, HoursError
from sla.obligations import Verdict
from sla.policies import Case, Scope, Version, choose_version
from sla.targets import Kind, Priority, Route, minutes_of

LOOKS_BACK = timedelta(days=30)
MOST_ROWS = 20_000
LONGEST_SECONDS = 3.0
MOST_SHOWN = 200
A_BATCH = 500
CANDIDATE = -1
"""Stands for the id of a version that is not written yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A policy as it would be; `policy_id` is 0 for a new one."""

    policy_id: int
    scope: Scope
    position: int
    targets: Mapping[str, Mapping[str, int]]
    hours: BusinessHours

    def within(self, kind: str, priority: str) -> timedelta | None:
        """Return the target of one answer; None where the policy names none."""
        minutes = minutes_of(self.targets, Kind(kind))
        found = minutes.get(priority, minutes.get("normal"))
        return timedelta(minutes=found) if found else None


class Late(NamedTuple):
    """One answer that would have been too late."""

    number: int
    customer_name: str
    subject: str
    kind: str
    opened_at: datetime
    settled_at: datetime | None
    within: timedelta
    took: timedelta
    was_late: bool


@dataclass(slots=True, kw_only=True)
class Rehearsal:
    """What the policy would have judged, and how; `left` are answers it judged and would not any more."""

    judged: int = 0
    late: int = 0
    late_now: int = 0
    left: int = 0
    since: datetime | None = None
    """The oldest row that was looked at, where not all could be."""
    shown: list[Late] = field(default_factory=list)


class _Row(NamedTuple):
    number: int
    priority: str
    group: str
    kind: str
    route: str
    team_id: int | None
    policy_id: int
    opened_at: datetime
    settled_at: datetime | None
    was_late: bool


def rehearse(candidate: Candidate, *, at: datetime, most: int = MOST_ROWS) -> Rehearsal:
    """Judge the answers of the last 30 days and what is open by a policy; the newest first, while time lasts."""
    versions = [*_others(candidate), _version(candidate, at)]
    rows = _rows(at - LOOKS_BACK, most, at=at)
    tags = _tags({version.scope.tag for version in versions if version.scope.tag}, at - LOOKS_BACK)
    found, chosen = Rehearsal(), _Choice(versions, at)
    ends = time.monotonic() + LONGEST_SECONDS
    for number, row in enumerate(rows):
        if number % A_BATCH == 0 and time.monotonic() > ends:
            found.since = rows[number - 1].opened_at
            break
        if chosen.of(row, tags.get(row.number, frozenset())) == CANDIDATE:
            _judge(found, candidate, row, at=at)
        elif candidate.policy_id and row.policy_id == candidate.policy_id:
            found.left += 1
    if len(rows) == most and found.since is None:
        found.since = rows[-1].settled_at or rows[-1].opened_at
    _name(found)
    return found


def _judge(found: Rehearsal, candidate: Candidate, row: _Row, *, at: datetime) -> None:
    within = candidate.within(row.kind, row.priority)
    if within is None:
        return
    try:
        took = candidate.hours.between(row.opened_at, max(row.settled_at or at, row.opened_at))
    except HoursError:
        return
    found.judged += 1
    found.late_now += row.was_late
    if took > within:
        found.late += 1
        if len(found.shown) < MOST_SHOWN:
            opened = (row.kind, row.opened_at, row.settled_at)
            found.shown.append(Late(row.number, "", "", *opened, within, took, bool(row.was_late)))


def _name(found: Rehearsal) -> None:
    """Fill in whose matters the shown ones are: the others need no names."""
    numbers = {late.number for late in found.shown}
    asked = select(Ticket.id, Ticket.customer_name, Ticket.subject).where(Ticket.id.in_(numbers))
    names = {row[0]: row for row in db.session.execute(asked)} if numbers else {}
    found.shown = [
        late._replace(customer_name=names[late.number].customer_name, subject=names[late.number].subject)
        for late in found.shown
    ]


class _Choice:
    """Which policy a row would fall under; rows that are alike are asked for once."""

    def __init__(self, versions: Collection[Version], at: datetime) -> None:
        self._versions, self._at = versions, at
        self._known: dict[tuple[object, ...], int] = {}

    def of(self, row: _Row, tags: frozenset[str]) -> int:
        key = (row.route, row.team_id, row.priority, row.group, tags)
        found = self._known.get(key)
        if found is None:
            case = Case(
                route=Route(row.route),
                team_id=row.team_id,
                tags=tags,
                priority=Priority(row.priority),
                customer_group=row.group or None,
            )
            chosen = choose_version(self._versions, case, at=self._at)
            found = self._known[key] = chosen.id if chosen else 0
        return found


def _version(candidate: Candidate, at: datetime) -> Version:
    return Version(
        id=CANDIDATE,
        policy_id=candidate.policy_id,
        scope=candidate.scope,
        valid_from=at,
        position=candidate.position,
    )


def _others(candidate: Candidate) -> list[Version]:
    running, _ended = policies()
    return [row.version for row in running if row.policy_id != candidate.policy_id]


def _rows(since: datetime, most: int, *, at: datetime) -> list[_Row]:
    """Return what was settled since, the newest first, and before it what is still open."""
    was_late, is_late = Obligation.verdict == Verdict.BREACHED, Obligation.breach_at <= at
    settled = _statement(was_late, SETTLED, Obligation.settled_at >= since).order_by(Obligation.settled_at.desc())
    opened = _statement(is_late, Obligation.state == ObligationState.OPEN, Obligation.opened_at >= since)
    rows = [*_read(opened.order_by(Obligation.id.desc()), most)]
    return rows + _read(settled, most - len(rows))


def _statement(late: ColumnElement[bool], *conditions: ColumnElement[bool] | TextClause) -> Select[*tuple[object, ...]]:
    return (
        select(
            Ticket.id,
            type_coerce(Ticket.priority, String),
            Customer.group,
            Obligation.kind,
            Obligation.route,
            Obligation.team_id,
            Obligation.policy_id,
            Obligation.opened_at,
            Obligation.settled_at,
            late,
        )
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .join(Ticket, Ticket.id == Conversation.ticket_id)
        .join(Customer, Customer.id == Ticket.customer_id)
        .where(*conditions)
    )


def _read(statement: Select[*tuple[object, ...]], most: int) -> list[_Row]:
    return [_Row._make(row) for row in db.session.execute(statement.limit(max(most, 0)))]


def _tags(asked: Iterable[str], since: datetime) -> dict[int, frozenset[str]]:
    """Return which tickets carry a tag that decides; no statement where none does."""
    names = sorted(asked)
    found: dict[int, frozenset[str]] = {}
    if names:
        rows = db.session.execute(
            select(Tag.ticket_id, Tag.name)
            .join(Ticket, Ticket.id == Tag.ticket_id)
            .where(Tag.name.in_(names), Ticket.updated_at >= since)
        )
        for ticket_id, name in rows:
            found[ticket_id] = found.get(ticket_id, frozenset()) | {name}
    return found
