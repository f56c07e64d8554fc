"""Teams that take part, on the pages: the dialog, the head of a ticket, the list, and who sees what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.desk import participation, replies
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import FRAGMENT, enter

NINE = cast.MONDAY_NINE


@pytest.fixture
def world(app: object, clock: Clock) -> cast.World:
    clock.set((NINE + timedelta(hours=1)).isoformat())
    return cast.build()


def test_a_team_is_asked_in_the_dialog_and_the_head_names_both(
    client: FlaskClient, world: cast.World, number: int
) -> None:
    ada = enter(client, world.ada)
    sheet = ada.get(f"/tickets/{number}/teams", headers=FRAGMENT).text
    assert "Social Media" in sheet
    assert "Kundenservice" not in sheet

    assert ada.post(f"/tickets/{number}/teams", data={"team": world.social}).status_code == 303

    page = ada.get(f"/tickets/{number}").text
    assert "Am Ball: Kundenservice · beteiligt: Social Media" in page
    assert "Ada hat Social Media beteiligt." in page


def test_the_view_of_what_one_takes_part_in_is_there_while_there_is_something(
    client: FlaskClient, world: cast.World, number: int
) -> None:
    ben = enter(client, world.ben)
    assert "/inbox/taking-part" not in ben.get("/inbox/next").text
    assert "An keinem offenen Anliegen" in ben.get("/inbox/taking-part").text

    participation.invite(number, team_id=world.social, by=world.ada, at=NINE)

    assert f'id="t{number}"' not in ben.get("/inbox/next").text
    assert "/inbox/taking-part" in ben.get("/inbox/next").text
    assert f'id="t{number}"' in ben.get("/inbox/taking-part").text
    assert f'id="t{number}"' in ben.get(f"/inbox/taking-part/news?tickets={number}").text
    assert f'id="t{number}"' in enter(client, world.ada).get("/inbox/next").text
    assert f'id="t{number}"' not in client.get("/inbox/taking-part").text


def test_who_takes_part_may_answer_and_the_ball_stays(client: FlaskClient, world: cast.World, number: int) -> None:
    participation.invite(number, team_id=world.social, by=world.ada, at=NINE)
    ben = enter(client, world.ben)
    conversation = cast.obligations(number)[0].conversation_id

    form = {"conversation": conversation, "text": "Ich frage nach."}
    assert ben.post(f"/tickets/{number}/replies", data=form).status_code == 303

    ticket = cast.ticket(number)
    assert (ticket.team_id, ticket.due_at) == (world.care, None)


def test_whoever_takes_their_own_team_out_is_shown_the_list(
    client: FlaskClient, world: cast.World, number: int
) -> None:
    participation.invite(number, team_id=world.social, by=world.ada, at=NINE)
    ben = enter(client, world.ben)

    gone = ben.post(f"/tickets/{number}/teams/removal", data={"team": world.social})

    assert gone.headers["Location"] == "/inbox/next"
    assert ben.get(f"/tickets/{number}").status_code == 404
    again = ben.post(f"/tickets/{number}/teams/removal", data={"team": world.social})
    assert again.status_code == 404


def test_a_team_that_takes_part_already_is_refused_in_the_dialog(
    client: FlaskClient, world: cast.World, number: int
) -> None:
    participation.invite(number, team_id=world.social, by=world.ada, at=NINE)
    ada = enter(client, world.ada)

    answer = ada.post(f"/tickets/{number}/teams", data={"team": world.social}, headers=FRAGMENT)

    assert answer.status_code == 422
    assert "Social Media ist schon beteiligt." in answer.text


def test_taking_part_is_told_by_its_reason(client: FlaskClient, world: cast.World, number: int) -> None:
    participation.invite(number, team_id=world.social, by=world.ada, at=NINE)
    replies.reply(cast.obligations(number)[0].conversation_id, text="Ja.", by=world.ben, at=NINE)

    assert "wurde beteiligt, heute, 09:00 Uhr" in enter(client, world.ada).get(f"/tickets/{number}").text
