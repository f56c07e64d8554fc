"""`/tickets/{number}/clocks`: every obligation as `faden sla replay` shows it, with its reason in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from flask import current_app

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.owed_answers import ObligationAnswered
from app.api.shape import Answered
from app.desk.aims import hours_of
from app.finders import clocks as owings
from app.finders import explanations, promises
from app.finders.clocks import OfTicket, Owed
from sla.explained import explained, in_one
from sla.explanation import Explanation
from sla.hours import BusinessHours
from sla.obligations import elapsed

MINUTE = timedelta(minutes=1)


class PromiseStanding(Answered):
    """The newest promise that was not replaced; `broken` is still owed."""

    due: datetime
    state: Literal["open", "broken", "kept"]
    explanation: str


class TicketClockStanding(Answered):
    """A clock of the whole ticket; `due` is null while it rests."""

    id: int
    kind: Literal["acceptance", "work", "resolution", "update"]
    at: datetime
    target_min: int
    due: datetime | None
    state: Literal["running", "resting", "met", "waived"]
    verdict: Literal["met", "breached"] | None
    settled_at: datetime | None
    explanation: str


class ClocksAnswered(Answered):
    number: int
    oldest_unanswered_since: datetime | None
    due: datetime | None
    promise: PromiseStanding | None
    obligations: list[ObligationAnswered]
    clocks: list[TicketClockStanding]


@routes.get("/tickets/<id:number>/clocks", answer=ClocksAnswered)
def clocks(*, person: Person, number: int) -> ClocksAnswered:
    """Show what was ever owed on the ticket, what still is, and why."""
    ticket = access.ticket(person, number)
    zone = ZoneInfo(current_app.config["FADEN"].time_zone)
    reasons = explanations.on_ticket(ticket.id, hours_of=hours_of, zone=zone, now=clock.now())
    words = {key: _words(why, person) for key, why in reasons.items()}
    return ClocksAnswered(
        number=ticket.id,
        oldest_unanswered_since=ticket.oldest_unanswered_at,
        due=ticket.due_at,
        promise=_promise(ticket.id, words, now=clock.now()),
        obligations=[
            _obligation(each, words[f"obligation:{each.id}"], now=clock.now()) for each in owings.owed(ticket.id)
        ],
        clocks=[_of_ticket(each, words[f"clock:{each.id}"]) for each in owings.of_ticket(ticket.id)],
    )


def _words(why: Explanation, person: Person) -> str:
    return in_one(explained(why, language=person.language))


def _of_ticket(kept: OfTicket, words: str) -> TicketClockStanding:
    verdict = kept.verdict if kept.state == "met" else None
    return TicketClockStanding.model_validate(kept._asdict() | {"verdict": verdict, "explanation": words})


def _promise(number: int, words: Mapping[str, str], *, now: datetime) -> PromiseStanding | None:
    standing = [each for each in promises.on_ticket(number) if each.state not in {"replaced", "waived"}]
    if not standing:
        return None
    newest = standing[-1]
    is_broken = newest.state != "kept" and newest.due < now
    state = "broken" if is_broken else newest.state
    explanation = words[f"promise:{newest.id}"]
    return PromiseStanding.model_validate({"due": newest.due, "state": state, "explanation": explanation})


def _obligation(owed: Owed, words: str, *, now: datetime) -> ObligationAnswered:
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
        "explanation": words,
    }
    return ObligationAnswered.model_validate(owed._asdict() | known)


def _used_up(owed: Owed, hours: BusinessHours, percent: int) -> datetime:
    return hours.due(owed.opened_at, owed.target_minutes * MINUTE * percent / 100)
