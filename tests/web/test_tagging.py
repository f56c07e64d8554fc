"""Tags and priority on the ticket's page, and the lists they lead to."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.desk import tags
from app.models import Priority
from tests import world as cast
from tests.web.entering import FRAGMENT, enter


def side(client: FlaskClient, number: int) -> str:
    page = client.get(f"/tickets/{number}").text
    return page.partition('id="labels-title"')[2].partition("</section>")[0]


def test_a_tag_is_put_on_and_taken_off(ada: FlaskClient, number: int) -> None:
    assert "Noch ohne Schlagwort." in side(ada, number)
    assert ada.post(f"/tickets/{number}/tags", data={"name": " #Rückruf  Lampe "}).status_code == 303
    assert 'href="/inbox/tag-r%C3%BCckruf%20lampe"' in side(ada, number)
    assert ada.post(f"/tickets/{number}/tags/removal", data={"name": "Rückruf Lampe"}).status_code == 303
    assert "Noch ohne Schlagwort." in side(ada, number)


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "Bitte geben Sie ein Wort ein."), ("a, b", "Kommas"), ("x" * 61, "Höchstens 60 Zeichen")],
)
def test_a_wrong_tag_is_refused_beside_its_field(ada: FlaskClient, number: int, name: str, words: str) -> None:
    answer = ada.post(f"/tickets/{number}/tags", data={"name": name}, headers=FRAGMENT)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{name}"' in answer.text
    assert answer.headers["HX-Retarget"] == "#sheet"


def test_known_tags_are_offered_unless_they_are_there(ada: FlaskClient, world: cast.World, number: int) -> None:
    for name in ("garantie", "versand"):
        tags.add(cast.hear(world).ticket_id, name=name, by=world.ada, at=cast.MONDAY_NINE)
    tags.add(number, name="versand", by=world.ada, at=cast.MONDAY_NINE)
    dialog = ada.get(f"/tickets/{number}/tags", headers=FRAGMENT).text
    assert 'value="garantie"' in dialog
    assert 'value="versand"' not in dialog


def test_a_tag_has_a_list_of_what_is_open(ada: FlaskClient, world: cast.World, number: int) -> None:
    other = cast.hear(world, subject="Ganz anders").ticket_id
    tags.add(number, name="rückruf lampe", by=world.ada, at=cast.MONDAY_NINE)
    page = ada.get("/inbox/tag-rückruf lampe").text
    assert f"/tickets/{number}?view=tag-r%C3%BCckruf%20lampe" in page
    assert f"/tickets/{other}?" not in page
    assert "Kein offenes Anliegen trägt dieses Schlagwort." in ada.get("/inbox/tag-unbekannt").text


def test_what_a_tag_says_is_never_markup(ada: FlaskClient, world: cast.World, number: int) -> None:
    tags.add(number, name='"><b id=x>', by=world.ada, at=cast.MONDAY_NINE)
    for address in (f"/tickets/{number}", '/inbox/tag-"><b id=x>', f'/tickets/{number}?view=tag-"><b id=x>'):
        assert "<b id=x>" not in ada.get(address).text


def test_a_tag_is_found_by_search(ada: FlaskClient, world: cast.World, number: int) -> None:
    tags.add(number, name="garantie", by=world.ada, at=cast.MONDAY_NINE)
    for words in ("Garantie", "%23garantie"):
        assert f"#{number}<" in ada.get(f"/search/hits?q={words}").text
    assert f"#{number}<" not in ada.get("/search/hits?q=%23lampe").text


def test_one_press_makes_a_matter_urgent_and_one_more_takes_it_back(ada: FlaskClient, number: int) -> None:
    assert 'value="urgent"' in side(ada, number)
    ada.post(f"/tickets/{number}/priority", data={"priority": "urgent"})
    assert cast.ticket(number).priority is Priority.URGENT
    assert 'aria-pressed="true"' in side(ada, number)
    ada.post(f"/tickets/{number}/priority", data={"priority": "normal"})
    assert cast.ticket(number).priority is Priority.NORMAL
    assert ada.post(f"/tickets/{number}/priority", data={"priority": "sofort"}).status_code == 422


@pytest.mark.parametrize("act", ["tags", "tags/removal", "priority"])
def test_what_one_may_not_see_one_does_not_label(app: Flask, world: cast.World, number: int, act: str) -> None:
    stranger = enter(app.test_client(), world.zoe)
    assert stranger.post(f"/tickets/{number}/{act}", data={"name": "x", "priority": "urgent"}).status_code == 404
