"""The tick gives back what nobody has answered, in its time and once."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.db import db, transaction
from app.desk import handovers
from app.models import Event, Handover, HandoverState, Team
from app.runs.tick import Ticker
from tests import world as cast
from tests.fixtures.databases import Clock

NINE = "2026-11-23T09:00:00+01:00"


def kinds(number: int) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Event.kind).where(Event.ticket_id == number).order_by(Event.id)))


def test_an_unanswered_hand_over_goes_back_in_its_time(app: Flask, world: cast.World, clock: Clock) -> None:
    number = cast.hear(world, at=clock.set(NINE)).ticket_id
    with transaction():
        db.session.get_one(Team, world.social).return_minutes = 60
    asked = handovers.hand_over(number, to_team_id=world.social, reason="Foto", by=world.ada, at=cast.MONDAY_NINE)
    ticker = Ticker(app, "one")
    clock.forward(minutes=59)
    ticker.tick()
    assert "handover_returned" not in kinds(number)
    clock.forward(minutes=1)
    for _twice in range(2):
        ticker.tick()
    assert kinds(number).count("handover_returned") == 1
    db.session.expire_all()
    assert db.session.get_one(Handover, asked).state is HandoverState.RETURNED
    assert cast.ticket(number).team_id == world.care


def test_after_a_long_sleep_it_goes_back_too(app: Flask, world: cast.World, clock: Clock) -> None:
    number = cast.hear(world, at=clock.set(NINE)).ticket_id
    with transaction():
        db.session.get_one(Team, world.social).return_minutes = 60
    handovers.hand_over(number, to_team_id=world.social, reason="Foto", by=world.ada, at=cast.MONDAY_NINE)
    clock.forward(days=20)
    Ticker(app, "one").tick()
    assert kinds(number).count("handover_returned") == 1
    assert cast.ticket(number).asked_team_id is None
