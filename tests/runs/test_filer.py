"""From a platform's call to its ticket: at once, in order, once, and each part of a call by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import clock, queue
from app.db import db, transaction
from app.desk import channels, parts
from app.models import Conversation, Envelope, EnvelopeState, Message, Ticket
from app.runs import filing, hearing, intake, listen, sweep
from channels.contract import Raw
from tests import world as cast
from tests.runs import pages
from tests.runs.conftest import Listen
from tests.waiting import until

ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
EVA, TIM = "7400000000000021", "7400000000000022"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look soon for what is new, as the order of the steps stays."""
    monkeypatch.setattr(listen, "LOOK_EVERY", 0.2)


@pytest.fixture
def page(world: cast.World) -> int:
    return pages.add(world.social)


def call(client: FlaskClient, page: int, body: bytes) -> None:
    answer = client.post(f"/hooks/messenger/{page}", data=body, headers=pages.signed(body))
    assert answer.status_code == 200


def keep(page: int, *bodies: bytes) -> list[int]:
    """Store calls without anybody being told."""
    raws = [Raw(content=body, source="Webhook") for body in bodies]
    return [each.id for each in intake.take_in(page, raws, is_call=True, at=clock.now())]


def heard() -> list[str]:
    db.session.rollback()
    return [row.external_id for row in db.session.query(Message.external_id).order_by(Message.id)]


def states() -> list[EnvelopeState]:
    db.session.rollback()
    return [row.state for row in db.session.query(Envelope.state).order_by(Envelope.id)]


def bodies(count: int, *, first: int = 0, person: str = EVA) -> list[bytes]:
    began = clock.now() - timedelta(minutes=10)
    return [
        pages.message(person, f"m_{n}", f"Nachricht {n}", began + timedelta(seconds=n))
        for n in range(first, first + count)
    ]


def is_listening(page: int) -> bool:
    db.session.rollback()
    return f"{parts.FILES}{page}" in parts.held(parts.FILES)


@pytest.mark.parametrize("has_queue", [True, False])
def test_a_call_is_on_its_ticket_at_once(
    app: Flask, client: FlaskClient, page: int, start_listener: Listen, *, has_queue: bool
) -> None:
    """Also while the queue is away: whoever files looks by itself twice a second."""
    if not has_queue:
        queue.connect_to("redis://127.0.0.1:1")
    start_listener()
    until(lambda: is_listening(page), within=20)
    (body,) = bodies(1)
    called = time.monotonic()
    call(client, page, body)
    until(lambda: heard() == ["m_0"], within=30)
    assert time.monotonic() - called < 8
    ticket = db.session.query(Ticket).one()
    assert (ticket.channel_kind, ticket.preview) == ("messenger", "Nachricht 0")


def test_two_listeners_keep_the_order_and_file_nothing_twice(
    client: FlaskClient, page: int, start_listener: Listen
) -> None:
    start_listener()
    start_listener()
    for body in bodies(30):
        call(client, page, body)
        call(client, page, body)
    until(lambda: len(heard()) == 30, within=30)
    assert heard() == [f"m_{n}" for n in range(30)]
    assert db.session.query(Ticket).count() == db.session.query(Conversation).count() == 1


def test_what_was_stored_while_nobody_listened_is_filed_first(page: int, start_listener: Listen) -> None:
    keep(page, *bodies(5))
    start_listener()
    until(lambda: len(heard()) == 5, within=20)
    assert heard() == [f"m_{n}" for n in range(5)]


def test_one_call_may_hold_several_messages(page: int) -> None:
    at = clock.now()
    items = [pages.said(EVA, "m_1", "Eins", at), pages.said(TIM, "m_2", "Zwei", at), pages.said(EVA, "m_3", "Drei", at)]
    (envelope,) = keep(page, pages.told(items, at))
    assert filing.file_or_park(envelope)
    assert heard() == ["m_1", "m_2", "m_3"]
    assert db.session.query(Ticket).count() == 2
    assert states() == [EnvelopeState.FILED]


def refuse(words: str, *, is_refused: bool = True) -> None:
    """Have the database itself refuse a message with these words, or no longer do so."""
    with transaction():
        db.session.execute(text("DROP TRIGGER IF EXISTS refuse"))
        if is_refused:
            act = "BEGIN SELECT RAISE(ABORT, 'so nicht'); END"
            db.session.execute(text(f"CREATE TRIGGER refuse BEFORE INSERT ON message WHEN NEW.text = '{words}' {act}"))


