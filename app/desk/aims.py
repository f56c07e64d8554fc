"""What holds for a message: policies, calendars and ladders as their newest versions say, compiled once per process.

One statement asks whether anything was written since; what was compiled is kept under its answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, bindparam, func, select

from app.db import db
from app.desk.writing import run
from app.errors import NotFound
from app.models import CalendarVersion, Customer, HoldingMode, Ladder, Policy, PolicyVersion, Tag, Ticket
from app.models.columns import BigId
from sla.hours import BusinessHours
from sla.policies import Case, Scope, Version, choose_version
from sla.steps import DEFAULT, Steps, read_steps
from sla.targets import Kind, Priority, Route, minutes_of

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""From here on hold the policies of a shop that were written before its first clock started."""


class Hours(NamedTuple):
    """A calendar as its newest version says, with everything before as it was."""

    calendar_id: int
    version: int
    hours: BusinessHours
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What one version of a policy says, with the calendar it is reckoned by."""

    policy_id: int
    policy_version_id: int
    calendar_id: int
    calendar_version: int
    hours: BusinessHours
    zone: ZoneInfo
    targets: Mapping[str, Mapping[str, int]]
    holding: HoldingMode
    promise_minutes: int
    counts_third: bool
    ladder_id: int | None
    steps: Steps
    """Of its ladder, or the usual ones."""

    def within(self, kind: Kind, priority: str) -> timedelta:
        """Return the target; an urgent ticket falls back to the normal one where the policy names no other."""
        minutes = minutes_of(self.targets, kind)
        return timedelta(minutes=minutes.get(priority, minutes["normal"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rulebook:
    """Everything that was written until one stamp."""

    versions: tuple[Version, ...]
    aims: Mapping[int, Aim]
    """By the id of the policy's version."""
    calendars: Mapping[int, Hours]
    tags: frozenset[str]
    """Those that a policy asks for."""
    asks_group: bool


_STAMP = select(
    *(
        select(of).scalar_subquery()
        for of in (
            func.max(PolicyVersion.id),
            func.count(PolicyVersion.id),
            func.max(PolicyVersion.made_at),
            func.max(CalendarVersion.id),
            func.count(CalendarVersion.id),
            func.max(CalendarVersion.made_at),
            func.sum(Ladder.version),
        )
    )
)
_TAGS = select(Tag.name).where(Tag.ticket_id == bindparam("ticket", type_=BigId))
_GROUP = select(Customer.group).where(Customer.id == bindparam("customer", type_=BigId))


def aim(
    route: str,
    team_id: int | None,
    *,
    tags: Collection[str] = frozenset(),
    priority: str = "normal",
    customer_group: str = "",
    at: datetime,
) -> Aim | None:
    """Return what we aim for with a message of that instant; None where no policy holds."""
    case = Case(
        route=Route(route),
        team_id=team_id,
        tags=frozenset(tags),
        priority=Priority(priority),
        customer_group=customer_group or None,
    )
    return _chosen(_rulebook(), case, at)


def aim_of(ticket: Ticket, route: str, *, at: datetime) -> Aim | None:
    """Return what we aim for with a message on this ticket; its tags and its customer are asked for only if they count.

    A ticket that is not stored yet has no tags.
    """
    return aims_of(ticket, [(route, ticket.team_id, at)])[0]


def aims_of(ticket: Ticket, messages: Iterable[tuple[str, int | None, datetime]]) -> list[Aim | None]:
    """Return the same for several messages, each with its route, the team it came to and its instant."""
    book = _rulebook()
    tags = frozenset(run(_TAGS, ticket=ticket.id).scalars()) if book.tags and ticket.id else frozenset()
    group = run(_GROUP, customer=ticket.customer_id).scalar() if book.asks_group else None
    known = Case(route=Route.EMAIL, tags=tags, priority=Priority(ticket.priority), customer_group=group or None)
    return [_chosen(book, replace(known, route=Route(route), team_id=team), at) for route, team, at in messages]


def is_asked_for(tag: str) -> bool:
    """Say whether any policy asks for this tag."""
    return tag in _rulebook().tags


def _chosen(book: _Rulebook, case: Case, at: datetime) -> Aim | None:
    version = choose_version(book.versions, case, at=at)
    return book.aims[version.id] if version else None


def aim_by(policy_version_id: int) -> Aim | None:
    """Return what this version of a policy says, with its calendar as it is now; None for one that is gone."""
    return _rulebook().aims.get(policy_version_id)


