"""Calls of another program: signed, with one id for ever, insistent but not for ever, never into a private network."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import clock as business
from app import jobs
from app.config import Settings
from app.db import database_now, db, transaction
from app.desk import webhook_calls, webhooks
from app.errors import Refused
from app.models import Notification, NotificationState, Ticket, Webhook, WebhookCall
from tests import world as cast
from tests.emulators.webhook_receiver import Receiver
from tests.fixtures.databases import Clock

HOSTS = ("127.0.0.1",)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A shop that may call this machine."""
    return dataclasses.replace(settings, trusted_hosts=HOSTS)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def webhook(world: cast.World, receiver: Receiver, clock: Clock) -> int:
    """A webhook to the receiver, which knows its secret."""
    clock.set("2026-11-23T09:00:00+01:00")
    webhook_id, receiver.secret = webhooks.add("Leitstand", receiver.address, trusted_hosts=HOSTS, at=business.now())
    return webhook_id


def tell(world: cast.World, webhook_id: int, key: str = "obligation:7:breach") -> int:
    """Queue a call about a new ticket and return its id."""
    number = cast.hear(world).ticket_id
    with transaction() as afterwards:
        webhooks.tell(
            webhook_id,
            key=key,
            kind="breached",
            ticket=db.session.get_one(Ticket, number),
            at=business.now(),
            details={"rung": "breach"},
            afterwards=afterwards,
        )
    return db.session.scalars(select(WebhookCall.id).where(WebhookCall.key == key)).one()


def call(call_id: int) -> WebhookCall:
    db.session.expire_all()
    return db.session.get_one(WebhookCall, call_id)


def state(webhook_id: int) -> Webhook:
    db.session.expire_all()
    return db.session.get_one(Webhook, webhook_id)


def test_a_call_says_what_fired_and_is_signed(world: cast.World, webhook: int, receiver: Receiver) -> None:
    call_id = tell(world, webhook)
    jobs.call_webhook(call_id)
    (told,) = receiver.told
    assert (told.id, told.is_ours) == ("obligation:7:breach", True)
    assert told.timestamp == int(business.now().timestamp())
    assert (told.body["id"], told.body["type"]) == ("obligation:7:breach", "breached")
    assert told.body["data"]["ticket"]["number"] == call(call_id).ticket_id
    assert told.body["data"]["rung"] == "breach"
    assert call(call_id).state is NotificationState.SENT


def test_what_is_asked_for_twice_is_called_once(world: cast.World, webhook: int, receiver: Receiver) -> None:
    call_id = tell(world, webhook)
    assert tell(world, webhook) == call_id
    for _twice in range(2):
        jobs.call_webhook(call_id)
    assert len(receiver.told) == 1


@pytest.mark.parametrize("status", [302, 401, 500])
def test_what_was_not_accepted_is_called_again_with_the_same_id(
    world: cast.World, webhook: int, receiver: Receiver, clock: Clock, status: int
) -> None:
    call_id = tell(world, webhook)
    receiver.status = status
    jobs.call_webhook(call_id)
    assert str(status) in state(webhook).problem
    receiver.status = 200
    assert webhook_calls.waiting(at=business.now()) == []
    clock.forward(minutes=1)
    assert webhook_calls.waiting(at=business.now()) == [call_id]
    jobs.call_webhook(call_id)
    assert [told.id for told in receiver.told] == ["obligation:7:breach"] * 2
    assert (call(call_id).state, state(webhook).problem) == (NotificationState.SENT, "")
    assert receiver.asked("/elsewhere") == []


def test_a_program_that_does_not_answer_is_called_again(
    world: cast.World, webhook: int, receiver: Receiver, clock: Clock
) -> None:
    call_id, port = tell(world, webhook), int(receiver.url.rpartition(":")[2])
    receiver.stop()
    jobs.call_webhook(call_id)
    assert call(call_id).state is NotificationState.QUEUED
    assert state(webhook).problem
    receiver.start(port)
    clock.forward(minutes=1)
    jobs.call_webhook(call_id)
    assert call(call_id).state is NotificationState.SENT


def test_after_a_day_of_faults_it_pauses_and_the_administrators_hear_of_it(
    world: cast.World, webhook: int, receiver: Receiver, clock: Clock
) -> None:
    receiver.status = 500
    first = tell(world, webhook)
    jobs.call_webhook(first)
    clock.forward(hours=25)
    jobs.call_webhook(first)
    assert (call(first).state, state(webhook).is_paused) == (NotificationState.FAILED, True)
    told = db.session.scalars(select(Notification).where(Notification.kind == "webhook_paused")).all()
    assert {notification.agent_id for notification in told} == {world.max.id}
    assert "Leitstand" in told[0].subject


def test_a_program_that_wants_no_more_calls_is_left_alone_at_once(
    world: cast.World, webhook: int, receiver: Receiver
) -> None:
    receiver.status = 410
    jobs.call_webhook(tell(world, webhook))
    assert state(webhook).is_paused


def test_what_waits_for_a_paused_one_goes_out_when_it_resumes(
    world: cast.World, webhook: int, receiver: Receiver
) -> None:
    webhooks.pause(webhook, is_paused=True)
    call_id = tell(world, webhook)
    jobs.call_webhook(call_id)
    assert (receiver.told, call(call_id).state) == ([], NotificationState.QUEUED)
    webhooks.pause(webhook, is_paused=False)
    jobs.call_webhook(call_id)
    assert len(receiver.told) == 1


def test_what_waited_for_a_paused_one_for_a_day_is_given_up(world: cast.World, webhook: int, clock: Clock) -> None:
    webhooks.pause(webhook, is_paused=True)
    call_id = tell(world, webhook)
    clock.forward(hours=25)
    webhook_calls.give_up(at=business.now())
    assert call(call_id).state is NotificationState.FAILED


def test_a_call_whose_worker_died_is_made_again_with_the_same_id(
    world: cast.World, webhook: int, receiver: Receiver
) -> None:
    call_id = tell(world, webhook)
    assert webhook_calls.claim(call_id, at=business.now()) is not None
    with transaction():
        long_ago = db.session.execute(select(database_now())).scalar_one() - timedelta(hours=1)
        db.session.execute(update(WebhookCall).values(claimed_at=long_ago))
    webhook_calls.lose_track(lease=60)
    jobs.call_webhook(call_id)
    assert [told.id for told in receiver.told] == ["obligation:7:breach"]


def test_an_address_in_a_private_network_is_never_called(
    app: Flask, world: cast.World, webhook: int, receiver: Receiver
) -> None:
    app.config["FADEN"] = dataclasses.replace(app.config["FADEN"], trusted_hosts=())
    call_id = tell(world, webhook)
    jobs.call_webhook(call_id)
    assert receiver.told == []
    assert state(webhook).problem


@pytest.mark.parametrize(
    "url",
    [
        "http://leitstand.example/hear",
        "ftp://leitstand.example/",
        "https://",
        "nonsense",
        "https://max:geheim@leitstand.example/",
        "https://leitstand.example:x/",
    ],
)
def test_an_address_that_cannot_be_called_is_refused(world: cast.World, url: str) -> None:
    with pytest.raises(Refused) as refused:
        webhooks.add("Leitstand", url, at=business.now())
    assert refused.value.field == "url"


def test_only_a_paused_one_is_removed(world: cast.World, webhook: int) -> None:
    tell(world, webhook)
    with pytest.raises(Refused):
        webhooks.remove(webhook)
    webhooks.pause(webhook, is_paused=True)
    webhooks.remove(webhook)
    assert db.session.scalars(select(WebhookCall)).all() == []
