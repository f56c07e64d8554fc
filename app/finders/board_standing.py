"""How things stand now, team by team: what is open, what is late, how long the customers have waited."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, String, cast, func, literal, null, select, union_all

from app.db import UtcDateTime, db
from app.finders.board_scope import NO_TEAM, Scope
from app.models import Counter, Team, Ticket

HOUR = timedelta(hours=1)
WAITS = (
    ("under_1h", HOUR),
    ("under_4h", 4 * HOUR),
    ("under_1d", 24 * HOUR),
    ("under_3d", 72 * HOUR),
    ("older", None),
)
"""Classes of waiting by the wall clock, shortest first; each ends where the next begins."""
AGES = tuple(name for name, _within in WAITS)


class Standing(NamedTuple):
    """One team now. `waiting` has one count for each of `AGES`: tickets with a message that nobody answered."""

    team_id: int | None
    open: int
    overdue: int
    due_in_hour: int
    public_unanswered: int
    oldest_unanswered_at: datetime | None
    waiting: tuple[int, ...]

    @property
    def owed(self) -> int:
        """Return how many tickets wait for an answer of ours."""
        return sum(self.waiting)


def standing(scope: Scope, *, now: datetime) -> dict[int | None, Standing]:
    """Return the figures of every team in scope; one statement, each count along an index of its team."""
    parts = [select(Team.id, *_figures(Ticket.team_id == Team.id, _open_of_team(), now)).where(_named(scope))]
    if NO_TEAM in scope.teams:
        parts.append(
            select(cast(null(), BigInteger), *_figures(Ticket.team_id.is_(None), _open_of(literal("team:0")), now))
        )
    rows = db.session.connection().execute(union_all(*parts) if len(parts) > 1 else parts[0])
    return {row[0]: Standing._make((*row[:6], tuple(row[6:]))) for row in rows}


def _named(scope: Scope) -> ColumnElement[bool]:
    return Team.id.in_(scope.team_ids)


def _open_of_team() -> ColumnElement[int]:
    return _open_of(literal("team:") + cast(Team.id, String))


def _open_of(key: ColumnElement[str]) -> ColumnElement[int]:
    """Read the badge: the verbs keep it in the very transaction that opens or closes a ticket."""
    kept = select(Counter.count).where(Counter.key == key).scalar_subquery()
    return func.coalesce(kept, 0)


def _figures(owner: ColumnElement[bool], open_: ColumnElement[int], now: datetime) -> list[Any]:
    at = literal(now, UtcDateTime())
    soon = literal(now + HOUR, UtcDateTime())
    is_owed = Ticket.oldest_unanswered_at.is_not(None)
    oldest = select(func.min(Ticket.oldest_unanswered_at)).where(owner, Ticket.closed_at.is_(None), is_owed)
    return [
        open_,
        _count(owner, Ticket.queue_at <= at),
        _count(owner, Ticket.queue_at > at, Ticket.queue_at <= soon),
        _count(owner, Ticket.publicity.is_not(None), is_owed),
        oldest.scalar_subquery(),
        *(_count(owner, is_owed, *condition) for condition in _by_age(now)),
    ]


def _by_age(now: datetime) -> list[list[ColumnElement[bool]]]:
    """Return the condition of each class of waiting."""
    found: list[list[ColumnElement[bool]]] = []
    before: list[ColumnElement[bool]] = []
    for _name, within in WAITS:
        since = [] if within is None else [Ticket.oldest_unanswered_at > literal(now - within, UtcDateTime())]
        found.append([*since, *before])
        before = [] if within is None else [Ticket.oldest_unanswered_at <= literal(now - within, UtcDateTime())]
    return found


def _count(owner: ColumnElement[bool], *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    counted = select(func.count()).select_from(Ticket).where(owner, Ticket.closed_at.is_(None), *conditions)
    return counted.scalar_subquery()