def newest_hours(calendar_id: int | None) -> Hours:
    """Return a calendar as it is now, the shop's first one for None; raises `NotFound` where there is none."""
    calendars = _rulebook().calendars
    found = calendars.get(min(calendars, default=0) if calendar_id is None else calendar_id)
    if found is None:
        raise NotFound("Diese Servicezeit gibt es nicht.")
    return found


def hours_of(calendar_id: int, version: int) -> BusinessHours:
    """Return a calendar as its version says, all dates before it by the versions before; compiled once."""
    return _compiled(db.engine, calendar_id, version)


@lru_cache(maxsize=256)
def _compiled(_engine: Engine, calendar_id: int, version: int) -> BusinessHours:
    rows = db.session.scalars(
        select(CalendarVersion)
        .where(CalendarVersion.calendar_id == calendar_id, CalendarVersion.number <= version)
        .order_by(CalendarVersion.number)
    ).all()
    return _stitched(rows)


def _stitched(rows: Sequence[CalendarVersion]) -> BusinessHours:
    """Join the versions of one calendar, given in the order in which they were made.

    A version says everything from its date on: it also replaces an earlier made one that would have begun later.
    """
    valid: list[tuple[date, BusinessHours]] = []
    for row in rows:
        while valid and valid[-1][0] >= row.valid_from:
            valid.pop()
        valid.append((row.valid_from if valid else date.min, _hours(row)))
    return BusinessHours.stitched(valid)


def _hours(row: CalendarVersion) -> BusinessHours:
    return BusinessHours.compile(
        tz=row.time_zone,
        weekly_hours=row.weekly_hours,
        holidays=[date.fromisoformat(day) for day in row.holidays],
        special_hours=row.special_hours,
    )


def _rulebook() -> _Rulebook:
    return _read(db.engine, tuple(run(_STAMP).one()))


@lru_cache(maxsize=16)
def _read(_engine: Engine, _stamp: tuple[object, ...]) -> _Rulebook:
    # Policies first: whatever one of them names was written before it, so what is read later has it.
    rows = db.session.execute(
        select(PolicyVersion, Policy.id).join(Policy, Policy.id == PolicyVersion.policy_id).order_by(PolicyVersion.id)
    ).all()
    calendars = _calendars()
    ladders = {id_: read_steps(rungs) for id_, rungs in run(select(Ladder.id, Ladder.rungs))}
    versions = [row for row, _ in rows]
    return _Rulebook(
        versions=tuple(_version(row) for row in versions if not _is_replaced(row, versions)),
        aims={row.id: _aim(row, calendars[row.calendar_id], ladders) for row in versions},
        calendars=calendars,
        tags=frozenset(row.tag for row in versions if row.tag),
        asks_group=any(row.customer_group for row in versions),
    )


def _calendars() -> dict[int, Hours]:
    rows = db.session.scalars(select(CalendarVersion).order_by(CalendarVersion.calendar_id, CalendarVersion.number))
    of: dict[int, list[CalendarVersion]] = {}
    for row in rows:
        of.setdefault(row.calendar_id, []).append(row)
    return {
        calendar_id: Hours(calendar_id, rows[-1].number, _stitched(rows), ZoneInfo(rows[-1].time_zone))
        for calendar_id, rows in of.items()
    }


def _is_replaced(row: PolicyVersion, all_: Sequence[PolicyVersion]) -> bool:
    """Say whether a version never comes into force, because a newer one began no later."""
    return any(
        other.policy_id == row.policy_id and other.number > row.number and other.valid_from <= row.valid_from
        for other in all_
    )


def _version(row: PolicyVersion) -> Version:
    return Version(
        id=row.id,
        policy_id=row.policy_id,
        scope=Scope(
            route=Route(row.route) if row.route else None,
            team_id=row.team_id,
            tag=row.tag,
            priority=Priority(row.priority) if row.priority else None,
            customer_group=row.customer_group,
        ),
        valid_from=row.valid_from,
        position=row.position,
        is_end=row.is_end,
    )


def _aim(row: PolicyVersion, hours: Hours, ladders: Mapping[int, Steps]) -> Aim:
    return Aim(
        policy_id=row.policy_id,
        policy_version_id=row.id,
        calendar_id=row.calendar_id,
        calendar_version=hours.version,
        hours=hours.hours,
        zone=hours.zone,
        targets=row.targets,
        holding=row.holding,
        promise_minutes=row.promise_minutes,
        counts_third=row.counts_third,
        ladder_id=row.ladder_id,
        steps=ladders.get(row.ladder_id or 0, DEFAULT),
    )
