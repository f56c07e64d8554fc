"""A word for a sleeping device: readable there and nowhere else, sent once, and given up where nobody wants it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import clock as business
from app import jobs
from app.config import Settings
from app.db import database_now, db, transaction
from app.desk import people, pushing
from app.desk.telling import tell
from app.models import Agent, Notification, NotificationState, PushSubscription, Ticket, Via
from tests import world as cast
from tests.emulators.push_relay import Browser, PushRelay, unb64, vapid_claims
from tests.fixtures.databases import Clock

SUBJECT = "Meine geheime Lampe"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A shop that may call this machine."""
    return dataclasses.replace(settings, push_hosts=("127.0.0.1",), base_url="https://support.nordlicht.example")


@pytest.fixture
def relay() -> Iterator[PushRelay]:
    server = PushRelay()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def browser(world: cast.World, relay: PushRelay) -> Browser:
    """Ada's browser, subscribed."""
    browser = Browser()
    subscribe(world.ada.id, relay, browser)
    return browser


def subscribe(agent_id: int, relay: PushRelay, browser: Browser, name: str = "ada") -> int:
    return pushing.subscribe(
        agent_id,
        endpoint=relay.endpoint(name),
        **browser.keys,
        browser="Firefox",
        own_hosts=("127.0.0.1",),
        at=business.now(),
    )


def told(world: cast.World, *, key: str = "obligation:1:breach") -> int:
    """Tell Ada of a ticket and return the id of the word for her devices."""
    number = cast.hear(world, subject=SUBJECT, text="Sehr vertraulich.").ticket_id
    with transaction() as afterwards:
        tell(
            [db.session.get_one(Agent, world.ada.id)],
            key=key,
            kind="breached",
            ticket=db.session.get_one(Ticket, number),
            words=lambda _language: (f"Überfällig: Anliegen {number} – {SUBJECT}", "Sehr vertraulich."),
            at=business.now(),
            is_grave=True,
            afterwards=afterwards,
        )
    return db.session.scalars(select(Notification.id).where(Notification.via == Via.PUSH)).one()


def word(notification_id: int) -> Notification:
    db.session.expire_all()
    return db.session.get_one(Notification, notification_id)


