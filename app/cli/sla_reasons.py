"""Why a deadline of a replayed file lies where it lies, in the sentences of the pages."""

from __future__ import annotations

from datetime import datetime

from sla.explained import explained, in_one
from sla.explanation import Basis, CountedDay, Ended, Ending, Explanation, Start, Subject, counted_days
from sla.holiday import name_of
from sla.hours import BusinessHours
from sla.obligations import Verdict, elapsed
from sla.standing import Obligation, State, Terms

_STATES = {State.OPEN: Ended.RUNNING, State.MET: Ended.MET, State.WAIVED: Ended.WAIVED}


def reason(owed: Obligation, terms: Terms, now: datetime, *, language: str = "de") -> str:
    """Explain one obligation; a file has no numbers of messages and no names of people."""
    opening, hours = owed.opening, terms.calendars[owed.calendar_name]
    ended_at = owed.ended_at
    why = Explanation(
        subject=Subject(opening.kind.value),
        zone=hours.rules_on(opening.opened_at.date()).zone,
        now=now,
        start=Start(at=opening.opened_at, route=owed.route.value),
        basis=Basis(rule=owed.route.value, criteria=(("route", owed.route.value),), calendar=owed.calendar_name),
        within=opening.within,
        due_at=opening.due_at,
        breach_at=opening.breach_at,
        days=_days(hours, since=opening.opened_at, until=opening.due_at),
        elapsed=elapsed(hours, opening.opened_at, ended_at or now),
        holding=terms.holding,
        ending=Ending(state=_STATES[owed.state], at=ended_at, is_late=owed.verdict is Verdict.BREACHED),
    )
    return in_one(explained(why, language=language))


def _days(hours: BusinessHours, *, since: datetime, until: datetime) -> tuple[CountedDay, ...]:
    zone = hours.rules_on(since.date()).zone
    off = (on for on in sorted(hours.rules_on(until.date()).holidays) if since.date() <= on <= until.date())
    names = {on: name_of(on, zone.key) for on in off}
    return counted_days(hours, zone=zone, since=since, until=until, holidays=names)
