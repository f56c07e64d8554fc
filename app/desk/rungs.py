"""What happens on a rung: written down once with its reason, and told to whom the ladder names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import bindparam, update

from app.db import Afterwards, Base, UtcDateTime, db, once_more, transaction
from app.desk import call_tasks, webhooks
from app.desk.crowding import MOST, Crowd
from app.desk.staff import Staff
from app.desk.telling import Words, tell
from app.desk.writing import record, run, upsert
from app.models import Agent, Firing, Obligation, Priority, Promise, Ticket, TicketClock, Via
from app.models.columns import BigId
from sla.ladder import BREACH, Rung
from sla.steps import Step, Steps, again_at, count_of, to_climb

ON_TIME = timedelta(minutes=5)
"""A repetition that comes no later than this is told at once, although its last instant is the end of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One running clock, reckoned anew from its row and ready to be climbed."""

    subject: str
    """obligation, promise or clock: the beginning of its keys."""
    id: int
    ticket: Ticket
    team_id: int | None
    assignee_id: int | None
    owner_id: int | None = None
    steps: Steps
    fired: str
    rungs: Sequence[Rung]
    """Up to the breach."""
    muted_until: datetime | None = None
    elapsed: Callable[[datetime], timedelta]
    why: Mapping[str, object]
    """What it was reckoned from."""
    kind: Callable[[str], str]
    """The kind of notification by rung."""
    event: Callable[[str], tuple[str, Mapping[str, object]]]
    """The line of the timeline by rung."""
    words: Callable[[str, datetime], Words]
    take: Callable[[str, datetime | None], bool]
    """Compare and swap `fired` and `rung_at`: whoever changes the row first has fired the rung."""

    def key(self, rung: str) -> str:
        return f"{self.subject}:{self.id}:{rung}"


@dataclass(slots=True)
class _Told:
    """Whom a rung tells, by which ways."""

    people: dict[int, Agent] = field(default_factory=dict)
    ways: dict[int, set[Via]] = field(default_factory=dict)

    def add(self, agents: Iterable[Agent], ways: Iterable[Via]) -> None:
        ways = tuple(ways)
        for agent in agents:
            self.people[agent.id] = agent
            self.ways.setdefault(agent.id, set()).update(ways)


Load = Callable[[Sequence[int], Staff], Iterable[Clock]]
"""Holds the tickets of these clocks and reckons each anew; those that run no more are left out."""


@once_more
def fire_all(
    load: Load,
    ids: Sequence[int],
    *,
    at: datetime,
    most: int = MOST,
    crowded: frozenset[int | None] = frozenset(),
) -> dict[int, str]:
    """Fire the highest passed rung of each clock in one commit and return their names, empty where nothing was due.

    Event and notifications belong to the commit that takes the rung. `crowded` are teams of which more than `most`
    are due; theirs, and what exceeds `most` within a minute, are told in a digest.
    """
    with transaction() as afterwards:
        staff = Staff(at)
        climber = _Climber(staff, Crowd(most=most, crowded=crowded, at=at), afterwards)
        return {clock.id: climber.climb(clock) for clock in load(ids, staff)}


class _Climber:
    """Climbs clocks within one transaction."""

    def __init__(self, staff: Staff, crowd: Crowd, afterwards: Afterwards) -> None:
        self._staff, self._crowd, self._afterwards = staff, crowd, afterwards
        self._at = staff.at

    def climb(self, clock: Clock) -> str:
        passed, ahead = to_climb(self._rungs(clock), clock.fired, self._at)
        fired = passed[-1].name if passed else clock.fired
        if not clock.take(fired, ahead.at if ahead else None) or not passed:
            return ""
        self._fire(clock, passed)
        return fired

    def _rungs(self, clock: Clock) -> Sequence[Rung]:
        """Return all rungs; the repetitions need the recipients' hours, so they are placed once the breach is there."""
        rungs = list(clock.rungs)
        if clock.steps.every and rungs[-1].at <= self._at:
            told = self._told(clock, clock.steps.of("repeat"))
            hours = [hours for agent in told.people.values() if (hours := self._staff.hours(agent))]
            rungs.extend(clock.steps.repeated(rungs[-1].at, hours))
        muted = clock.muted_until
        return [Rung(rung.name, max(rung.at, muted)) for rung in rungs] if muted else rungs

    def _fire(self, clock: Clock, passed: Sequence[Rung]) -> None:
        *lower, rung = passed
        steps = self._steps(clock, passed)
        told = self._told(clock, steps)
        is_digested = self._crowd.takes(clock.team_id)
        is_new = self._write(clock, rung, told, is_digested=is_digested)
        for below in lower:
            self._write(clock, below, _Told(), is_superseded=True)
        if not is_new:
            return
        self._record(clock, rung, told)
        self._call(clock, rung, steps)
        if not is_digested:
            self._tell(clock, rung, told)

    def _record(self, clock: Clock, rung: Rung, told: _Told) -> None:
        kind, about = clock.event(rung.name)
        names = [agent.name for agent in told.people.values()]
        details: dict[str, Any] = {**about, "rung": rung.name, "subject": clock.subject, "told": names}
        record(kind, ticket_id=clock.ticket.id, at=self._at, afterwards=self._afterwards, **details)

    def _steps(self, clock: Clock, passed: Sequence[Rung]) -> Sequence[Step]:
        """Return what is done on the highest rung; a repetition that supersedes the breach does the breach's, too."""
        steps = list(clock.steps.of(passed[-1].name))
        if count_of(passed[-1].name) and any(rung.name == BREACH for rung in passed):
            steps += [step for step in clock.steps.of(BREACH) if step not in steps]
        return steps

    def _told(self, clock: Clock, steps: Iterable[Step]) -> _Told:
        told = _Told()
        for step in steps:
            people = self._staff.who(
                step.to, team_id=clock.team_id, assignee_id=clock.assignee_id, owner_id=clock.owner_id
            )
            told.add(people, [Via(way) for way in step.via if way in set(Via)])
        return told

    def _write(
        self, clock: Clock, rung: Rung, told: _Told, *, is_superseded: bool = False, is_digested: bool = False
    ) -> bool:
        """Write one firing with its reason; False where the database has it already."""
        to = {str(agent_id): sorted(ways) for agent_id, ways in told.ways.items()}
        why = {**clock.why, "elapsed_seconds": int(clock.elapsed(self._at).total_seconds()), "to": to}
        written = run(
            _insertion(db.engine.dialect.name),
            key=clock.key(rung.name),
            ticket_id=clock.ticket.id,
            team_id=clock.team_id,
            rung=rung.name,
            reached_at=rung.at,
            at=self._at,
            is_superseded=is_superseded,
            is_digested=is_digested,
            details=why,
        )
        return written.scalar_one_or_none() is not None

    def _tell(self, clock: Clock, rung: Rung, told: _Told) -> None:
        by_ways: dict[frozenset[Via], list[Agent]] = {}
        for agent_id, wanted in told.ways.items():
            by_ways.setdefault(frozenset(wanted), []).append(told.people[agent_id])
        for ways, people in by_ways.items():
            if ways:
                tell(
                    people,
                    key=clock.key(rung.name),
                    kind=clock.kind(rung.name),
                    ticket=clock.ticket,
                    words=clock.words(rung.name, self._at),
                    via=ways,
                    at=self._at,
                    is_grave=clock.ticket.priority is Priority.URGENT,
                    afterwards=self._afterwards,
                    staff=self._staff,
                    not_before=self._own_times(clock, rung, people),
                )

    def _own_times(self, clock: Clock, rung: Rung, people: Iterable[Agent]) -> dict[int, datetime]:
        """Return when each hears of a repetition, by their own hours; who should have heard long ago is left out."""
        count, every = count_of(rung.name), clock.steps.every
        if not count or every is None:
            return {}
        own = {
            agent.id: again_at(hours, clock.rungs[-1].at, every * count)
            for agent in people
            if (hours := self._staff.hours(agent))
        }
        return {agent_id: at for agent_id, at in own.items() if self._at <= at + ON_TIME}

    def _call(self, clock: Clock, rung: Rung, steps: Iterable[Step]) -> None:
        """Tell other programs and ask for calls; both are few and mind no crowd."""
        for step in steps:
            for way in step.via:
                if way.startswith("webhook:"):
                    self._call_program(clock, rung, int(way.partition(":")[2]))
                elif way == "call":
                    self._ask_for_call(clock, rung, step)

    def _call_program(self, clock: Clock, rung: Rung, webhook_id: int) -> None:
        webhooks.tell(
            webhook_id,
            key=clock.key(rung.name),
            kind=clock.kind(rung.name),
            ticket=clock.ticket,
            at=self._at,
            details={"rung": rung.name, "subject": clock.subject, "reached_at": rung.at.isoformat(), **clock.why},
            afterwards=self._afterwards,
        )

    def _ask_for_call(self, clock: Clock, rung: Rung, step: Step) -> None:
        """Ask for a call of the customer: by the one person meant, else by anybody of the team."""
        people = self._told(clock, [step]).people
        subject, _ = clock.words(rung.name, self._at)("de")
        call_tasks.ask(
            key=clock.key(rung.name),
            ticket=clock.ticket,
            team_id=clock.team_id,
            agent_id=next(iter(people)) if len(people) == 1 else None,
            reason=subject,
            at=self._at,
            afterwards=self._afterwards,
        )


def swap(
    row: Obligation | Promise | TicketClock,
    states: tuple[StrEnum, ...],
    *,
    fired: str,
    rung_at: datetime | None,
    state: StrEnum | None = None,
) -> bool:
    """Compare and swap: False where the row has moved on since it was read, or is in none of the states any more."""
    known = {"row_id": row.id, "before": row.fired, "fired_now": fired, "ahead": rung_at}
    return run(_swapping(type(row), states, state), **known).scalar_one_or_none() is not None


@cache
def _swapping(model: type[Base], states: tuple[StrEnum, ...], state: StrEnum | None) -> Any:
    table: Any = model.__table__
    moved = {"fired": bindparam("fired_now"), "rung_at": bindparam("ahead", type_=UtcDateTime())}
    is_unmoved = (table.c.fired == bindparam("before")) & table.c.state.in_(states)
    statement = update(table).where(table.c.id == bindparam("row_id", type_=BigId), is_unmoved)
    return statement.values(**moved, **({"state": state} if state else {})).returning(table.c.id)


@cache
def _insertion(_dialect: str) -> Any:
    return upsert(Firing).on_conflict_do_nothing(index_elements=["key"]).returning(Firing.id)
