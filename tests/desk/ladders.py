"""Ladders, calendars and absences of a test's shop."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.access import Person
from app.db import db, transaction
from app.desk import aims, rulebook
from app.models import Agent, Firing, Notification, Policy
from app.runs.climb import Climb
from tests.world import MONDAY_NINE, WEEKDAYS

TARGETS = {"first": {"normal": 240, "urgent": 60}, "next": {"normal": 480, "urgent": 120}}


def climb_by(*rungs: dict[str, Any]) -> int:
    """Give the shop's policy for mail this ladder, and return it."""
    ladder_id = rulebook.write_ladder(None, name="Leiter", rungs=rungs, at=MONDAY_NINE)
    policy_id = db.session.query(Policy.id).filter_by(name="E-Mail").scalar()
    rulebook.write_policy(
        policy_id,
        name="E-Mail",
        route="email",
        calendar_id=aims.newest_hours(None).calendar_id,
        targets=TARGETS,
        ladder_id=ladder_id,
        at=MONDAY_NINE,
    )
    return ladder_id


def works(
    person: Person,
    opens: str,
    closes: str,
    *,
    days: tuple[str, ...] = WEEKDAYS,
    closed: tuple[str, ...] = (),
    at: datetime = MONDAY_NINE,
) -> None:
    """Give somebody hours of their own."""
    calendar_id = rulebook.write_calendar(
        None,
        name=f"{person.name} {opens}",
        time_zone="Europe/Berlin",
        weekly_hours={day: [[opens, closes]] for day in days},
        own_days=dict.fromkeys(closed, "frei"),
        valid_from=at.date(),
        at=at,
    )
    change(person, calendar_id=calendar_id)


def change(person: Person, **values: Any) -> None:
    with transaction():
        agent = db.session.get_one(Agent, person.id)
        for name, value in values.items():
            setattr(agent, name, value)


def round_at(at: datetime, *, most: int = 10) -> None:
    """Let the tick look once, at this instant."""
    from app import clock

    assert clock.now() == at, "set the clock first"
    assert Climb(most=most).round()


def fired(*, superseded: bool = False) -> list[str]:
    """Return the rungs that fired, by name and in order; or those that were only passed."""
    db.session.rollback()
    found = db.session.query(Firing).filter(Firing.is_superseded.is_(superseded)).order_by(Firing.id)
    return [firing.rung for firing in found]


def told(via: str = "mail") -> list[tuple[str, str, str]]:
    """Return rung, name and state of everything that was told by this way, in order."""
    db.session.rollback()
    rows = (
        db.session.query(Notification, Agent.name)
        .join(Agent, Agent.id == Notification.agent_id)
        .filter(Notification.via == via)
        .order_by(Notification.id)
    )
    return [(row.key.rpartition(":")[2], name, row.state.value) for row, name in rows]
