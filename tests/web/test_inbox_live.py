"""The live stream: who hears of what, from where on, and that no database is held open meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.desk import notes
from tests import world as cast
from tests.web.entering import enter

NINE = cast.MONDAY_NINE


@pytest.fixture
def world(app: Flask) -> cast.World:
    return cast.build()


def signals(client: FlaskClient, since: int = 0, **headers: str) -> Iterator[dict[str, object]]:
    """Yield what the stream says."""
    answer = client.get(f"/live?since={since}", headers=headers, buffered=False)
    assert answer.mimetype == "text/event-stream"
    for piece in answer.response:
        for block in piece.decode().split("\n\n"):  # type: ignore[union-attr]
            lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "data" in lines:
                assert lines["event"] == "signal"
                assert lines["id"] == str(json.loads(lines["data"])["id"])
                yield json.loads(lines["data"])


def missed(client: FlaskClient, after: int = 0) -> list[tuple[str, int]]:
    return [(each["kind"], each["ticket"]) for each in client.get(f"/live/since?after={after}").json or []]


def test_the_stream_tells_what_was_missed_and_what_happens(world: cast.World, client: FlaskClient) -> None:
    number = cast.hear(world).ticket_id
    opened = int(db.session.execute(db.text("SELECT min(id) FROM event")).scalar_one())
    notes.note(number, text="Schon vorher", by=world.cleo, at=NINE)
    heard = signals(enter(client, world.ada), since=opened)
    assert next(heard) == {"id": opened + 1, "kind": "noted", "ticket": number}


def test_a_browser_that_comes_back_names_the_last_event_it_heard(world: cast.World, client: FlaskClient) -> None:
    number = cast.hear(world).ticket_id
    last = int(db.session.execute(db.text("SELECT max(id) FROM event")).scalar_one())
    notes.note(number, text="Neu", by=world.cleo, at=NINE)
    heard = signals(enter(client, world.ada), since=0, **{"Last-Event-ID": str(last)})
    assert next(heard)["kind"] == "noted"


def test_nobody_hears_of_tickets_they_may_not_see(world: cast.World, client: FlaskClient) -> None:
    number = cast.hear(world).ticket_id
    assert ("opened", number) in missed(enter(client, world.ada))
    assert ("opened", number) in missed(enter(client, world.max))
    assert missed(enter(client, world.ben)) == []
    assert missed(enter(client, world.zoe)) == []


def test_without_signing_in_there_is_no_stream(client: FlaskClient, world: cast.World) -> None:
    assert client.get("/live", headers={"Accept": "text/event-stream"}).status_code == 401


def test_a_waiting_stream_holds_no_connection(world: cast.World, client: FlaskClient) -> None:
    cast.hear(world)
    notes.note(cast.hear(world).ticket_id, text="Neu", by=world.cleo, at=NINE)
    heard = signals(enter(client, world.ada), since=1)
    next(heard)
    db.session.remove()
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
