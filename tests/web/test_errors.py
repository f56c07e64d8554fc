"""Errors in words: what happened, what is safe, what to do now."""

from __future__ import annotations

import dataclasses
import logging
import re
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import Settings
from app.errors import Refused
from app.factory import create_app
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import FRAGMENT, enter


@pytest.fixture
def failing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An application in which one public page breaks."""

    def broken() -> str:
        raise RuntimeError("Geheimes aus dem Inneren")

    def refused() -> str:
        raise Refused("Das Anliegen ist schon erledigt.")

    monkeypatch.setitem(app.view_functions, "passwords.forgotten", broken)
    monkeypatch.setitem(app.view_functions, "account.ask", refused)
    return app


def test_what_does_not_exist_says_so_in_german(client: FlaskClient) -> None:
    answer = client.get("/gibt-es-nicht")
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht, oder nicht für Sie." in answer.text


def test_the_wrong_method_says_which_ones_are_right(client: FlaskClient) -> None:
    answer = client.delete("/login")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}
    assert "So geht es nicht" in answer.text


def test_errors_speak_english_to_those_who_do(client: FlaskClient) -> None:
    assert '<html lang="en"' in client.get("/gibt-es-nicht", headers={"Accept-Language": "en"}).text


def test_a_fault_of_ours_shows_a_number_that_stands_in_the_log(
    failing: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = client.get("/password")
    found = re.search(r'<code class="num">([0-9a-f]{8})</code>', answer.text)
    assert answer.status_code == 500
    assert found
    assert found[1] in caplog.text
    assert "Geheimes" in caplog.text
    assert "Geheimes" not in answer.text


def test_a_refusal_of_the_desk_is_a_page_with_its_sentence(failing: Flask, client: FlaskClient) -> None:
    answer = client.get("/login")
    assert answer.status_code == 422
    assert "Das Anliegen ist schon erledigt." in answer.text


def test_a_script_gets_the_sentence_in_a_header(failing: Flask, client: FlaskClient) -> None:
    answer = client.get("/login", headers=FRAGMENT)
    assert answer.status_code == 409
    assert unquote(answer.headers["X-Faden-Words"]) == "Das Anliegen ist schon erledigt."
    assert "<html" not in answer.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_database_that_is_away_is_said_in_plain_words(settings: Settings) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    client = create_app(dataclasses.replace(settings, database_url=url)).test_client()
    client.set_cookie("faden", "irgendetwas")
    answer = client.get("/account")
    assert answer.status_code == 503
    assert "Die Datenbank antwortet nicht" in answer.text
    assert answer.headers["Retry-After"] == "30"


HUGE = "9" * 30


@pytest.fixture
def number(app: Flask, client: FlaskClient, clock: Clock) -> int:
    """A ticket that the browser may see."""
    clock.set(cast.MONDAY_NINE)
    world = cast.build()
    enter(client, world.ada)
    return cast.hear(world).ticket_id


@pytest.mark.parametrize(
    "address",
    [
        f"/tickets/{HUGE}",
        f"/tickets/{'9' * 5000}",
        "/tickets/9223372036854775808/timeline",
        f"/messages/{HUGE}/html",
        f"/attachments/{HUGE}",
        "/inbox/next/rows?after=2026-01-01~1~",
        "/inbox/next/rows?after=0001-01-01T00:00:00%2B23:59~1~",
        "/inbox/next/rows?after=gestern~1~",
    ],
)
def test_an_address_no_row_can_have_does_not_exist(number: int, client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        f"/tickets/{{number}}/timeline?before={HUGE}",
        f"/tickets/{{number}}/timeline?before=-{HUGE}",
        f"/live/since?after={HUGE}",
        f"/inbox/next/news?tickets={HUGE},1",
        f"/inbox/next/news?tickets={'9' * 5000}",
        f"/inbox/next/rows?after=2026-01-01T00:00:00Z~{HUGE}~",
        "/search?q=Lampe%00",
    ],
)
def test_a_question_about_numbers_no_row_can_have_is_answered(number: int, client: FlaskClient, address: str) -> None:
    assert client.get(address.format(number=number)).status_code == 200


@pytest.mark.parametrize(
    ("act", "typed", "status"),
    [
        ("join", {"into": HUGE}, 422),
        ("join", {"into": "²"}, 422),
        ("assignment", {"assignee": HUGE}, 404),
        ("assignment", {"team": HUGE}, 404),
        ("parts", {"conversation": HUGE}, 404),
        ("replies", {"conversation": HUGE, "text": "x"}, 404),
    ],
)
def test_an_act_on_a_row_that_cannot_be_is_refused(
    number: int, client: FlaskClient, act: str, typed: dict[str, str], status: int
) -> None:
    assert client.post(f"/tickets/{number}/{act}", data=typed).status_code == status


def test_a_log_in_with_nul_is_only_a_wrong_one(number: int, app: Flask) -> None:
    answer = app.test_client().post("/login", data={"email": "ada\0@nordlicht.example", "password": "x\0"})
    assert answer.status_code == 422
