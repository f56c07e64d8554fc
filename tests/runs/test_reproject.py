"""The nightly proof: it begins at night, once, and keeps what it found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.db import db, transaction
from app.finders import meters
from app.models import Ticket
from app.runs.reproject import Nightly
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.world import World

EVENING = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""Three in the morning in Berlin."""


@pytest.fixture
def world(core: Flask) -> World:
    return cast.build()


def whole_night(nightly: Nightly) -> None:
    for _ in range(5):
        nightly.step()


def test_it_is_made_once_a_night(world: World, clock: Clock) -> None:
    nightly = Nightly()
    cast.hear(world)
    clock.set(EVENING)
    whole_night(nightly)
    assert meters.last_proof() is None

    clock.set(NIGHT)
    whole_night(nightly)
    cast.hear(world)
    whole_night(nightly)

    found = meters.last_proof()
    assert found is not None
    assert (found.on, found.tickets, found.wrong) == ("2026-11-24", 1, 0)


def test_one_that_was_missed_is_made_up_for_in_the_day(world: World, clock: Clock) -> None:
    nightly = Nightly()
    clock.set(NIGHT)
    whole_night(nightly)
    clock.set(NIGHT + timedelta(days=2, hours=7))
    whole_night(nightly)
    found = meters.last_proof()
    assert found is not None
    assert found.on == "2026-11-26"


def test_what_differs_is_counted_and_left_as_it_is(world: World, clock: Clock) -> None:
    filed = cast.hear(world)
    wrong_at = datetime(2031, 1, 1, tzinfo=UTC)
    with transaction():
        db.session.execute(update(Ticket).where(Ticket.id == filed.ticket_id).values(due_at=wrong_at))
    clock.set(NIGHT)
    whole_night(Nightly())
    found = meters.last_proof()
    assert found is not None
    assert found.wrong == 1
    assert cast.ticket(filed.ticket_id).due_at == wrong_at
