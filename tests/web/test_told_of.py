"""Whoever we told of a ticket opens it, though it is not their team's; no list of theirs shows it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.desk import escalation, handovers
from app.models import Message, Notification, Via
from tests import world as cast
from tests.desk import ladders
from tests.fixtures.databases import Clock
from tests.web.entering import enter

LATE = cast.MONDAY_NINE + timedelta(hours=5)


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set(LATE.isoformat())
    return cast.build()


@pytest.fixture
def ben(app: Flask, world: cast.World) -> FlaskClient:
    return enter(app.test_client(), world.ben)


def breached(world: cast.World) -> int:
    """Let the deadline of Eva's mail pass while care's lead is away and Ben, of another team, stands in for her."""
    ladders.change(world.cleo, deputy_id=world.ben.id, away_from=cast.MONDAY_NINE)
    number = cast.hear(world, text="Wo bleibt meine Lampe?").ticket_id
    for id_ in escalation.due(at=LATE):
        escalation.fire(id_, at=LATE)
    return number


def test_a_deputy_of_another_team_follows_the_word_to_the_ticket_and_answers(
    world: cast.World, ben: FlaskClient
) -> None:
    number = breached(world)
    word = db.session.scalar(select(Notification.id).where(Notification.via == Via.INBOX))
    assert ben.get(f"/notifications/{word}").location == f"/tickets/{number}"
    page = ben.get(f"/tickets/{number}")
    assert page.status_code == 200
    assert "Wo bleibt meine Lampe?" in page.text
    message = db.session.scalar(select(Message.id))
    assert ben.get(f"/messages/{message}/quote").status_code == 200
    assert ben.post(f"/tickets/{number}/notes", data={"text": "Ich rufe an."}).status_code == 303


def test_no_list_shows_what_one_was_merely_told_of(world: cast.World, ben: FlaskClient) -> None:
    number = breached(world)
    for place in ("/inbox/all", "/inbox/mine", f"/search?q={number}"):
        assert f"/tickets/{number}" not in ben.get(place).text


def test_nobody_else_opens_it(app: Flask, world: cast.World) -> None:
    number = breached(world)
    assert {row.agent_id for row in db.session.scalars(select(Notification))} == {world.ben.id}
    assert enter(app.test_client(), world.zoe).get(f"/tickets/{number}").status_code == 404


def test_being_told_of_one_ticket_opens_no_other(world: cast.World, ben: FlaskClient) -> None:
    breached(world)
    assert ben.get(f"/tickets/{cast.hear(world).ticket_id}").status_code == 404


def test_being_asked_by_name_ends_with_the_question(world: cast.World, ben: FlaskClient) -> None:
    number = cast.hear(world).ticket_id
    handovers.hand_over(
        number, to_team_id=world.social, to_agent_id=world.ben.id, reason="Bitte", by=world.ada, at=LATE
    )
    assert ben.get(f"/tickets/{number}").status_code == 200
    handovers.withdraw(number, by=world.ada, at=LATE)
    assert ben.get(f"/tickets/{number}").status_code == 404


def test_a_call_of_a_ladder_to_another_team_opens_it_for_all_of_them(world: cast.World, ben: FlaskClient) -> None:
    ladders.climb_by({"at": "breach", "to": [f"team:{world.social}"], "via": ["inbox"]})
    assert ben.get(f"/tickets/{breached(world)}").status_code == 200
