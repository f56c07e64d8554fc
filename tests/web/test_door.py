"""Who gets in: cookies, passwords, the way back, and that every page but a named few is closed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import signin
from app.config import Settings
from app.db import db
from app.factory import create_app
from app.web import door
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import enter

PASSWORD = "ein ganzer Satz ist gut"


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set(cast.MONDAY_NINE)
    world = cast.build()
    signin.set_password(world.ada.id, PASSWORD)
    return world


def log_in(client: FlaskClient, password: str = PASSWORD, *, name: str = "ada", there: str = "") -> TestResponse:
    return client.post("/login", data={"email": f"{name}@nordlicht.example", "password": password, "next": there})


def let_go(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def rules(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Yield every page with a method and an address, ids being 1."""
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        if not address.startswith(door.GUARDED_ELSEWHERE):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, address


def test_every_page_but_a_few_named_ones_asks_for_a_log_in(app: Flask, client: FlaskClient) -> None:
    open_ones = {
        f"{method} {address}"
        for rule, method, address in rules(app)
        if "/login" not in client.open(address, method=method).headers.get("Location", "")
    }
    named = {f"{method} {address}" for rule, method, address in rules(app) if rule.endpoint in door.PUBLIC}
    assert open_ones - named == {"GET /static/1"}


def test_a_page_comes_back_after_the_log_in(world: cast.World, client: FlaskClient) -> None:
    answer = client.get("/tickets/10001?view=next")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/tickets/10001?view%3Dnext")
    assert log_in(client, there="/tickets/10001?view=next").headers["Location"] == "/tickets/10001?view=next"


def test_a_stream_and_a_program_get_a_plain_401(client: FlaskClient) -> None:
    assert client.get("/live", headers={"Accept": "text/event-stream"}).status_code == 401
    assert client.get("/inbox/next", headers={"Accept": "application/json"}).status_code == 401


@pytest.mark.parametrize(
    "there",
    [
        "https://boese.example/",
        "//boese.example/",
        "/\\boese.example/",
        "\\\\boese.example/",
        "/\t/boese.example/",
        "/%0a/boese.example\n",
        "javascript:alert(1)",
        " //boese.example",
        "boese.example",
        "",
    ],
)
def test_nobody_is_sent_to_another_site(world: cast.World, client: FlaskClient, there: str) -> None:
    answer = log_in(client, there=there)
    assert answer.headers["Location"] == "/"


def cookie_of(answer: TestResponse, name: str) -> str:
    return next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}="))


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(world: cast.World, client: FlaskClient) -> None:
    cookie = cookie_of(log_in(client), "faden")
    assert all(mark in cookie for mark in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"))
    assert "Secure" not in cookie


def test_behind_tls_the_cookie_is_kept_to_this_host(settings: Settings) -> None:
    app = create_app(dataclasses.replace(settings, base_url="https://support.nordlicht.example"))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        signin.set_password(cast.build().ada.id, PASSWORD)
    answer = log_in(app.test_client())
    let_go(app)
    cookie = cookie_of(answer, "__Host-faden")
    assert all(mark in cookie for mark in ("Secure", "HttpOnly", "Path=/"))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world: cast.World, client: FlaskClient) -> None:
    wrong, unknown = log_in(client, "geraten"), log_in(client, "geraten", name="wer")
    assert wrong.status_code == unknown.status_code == 422
    assert all("E-Mail-Adresse oder Kennwort stimmt nicht." in answer.text for answer in (wrong, unknown))
    assert 'value="ada@nordlicht.example"' in wrong.text
    assert "geraten" not in wrong.text


def test_guessing_is_stopped_and_says_for_how_long(world: cast.World, client: FlaskClient) -> None:
    assert {log_in(client, "geraten").status_code for _attempt in range(10)} == {422}
    stopped = log_in(client)
    assert stopped.status_code == 429
    assert "Zu viele Versuche. Bitte warten Sie bis zu 10 Minuten." in stopped.text
    assert 0 < int(stopped.headers["Retry-After"]) <= 600


def test_guessing_at_one_name_does_not_lock_out_another(world: cast.World, client: FlaskClient) -> None:
    signin.set_password(world.ben.id, PASSWORD)
    assert [log_in(client, "geraten").status_code for _attempt in range(11)][-1] == 429
    assert log_in(client, name="ben").status_code == 303


def test_right_passwords_do_not_count_as_guesses(world: cast.World, client: FlaskClient) -> None:
    assert {log_in(client).status_code for _attempt in range(12)} == {303}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_guessing_is_stopped_without_the_queue_too(settings: Settings) -> None:
    app = create_app(dataclasses.replace(settings, redis_url="redis://127.0.0.1:1/0"))
    app.config["WTF_CSRF_ENABLED"] = False
    answers = [log_in(app.test_client(), "geraten").status_code for _attempt in range(11)]
    let_go(app)
    assert answers == [422] * 10 + [429]


def test_logging_out_ends_the_session_at_once(world: cast.World, client: FlaskClient) -> None:
    enter(client, world.ada)
    secret = client.get_cookie("faden")
    assert secret is not None
    assert client.post("/logout").headers["Location"] == "/login"
    client.set_cookie("faden", secret.value)
    assert client.get("/account").status_code == 303


def test_a_month_without_a_visit_ends_the_session(world: cast.World, client: FlaskClient, clock: Clock) -> None:
    enter(client, world.ada)
    assert client.get("/account").status_code == 200
    clock.set(cast.MONDAY_NINE + timedelta(days=31))
    assert client.get("/account").status_code == 303


def test_who_is_inside_does_not_see_the_log_in_again(world: cast.World, client: FlaskClient) -> None:
    answer = enter(client, world.ada).get("/login?next=/account")
    assert answer.headers["Location"] == "/account"


def test_nobody_but_an_administrator_finds_the_settings(app: Flask, world: cast.World, client: FlaskClient) -> None:
    answers = {
        person.name: {
            enter(client, person).open(address, method=method).status_code
            for _rule, method, address in rules(app)
            if address.startswith("/settings")
        }
        for person in (world.ada, world.cleo, world.zoe)
    }
    assert answers == {"Ada": {404}, "Cleo": {404}, "Zoe": {404}}
    assert enter(client, world.max).get("/settings/channels").status_code == 200


def test_an_outsider_finds_nothing_of_a_ticket(world: cast.World, client: FlaskClient) -> None:
    filed = cast.hear(world)
    enter(client, world.zoe)
    addresses = [
        f"/tickets/{filed.ticket_id}",
        f"/messages/{filed.message_id}/html",
        "/attachments/1",
        "/parked",
        "/parked/1/raw",
        "/settings/channels",
    ]
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 404)
    assert enter(client, world.ada).get(f"/tickets/{filed.ticket_id}").status_code == 200
