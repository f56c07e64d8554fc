"""How a channel is: told on its page with the next step by code, and to everybody in a bar as long as it is in trouble."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.desk import channels, replies
from app.desk.channels import Source
from channels.contract import Health
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import enter

NOW = cast.MONDAY_NINE


@pytest.fixture
def world(app: Flask, client: FlaskClient, clock: Clock) -> cast.World:
    clock.set(NOW)
    world = cast.build()
    enter(client, world.max)
    return world


@pytest.fixture
def page(world: cast.World) -> int:
    """A page that was set up and works."""
    secrets = {"page_token": "a", "app_secret": "b", "verify_token": "c"}
    id_ = channels.add(
        "messenger",
        name="Nordlicht auf Facebook",
        address="2200000000000042",
        settings={"app_id": "110000"},
        secrets=secrets,
        team_id=world.social,
    )
    channels.report_well(id_, at=NOW)
    return id_


def break_down(channel_id: int, code: str = "190") -> None:
    words = "Facebook nimmt das Zugriffs-Token nicht mehr an."
    channels.report_problem(channel_id, words=words, source=Source.HEALTH, code=code, at=NOW)


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("190", "Der Zugang gilt nicht mehr"),
        ("10", "fehlt eine Berechtigung"),
        ("200", "fehlt eine Berechtigung"),
        ("613", "bremst uns"),
        ("368", "hat das Konto gesperrt"),
        ("402", "Guthaben"),
        ("unauthorised", "Der Zugang gilt nicht mehr"),
    ],
)
def test_a_problem_is_told_with_its_next_step(page: int, client: FlaskClient, code: str, step: str) -> None:
    break_down(page, code)
    shown = client.get(f"/settings/channels/{page}").text
    assert "nimmt das Zugriffs-Token nicht mehr an." in shown
    assert f"Code {code}" in shown
    assert step in shown.partition("Nächster Schritt:")[2].partition("</p>")[0]


def test_a_dead_token_leads_to_the_field_that_takes_a_new_one(page: int, client: FlaskClient) -> None:
    break_down(page)
    assert 'data-opens="page_token"' in client.get(f"/settings/channels/{page}").text


@pytest.mark.parametrize(("days", "mark"), [(30, ""), (13, "läuft ab"), (-1, "abgelaufen")])
def test_a_token_that_ends_is_told_before_it_does(page: int, client: FlaskClient, days: int, mark: str) -> None:
    channels.report_health(page, Health(is_ok=True, token_expires_at=NOW + timedelta(days=days)), at=NOW)
    shown = client.get(f"/settings/channels/{page}").text.partition("Zugang gilt bis")[2].partition("</dd>")[0]
    assert mark in shown
    assert ("tag" in shown) is bool(mark)


def test_what_waits_is_counted(world: cast.World, client: FlaskClient) -> None:
    """The receipt and the answer."""
    filed = cast.hear(world)
    replies.reply(cast.conversation_of(filed), text="Morgen.", by=world.ada, at=NOW)
    shown = client.get(f"/settings/channels/{world.channel}").text
    assert '<dt>Antworten, die warten</dt><dd class="num">2</dd>' in shown
    assert "Zuletzt gehört" in shown


def test_refused_signatures_are_told_where_the_platform_calls_us(page: int, client: FlaskClient) -> None:
    channels.refuse({page: 7}, at=NOW)
    shown = client.get(f"/settings/channels/{page}").text
    assert '<dt>Abgewiesen ohne gültige Unterschrift</dt><dd class="num">7 ' in shown


def test_everybody_hears_that_answers_wait_and_admins_why(page: int, world: cast.World, client: FlaskClient) -> None:
    break_down(page)
    sentence = "Nordlicht auf Facebook: seit 09:00 gestört – Antworten warten."
    for_admins = client.get("/inbox/next").text
    for_agents = enter(client, world.ada).get("/inbox/next").text
    assert sentence in for_admins
    assert f'href="/settings/channels/{page}"' in for_admins.partition('id="bars"')[2].partition("</div>\n</div>")[0]
    assert sentence in for_agents
    assert "Zugriffs-Token" not in for_agents


def test_the_bar_comes_and_goes_with_the_events(page: int, world: cast.World, client: FlaskClient) -> None:
    """An agent who may not see a single ticket hears of it as well."""
    enter(client, world.zoe)
    break_down(page)
    down = json.loads(client.get("/live/since?after=0").text)
    assert [(signal["kind"], signal["ticket"]) for signal in down] == [("channel_down", 0)]
    assert "gestört" in client.get("/live/bars").text
    channels.report_well(page, at=NOW)
    up = json.loads(client.get(f"/live/since?after={down[-1]['id']}").text)
    assert [signal["kind"] for signal in up] == ["channel_up"]
    assert client.get("/live/bars").text.strip() == ""


def test_its_page_can_ask_again_how_it_is(page: int, world: cast.World, client: FlaskClient) -> None:
    address = f"/settings/channels/{page}/condition"
    assert "verbunden" in client.get(address).text
    break_down(page)
    assert "Code 190" in client.get(address).text
    assert enter(client, world.cleo).get(address).status_code == 404


def test_a_channel_that_rests_is_no_trouble(page: int, client: FlaskClient) -> None:
    break_down(page)
    channels.pause(page, is_paused=True)
    assert "gestört" not in client.get("/live/bars").text
