"""Why a deadline of a replayed file lies where it lies, in the sentences of the pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sla.events import Event, Reprioritised
from sla.explained import explained, in_one
from sla.explanation import Basis, Changed, CountedDay, Ended, Ending, Explanation, Rest, Start, Subject, counted_days
from sla.holiday import name_of
from sla.hours import BusinessHours
from sla.obligations import Verdict, elapsed
from sla.standing import Obligation, State, Terms
from sla.targets import Priority

_STATES = {State.OPEN: Ended.RUNNING, State.MET: Ended.MET, State.WAIVED: Ended.WAIVED}


def reason(owed: Obligation, terms: Terms, now: datetime, *, events: Iterable[Event] = (), language: str = "de") -> str:
    """Explain one obligation; a file has no numbers of messages and no names of people.

    `events` are those of its ticket: the changes of priority among them are told.
    """
    opening, hours, rests = owed.opening, owed.hours, owed.state is State.OPEN and owed.rests_since is not None
    until = owed.rests_since if rests and owed.rests_since else opening.due_at
    why = Explanation(
        subject=Subject(opening.kind.value),
        zone=hours.rules_on(opening.opened_at.date()).zone,
        now=now,
        start=Start(at=opening.opened_at, route=owed.route.value),
        basis=Basis(rule=owed.route.value, criteria=(("route", owed.route.value),), calendar=owed.calendar_name),
        within=opening.within,
        due_at=None if rests else opening.due_at,
        breach_at=None if rests else opening.breach_at,
        days=_days(hours, since=opening.opened_at, until=until),
        elapsed=elapsed(hours, opening.opened_at, owed.ended_at or (until if rests else now)),
        changes=tuple(_changes(events, since=opening.opened_at, until=owed.ended_at or now)),
        rests=(Rest(since=until, until=None, why="customer"),) if rests else (),
        holding=terms.holding,
        muted_until=owed.muted_until,
        ending=Ending(state=_STATES[owed.state], at=owed.ended_at, is_late=owed.verdict is Verdict.BREACHED),
    )
    return in_one(explained(why, language=language))


def _changes(events: Iterable[Event], *, since: datetime, until: datetime) -> Iterator[Changed]:
    before = Priority.NORMAL
    for event in sorted(events, key=lambda each: each.at):
        if not isinstance(event, Reprioritised) or event.to is None:
            continue
        if since < event.at <= until and event.to != before:
            yield Changed(at=event.at, before=before.value, after=event.to.value)
        before = event.to


def _days(hours: BusinessHours, *, since: datetime, until: datetime) -> tuple[CountedDay, ...]:
    zone = hours.rules_on(since.date()).zone
    off = (on for on in sorted(hours.rules_on(until.date()).holidays) if since.date() <= on <= until.date())
    names = {on: name_of(on, zone.key) for on in off}
    return counted_days(hours, zone=zone, since=since, until=until, holidays=names)