@ONE
def test_what_cannot_be_filed_keeps_nothing_else_in_the_call_from_it(page: int) -> None:
    at = clock.now()
    items = [pages.said(EVA, "m_1", "Eins", at), pages.said(TIM, "m_2", "Zwei", at), pages.said(EVA, "m_3", "Drei", at)]
    (envelope,) = keep(page, pages.told(items, at))
    refuse("Zwei")
    filing.file_or_park(envelope)
    assert (heard(), states()) == (["m_1", "m_3"], [EnvelopeState.PARKED])
    problem = db.session.query(Envelope.problem).scalar() or ""
    assert problem.startswith("1 von 3 Einträgen ließen sich nicht ablegen")
    assert "so nicht" in problem
    refuse("Zwei", is_refused=False)
    assert intake.understand(envelope, at=clock.now()).reason == ""
    assert (sorted(heard()), states()) == (["m_1", "m_2", "m_3"], [EnvelopeState.FILED])


def test_a_call_that_means_nothing_to_us_is_done(page: int) -> None:
    (envelope,) = keep(page, b'{"object": "page", "entry": []}')
    assert filing.file_or_park(envelope)
    assert (heard(), states()) == ([], [EnvelopeState.FILED])


def test_a_call_that_nobody_can_read_is_parked_with_its_reason(page: int) -> None:
    (envelope,) = keep(page, b"\x00 no JSON at all")
    filing.file_or_park(envelope)
    assert states() == [EnvelopeState.PARKED]
    assert db.session.query(Envelope.problem).scalar()


@ONE
def test_a_call_that_ended_the_process_each_time_is_parked_and_the_next_one_filed(
    page: int, start_listener: Listen
) -> None:
    deadly, _ = keep(page, *bodies(2))
    with transaction():
        db.session.get_one(Envelope, deadly).attempts = filing.MOST_ATTEMPTS
    start_listener()
    until(lambda: heard() == ["m_1"], within=20)
    assert states() == [EnvelopeState.PARKED, EnvelopeState.FILED]


def test_the_sweep_leaves_to_a_filer_what_is_in_its_hands(page: int) -> None:
    keep(page, *bodies(1))
    parts.lease(f"{parts.FILES}{page}", owner="somebody", within=60)
    sweep.run()
    assert heard() == []
    parts.release(f"{parts.FILES}{page}", owner="somebody")
    sweep.run()
    assert heard() == ["m_0"]


def test_what_came_while_a_channel_is_paused_waits_and_is_filed_when_it_goes_on(
    client: FlaskClient, page: int, start_listener: Listen
) -> None:
    channels.pause(page, is_paused=True)
    start_listener()
    (body,) = bodies(1)
    call(client, page, body)
    sweep.run()
    assert (heard(), states()) == ([], [EnvelopeState.STORED])
    channels.pause(page, is_paused=False)
    until(lambda: heard() == ["m_0"], within=20)


@ONE
def test_a_channel_without_calls_needs_no_filer(world: cast.World, start_listener: Listen) -> None:
    start_listener()

    def is_heard() -> bool:
        db.session.rollback()
        return bool(parts.held("listen:"))

    until(is_heard, within=20)
    assert parts.held(parts.FILES) == []


class Repeating:
    """A platform that tells what stands exactly at the cursor once more, each time it is asked."""

    def __init__(self, body: bytes) -> None:
        self.body, self.asked = body, 0

    def fetch(self, cursor: Mapping[str, object], *, limit: int = 50) -> Iterable[Raw]:
        self.asked += 1
        yield Raw(content=self.body, source="Abruf", cursor={"at": 1})

    def wait(self, *, within: float, stop: Callable[[], bool]) -> bool:
        return False

    def close(self) -> None:
        return None


def test_a_platform_that_repeats_itself_is_not_asked_without_a_pause(app: Flask, page: int) -> None:
    listener = hearing.Hearing(app, page, doubted=lambda: None)
    platform = Repeating(bodies(1)[0])
    assert listener._fetched(platform)
    assert not listener._fetched(platform)
    assert platform.asked == 2
