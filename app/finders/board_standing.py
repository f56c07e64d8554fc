"""How things stand now, team by team: what is open, what is late, how long the customers have waited."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

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
    oldest_public_at: datetime | None
    waiting: tuple[int, ...]

    @property
    def owed(self) -> int:
        """Return how many tickets wait for an answer of ours."""
        return sum(self.waiting)


def standing(scope: Scope, *, now: datetime) -> dict[int | None, Standing]:
    """Return the figures of every team in scope; one statement, each count along an index of its team."""
    ages = {name: now - within for name, within in WAITS if within}
    rows = db.session.connection().execute(
        _statement(NO_TEAM in scope.teams),
        {"teams": scope.team_ids, "now": now, "soon": now + HOUR, **ages},
    )
    return {row[0]: Standing._make((*row[:7], tuple(row[7:]))) for row in rows}


@cache
def _statement(has_no_team: bool) -> Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]:  # noqa: FBT001 - a cache key
    """Build the question once: it takes longer to put together than a small shop takes to answer it."""
    teams = bindparam("teams", expanding=True, type_=BigInteger())
    of_teams = select(Team.id, *_figures(Ticket.team_id == Team.id, _open_of_team())).where(Team.id.in_(teams))
    if not has_no_team:
        return of_teams
    rest = select(cast(null(), BigInteger), *_figures(Ticket.team_id.is_(None), _open_of(literal("team:0"))))
    return union_all(of_teams, rest)


def _at(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime())


def _open_of_team() -> ColumnElement[int]:
    return _open_of(literal("team:") + cast(Team.id, String))


def _open_of(key: ColumnElement[str]) -> ColumnElement[int]:
    """Read the badge: the verbs keep it in the very transaction that opens or closes a ticket."""
    kept = select(Counter.count).where(Counter.key == key).scalar_subquery()
    return func.coalesce(kept, 0)


def _figures(owner: ColumnElement[bool], open_: ColumnElement[int]) -> list[Any]:
    is_owed = Ticket.oldest_unanswered_at.is_not(None)
    oldest = select(func.min(Ticket.oldest_unanswered_at)).where(owner, Ticket.closed_at.is_(None), is_owed)
    return [
        open_,
        _count(owner, Ticket.queue_at <= _at("now")),
        _count(owner, Ticket.queue_at > _at("now"), Ticket.queue_at <= _at("soon")),
        _count(owner, Ticket.publicity.is_not(None), is_owed),
        oldest.scalar_subquery(),
        oldest.where(Ticket.publicity.is_not(None)).scalar_subquery(),
        *(_count(owner, is_owed, *condition) for condition in _by_age()),
    ]


def _by_age() -> list[list[ColumnElement[bool]]]:
    """Return the condition of each class of waiting."""
    found: list[list[ColumnElement[bool]]] = []
    before: list[ColumnElement[bool]] = []
    for name, within in WAITS:
        since = [Ticket.oldest_unanswered_at > _at(name)] if within else []
        found.append([*since, *before])
        before = [Ticket.oldest_unanswered_at <= _at(name)]
    return found


def _count(owner: ColumnElement[bool], *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    counted = select(func.count()).select_from(Ticket).where(owner, Ticket.closed_at.is_(None), *conditions)
    return counted.scalar_subquery()
