"""sipgate's telephone against the product's own hook: every sequence a call can take, signed and badly signed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app.clock import now
from app.db import db, transaction
from app.desk import channels
from app.models import Agent, Call, CallState, Channel, Envelope, EnvelopeState, Obligation, Ticket
from app.runs import filing, intake
from app.runs.connectors import connector_of, row_of
from tests import world as cast
from tests.emulators.sipgate import TOKEN, TOKEN_ID, WITHHELD, SipgateEmulator
from tests.fixtures.databases import Clock

EVA, OTTO = "+4915155501001", "+4915155502002"
RINGING, TALKING, MISSED = CallState.RINGING, CallState.TALKING, CallState.MISSED
ENDED, VOICEMAIL = CallState.ENDED, CallState.VOICEMAIL


@dataclass
class Office:
    """The shop's telephone in the hands of the test."""

    line: SipgateEmulator
    world: cast.World
    channel: int

    def states(self) -> list[CallState]:
        """Let the listener file what was told, and return how the calls stand, the oldest first."""
        db.session.rollback()
        stored = db.select(Envelope.id).where(Envelope.state == EnvelopeState.STORED).order_by(Envelope.id)
        for envelope_id in list(db.session.scalars(stored)):
            assert filing.file_or_park(envelope_id)
        db.session.rollback()
        db.session.expire_all()
        assert db.session.query(Envelope).filter(Envelope.state != EnvelopeState.FILED).count() == 0
        return list(db.session.scalars(db.select(Call.state).order_by(Call.id)))

    def owed(self) -> int:
        return db.session.query(Obligation).filter_by(state="open").count()

    def stored(self) -> int:
        db.session.rollback()
        return db.session.query(Envelope).count()


@pytest.fixture
def door(app: Flask) -> Iterator[str]:
    """The product's web server, as the telephone system reaches it."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def office(app: Flask, door: str, clock: Clock) -> Iterator[Office]:
    clock.set(cast.MONDAY_NINE)
    app.config["FADEN"] = replace(app.config["FADEN"], base_url=door)
    line = SipgateEmulator(clock=now)
    line.start()
    world = cast.build()
    cast.add_policy("phone", first=60, following=120, name="Telefon")
    with transaction():
        db.session.get_one(Agent, world.ada.id).phone_user = "Ada"
    settings = {"provider": "sipgate", "api_base": line.url, "public_key": line.public_key, "blocked": [OTTO]}
    channel = channels.add(
        "phone",
        name="Telefon",
        address=line.number,
        settings=settings,
        secrets={"token_id": TOKEN_ID, "token": TOKEN},
        team_id=world.care,
    )
    line.hook_url = f"{door}/hooks/phone/{channel}"
    yield Office(line, world, channel)
    line.stop()


def test_an_answered_call(office: Office) -> None:
    call = office.line.rings(EVA)
    assert office.states() == [RINGING]
    office.line.answers(call, "Ada")
    assert office.states() == [TALKING]
    office.line.presses(call, "42")
    office.line.hangs_up(call)

    assert office.states() == [ENDED]
    assert office.owed() == 0
    assert db.session.query(Call).one().agent_id == office.world.ada.id


@pytest.mark.parametrize("cause", ["cancel", "noAnswer", "busy"])
def test_a_call_nobody_took(office: Office, cause: str) -> None:
    call = office.line.rings(EVA)
    office.line.hangs_up(call, cause)

    assert office.states() == [MISSED]
    assert office.owed() == 1


def test_the_mailbox(office: Office) -> None:
    call = office.line.rings(EVA)
    office.line.takes_mailbox(call)
    office.line.hangs_up(call)

    assert office.states() == [VOICEMAIL]
    assert office.owed() == 1


def test_a_blocked_caller_is_rejected_and_leaves_nothing(office: Office) -> None:
    call = office.line.rings(OTTO)
    office.line.hangs_up(call, "busy")

    assert call.is_rejected
    assert office.states() == []
    assert [told.event for told in office.line.told] == ["newCall"]


def test_a_transfer_and_a_forward_are_one_call_each(office: Office) -> None:
    first = office.line.rings(EVA)
    office.line.answers(first, "Ada")
    office.line.hangs_up(office.line.transfers(first, user="Cleo"))
    second = office.line.rings(EVA)
    office.line.hangs_up(office.line.forwards(second, user="Cleo"), "cancel")

    assert office.states() == [ENDED, MISSED]
    assert db.session.query(Ticket).count() == 1


def test_withheld_and_missing_numbers(office: Office) -> None:
    for number in (WITHHELD, ""):
        office.line.hangs_up(office.line.rings(number), "cancel")
    bare = b"event=newCall&direction=in&callId=bare"
    office.line.post(bare)
    office.line.post(b"event=hangup&callId=bare&cause=cancel")

    assert office.states() == [MISSED] * 3
    assert db.session.query(Ticket).count() == 3


def test_a_call_of_ours_answers_the_one_that_was_missed(office: Office) -> None:
    office.line.misses(EVA)
    back = office.line.dials(EVA, user="Ada")
    office.line.answers(back, "Ada")
    office.line.hangs_up(back)

    assert office.states() == [MISSED, ENDED]
    assert office.owed() == 0


def test_two_calls_of_one_caller_at_once(office: Office) -> None:
    one, two = office.line.rings(EVA), office.line.rings(EVA)
    office.line.answers(one, "Ada")
    office.line.hangs_up(two, "cancel")
    office.line.hangs_up(one)

    assert office.states() == [ENDED, MISSED]
    assert db.session.query(Ticket).count() == 1


def test_events_twice_and_out_of_order(office: Office) -> None:
    office.line.tells_twice = True
    late = office.line.rings(EVA)
    office.line.hangs_up(late, "cancel")
    office.line.answers(late, "Ada")
    early = office.line.legs[-1]
    early.id = "early"
    office.line.post(office.line.body_of(early, "hangup", [("cause", "cancel")]))
    assert office.states() == [MISSED, RINGING]
    office.line.post(office.line.body_of(early, "newCall"))

    assert office.states() == [MISSED, MISSED]
    assert office.owed() == 1


@pytest.mark.parametrize("signs", ["badly", "not"])
def test_what_is_not_signed_by_sipgate_is_refused_and_counted(office: Office, signs: str) -> None:
    office.line.signs = signs
    office.line.rings(EVA)

    assert office.line.told[-1].status == 401
    assert office.stored() == 0


def test_the_calls_of_an_outage_come_from_the_history(office: Office) -> None:
    row = row_of(office.channel)
    assert row is not None
    poller = connector_of(row).poller()
    assert poller is not None
    intake.take_in(office.channel, list(poller.fetch({})), is_call=True, at=now())
    heard = office.line.misses(EVA)
    office.line.is_silent = True
    office.line.misses("+4915155503003")
    db.session.rollback()

    cursor = db.session.get_one(Channel, office.channel).cursor
    intake.take_in(office.channel, list(poller.fetch(cursor)), is_call=True, at=now())
    poller.close()

    assert office.states() == [MISSED, MISSED]
    assert db.session.query(Call).filter_by(root_id=heard.id).count() == 1


def test_without_being_asked_sipgate_tells_no_more(office: Office) -> None:
    """What proves that our answer asks: a line that is answered anything else falls silent."""
    hook, office.line.hook_url = office.line.hook_url, ""
    call = office.line.rings(EVA)
    office.line.hook_url = hook
    office.line.hangs_up(call, "cancel")

    assert office.line.told == []
