"""Several processes hear the same calls at once, in any order: one row a call, one ticket a caller, one obligation."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from app.db import db
from app.desk import calls
from app.models import CallState, ObligationState, Ticket
from channels.contract import CallEvent
from tests import world as cast
from tests.desk import ringing
from tests.desk.ringing import Phone
from tests.world import World


@pytest.mark.parametrize("seed", range(4))
def test_calls_heard_by_many_at_once_are_the_same_calls(world: World, core: Flask, seed: int) -> None:
    channel = ringing.install(world)
    steps: list[CallEvent] = []
    for n in range(6):
        phone = Phone(channel, f"call-{n}", number=f"+4915155501{n % 2:03}")
        steps += [phone.ring(), phone.hangup("cancel"), phone.ring()]
    dice = random.Random(seed)
    dice.shuffle(steps)

    def hear(step: CallEvent) -> None:
        with core.app_context():
            calls.hear(step, channel_id=channel, envelope_id=1, at=step.sent_at)
            db.session.remove()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(hear, steps))

    assert [call.state for call in ringing.every_call()] == [CallState.MISSED] * 6
    assert db.session.query(Ticket).count() == 2
    assert [owed.state for owed in ringing.owed()] == [ObligationState.OPEN] * 2
    assert cast.counters() == cast.counted()
