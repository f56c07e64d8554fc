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
from functools import cache, lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, Select, String, bindparam, case, cast, func, select

from app.db import db
from app.finders.board_scope import MOST_DAYS, Scope, Span, among, at
from app.models import SETTLED, Channel, Obligation


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


@dataclass(slots=True)
class _Firsts:
    """What all first answers on a kind of channel have in common."""

    count: int = 0
    missed: int = 0
    targets: set[int] = field(default_factory=set)

    @property
    def places(self) -> tuple[int, int]:
        """Return where in their order, beginning with 1, the median and the ninth of ten stand (nearest rank)."""
        return -(-self.count * 50 // 100), -(-self.count * 90 // 100)


def answers(scope: Scope, span: Span) -> Answers:
    """Count what was settled, and rank the first answers; two statements along one index."""
    found, firsts = _counted(scope, span)
    return Answers(found, _ranked(firsts, scope, span) if firsts else {})


def judged(scope: Scope, span: Span) -> Answers:
    """Count what was settled, without ranking anything; one statement."""
    return Answers(_counted(scope, span)[0])


def _counted(scope: Scope, span: Span) -> tuple[list[Settled], dict[str, _Firsts]]:
    """Return the counts, the hour of the day being that of the customer's message where the shop is."""
    found, firsts = Counter[tuple[str, int | None, int, str]](), dict[str, _Firsts]()
    rows = db.session.connection().execute(_counts(is_all=scope.is_all), _asked(scope, span)).all()
    for channel, team_id, hour, verdict, count, timed, least, most in rows:
        found[channel, team_id, _hour(hour, span.zone), verdict] += count
        if timed:
            first = firsts.setdefault(channel, _Firsts())
            first.count += timed
            first.missed += 0 if verdict == "met" else timed
            first.targets |= {least, most}
    return [Settled(*key, count) for key, count in found.items()], firsts


def _ranked(firsts: dict[str, _Firsts], scope: Scope, span: Span) -> dict[str, FirstAnswers]:
    places = sorted({place for first in firsts.values() for place in first.places})
    rows = db.session.connection().execute(_ranks(is_all=scope.is_all), {"places": places, **_asked(scope, span)})
    # An answer that came back since the count leaves the last place empty.
    took = {(channel, place): elapsed for channel, place, elapsed in rows}
    return {
        channel: FirstAnswers(
            count=first.count,
            p50_seconds=took.get((channel, first.places[0])),
            p90_seconds=took.get((channel, first.places[1])),
            target_seconds=min(first.targets) * 60 if len(first.targets) == 1 else None,
            missed=first.missed,
        )
        for channel, first in firsts.items()
    }


def _asked(scope: Scope, span: Span) -> dict[str, Any]:
    return {"begins_at": span.begins_at, "ends_at": span.ends_at, **scope.named}


@lru_cache(maxsize=MOST_DAYS * 24)
def _hour(words: str, zone: ZoneInfo) -> int:
    return datetime.fromisoformat(f"{words}:00").replace(tzinfo=UTC).astimezone(zone).hour


@cache
def _counts(*, is_all: bool) -> Select[*tuple[Any, ...]]:
    """Build the question once: it takes longer to put together than a day takes to count."""
    # An instant is text on SQLite, and as text on PostgreSQL (in UTC) it begins the same: `2026-11-23 08`.
    hour = func.substr(cast(Obligation.opened_at, String), 1, 13)
    by = (Channel.kind, Obligation.team_id, hour, Obligation.verdict)
    target = case((IS_FIRST, Obligation.target_minutes))
    timed = func.count(case((IS_FIRST, 1)))
    return _settled(*by, func.count(), timed, func.min(target), func.max(target), is_all=is_all).group_by(*by)


@cache
def _ranks(*, is_all: bool) -> Select[*tuple[Any, ...]]:
    """Let the database put the first answers in order and keep the places that are asked for.

    Nothing else is reckoned over the whole order: that would cost five times as much as all the counts together.
    """
    place = func.row_number().over(partition_by=Channel.kind, order_by=Obligation.elapsed_seconds).label("place")
    ranked = _settled(Channel.kind, place, Obligation.elapsed_seconds, is_all=is_all).where(IS_FIRST).subquery()
    return select(ranked).where(ranked.c.place.in_(bindparam("places", expanding=True, type_=Integer)))


IS_FIRST = (Obligation.kind == "first") & Obligation.elapsed_seconds.is_not(None)


def _settled(*columns: Any, is_all: bool) -> Select[*tuple[Any, ...]]:
    span = (Obligation.settled_at >= at("begins_at"), Obligation.settled_at < at("ends_at"))
    its = among(Obligation.team_id, is_all=is_all)
    return select(*columns).join(Channel, Channel.id == Obligation.channel_id).where(SETTLED, *span, its)
