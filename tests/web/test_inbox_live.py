"""The live stream: who hears of what, from where on, and that no database is held open meanwhile."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import live, queue
from app.db import db
from app.desk import notes
from app.live import Signal
from tests import world as cast
from tests.waiting import until
from tests.web.entering import enter
from tests.web.statements import statements

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
                told = json.loads(lines["data"])
                assert int(lines.get("id", 0)) == told["id"]
                yield told


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


@pytest.fixture
def probe() -> Iterator[Iterator[list[Signal]]]:
    """A stream beside the browser's: what it has heard waits for the others, too."""
    stream = live.subscribe(heartbeat=0.1)
    next(stream)
    until(lambda: queue.connection().pubsub_numsub(live.TOPIC)[0][1], what="the subscription")
    yield stream
    stream.close()  # type: ignore[attr-defined]


def tell(probe: Iterator[list[Signal]], *told: Signal) -> None:
    """Publish all, and wait until every stream has them before it."""
    for signal in [*told, Signal(id=0, kind="end", ticket=0)]:
        live.publish(signal)
    until(lambda: any(signal.kind == "end" for signal in next(probe)), what="the last signal")


def noted(number: int, *ids: int) -> list[Signal]:
    return [Signal(id=id_, kind="noted", ticket=number) for id_ in ids]


@pytest.fixture
def heard(
    world: cast.World, number: int, client: FlaskClient, probe: Iterator[list[Signal]]
) -> Iterator[dict[str, object]]:
    """Ada's stream, which listens and has told what she missed."""
    notes.note(number, text="Schon vorher", by=world.cleo, at=NINE)
    tell(probe)
    last = int(db.session.execute(db.text("SELECT max(id) FROM event")).scalar_one())
    stream = signals(enter(client, world.ada), since=last - 1)
    assert next(stream)["id"] == last
    return stream


def ids(heard: Iterator[dict[str, object]], count: int) -> list[object]:
    return [next(heard)["id"] for _ in range(count)]


def test_a_hundred_signals_are_one_question_and_none_is_lost(
    number: int, heard: Iterator[dict[str, object]], probe: Iterator[list[Signal]]
) -> None:
    tell(probe, *noted(number, *range(1001, 1101)))
    with statements() as asked:
        assert ids(heard, 100) == list(range(1001, 1101))
    assert len(asked) == 1


def test_a_storm_asks_a_few_times_a_second(number: int, heard: Iterator[dict[str, object]]) -> None:
    def storm() -> None:
        for signal in noted(number, *range(1001, 1101)):
            live.publish(signal)
            time.sleep(0.005)

    began = time.monotonic()
    threading.Thread(target=storm, daemon=True).start()
    with statements() as asked:
        ids(heard, 100)
    assert len(asked) <= (time.monotonic() - began) / live.GATHER + 1


def test_a_batch_ends_with_its_newest_event_where_a_browser_resumes(
    number: int, heard: Iterator[dict[str, object]], probe: Iterator[list[Signal]]
) -> None:
    foreign = Signal(id=1005, kind="noted", ticket=number + 1)
    tell(probe, *noted(number, 1004, 1002), foreign, *noted(number, 1003))
    assert ids(heard, 3) == [1002, 1003, 1004]


def test_a_call_waits_for_no_batch_and_moves_no_place(
    world: cast.World,
    number: int,
    heard: Iterator[dict[str, object]],
    probe: Iterator[list[Signal]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "GATHER", 60.0)
    tell(probe, *noted(number, 1001))
    assert ids(heard, 1) == [1001]
    began = time.monotonic()
    ring = Signal(id=0, kind="call", ticket=0, call=7, agents=(world.ada.id,))
    live.publish(noted(number, 1002)[0])
    threading.Timer(0.1, live.publish, [ring]).start()
    assert next(heard) == {"id": 0, "kind": "call", "ticket": 0, "call": 7}
    assert time.monotonic() - began < 10
    assert ids(heard, 1) == [1002]


def test_what_happens_before_the_first_piece_is_told_in_a_storm_too(
    world: cast.World, number: int, client: FlaskClient, probe: Iterator[list[Signal]]
) -> None:
    tell(probe)
    last = int(db.session.execute(db.text("SELECT max(id) FROM event")).scalar_one())
    answer = enter(client, world.ada).get(f"/live?since={last}", buffered=False)
    pieces = (piece.decode() for piece in answer.response)  # type: ignore[union-attr]
    assert next(pieces).startswith("retry")
    notes.note(number, text="Dazwischen", by=world.cleo, at=NINE)
    tell(probe, *noted(number, last + 2))
    assert re.findall(r"^id: (\d+)", next(pieces), re.MULTILINE) == [str(last + 1), str(last + 2)]
