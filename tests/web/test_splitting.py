"""Taking messages out on the pages, putting them back, and what a join asks once more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.models import TicketState
from channels.contract import Handle
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import FRAGMENT, enter

NINE = cast.MONDAY_NINE
LATER = NINE + timedelta(hours=1)
OTTO = Handle(kind="email", value="otto@post.example", name="Otto Anders")


@pytest.fixture
def world(app: object, clock: Clock) -> cast.World:
    clock.set((LATER + timedelta(minutes=1)).isoformat())
    return cast.build()


@pytest.fixture
def thread(world: cast.World) -> tuple[int, int, int]:
    """Eva's ticket with two mails in one conversation."""
    first = cast.hear(world, text="Wo bleibt die Lampe?")
    above = (cast.message(first.message_id).external_id,)
    second = cast.hear(world, replies_to=above, text="Und die Rechnung fehlt.", at=LATER)
    return first.ticket_id, first.message_id, second.message_id


def test_a_message_is_taken_out_in_the_dialog_and_brought_back(ada: FlaskClient, thread: tuple[int, int, int]) -> None:
    number, _lamp, invoice = thread
    assert f"/messages/{invoice}/split" in ada.get(f"/tickets/{number}").text
    sheet = ada.get(f"/messages/{invoice}/split", headers=FRAGMENT).text
    assert "Wo bleibt die Lampe?" in sheet
    assert f'value="{invoice}" checked' in sheet

    gone = ada.post(f"/messages/{invoice}/split", data={"message": [invoice], "where": "new"})

    there = int(gone.headers["Location"].split("/tickets/")[1].split("?")[0])
    assert there != number
    assert "Und die Rechnung fehlt." in ada.get(f"/tickets/{there}").text
    page = ada.get(f"/tickets/{number}").text
    assert f"eine Nachricht in Anliegen #{there} gelegt" in page
    assert "Zurückholen" in page

    back = ada.post(f"/messages/{invoice}/split/undo")

    assert back.headers["Location"].startswith(f"/tickets/{number}?")
    page = ada.get(f"/tickets/{number}").text
    assert "Und die Rechnung fehlt." in page
    assert "Zurückholen" not in page
    assert cast.ticket(there).state is TicketState.JOINED
    assert ada.get(f"/tickets/{there}").status_code == 200


def test_what_cannot_be_taken_out_is_said_in_the_dialog(ada: FlaskClient, thread: tuple[int, int, int]) -> None:
    number, lamp, invoice = thread

    for form, words in (
        ({"message": [lamp, invoice], "where": "new"}, "Mindestens eine Nachricht"),
        ({"where": "new"}, "mindestens eine Nachricht"),
        ({"message": [invoice], "where": "other", "into": "x"}, "Bitte geben Sie die Nummer"),
        ({"message": [invoice], "where": "other", "into": f"#{number}"}, "schon in diesem Anliegen"),
    ):
        answer = ada.post(f"/messages/{invoice}/split", data=form, headers=FRAGMENT)
        assert answer.status_code == 422
        assert words in answer.text


def test_nobody_takes_out_what_they_do_not_see(
    client: FlaskClient, world: cast.World, thread: tuple[int, int, int]
) -> None:
    ben = enter(client, world.ben)

    assert ben.get(f"/messages/{thread[2]}/split").status_code == 404
    assert ben.post(f"/messages/{thread[2]}/split", data={"message": [thread[2]]}).status_code == 404
    assert ben.post(f"/messages/{thread[2]}/split/undo").status_code == 404


def test_a_single_message_offers_nothing_to_take_out(ada: FlaskClient, world: cast.World) -> None:
    assert "/split" not in ada.get(f"/tickets/{cast.hear(world).ticket_id}").text


def test_matters_of_two_people_are_joined_only_when_it_is_said_twice(ada: FlaskClient, world: cast.World) -> None:
    eva = cast.hear(world).ticket_id
    otto = cast.hear(world, sender=OTTO, text="Etwas ganz anderes", subject="Gutschein").ticket_id

    asked = ada.post(f"/tickets/{otto}/join", data={"into": eva}, headers=FRAGMENT)

    assert asked.status_code == 422
    assert "zwei Personen: Otto Anders und Eva Kundin" in asked.text
    assert cast.ticket(otto).state is TicketState.OPEN
    assert ada.post(f"/tickets/{otto}/join", data={"into": eva, "sure": 1}).status_code == 303
    assert cast.ticket(otto).state is TicketState.JOINED
