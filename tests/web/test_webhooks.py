"""The settings of webhooks: the secret is shown once, a test call says what became of it, only administrators get in."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import seal
from app.config import Settings
from app.db import db
from app.desk import rulebook
from app.models import Webhook
from tests import world as cast
from tests.emulators.webhook_receiver import Receiver
from tests.web.entering import enter


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A shop that may call this machine."""
    return dataclasses.replace(settings, trusted_hosts=("127.0.0.1",))


@pytest.fixture
def world(app: Flask) -> cast.World:
    return cast.build()


@pytest.fixture
def max_(app: Flask, world: cast.World) -> FlaskClient:
    return enter(app.test_client(), world.max)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    server.start()
    yield server
    server.stop()


def said(client: FlaskClient, place: str) -> str:
    """Press a button and return the page it leads to."""
    return client.get(client.post(place).location).text


def webhook() -> Webhook:
    db.session.expire_all()
    return db.session.scalars(select(Webhook)).one()


def add(client: FlaskClient, url: str) -> str:
    """Add one through the page and return what the page says."""
    return client.post("/settings/webhooks", data={"name": "Leitstand", "url": url}).text


def secret_on(page: str) -> str:
    found = re.search(r'value="(whsec_[^"]+)"', page)
    return found[1] if found else ""


def test_the_secret_is_shown_once_and_kept_sealed(max_: FlaskClient, receiver: Receiver) -> None:
    secret = secret_on(add(max_, receiver.address))
    assert secret
    assert secret.encode() not in webhook().secret
    assert seal.unseal(webhook().secret) == {"secret": secret}
    assert secret not in max_.get(f"/settings/webhooks/{webhook().id}").text


def test_a_test_call_is_made_at_once_and_says_how_it_went(max_: FlaskClient, receiver: Receiver) -> None:
    receiver.secret = secret_on(add(max_, receiver.address))
    tested = said(max_, f"/settings/webhooks/{webhook().id}/test")
    assert "Der Testaufruf wurde angenommen." in tested
    (told,) = receiver.told
    assert (told.is_ours, told.body["type"]) == (True, "test")
    receiver.status = 500
    again = said(max_, f"/settings/webhooks/{webhook().id}/test")
    assert "Die Gegenstelle antwortet mit 500." in again


def test_a_renewed_secret_signs_from_then_on(max_: FlaskClient, receiver: Receiver) -> None:
    add(max_, receiver.address)
    receiver.secret = secret_on(max_.post(f"/settings/webhooks/{webhook().id}/secret").text)
    max_.post(f"/settings/webhooks/{webhook().id}/test")
    assert receiver.told[0].is_ours


def test_it_is_paused_resumed_and_only_then_removed(max_: FlaskClient, receiver: Receiver) -> None:
    add(max_, receiver.address)
    place = f"/settings/webhooks/{webhook().id}"
    assert "erst an" in said(max_, f"{place}/remove")
    max_.post(f"{place}/pause")
    assert webhook().is_paused
    max_.post(f"{place}/resume")
    assert not webhook().is_paused
    max_.post(f"{place}/pause")
    max_.post(f"{place}/remove")
    assert db.session.scalars(select(Webhook)).all() == []


def test_one_that_a_ladder_calls_is_not_removed(max_: FlaskClient, receiver: Receiver) -> None:
    add(max_, receiver.address)
    way = f"webhook:{webhook().id}"
    rungs = [{"at": "breach", "to": ["lead"], "via": ["inbox", way]}]
    rulebook.write_ladder(None, name="Nachtwache", rungs=rungs, at=cast.MONDAY_NINE)
    place = f"/settings/webhooks/{webhook().id}"
    max_.post(f"{place}/pause")
    assert "Stufen rufen ihn noch auf: Nachtwache." in said(max_, f"{place}/remove")
    assert webhook().is_paused


def test_the_number_of_a_removed_one_is_never_given_again(max_: FlaskClient, receiver: Receiver) -> None:
    add(max_, receiver.address)
    removed = webhook().id
    max_.post(f"/settings/webhooks/{removed}/pause")
    max_.post(f"/settings/webhooks/{removed}/remove")
    add(max_, receiver.address)
    assert webhook().id > removed


def test_what_is_wrong_with_an_address_stands_beside_it(max_: FlaskClient) -> None:
    answer = max_.post("/settings/webhooks", data={"name": "Leitstand", "url": "http://leitstand.example/"})
    assert answer.status_code == 422
    assert "Die Adresse muss mit https:// beginnen." in answer.text


def test_for_everybody_else_the_pages_do_not_exist(app: Flask, world: cast.World) -> None:
    cleo = enter(app.test_client(), world.cleo)
    assert cleo.get("/settings/webhooks").status_code == 404
    assert cleo.post("/settings/webhooks", data={"name": "x", "url": "https://x.example"}).status_code == 404
