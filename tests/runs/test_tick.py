"""Deadlines: fired on time, once, and by one tick of several."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from app.db import db
from app.desk import parts
from app.models import Event
from app.runs.tick import LEASE, Ticker
from tests import world as cast
from tests.fixtures.databases import Clock

NINE = "2026-11-23T09:00:00+01:00"


def fired() -> list[tuple[str, int | None]]:
    db.session.rollback()
    found = db.session.query(Event).filter(Event.kind.in_(["warned", "breached"])).order_by(Event.id)
    return [(event.kind, event.ticket_id) for event in found]


def test_each_rung_fires_once_at_its_time(app: Flask, world: cast.World, clock: Clock) -> None:
    ticket = cast.hear(world, at=clock.set(NINE)).ticket_id
    ticker = Ticker(app, "one")
    ticker.tick()
    assert fired() == []
    clock.forward(hours=3)
    ticker.tick()
    assert fired() == [("warned", ticket)]
    clock.forward(hours=2)
    for _twice in range(2):
        ticker.tick()
    assert fired() == [("warned", ticket), ("breached", ticket)]


def test_after_a_long_sleep_only_the_highest_rung_fires(app: Flask, world: cast.World, clock: Clock) -> None:
    ticket = cast.hear(world, at=clock.set(NINE)).ticket_id
    clock.forward(days=7)
    Ticker(app, "one").tick()
    assert fired() == [("breached", ticket)]


def test_of_two_ticks_one_stands_by_until_the_other_is_gone(app: Flask, world: cast.World, clock: Clock) -> None:
    cast.hear(world, at=clock.set(NINE))
    one, two = Ticker(app, "one"), Ticker(app, "two")
    one.tick()
    clock.forward(days=1)
    two.tick()
    assert (one.is_leading, two.is_leading, fired()) == (True, False, [])
    one.let_go()
    successor = Ticker(app, "two")
    successor.tick()
    assert len(fired()) == 1


def test_a_part_that_was_restarted_holds_the_lease_of_its_predecessor(app: Flask) -> None:
    Ticker(app, "machine:up:1").tick()
    restarted = Ticker(app, "machine:up:1")
    restarted.tick()
    assert restarted.is_leading


def test_a_lease_that_ran_out_is_free(app: Flask) -> None:
    parts.lease(LEASE, owner="dead", within=-1)
    ticker = Ticker(app, "alive")
    ticker.tick()
    assert ticker.is_leading


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_broken_row_stops_no_other(
    app: Flask, world: cast.World, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Only SQLite keeps something in a column of dates that is none."""
    broken = cast.hear(world, at=clock.set(NINE))
    whole = cast.hear(world, at=clock.at)
    db.session.execute(
        text("UPDATE obligation SET opened_at = 'gestern' WHERE message_id = :id"), {"id": broken.message_id}
    )
    db.session.commit()
    clock.forward(days=1)
    ticker = Ticker(app, "one")
    for _twice in range(2):
        ticker.tick()
    assert fired() == [("breached", whole.ticket_id)]
    assert len([each for each in caplog.records if "firing obligation" in each.getMessage()]) == 1
