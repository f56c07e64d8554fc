"""How long it takes to fold the logs of 100,000 tickets anew, on one core."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

from sla.events import Event, Heard, Promised, Reprioritised, Resolved, Said, Waived, Weight
from sla.holiday import holidays_of
from sla.hours import BusinessHours
from sla.projection import project
from sla.standing import Terms
from sla.targets import Kind, Priority, Route, Target

TICKETS = 100_000
EVENTS = 30
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def terms() -> Terms:
    """Aim for something on each route, care on working days and social every day."""
    holidays = [holiday.on for holiday in holidays_of("DE-HH", [2026, 2027])]
    hours = {
        "care": BusinessHours.compile(
            tz="Europe/Berlin", weekly_hours={day: [["09:00", "17:00"]] for day in WEEKDAYS}, holidays=holidays
        ),
        "social": BusinessHours.compile(
            tz="Europe/Berlin", weekly_hours={day: [["08:00", "22:00"]] for day in (*WEEKDAYS, "sat", "sun")}
        ),
    }
    targets = [
        Target(route, kind, minutes * MINUTE * (1 + (kind is Kind.NEXT)), name, Priority.NORMAL)
        for route, name, minutes in (
            (Route.EMAIL, "care", 240),
            (Route.MESSENGER, "social", 30),
            (Route.PUBLIC, "social", 60),
            (Route.PHONE, "care", 60),
        )
        for kind in Kind
    ]
    return Terms(targets=tuple(targets), calendars=hours, promise_calendar="care")


def log(chance: random.Random) -> list[Event]:
    """Make up thirty events of one matter: questions and answers on two channels, promises, now and then an end."""
    at, events = FIRST + chance.randrange(300 * 1440) * MINUTE, list[Event]()
    routes = chance.sample(list(Route), 2)
    while len(events) < EVENTS:
        at += chance.randrange(1, 600) * MINUTE
        route, what = chance.choice(routes), chance.random()
        if what < 0.45:
            known_at = at + timedelta(seconds=3)
            events.append(Heard(at=at, known_at=known_at, route=route, conversation=route, needs_answer=what > 0.05))
        elif what < 0.8:
            weight = Weight.SUBSTANTIVE if what < 0.7 else Weight.AUTOMATIC
            events.append(Said(at=at, accepted_at=at + 2 * MINUTE, conversation=route, weight=weight))
        elif what < 0.9:
            due_at = at + timedelta(hours=6)
            events.append(Said(at=at, conversation=route, weight=Weight.HOLDING, promise_at=due_at))
        elif what < 0.93:
            events.append(Promised(at=at, conversation=route, due_at=at + timedelta(hours=20)))
        elif what < 0.96:
            events.append(Reprioritised(at=at, to=chance.choice(list(Priority))))
        else:
            events.append(Waived(at=at) if what < 0.98 else Resolved(at=at))
    return events


def measure(*, tickets: int = TICKETS) -> dict[str, float]:
    """Fold every log once and return the CPU seconds; the making of the logs is left out."""
    chance, aimed, seconds, owed = random.Random(1), terms(), 0.0, 0
    project(log(chance), aimed)
    for _ in range(tickets // 1000 or 1):
        some = [log(chance) for _ in range(min(tickets, 1000))]
        began = time.process_time()
        for events in some:
            owed += len(project(events, aimed).obligations)
        seconds += time.process_time() - began
    return {"tickets": tickets, "events": EVENTS, "obligations": owed, "seconds": round(seconds, 2)}
