"""How hand-overs between teams go: how long until they are accepted, what waits now, what came back.

Counted by the instant they were answered, from columns that nothing writes again; the time is service time of the team
that was asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    TextClause,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from app.db import db
from app.finders.board_scope import Scope, Span, among, at
from app.models import PENDING, ClockKind, Handover, HandoverState, Team, TicketClock

_from, _to = aliased(Team), aliased(Team)
_PENDING = HandoverState.PENDING
HALF, MOST_OF_ALL = 50, 90
"""Percentiles."""


def percentile(ordered: Sequence[int], percent: int) -> int | None:
    """Return the value within which so many percent lie (nearest rank); None without any."""
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)] if ordered else None


@dataclass(slots=True)
class Pair:
    """One team handing over to another in the span; `waiting` is how many wait for their answer now."""

    giver: str
    receiver: str
    accepted: int = 0
    late: int = 0
    declined: int = 0
    returned: int = 0
    waiting: int = 0
    waiting_since: datetime | None = None
    seconds: list[int] = field(default_factory=list)
    """Service time until each was accepted, the shortest first."""
    late_seconds: list[int] = field(default_factory=list)
    """Of those that were accepted too late."""

    def percentile(self, percent: int) -> int | None:
        """Return the seconds within which so many percent were accepted (nearest rank); None without any."""
        return percentile(self.seconds, percent)


class _Row(NamedTuple):
    giver: str | None
    receiver: str
    state: str
    verdict: str | None
    took: str
    """Seconds of all of them, between commas: a day of hand-overs is a few rows instead of hundreds."""
    handovers: int
    since: datetime


class Waiting(NamedTuple):
    """One hand-over nobody has answered yet; `due_at` is until when somebody should.

    `may_open`: whoever looks may open the ticket, which a join may have taken elsewhere.
    """

    number: int
    giver: str | None
    receiver: str
    since: datetime
    due_at: datetime | None
    may_open: bool = True


def waiting(scope: Scope, *, limit: int) -> list[Waiting]:
    """Return the hand-overs that wait for their answer, the longest first; one statement along the pending ones."""
    rows = db.session.connection().execute(_pending(is_all=scope.is_all), {"limit": limit, **scope.named})
    return [Waiting(*row) for row in rows]


@cache
def _pending(*, is_all: bool) -> Select[*tuple[Any, ...]]:
    return (
        select(Handover.ticket_id, _from.name, _to.name, Handover.at, TicketClock.due_at)
        .join(_to, _to.id == Handover.to_team_id)
        .outerjoin(_from, _from.id == Handover.from_team_id)
        .outerjoin(TicketClock, and_(TicketClock.handover_id == Handover.id, TicketClock.kind == ClockKind.ACCEPTANCE))
        .where(_is_of(is_all=is_all), PENDING)
        .order_by(Handover.at, Handover.id)
        .limit(bindparam("limit", type_=Integer))
    )


def handovers(scope: Scope, span: Span) -> list[Pair]:
    """Return the pairs of teams between which something waits or was answered in the span; one statement."""
    asked = {"begins_at": span.begins_at, "ends_at": span.ends_at, **scope.named}
    rows = db.session.connection().execute(_answered(is_all=scope.is_all), asked)
    return _pairs(_Row._make(row) for row in rows.all())


@cache
def _answered(*, is_all: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """Build the question once: that takes longer than a small shop takes to answer it."""
    its = _is_of(is_all=is_all)
    is_answered = and_(Handover.answered_at >= at("begins_at"), Handover.answered_at < at("ends_at"))
    return union_all(_rows(its, is_answered, Handover.state != _PENDING), _rows(its, PENDING))


def _is_of(*, is_all: bool) -> ColumnElement[bool]:
    return or_(among(Handover.from_team_id, is_all=is_all), among(Handover.to_team_id, is_all=is_all))


def _rows(*conditions: ColumnElement[bool] | TextClause) -> Select[*tuple[Any, ...]]:
    what = (_from.name, _to.name, type_coerce(Handover.state, String), TicketClock.verdict)
    took = func.aggregate_strings(cast(func.coalesce(TicketClock.elapsed_seconds, 0), String), ",")
    return (
        select(*what, took, func.count(), func.min(Handover.at))
        .join(_to, _to.id == Handover.to_team_id)
        .outerjoin(_from, _from.id == Handover.from_team_id)
        .outerjoin(TicketClock, and_(TicketClock.handover_id == Handover.id, TicketClock.kind == ClockKind.ACCEPTANCE))
        .where(*conditions)
        .group_by(*what)
    )


def _pairs(rows: Iterable[_Row]) -> list[Pair]:
    pairs: dict[tuple[str, str], Pair] = {}
    for row in rows:
        pair = pairs.setdefault((row.giver or "", row.receiver), Pair(row.giver or "", row.receiver))
        _add(pair, row)
    for pair in pairs.values():
        pair.seconds.sort()
    told = [pair for pair in pairs.values() if pair.accepted or pair.declined or pair.returned or pair.waiting]
    return sorted(told, key=lambda pair: (-pair.waiting, -pair.accepted, pair.giver, pair.receiver))


def _add(pair: Pair, row: _Row) -> None:
    match row.state:
        case HandoverState.PENDING:
            pair.waiting += row.handovers
            pair.waiting_since = min(pair.waiting_since or row.since, row.since)
        case HandoverState.ACCEPTED:
            seconds = [int(each) for each in row.took.split(",")]
            pair.accepted += row.handovers
            pair.seconds += seconds
            if row.verdict == "breached":
                pair.late += row.handovers
                pair.late_seconds += seconds
        case HandoverState.DECLINED:
            pair.declined += row.handovers
        case HandoverState.RETURNED:
            pair.returned += row.handovers