def test_the_browser_of_the_standard_reads_the_standards_example() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    number = int.from_bytes(unb64("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    browser = Browser(ec.derive_private_key(number, ec.SECP256R1()), unb64("BTBZMqHH6r4Tts7J_aSIgg"))
    body = (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert browser.opened(unb64(body)) == b"When I grow up, I want to be a watermelon"


def test_a_word_is_read_by_the_browser_alone(world: cast.World, relay: PushRelay, browser: Browser) -> None:
    notification_id = told(world)
    jobs.push(notification_id)
    (pushed,) = relay.pushed
    text = json.loads(browser.opened(pushed.body))
    number = word(notification_id).ticket_id
    assert text == {
        "title": f"Überfällig: Anliegen {number}",
        "body": "Kundenservice",
        "url": f"/tickets/{number}",
        "tag": "obligation:1:breach",
    }
    assert SUBJECT.encode() not in pushed.body
    assert word(notification_id).state is NotificationState.SENT


def test_the_relay_knows_who_sends_and_how_long_it_is_worth(
    world: cast.World, relay: PushRelay, browser: Browser
) -> None:
    jobs.push(told(world))
    (pushed,) = relay.pushed
    claims = vapid_claims(pushed.headers["authorization"], server_key=pushing.public_key())
    assert (claims["aud"], claims["sub"]) == (relay.url, "https://support.nordlicht.example")
    expires_within = datetime.fromtimestamp(claims["exp"], UTC) - business.now()
    assert timedelta(hours=11) < expires_within <= timedelta(hours=24)
    assert int(pushed.headers["ttl"]) == 4 * 3600
    assert (pushed.headers["content-encoding"], pushed.headers["urgency"]) == ("aes128gcm", "high")


def test_a_word_is_sent_once_however_often_it_is_asked_for(
    world: cast.World, relay: PushRelay, browser: Browser
) -> None:
    notification_id = told(world)
    for _twice in range(2):
        jobs.push(notification_id)
    assert len(relay.pushed) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    world: cast.World, relay: PushRelay, browser: Browser, status: int
) -> None:
    notification_id = told(world)
    relay.status = status
    jobs.push(notification_id)
    assert db.session.scalars(select(PushSubscription)).all() == []
    assert word(notification_id).state is NotificationState.FAILED


def test_one_dead_browser_does_not_keep_the_word_from_the_other(
    world: cast.World, relay: PushRelay, browser: Browser
) -> None:
    dead = pushing.subscribe(
        world.ada.id,
        endpoint="http://127.0.0.1:1/push/dead",
        **Browser().keys,
        browser="",
        own_hosts=("127.0.0.1",),
        at=business.now(),
    )
    notification_id = told(world)
    jobs.push(notification_id)
    assert [pushed.path for pushed in relay.pushed] == ["ada"]
    assert word(notification_id).state is NotificationState.SENT
    assert db.session.get(PushSubscription, dead) is not None


def test_a_relay_that_is_down_is_asked_again_under_the_same_name(
    world: cast.World, relay: PushRelay, browser: Browser, clock: Clock
) -> None:
    clock.set("2026-11-23T09:00:00+01:00")
    notification_id = told(world)
    relay.status = 503
    jobs.push(notification_id)
    assert word(notification_id).state is NotificationState.QUEUED
    relay.status = 201
    jobs.push(notification_id)
    assert len(relay.pushed) == 1
    clock.forward(minutes=2)
    assert pushing.waiting(at=business.now()) == [notification_id]
    jobs.push(notification_id)
    first, second = relay.pushed
    assert first.headers["topic"] == second.headers["topic"]
    assert word(notification_id).state is NotificationState.SENT


def test_a_word_is_not_worth_waking_anybody_up_for_ever(
    world: cast.World, relay: PushRelay, browser: Browser, clock: Clock
) -> None:
    clock.set("2026-11-23T09:00:00+01:00")
    notification_id = told(world)
    relay.status = 503
    for _hour in range(8):
        assert word(notification_id).state is NotificationState.QUEUED
        jobs.push(notification_id)
        clock.forward(hours=1)
    assert (word(notification_id).state, len(relay.pushed)) == (NotificationState.FAILED, 8)


def test_a_word_whose_worker_died_goes_out_again(world: cast.World, relay: PushRelay, browser: Browser) -> None:
    notification_id = told(world)
    assert pushing.claim(notification_id, at=business.now()) is not None
    with transaction():
        long_ago = db.session.execute(select(database_now())).scalar_one() - timedelta(hours=1)
        db.session.execute(update(Notification).where(Notification.via == Via.PUSH).values(claimed_at=long_ago))
    pushing.lose_track(lease=60)
    jobs.push(notification_id)
    assert len(relay.pushed) == 1
    assert word(notification_id).state is NotificationState.SENT


def test_an_address_in_a_private_network_is_never_called(app: Flask, world: cast.World, relay: PushRelay) -> None:
    subscribe(world.ada.id, relay, Browser())
    app.config["FADEN"] = dataclasses.replace(app.config["FADEN"], push_hosts=(), trusted_hosts=("127.0.0.1",))
    notification_id = told(world)
    jobs.push(notification_id)
    assert relay.pushed == []
    assert word(notification_id).state is NotificationState.FAILED


def test_whoever_has_left_is_not_woken_up(world: cast.World, relay: PushRelay, browser: Browser) -> None:
    notification_id = told(world)
    people.deactivate(world.ada.id, by=world.max, at=cast.MONDAY_NINE)
    jobs.push(notification_id)
    assert relay.pushed == []


def test_whoever_has_no_device_is_not_pushed(world: cast.World) -> None:
    number = cast.hear(world).ticket_id
    with transaction() as afterwards:
        tell(
            [db.session.get_one(Agent, world.ada.id)],
            key="obligation:1:75",
            kind="warned",
            ticket=db.session.get_one(Ticket, number),
            words=lambda _language: ("Bald fällig", ""),
            at=business.now(),
            afterwards=afterwards,
        )
    assert set(db.session.scalars(select(Notification.via))) == {Via.INBOX, Via.MAIL}
