"""What was answered in a span of days: in time or late, and how long the first answer took.

Counted by the instant an answer was accepted, from columns of the obligation that nothing writes again, its team and
its channel among them: no later edit of a policy or calendar and no hand-over moves any of these figures. An answer
that came back counts no more: it was none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)

from app.db import UtcDateTime, db
from app.finders.board_scope import Scope, Span
from app.models import SETTLED, Channel, Obligation
from app.models.columns import BigId


@dataclass(slots=True)
class Judged:
    """How many answers were in time and how many were not."""

    held: int = 0
    missed: int = 0

    @property
    def count(self) -> int:
        return self.held + self.missed

    def add(self, verdict: str, count: int) -> None:
        if verdict == "met":
            self.held += count
        else:
            self.missed += count


class Settled(NamedTuple):
    """Answers of one kind of channel, by one team, to messages of one hour of the day."""

    channel: str
    team_id: int | None
    hour: int
    verdict: str
    answers: int


@dataclass(frozen=True, slots=True)
class FirstAnswers:
    """How long the first answers on a kind of channel took, in seconds of service time (nearest rank)."""

    count: int = 0
    p50_seconds: int | None = None
    p90_seconds: int | None = None
    target_seconds: int | None = None
    """Their target; None where it was not the same for all."""
    missed: int = 0


@dataclass(slots=True)
class Answers:
    """Everything settled in the span."""

    rows: list[Settled] = field(default_factory=list)
    first: dict[str, FirstAnswers] = field(default_factory=dict)
    """By kind of channel."""

    def by(self, key: Callable[[Settled], Any]) -> dict[Any, Judged]:
        """Return the verdicts by whatever `key` makes of a row."""
        found: dict[Any, Judged] = {}
        for row in self.rows:
            found.setdefault(key(row), Judged()).add(row.verdict, row.answers)
        return found

    def first_of(self, channel: str) -> FirstAnswers:
        return self.first.get(channel, FirstAnswers())

    @property
    def all(self) -> Judged:
        return self.by(lambda _row: None).get(None, Judged())


class _Ranked(NamedTuple):
    """The first answer at one place of the order, and what all first answers of its channel have in common."""

    channel: str
    place: int
    answers: int
    elapsed: int
    least: int
    most: int
    missed: int


def answers(scope: Scope, span: Span) -> Answers:
    """Count what was settled, and rank the first answers; one statement, which joins the rows only once.

    The hour of the day is that of the customer's message, where the shop is.
    """
    asked = {"begins_at": span.begins_at, "ends_at": span.ends_at, "teams": scope.team_ids}
    found: Counter[tuple[str, int | None, int, str]] = Counter()
    ranked: list[_Ranked] = []
    for kind, team_id, hour, verdict, count, place, *rest in db.session.connection().execute(
        _statement(scope.is_all), asked
    ):
        if place is not None:
            ranked.append(_Ranked(kind, place, count, *rest))
        else:
            found[kind, team_id, _hour(hour, span), verdict] += count
    return Answers([Settled(*key, count) for key, count in found.items()], _told(ranked))


def _hour(words: str, span: Span) -> int:
    return datetime.fromisoformat(f"{words}:00").replace(tzinfo=UTC).astimezone(span.zone).hour


@cache
def _statement(is_all: bool) -> CompoundSelect[*tuple[Any, ...]]:  # noqa: FBT001 - a cache key
    """Build the question once: it takes longer to put together than a day takes to count."""
    settled = _settled(is_all=is_all)
    return union_all(_counts(settled), _ranks(settled))


def _settled(*, is_all: bool) -> CTE:
    in_scope = true() if is_all else Obligation.team_id.in_(bindparam("teams", expanding=True, type_=BigId))
    return (
        select(
            Channel.kind.label("channel"),
            Obligation.team_id.label("team_id"),
            Obligation.kind.label("kind"),
            # An instant is text on SQLite, and as text on PostgreSQL (in UTC) it begins the same: `2026-11-23 08`.
            func.substr(cast(Obligation.opened_at, String), 1, 13).label("hour"),
            Obligation.verdict.label("verdict"),
            Obligation.elapsed_seconds.label("elapsed"),
            Obligation.target_minutes.label("target"),
        )
        .select_from(Obligation)
        .join(Channel, Channel.id == Obligation.channel_id)
        .where(
            SETTLED,
            Obligation.settled_at >= bindparam("begins_at", type_=UtcDateTime()),
            Obligation.settled_at < bindparam("ends_at", type_=UtcDateTime()),
            in_scope,
        )
        .cte("settled")
    )


def _counts(settled: CTE) -> Select[*tuple[Any, ...]]:
    row = settled.c
    nothing = [cast(null(), Integer)] * 5
    return select(row.channel, row.team_id, row.hour, row.verdict, func.count(), *nothing).group_by(
        row.channel, row.team_id, row.hour, row.verdict
    )


def _ranks(settled: CTE) -> Select[*tuple[Any, ...]]:
    """Let the database put the first answers in order and keep the two rows a channel that are asked for."""
    row = settled.c
    ranked = (
        select(
            row.channel,
            row.elapsed,
            func.row_number().over(partition_by=row.channel, order_by=row.elapsed).label("place"),
            func.count().over(partition_by=row.channel).label("count"),
            func.min(row.target).over(partition_by=row.channel).label("least"),
            func.max(row.target).over(partition_by=row.channel).label("most"),
            func.sum(case((row.verdict == "met", 0), else_=1)).over(partition_by=row.channel).label("missed"),
        )
        .where(row.kind == "first", row.elapsed.is_not(None))
        .subquery()
    )
    rank = ranked.c
    blank: ColumnElement[str] = cast(literal(""), String)
    return select(
        rank.channel,
        cast(null(), BigId),
        blank,
        blank,
        rank.count,
        rank.place,
        rank.elapsed,
        rank.least,
        rank.most,
        rank.missed,
    ).where((rank.place == _rank(rank.count, 50)) | (rank.place == _rank(rank.count, 90)))


def _told(ranked: list[_Ranked]) -> dict[str, FirstAnswers]:
    at = {(row.channel, row.place): row.elapsed for row in ranked}
    return {
        row.channel: FirstAnswers(
            count=row.answers,
            p50_seconds=at[row.channel, _rank(row.answers, 50)],
            p90_seconds=at[row.channel, _rank(row.answers, 90)],
            target_seconds=row.least * 60 if row.least == row.most else None,
            missed=int(row.missed),
        )
        for row in ranked
    }


def _rank(count: Any, percent: int) -> Any:
    """Return the place of a percentile among so many, beginning with 1."""
    return (count * percent + 99) // 100
