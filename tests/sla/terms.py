"""The targets of the worked examples, and their events written short."""

from __future__ import annotations

from datetime import datetime

from sla.events import Event, Heard, Reprioritised, Said, Waived, Weight
from sla.standing import Holding, Terms
from sla.targets import Kind, Priority, Route, Target
from tests.sla.calendars import CARE, SOCIAL, berlin, minutes

MINUTES = {
    Route.EMAIL: ("care", (240, 60), (480, 120)),
    Route.MESSENGER: ("social", (30, 15), (60, 30)),
    Route.PUBLIC: ("social", (60, 30), (120, 60)),
    Route.PHONE: ("care", (60, 30), (240, 60)),
}


def terms(holding: Holding = Holding.OWN_CONVERSATION) -> Terms:
    targets = tuple(
        Target(route, kind, minutes(count), calendar_name, priority)
        for route, (calendar_name, *by_kind) in MINUTES.items()
        for kind, counts in zip(Kind, by_kind, strict=True)
        for priority, count in zip(Priority, counts, strict=True)
    )
    calendars = {"care": CARE, "social": SOCIAL}
    return Terms(targets=targets, calendars=calendars, holding=holding, promise_calendar="care")


def heard(written: str, route: Route = Route.EMAIL, *, needs_answer: bool = True) -> Event:
    """Each route is one conversation here."""
    return Heard(at=berlin(written), route=route, conversation=route, needs_answer=needs_answer)


def said(
    written: str, route: Route = Route.EMAIL, weight: Weight = Weight.SUBSTANTIVE, promise: str | None = None
) -> Event:
    promise_at: datetime | None = berlin(promise) if promise else None
    return Said(at=berlin(written), conversation=route, weight=weight, promise_at=promise_at)


def waived(written: str) -> Event:
    return Waived(at=berlin(written))


def raised(written: str, to: Priority = Priority.URGENT) -> Event:
    return Reprioritised(at=berlin(written), to=to)
