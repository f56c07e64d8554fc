"""`/healthz`: for machines, without a log-in."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.config import Settings
from app.db import db, transaction
from app.desk import channels, parts
from app.factory import create_app
from app.models import Heartbeat
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.runs import pages
from tests.servers.redis import Redis

ALL = {"database", "queue", "worker", "listen", "tick"}


@pytest.fixture
def beating(app: Flask) -> Flask:
    for part in ("worker", "listen", "tick"):
        parts.beat(part)
    return app


def test_all_is_well_when_every_part_gives_signs_of_life(beating: Flask, client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "parts": dict.fromkeys(ALL, "ok")}


def test_a_part_that_never_started_is_named(app: Flask, client: FlaskClient) -> None:
    parts.beat("worker")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["parts"] == {
        "database": "ok",
        "queue": "ok",
        "worker": "ok",
        "listen": "has not started",
        "tick": "has not started",
    }


def test_a_part_that_fell_silent_is_named(beating: Flask, client: FlaskClient) -> None:
    with transaction():
        row = db.session.get_one(Heartbeat, "tick")
        db.session.execute(update(Heartbeat).where(Heartbeat.part == "tick").values(at=row.at.replace(year=2020)))
    answer = client.get("/healthz")
    assert answer.json is not None
    assert answer.status_code == 503
    assert answer.json["parts"]["tick"].startswith("silent for ")


def test_a_queue_that_is_gone_is_named(beating: Flask, client: FlaskClient, redis_server: Redis) -> None:
    redis_server.kill()
    try:
        answer = client.get("/healthz")
    finally:
        redis_server.start()
    assert answer.json is not None
    assert (answer.status_code, answer.json["parts"]["queue"]) == (503, "does not answer")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_database_that_is_away_is_named_and_only_the_log_says_where(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    answer = create_app(dataclasses.replace(settings, database_url=url)).test_client().get("/healthz")
    assert answer.json is not None
    assert answer.status_code == 503
    assert answer.json["parts"]["database"] == "does not answer"
    assert "127.0.0.1" not in answer.text
    assert "127.0.0.1" in caplog.text
    assert answer.json["parts"]["worker"] == "unknown while the database is down"


def test_a_test_clock_is_told(beating: Flask, client: FlaskClient, clock: Clock) -> None:
    clock.set("2026-11-23T09:00:00+01:00")
    answer = client.get("/healthz")
    assert answer.json is not None
    assert answer.json["test_clock"] == "2026-11-23T08:00:00Z"


def test_what_waits_and_what_was_refused_is_told_by_number_only(beating: Flask, client: FlaskClient) -> None:
    page = pages.add(None, name="Geheimer Name")
    channels.refuse({page: 2}, at=cast.MONDAY_NINE)
    answer = client.get("/healthz")
    assert answer.json is not None
    assert answer.json["channels"] == {str(page): {"pending": 0, "refused": 2}}
    assert "Geheimer" not in answer.text
