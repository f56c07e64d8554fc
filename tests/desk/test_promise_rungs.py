"""A promise warns whoever gave it, and once its time has passed, those who watch."""

from __future__ import annotations

import pytest

from app.db import db
from app.desk import assignment, phone_notes, promise_acts, promise_rungs
from app.desk.phone_notes import Said
from app.models import CallOutcome, Event, Notification, Promise
from tests import world as cast
from tests.world import HOUR, MONDAY_NINE, World

DUE = MONDAY_NINE + 4 * HOUR


@pytest.fixture
def promise(world: World) -> int:
    """Ada has promised at nine to call back by one."""
    said = Said(number="", is_outgoing=True, outcome=CallOutcome.REACHED, text="Prüft das Lager.", promise_at=DUE)
    number = cast.hear(world).ticket_id
    phone_notes.note(said, ticket_id=number, by=world.ada, at=MONDAY_NINE)
    return db.session.query(Promise).one().id


def told() -> list[tuple[str, str]]:
    from app.models import Agent

    db.session.expire_all()
    rows = db.session.query(Notification.kind, Agent.name).join(Agent, Agent.id == Notification.agent_id)
    return sorted((kind, name) for kind, name in rows.filter(Notification.via == "mail"))


def test_a_promise_warns_whoever_gave_it(world: World, promise: int) -> None:
    assert promise_rungs.due(at=MONDAY_NINE + 2 * HOUR) == []
    assert promise_rungs.due(at=MONDAY_NINE + 3 * HOUR) == [promise]

    assert promise_rungs.fire(promise, at=MONDAY_NINE + 3 * HOUR) == "75"

    assert told() == [("promise_warned", "Ada")]


def test_a_broken_promise_is_told_to_the_leads_and_stays_owed(world: World, promise: int) -> None:
    promise_rungs.fire(promise, at=MONDAY_NINE + 3 * HOUR)

    assert promise_rungs.fire(promise, at=DUE) == "breach"

    assert told() == [("promise_broken", "Ada"), ("promise_broken", "Cleo"), ("promise_warned", "Ada")]
    assert db.session.query(Promise).one().state == "broken"
    assert cast.ticket(10001).due_at == DUE
    assert promise_rungs.due(at=DUE + 100 * HOUR) == []


def test_a_broken_promise_is_told_to_both_who_gave_and_who_keeps_it(world: World, promise: int) -> None:
    assignment.assign(10001, team_id=world.social, by=world.ada, at=MONDAY_NINE)
    promise_acts.pass_on(promise, to=world.ben.id, by=world.ada, at=MONDAY_NINE)
    promise_rungs.fire(promise, at=MONDAY_NINE + 3 * HOUR)

    promise_rungs.fire(promise, at=DUE)

    assert {("promise_warned", "Ben"), ("promise_broken", "Ada"), ("promise_broken", "Ben")} <= set(told())
    assert ("promise_warned", "Ada") not in told()


def test_a_rung_fires_once(world: World, promise: int) -> None:
    fired = [promise_rungs.fire(promise, at=DUE) for _ in range(3)]

    assert fired == ["breach", "", ""]
    assert db.session.query(Event).filter_by(kind="promise_broken").count() == 1


def test_a_promise_that_was_kept_says_nothing(world: World, promise: int) -> None:
    said = Said(number="", is_outgoing=True, outcome=CallOutcome.REACHED, text="Ist da.")
    phone_notes.note(said, ticket_id=10001, by=world.ada, at=MONDAY_NINE + HOUR)

    assert promise_rungs.due(at=DUE + HOUR) == []
    assert promise_rungs.fire(promise, at=DUE + HOUR) == ""
