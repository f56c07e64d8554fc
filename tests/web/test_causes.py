"""Causes on the pages: a team lists those to choose from, and closing proposes them beside those in use."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.desk import closing
from app.finders import closing as finder
from app.models import TicketState
from tests import world as cast
from tests.desk.handing import change
from tests.monday import mail
from tests.web.entering import FRAGMENT, enter

AIMS = {"calendar": "", "accept": "20", "work": "3", "work-unit": "h", "return": "30", "asks_cause": "yes"}
CHOICE = re.compile(r'<input type="radio" name="cause" value="([^"]*)"( checked)?')


def test_a_team_lists_the_causes_to_choose_from(world: cast.World, client: FlaskClient) -> None:
    browser, address = enter(client, world.max), f"/settings/teams/{world.care}"
    typed = "Frist ab Rechnung gezählt\r\n\r\n Paket  verloren \r\nPaket verloren"
    assert browser.post(f"{address}/aims", data={**AIMS, "causes": typed}).status_code == 303
    assert finder.causes(world.care) == ["Frist ab Rechnung gezählt", "Paket verloren"]
    assert "Frist ab Rechnung gezählt\nPaket verloren</textarea>" in browser.get(address).text
    many = browser.post(f"{address}/aims", data={**AIMS, "causes": "\n".join(map(str, range(21)))})
    assert (many.status_code, "Höchstens 20 Ursachen" in many.text) == (422, True)


def test_closing_proposes_them_and_knows_what_was_named_before(world: cast.World, client: FlaskClient) -> None:
    used, number = mail(world, "otto", "9:00").ticket_id, mail(world, "eva", "9:00").ticket_id
    change(world.care, asks_cause=True, causes=["Paket verloren", "Rechnungskopie"])
    browser = enter(client, world.ada)
    browser.post(f"/tickets/{used}/resolution", data={"cause": "own", "cause_words": "Falsche Größe"})
    closing.name_cause(number, "Rechnungskopie", by=world.ada, at=cast.MONDAY_NINE)
    dialog = browser.post(f"/tickets/{number}/resolution", headers=FRAGMENT).text
    assert CHOICE.findall(dialog) == [
        ("Paket verloren", ""),
        ("Rechnungskopie", " checked"),
        ("Falsche Größe", ""),
        ("own", ""),
        ("", ""),
    ]
    assert '<option value="Falsche Größe">' in dialog
    browser.post(f"/tickets/{number}/resolution", data={"cause": "Rechnungskopie"})
    assert cast.ticket(number).cause == "Rechnungskopie"
    assert "Ursache: Rechnungskopie" in browser.get(f"/tickets/{number}").text


@pytest.mark.parametrize("typed", ["", " \t"])
def test_a_cause_of_one_s_own_has_words(world: cast.World, client: FlaskClient, typed: str) -> None:
    number = mail(world, "eva", "9:00").ticket_id
    change(world.care, asks_cause=True, causes=["Paket verloren"])
    browser = enter(client, world.ada)

    refused = browser.post(f"/tickets/{number}/resolution", data={"cause": "own", "cause_words": typed})

    assert (refused.status_code, cast.ticket(number).state) == (422, TicketState.OPEN)
    assert "Bitte nennen Sie die Ursache." in refused.text
    assert CHOICE.findall(refused.text) == [("Paket verloren", ""), ("own", " checked"), ("", "")]
    assert browser.post(f"/tickets/{number}/resolution", data={"cause": ""}).status_code == 303
    assert cast.ticket(number).state is TicketState.RESOLVED
