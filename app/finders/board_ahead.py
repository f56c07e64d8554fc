"""The next four hours: what falls due against what each team gets done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Engine, Select, String, cast, func, literal, select, union_all

from app.db import UtcDateTime, db
from app.finders.board_scope import NO_TEAM, Scope, among, at
from app.models import SETTLED, Calendar, Obligation, Policy, PolicyVersion, Ticket
from sla.forecast import missed_ahead
from sla.hours import BusinessHours

WITHIN = timedelta(hours=4)
LATELY = timedelta(days=28)
SLOT = timedelta(minutes=15)
LEAST = timedelta(hours=1)
"""Less service time than this says nothing about what a team gets done in an hour."""
HoursOf = Callable[[int, int], BusinessHours]
"""Takes the id and the version of a calendar."""


class Slot(NamedTuple):
    """A quarter of an hour: the answers due in it, and those of them that will come too late."""

    begins_at: datetime
    due: int
    missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """One team's next hours; `per_hour` and `missed` are None while too little is known about its pace."""

    dues: Counter[datetime]
    per_hour: float | None
    missed: Counter[datetime] | None

    @property
    def due_count(self) -> int:
        return self.dues.total()

    @property
    def missed_count(self) -> int | None:
        return None if self.missed is None else self.missed.total()


def ahead(scope: Scope, late: dict[int | None, int], *, now: datetime, hours_of: HoursOf) -> dict[int | None, Ahead]:
    """Return the forecast of every team in scope; `late` is how much each has overdue. Three statements."""
    dues, paces, hours = _dues(scope, now), _paces(scope, now), _hours(hours_of)
    return {
        team.id: _forecast(
            dues.get(team.id, Counter()),
            pace=paces.get(team.id),
            hours=hours.get(team.id) or hours.get(None),
            late=late.get(team.id, 0),
            now=now,
        )
        for team in scope.teams
    }


def slots(of_teams: list[Ahead], *, now: datetime) -> list[Slot]:
    """Fold what is due and what will be missed into quarters of an hour, all teams together."""
    due, missed = _folded(team.dues for team in of_teams), _folded(team.missed or Counter() for team in of_teams)
    return [Slot(begins, due[begins], missed[begins]) for begins in _quarters(now)]


def _folded(many: Iterable[Counter[datetime]]) -> Counter[datetime]:
    found: Counter[datetime] = Counter()
    for each in many:
        for due_at, count in each.items():
            found[_quarter(due_at)] += count
    return found


def _quarters(now: datetime) -> Iterator[datetime]:
    begins_at = _quarter(now)
    while begins_at < now + WITHIN:
        yield begins_at
        begins_at += SLOT


def _quarter(of: datetime) -> datetime:
    return of - timedelta(minutes=of.minute % 15, seconds=of.second, microseconds=of.microsecond)


class _Pace(NamedTuple):
    answers: int
    since: datetime
    until: datetime


def _forecast(
    dues: Counter[datetime], *, pace: _Pace | None, hours: BusinessHours | None, late: int, now: datetime
) -> Ahead:
    if pace is None or hours is None:
        return Ahead(dues=dues, per_hour=None, missed=None)
    worked = hours.between(pace.since, pace.until)
    if worked < LEAST:
        return Ahead(dues=dues, per_hour=None, missed=None)
    per_hour = pace.answers / (worked / timedelta(hours=1))
    missed = missed_ahead(dues.elements(), now=now, within=WITHIN, per_hour=per_hour, hours=hours, late=late)
    return Ahead(dues=dues, per_hour=per_hour, missed=Counter(missed))


def _dues(scope: Scope, now: datetime) -> dict[int | None, Counter[datetime]]:
    """Return what falls due from now on, to the minute: a wave of thousands is still a few hundred rows."""
    asked = {"now": now, "until": now + WITHIN, "teams": scope.team_ids}
    found: dict[int | None, Counter[datetime]] = {}
    for team_id, words, count in db.session.connection().execute(_due(NO_TEAM in scope.teams), asked).all():
        due_at = datetime.fromisoformat(words).replace(tzinfo=UTC)
        found.setdefault(team_id, Counter())[due_at] = count
    return found


@cache
def _due(has_no_team: bool) -> Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]:  # noqa: FBT001 - a cache key
    """Ask by team even where all are asked for: the index of the teams holds everything that is needed."""
    of_teams = _due_of(among(Ticket.team_id, is_all=False))
    return union_all(of_teams, _due_of(Ticket.team_id.is_(None))) if has_no_team else of_teams


def _due_of(owner: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    minute = func.substr(cast(Ticket.queue_at, String), 1, 16)
    is_ahead = (Ticket.closed_at.is_(None), Ticket.queue_at > at("now"), Ticket.queue_at < at("until"))
    return select(Ticket.team_id, minute, func.count()).where(owner, *is_ahead).group_by(Ticket.team_id, minute)


def _paces(scope: Scope, now: datetime) -> dict[int | None, _Pace]:
    """Return how many answers each team gave lately, and since when: a new team is not measured by older days."""
    until = now.replace(minute=0, second=0, microsecond=0)
    return _answered(db.engine, scope, until)


@lru_cache(maxsize=64)
def _answered(_engine: Engine, scope: Scope, until: datetime) -> dict[int | None, _Pace]:
    """Count a month of answers up to the full hour; asked once an hour, for it reads more than all else together."""
    asked = (
        select(Obligation.team_id, func.count(Obligation.answered_by_id.distinct()), func.min(Obligation.settled_at))
        .where(
            SETTLED,
            Obligation.settled_at >= literal(until - LATELY, UtcDateTime()),
            Obligation.settled_at < literal(until, UtcDateTime()),
            scope.answered(),
        )
        .group_by(Obligation.team_id)
    )
    rows = db.session.connection().execute(asked)
    return {team_id: _Pace(count, since, until) for team_id, count, since in rows if since}


def _hours(hours_of: HoursOf) -> dict[int | None, BusinessHours]:
    """Return the service hours of each team that has a policy of its own, and of all others under None."""
    return {team_id: hours_of(id_, version) for team_id, id_, version in db.session.connection().execute(_HOURS).all()}


_HOURS = (
    select(PolicyVersion.team_id, Calendar.id, Calendar.version)
    .join(Policy, (Policy.id == PolicyVersion.policy_id) & (Policy.version == PolicyVersion.number))
    .join(Calendar, Calendar.id == PolicyVersion.calendar_id)
    .where(Policy.ended_at.is_(None))
    .order_by(Policy.id.desc())
)
