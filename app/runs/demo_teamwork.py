"""What the people of the sample shop did among each other: noted, assigned, handed over, asked to let go, resolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app.access import Person
from app.db import db
from app.desk import assignment, closing, handovers, notes, releases, status
from app.models import Team
from app.runs import demo_mail

Step = Mapping[str, Any]


class Act(NamedTuple):
    """One step of one of ours on one matter."""

    ticket_id: int
    conversation_id: int
    step: Step
    by: Person
    people: Mapping[str, Person]
    """By address."""
    at: datetime


def _notes(act: Act) -> None:
    notes.note(act.ticket_id, text=demo_mail.flowing(act.step["notes"]), by=act.by, at=act.at)


def _assigns(act: Act) -> None:
    wanted = act.step["assigns"]
    person = act.people.get(wanted.get("person", ""))
    team_id = _team_id(wanted["team"]) if "team" in wanted else None
    assignee_id = person.id if person else None
    assignment.assign(act.ticket_id, assignee_id=assignee_id, team_id=team_id, by=act.by, at=act.at)


def _hands_over(act: Act) -> None:
    to = _team_id(act.step["hands_over"])
    handovers.hand_over(act.ticket_id, to_team_id=to, reason=act.step["because"], by=act.by, at=act.at)


def _accepts(act: Act) -> None:
    handovers.accept(act.ticket_id, by=act.by, at=act.at)


def _declines(act: Act) -> None:
    handovers.decline(act.ticket_id, reason=act.step["declines"], by=act.by, at=act.at)


def _asks_release(act: Act) -> None:
    asked = releases.Asked(text=demo_mail.flowing(act.step["asks_release"]))
    releases.ask(act.conversation_id, asked, by=act.by, at=act.at)


def _resolves(act: Act) -> None:
    status.resolve(act.ticket_id, terms=closing.Terms(cause=act.step["resolves"]), by=act.by, at=act.at)


ACTS: Mapping[str, Callable[[Act], None]] = {
    "notes": _notes,
    "assigns": _assigns,
    "hands_over": _hands_over,
    "accepts": _accepts,
    "declines": _declines,
    "asks_release": _asks_release,
    "resolves": _resolves,
}
"""By the word in a step."""


def _team_id(name: str) -> int:
    return db.session.scalars(select(Team.id).where(Team.name == name)).one()
