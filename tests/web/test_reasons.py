"""„Warum diese Frist?" on the page says what the API says, for every clock of the ticket."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.desk import aims, priority, replies, rulebook, status, waiting
from app.models import TicketClock
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import FRAGMENT, enter
from tests.web.statements import statements

NINE = cast.MONDAY_NINE


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set(NINE + timedelta(hours=1))
    return cast.build()


def aim_for_matters(world: cast.World) -> None:
    targets = {"first": {"normal": 240, "urgent": 60}, "next": {"normal": 480}}
    more = {"resolution": {"normal": 960}, "update": {"normal": 480}}
    rulebook.write_policy(
        None,
        name="Betreuung",
        route="email",
        team_id=world.care,
        calendar_id=aims.newest_hours(None).calendar_id,
        targets={**targets, **more},
        valid_from=aims.BEGINNING,
        at=NINE,
    )


def words(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def test_the_sheet_tells_what_was_counted(world: cast.World, client: FlaskClient) -> None:
    number = cast.hear(world).ticket_id
    sheet = enter(client, world.ada).get(f"/tickets/{number}/clocks", headers=FRAGMENT)
    assert "<html" not in sheet.text
    told = words(sheet.text)
    assert "Mo., 23.11.: 09:00–13:00 = 4 Std.; zusammen 4 Std." in told
    assert "Erste Antwort (E-Mail)" in told
    assert "Kalender „Servicezeit“, Fassung 1, Europe/Berlin" in told


def test_the_same_address_is_a_page_that_can_be_printed(world: cast.World, client: FlaskClient) -> None:
    number = cast.hear(world).ticket_id
    page = enter(client, world.ada).get(f"/tickets/{number}/clocks")
    assert "<html" in page.text
    assert "Was sie beendet" in page.text


def test_nobody_reads_the_clocks_of_a_ticket_they_may_not_see(world: cast.World, client: FlaskClient) -> None:
    number = cast.hear(world).ticket_id
    assert enter(client, world.zoe).get(f"/tickets/{number}/clocks").status_code == 404


def test_every_clock_of_the_matter_is_explained(world: cast.World, client: FlaskClient) -> None:
    aim_for_matters(world)
    filed = cast.hear(world)
    at = NINE + timedelta(minutes=30)
    priority.change(filed.ticket_id, priority="urgent", by=world.ada, at=at)
    waiting.wait_for(filed.ticket_id, "DHL", by=world.ada, at=at)
    replies.reply(cast.conversation_of(filed), text="Gern.", by=world.ada, at=at + timedelta(minutes=5))
    told = words(enter(client, world.ada).get(f"/tickets/{filed.ticket_id}/clocks", headers=FRAGMENT).text)
    for piece in (
        "Erste Antwort (E-Mail)",
        "Erledigung des Anliegens",
        "Nächstes Lebenszeichen",
        "von normal auf dringend",
    ):
        assert piece in told
    assert "Das Warten auf Dritte zählt mit." in told


def test_a_clock_that_was_asked_for_is_the_one_unfolded(world: cast.World, client: FlaskClient) -> None:
    aim_for_matters(world)
    filed = cast.hear(world)
    clock_id = db.session.scalar(select(TicketClock.id))
    page = enter(client, world.ada).get(f"/tickets/{filed.ticket_id}/clocks?clock=clock:{clock_id}", headers=FRAGMENT)
    assert page.text.count("<details open>") == 1
    opened = page.text.split("<details open>")[1].split("</details>")[0]
    assert "Erledigung des Anliegens" in opened


def test_the_head_shows_the_clocks_of_the_matter_beside_the_answer_owed(world: cast.World, client: FlaskClient) -> None:
    aim_for_matters(world)
    filed = cast.hear(world)
    browser = enter(client, world.ada)
    page = browser.get(f"/tickets/{filed.ticket_id}").text
    assert page.count("/clocks?clock=") == 2
    assert "Erledigung" in page
    status.resolve(filed.ticket_id, by=world.ada, at=NINE + timedelta(hours=1))
    assert "/clocks?clock=" not in browser.get(f"/tickets/{filed.ticket_id}").text


def test_a_matter_that_waits_says_for_whom_and_the_wait_can_be_undone(world: cast.World, client: FlaskClient) -> None:
    number = cast.hear(world).ticket_id
    browser = enter(client, world.ada)
    assert "Auf wen?" in browser.get(f"/tickets/{number}/waiting", headers=FRAGMENT).text
    assert browser.post(f"/tickets/{number}/waiting", data={"for": " "}).status_code == 422
    browser.post(f"/tickets/{number}/waiting", data={"for": "DHL"})
    assert "Wartet auf DHL," in words(browser.get(f"/tickets/{number}").text)
    assert cast.ticket(number).waits_for == "DHL"
    browser.post(f"/tickets/{number}/waiting", data={"ends": "1"})
    assert cast.ticket(number).waits_for == ""


def test_the_explanation_asks_a_fixed_number_of_questions(world: cast.World, client: FlaskClient) -> None:
    filed = cast.hear(world)
    browser = enter(client, world.ada)
    browser.get(f"/tickets/{filed.ticket_id}/clocks", headers=FRAGMENT)
    with statements() as few:
        browser.get(f"/tickets/{filed.ticket_id}/clocks", headers=FRAGMENT)
    for _ in range(3):
        cast.hear(world, replies_to=(cast.message(filed.message_id).external_id,))
    with statements() as many:
        browser.get(f"/tickets/{filed.ticket_id}/clocks", headers=FRAGMENT)
    assert len(many) == len(few)
