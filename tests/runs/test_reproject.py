"""The nightly proof: it begins at night, once, and keeps what it found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, update

from app.db import db, transaction
from app.desk import handovers
from app.finders import meters
from app.models import Obligation, Ticket, TicketClock
from app.runs import reproject
from app.runs.reproject import Nightly
from channels.contract import Handle
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.world import MONDAY_NINE, World

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
    clock.set(EVENING - timedelta(hours=6))
    whole_night(nightly)
    cast.hear(world)
    clock.set(EVENING)
    whole_night(nightly)
    first = meters.last_proof()
    assert first is not None
    assert (first.on, first.tickets) == ("2026-11-23", 0)

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


def test_a_lost_obligation_a_sleeping_rung_and_a_wrong_team_clock_are_found(world: World, clock: Clock) -> None:
    lost, asleep = cast.hear(world), cast.hear(world, sender=Handle(kind="email", value="otto@kunde.example"))
    handovers.hand_over(asleep.ticket_id, to_team_id=world.social, reason="Bitte", by=world.ada, at=MONDAY_NINE)
    with transaction():
        db.session.execute(delete(Obligation).where(Obligation.message_id == lost.message_id))
        db.session.execute(update(Obligation).where(Obligation.message_id == asleep.message_id).values(rung_at=None))
        db.session.execute(update(TicketClock).where(TicketClock.kind == "work").values(due_at=NIGHT))
    found = [each.what for _, batch in reproject.check([lost.ticket_id, asleep.ticket_id]) for each in batch]
    assert [
        each.partition(":")[2].strip() for each in found if "message" in each or "rung" in each or "work" in each
    ] == [
        "obligation",
        "due_at",
        "rung_at",
    ]


def test_nothing_of_the_proof_is_written(world: World, clock: Clock) -> None:
    filed = cast.hear(world)
    handovers.hand_over(filed.ticket_id, to_team_id=world.social, reason="Bitte", by=world.ada, at=MONDAY_NINE)
    with transaction():
        db.session.execute(update(TicketClock).values(due_at=NIGHT))
    list(reproject.check_all())
    db.session.expire_all()
    assert {row.due_at for row in db.session.query(TicketClock)} == {NIGHT}
