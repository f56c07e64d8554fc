"""Devices on the account page: switched on by the browser's own words, tried at once, and never somebody else's."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.config import Settings
from app.db import db
from app.models import PushSubscription
from tests import world as cast
from tests.emulators.push_relay import Browser, PushRelay
from tests.web.entering import enter


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A shop that may call this machine."""
    return dataclasses.replace(settings, push_hosts=("127.0.0.1",))


@pytest.fixture
def world(app: Flask) -> cast.World:
    return cast.build()


@pytest.fixture
def ada(app: Flask, world: cast.World) -> FlaskClient:
    return enter(app.test_client(), world.ada)


@pytest.fixture
def relay() -> Iterator[PushRelay]:
    server = PushRelay()
    server.start()
    yield server
    server.stop()


def said(client: FlaskClient, place: str) -> str:
    """Press a button and return the page it leads to."""
    return client.get(client.post(place).location).text


def subscribe(client: FlaskClient, relay: PushRelay, browser: Browser) -> int:
    asked = {"endpoint": relay.endpoint(), "expirationTime": None, "keys": browser.keys}
    answer = client.post("/account/devices", json=asked)
    assert answer.status_code == 201
    id_: int = json.loads(answer.text)["id"]
    return id_


def test_a_device_is_switched_on_tried_and_switched_off(ada: FlaskClient, relay: PushRelay) -> None:
    browser = Browser()
    id_ = subscribe(ada, relay, browser)
    tried = said(ada, f"/account/devices/{id_}/test")
    assert "Die Testnachricht ist unterwegs." in tried
    assert json.loads(browser.opened(relay.pushed[0].body))["title"] == "Testnachricht von Faden"
    ada.post(f"/account/devices/{id_}/remove")
    assert db.session.scalars(select(PushSubscription)).all() == []


def test_a_browser_that_subscribes_again_stays_one_device(
    app: Flask, world: cast.World, ada: FlaskClient, relay: PushRelay
) -> None:
    subscribe(ada, relay, Browser())
    subscribe(enter(app.test_client(), world.ben), relay, Browser())
    assert [row.agent_id for row in db.session.scalars(select(PushSubscription))] == [world.ben.id]


@pytest.mark.parametrize("status", [404, 500])
def test_a_test_that_fails_says_nothing_of_what_the_address_answered(
    ada: FlaskClient, relay: PushRelay, status: int
) -> None:
    id_ = subscribe(ada, relay, Browser())
    relay.status = status
    page = said(ada, f"/account/devices/{id_}/test")
    assert "Die Testnachricht kam nicht an." in page
    assert "antwortet mit" not in page


def test_hosts_that_administrators_trust_are_not_open_to_every_agent(
    app: Flask, ada: FlaskClient, relay: PushRelay
) -> None:
    id_ = subscribe(ada, relay, Browser())
    app.config["FADEN"] = dataclasses.replace(
        app.config["FADEN"], trusted_hosts=("127.0.0.1", "intern.example"), push_hosts=()
    )
    asked = {"endpoint": "http://intern.example/admin", "keys": Browser().keys}
    assert ada.post("/account/devices", json=asked).status_code == 422
    assert "Die Testnachricht kam nicht an." in said(ada, f"/account/devices/{id_}/test")
    assert relay.pushed == []


def test_somebody_elses_device_does_not_exist(
    app: Flask, world: cast.World, ada: FlaskClient, relay: PushRelay
) -> None:
    id_ = subscribe(ada, relay, Browser())
    ben = enter(app.test_client(), world.ben)
    assert ben.post(f"/account/devices/{id_}/test").status_code == 404
    ben.post(f"/account/devices/{id_}/remove")
    assert len(db.session.scalars(select(PushSubscription)).all()) == 1


@pytest.mark.parametrize(
    "asked",
    [
        {},
        [],
        {"endpoint": "http://push.example/1", "keys": Browser().keys},
        {"endpoint": "https://push.example/1", "keys": {"p256dh": "AAAA", "auth": "AAAA"}},
        {"endpoint": "https://push.example/1", "keys": {"p256dh": "ö", "auth": None}},
        {"endpoint": ["https://push.example/1"], "keys": "x"},
    ],
)
def test_what_no_browser_says_is_refused(ada: FlaskClient, asked: object) -> None:
    assert ada.post("/account/devices", json=asked).status_code == 422


def test_the_worker_is_served_from_the_root_to_anybody(client: FlaskClient) -> None:
    answer = client.get("/sw.js")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert "no-cache" in answer.headers["Cache-Control"]
    assert b"notificationclick" in answer.data
