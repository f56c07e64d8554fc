"""The page of calls to be made: everything whoever calls must know, and nobody else's."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock as business
from app.db import db, transaction
from app.desk import assignment, call_tasks, handovers
from app.models import CallTask, Ticket
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import enter


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set("2026-11-23T12:00:00+01:00")
    return cast.build()


@pytest.fixture
def ada(app: Flask, world: cast.World) -> FlaskClient:
    return enter(app.test_client(), world.ada)


@pytest.fixture
def task(world: cast.World) -> int:
    number = cast.hear(world, text="Ich warte seit Tagen.").ticket_id
    with transaction() as afterwards:
        task_id = call_tasks.ask(
            key="obligation:1:breach",
            ticket=db.session.get_one(Ticket, number),
            team_id=world.care,
            reason="Frist verletzt",
            at=business.now(),
            afterwards=afterwards,
        )
    return task_id or 0


def row(task_id: int) -> CallTask:
    db.session.expire_all()
    return db.session.get_one(CallTask, task_id)


def test_the_page_says_whom_to_call_why_and_what_was_said(ada: FlaskClient, task: int) -> None:
    page = ada.get("/call-tasks").text
    for words in ("Eva Kundin", "Frist verletzt", "Ich warte seit Tagen.", "noch niemand", "/call?beside=1"):
        assert words in page


def test_the_rail_counts_the_calls_of_ones_teams(app: Flask, world: cast.World, ada: FlaskClient, task: int) -> None:
    assert '<b class="count">1</b>' in ada.get("/notifications/bell").text
    assert '<b class="count">' not in enter(app.test_client(), world.ben).get("/notifications/bell").text


def test_others_neither_see_nor_touch_it(app: Flask, world: cast.World, task: int) -> None:
    zoe = enter(app.test_client(), world.zoe)
    assert "Niemand wartet auf einen Anruf" in zoe.get("/call-tasks").text
    assert zoe.post(f"/call-tasks/{task}/take").status_code == 404
    assert row(task).agent_id is None


def test_it_goes_with_its_ticket_to_another_team(app: Flask, world: cast.World, ada: FlaskClient, task: int) -> None:
    number = row(task).ticket_id
    ada.post(f"/call-tasks/{task}/take")
    assignment.assign(number, team_id=world.social, by=world.ada, at=business.now())
    assert "Ich warte seit Tagen." not in ada.get("/call-tasks").text
    assert ada.post(f"/call-tasks/{task}/take").status_code == 404
    assert '<b class="count">' not in ada.get("/notifications/bell").text
    ben = enter(app.test_client(), world.ben)
    assert '<b class="count">1</b>' in ben.get("/notifications/bell").text
    assert ben.post(f"/call-tasks/{task}/take").status_code == 303
    assert row(task).agent_id == world.ben.id


def test_a_team_that_declines_a_hand_over_calls_nobody_any_more(app: Flask, world: cast.World, task: int) -> None:
    number = row(task).ticket_id
    with transaction():
        row(task).team_id = world.social
    handovers.hand_over(number, to_team_id=world.social, reason="Bitte anrufen", by=world.ada, at=business.now())
    ben = enter(app.test_client(), world.ben)
    assert "Ich warte seit Tagen." in ben.get("/call-tasks").text
    handovers.decline(number, reason="Nicht unseres", by=world.ben, at=business.now())
    assert "Ich warte seit Tagen." not in ben.get("/call-tasks").text
    assert row(task).team_id == world.care


def test_who_sees_only_the_task_hears_nothing_of_its_ticket(app: Flask, world: cast.World, task: int) -> None:
    with transaction():
        row(task).team_id = world.social
    ben = enter(app.test_client(), world.ben)
    assert "Niemand wartet auf einen Anruf" in ben.get("/call-tasks").text
    assert '<b class="count">' not in ben.get("/notifications/bell").text
    assert ben.post(f"/call-tasks/{task}/done", data={"reason": "Egal"}).status_code == 404


def test_one_takes_it_finishes_it_and_takes_it_up_again(world: cast.World, ada: FlaskClient, task: int) -> None:
    ada.post(f"/call-tasks/{task}/take")
    assert row(task).agent_id == world.ada.id
    assert ada.post(f"/call-tasks/{task}/done", data={"reason": ""}).status_code == 422
    ada.post(f"/call-tasks/{task}/done", data={"reason": "Hat geschrieben"})
    assert "kein Anruf nötig – Hat geschrieben" in ada.get("/call-tasks").text
    ada.post(f"/call-tasks/{task}/reopen")
    assert row(task).done_at is None


def test_a_phone_note_from_there_does_it(ada: FlaskClient, task: int) -> None:
    number = row(task).ticket_id
    form = ada.get(f"/tickets/{number}/call?beside=1&direction=out").text
    assert 'name="beside"' in form
    said = {"direction": "out", "outcome": "not_reached", "text": "", "number": "", "beside": "1"}
    ada.post(f"/tickets/{number}/calls", data=said)
    assert row(task).done_at is not None
