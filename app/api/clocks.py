"""`/tickets/{number}/clocks`: every obligation as `faden sla replay` shows it, with its reason in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.answered import Answered, ObligationAnswered
from app.api.explanations import explained
from app.desk.clocks import hours_of
from app.finders import clocks as owings
from app.finders import promises
from app.finders.clocks import Owed
from sla.hours import BusinessHours
from sla.obligations import elapsed

MINUTE = timedelta(minutes=1)


class PromiseStanding(Answered):
    """The newest promise that was not replaced; `broken` is still owed."""

    due: datetime
    state: Literal["open", "broken", "kept"]


class ClocksAnswered(Answered):
    number: int
    oldest_unanswered_since: datetime | None
    due: datetime | None
    promise: PromiseStanding | None
    obligations: list[ObligationAnswered]


@routes.get("/tickets/<id:number>/clocks", answer=ClocksAnswered)
def clocks(*, person: Person, number: int) -> ClocksAnswered:
    """Show what was ever owed on the ticket, what still is, and why."""
    ticket = access.ticket(person, number)
    owed = owings.owed(ticket.id)
    return ClocksAnswered(
        number=ticket.id,
        oldest_unanswered_since=ticket.oldest_unanswered_at,
        due=ticket.due_at,
        promise=_promise(ticket.id, now=clock.now()),
        obligations=[_obligation(each, now=clock.now()) for each in owed],
    )


def _promise(number: int, *, now: datetime) -> PromiseStanding | None:
    standing = [each for each in promises.on_ticket(number) if each.state not in {"replaced", "waived"}]
    if not standing:
        return None
    newest = standing[-1]
    is_broken = newest.state != "kept" and newest.due < now
    state = "broken" if is_broken else newest.state
    return PromiseStanding.model_validate({"due": newest.due, "state": state})


def _obligation(owed: Owed, *, now: datetime) -> ObligationAnswered:
    hours = hours_of(owed.calendar_id, owed.calendar_version)
    known = {
        "at": owed.opened_at,
        "channel": owed.route,
        "target_min": owed.target_minutes,
        "due": owed.due_at,
        "breach": owed.breach_at,
        "verdict": owed.verdict if owed.state == "met" else None,
        "elapsed_min": elapsed(hours, owed.opened_at, owed.settled_at or now) / MINUTE,
        "warn50": _used_up(owed, hours, 50),
        "warn75": _used_up(owed, hours, 75),
        "warn90": _used_up(owed, hours, 90),
        "fired": owed.fired or None,
        "explanation": explained(owed, now=now),
    }
    return ObligationAnswered.model_validate(owed._asdict() | known)


def _used_up(owed: Owed, hours: BusinessHours, percent: int) -> datetime:
    return hours.due(owed.opened_at, owed.target_minutes * MINUTE * percent / 100)
