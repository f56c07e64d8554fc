"""When nobody watches over deadlines: red on every page, told to open browsers, 503 for supervisors, gone by itself."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import database_now, db, transaction
from app.desk import parts
from app.models import Heartbeat
from app.web import standstill
from tests import world as cast
from tests.web.entering import enter

WORDS = "nicht überwacht"


@pytest.fixture
def world(app: Flask) -> cast.World:
    return cast.build()


@pytest.fixture
def ada(app: Flask, world: cast.World) -> FlaskClient:
    return enter(app.test_client(), world.ada)


def silent_for(seconds: float) -> None:
    """Let the tick have given its last sign of life so long ago."""
    parts.beat("tick")
    with transaction():
        now = db.session.execute(select(database_now())).scalar_one()
        at = now - timedelta(seconds=seconds)
        db.session.execute(update(Heartbeat).where(Heartbeat.part == "tick").values(at=at))


@pytest.mark.parametrize("place", ["/inbox/next", "/account", "/notifications", "/call-tasks", "/search"])
def test_every_page_says_it_within_a_minute_and_no_longer_than_true(ada: FlaskClient, place: str) -> None:
    silent_for(10)
    assert WORDS not in ada.get(place).text
    silent_for(50)
    assert WORDS in ada.get(place).text
    parts.beat("tick")
    assert WORDS not in ada.get(place).text


def test_administrators_are_told_what_to_do_and_everybody_else_whom_to_tell(
    app: Flask, world: cast.World, ada: FlaskClient
) -> None:
    silent_for(60)
    assert "sagen Sie der Verwaltung Bescheid" in ada.get("/live/bars").text
    assert "faden doctor" in enter(app.test_client(), world.max).get("/live/bars").text


def test_supervisors_get_a_503_that_names_the_part(client: FlaskClient, world: cast.World) -> None:
    silent_for(60)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert json.loads(answer.text)["parts"]["tick"].startswith("silent for ")


def test_an_open_browser_hears_of_it_and_of_its_end(
    app: Flask, ada: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standstill, "LOOK_EVERY", 0.0)
    heard = []
    for seconds in (60, 0):
        silent_for(seconds)
        heard.append(standstill.signal(app).kind)
    assert heard == ["tick_late", "tick_well"]


def test_a_browser_without_a_stream_hears_of_it_too(ada: FlaskClient) -> None:
    silent_for(60)
    assert "tick_late" in [signal["kind"] for signal in json.loads(ada.get("/live/since?after=0").text)]
