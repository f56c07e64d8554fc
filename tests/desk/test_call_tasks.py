"""Calls to be made: asked for once, done by a note that somebody called, or given up with a reason."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.access import Person
from app.db import db, transaction
from app.desk import call_tasks, phone_notes
from app.desk.phone_notes import Said
from app.errors import NotFound, Refused
from app.models import CallOutcome, CallTask, Event, Ticket
from tests import world as cast

NOON = cast.MONDAY_NINE + 3 * cast.HOUR


@pytest.fixture
def number(world: cast.World) -> int:
    return cast.hear(world).ticket_id


@pytest.fixture
def task(world: cast.World, number: int) -> int:
    return asked(world, number) or 0


def asked(world: cast.World, number: int, key: str = "obligation:1:breach") -> int | None:
    with transaction() as afterwards:
        return call_tasks.ask(
            key=key,
            ticket=db.session.get_one(Ticket, number),
            team_id=world.care,
            reason="Frist verletzt",
            at=cast.MONDAY_NINE,
            afterwards=afterwards,
        )


def note(number: int, outcome: CallOutcome, *, by: Person, is_outgoing: bool = True) -> None:
    said = Said(number="+4930123456", is_outgoing=is_outgoing, outcome=outcome, text="Gesprochen.")
    phone_notes.note(said, ticket_id=number, by=by, at=NOON)


def row(task_id: int) -> CallTask:
    db.session.expire_all()
    return db.session.get_one(CallTask, task_id)


def kinds(number: int) -> list[str]:
    rows = select(Event.kind).where(Event.ticket_id == number, Event.kind.startswith("call_")).order_by(Event.id)
    return list(db.session.scalars(rows))


def test_a_call_is_asked_for_once_under_one_key(world: cast.World, number: int, task: int) -> None:
    assert asked(world, number) is None
    assert kinds(number) == ["call_asked"]


def test_whoever_does_not_see_the_ticket_is_not_asked_to_call(world: cast.World, number: int) -> None:
    with transaction() as afterwards:
        ids = [
            call_tasks.ask(
                key=f"obligation:1:{agent.name}",
                ticket=db.session.get_one(Ticket, number),
                team_id=world.care,
                agent_id=agent.id,
                reason="Frist verletzt",
                at=cast.MONDAY_NINE,
                afterwards=afterwards,
            )
            for agent in (world.ada, world.ben, world.max)
        ]
    assert [row(id_ or 0).agent_id for id_ in ids] == [world.ada.id, None, world.max.id]


@pytest.mark.parametrize("outcome", list(CallOutcome))
def test_whoever_called_has_done_it_reached_or_not(
    world: cast.World, number: int, task: int, outcome: CallOutcome
) -> None:
    note(number, outcome, by=world.ada)
    assert (row(task).done_at, row(task).done_by_id, row(task).done_reason) == (NOON, world.ada.id, "")


def test_a_customer_who_rang_by_themselves_and_was_spoken_to_need_not_be_called(
    world: cast.World, number: int, task: int
) -> None:
    note(number, CallOutcome.NOT_REACHED, by=world.ada, is_outgoing=False)
    assert row(task).done_at is None
    note(number, CallOutcome.REACHED, by=world.ada, is_outgoing=False)
    assert row(task).done_at == NOON


def test_a_note_on_another_ticket_does_nothing_here(world: cast.World, task: int) -> None:
    note(cast.hear(world).ticket_id, CallOutcome.REACHED, by=world.ada)
    assert row(task).done_at is None


def test_one_takes_it_and_gives_it_back(world: cast.World, number: int, task: int) -> None:
    assert call_tasks.give(task, world.ada.id, by=world.ada, at=NOON) is None
    assert row(task).agent_id == world.ada.id
    assert call_tasks.give(task, None, by=world.ada, at=NOON) == world.ada.id
    assert kinds(number) == ["call_asked", "call_given", "call_given"]


def test_no_call_needs_a_reason_and_can_be_taken_up_again(world: cast.World, number: int, task: int) -> None:
    with pytest.raises(Refused):
        call_tasks.finish(task, reason="  ", by=world.ada, at=NOON)
    call_tasks.finish(task, reason="Hat selbst geschrieben", by=world.ada, at=NOON)
    assert row(task).done_reason == "Hat selbst geschrieben"
    call_tasks.reopen(task, by=world.ada, at=NOON)
    assert (row(task).done_at, row(task).done_reason) == (None, "")
    assert kinds(number) == ["call_asked", "call_done", "call_reopened"]


def test_what_is_done_is_not_given_to_anybody(world: cast.World, task: int) -> None:
    call_tasks.finish(task, reason="Erledigt", by=world.ada, at=NOON)
    with pytest.raises(Refused):
        call_tasks.give(task, world.ada.id, by=world.ada, at=NOON)


def test_a_task_that_does_not_exist_is_not_found(world: cast.World) -> None:
    with pytest.raises(NotFound):
        call_tasks.finish(12345, reason="Erledigt", by=world.ada, at=NOON)
