"""How we are told, in a real browser: the bell, the red bar, and a word on a device that sleeps."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from app import live, queue
from app.access import Person
from app.config import Settings
from app.db import database_now, db, transaction
from app.desk import call_tasks, parts
from app.desk.telling import tell
from app.models import Agent, Heartbeat, Ticket
from app.web import standstill
from tests import world as cast
from tests.accessibility import violations
from tests.emulators.push_relay import Browser, PushRelay
from tests.fixtures.databases import Clock
from tests.waiting import until
from tests.web.entering import secret_of

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

FAKE_SUBSCRIPTION = """
    let here = null;
    PushManager.prototype.subscribe = async function (asked) {
        if (asked.applicationServerKey.byteLength !== 65) throw new Error("no key of P-256");
        here = { endpoint: ENDPOINT, unsubscribe: async () => true, toJSON: () => ({ endpoint: ENDPOINT, keys: KEYS }) };
        return here;
    };
    PushManager.prototype.getSubscription = async () => here;
"""
"""Stands for the push service of the browser's maker, which this machine does not reach."""
SHOWN = "async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((each) => each.title)"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A shop that may call this machine."""
    return dataclasses.replace(settings, push_hosts=("127.0.0.1",))


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set((cast.MONDAY_NINE + cast.HOUR).isoformat())
    return cast.build()


@pytest.fixture
def desk(page: Page, address: str, world: cast.World) -> Page:
    """Ada's browser, connected."""
    page.context.add_cookies([{"name": "faden", "value": secret_of(world.ada), "url": address}])
    page.goto(f"{address}/notifications")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    until(lambda: queue.connection().pubsub_numsub(live.TOPIC)[0][1], what="the subscription")
    return page


def told(world: cast.World, person: Person, kind: str = "breached") -> int:
    """Tell a person of a ticket and return the ticket."""
    number = cast.hear(world).ticket_id
    with transaction() as afterwards:
        tell(
            [db.session.get_one(Agent, person.id)],
            key=f"{kind}:{number}",
            kind=kind,
            ticket=db.session.get_one(Ticket, number),
            words=lambda _language: (f"Überfällig: Anliegen {number}", "Eva wartet."),
            at=cast.MONDAY_NINE,
            afterwards=afterwards,
        )
    return number


def silent_for(seconds: float) -> None:
    parts.beat("tick")
    with transaction():
        now = db.session.execute(select(database_now())).scalar_one()
        db.session.execute(update(Heartbeat).values(at=now - timedelta(seconds=seconds)))


def test_the_bell_rings_at_once_and_is_quiet_when_the_ticket_was_looked_at(desk: Page, world: cast.World) -> None:
    expect(desk.locator("#tidings .count.hot")).to_have_count(0)
    number = told(world, world.ada)
    expect(desk.locator("#tidings .count.hot")).to_have_text("1")
    desk.reload()
    expect(desk.locator("#live")).to_have_attribute("data-state", "live")
    desk.keyboard.press("j")
    expect(desk.locator("[data-entry]").first).to_be_focused()
    told(world, world.ada)
    expect(desk.locator("#tidings .count.hot")).to_have_text("2")
    desk.goto(desk.url.replace("/notifications", f"/tickets/{number}"))
    expect(desk.locator("#tidings .count.hot")).to_have_text("1")


def test_a_red_bar_comes_and_goes_by_itself(desk: Page, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standstill, "LOOK_EVERY", 0.2)
    silent_for(50)
    expect(desk.locator("#bars")).to_contain_text("nicht überwacht")
    parts.beat("tick")
    expect(desk.locator("#bars")).not_to_contain_text("nicht überwacht")


def test_a_word_reaches_a_device_that_sleeps(desk: Page, address: str) -> None:
    relay, browser = PushRelay(), Browser()
    relay.start()
    values = {"ENDPOINT": relay.endpoint(), "KEYS": browser.keys}
    constants = "".join(f"const {name} = {json.dumps(value)};" for name, value in values.items())
    desk.context.grant_permissions(["notifications"], origin=address)
    desk.add_init_script(f"(() => {{ {constants} {FAKE_SUBSCRIPTION} }})()")
    cdp = desk.context.new_cdp_session(desk)
    registrations: list[str] = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(each["registrationId"] for each in told["registrations"]),
    )
    cdp.send("ServiceWorker.enable")
    desk.goto(f"{address}/account")
    desk.get_by_role("button", name="In diesem Browser einschalten").click()
    desk.get_by_role("button", name="Testnachricht senden").click()
    expect(desk.get_by_text("Die Testnachricht ist unterwegs.")).to_be_visible()
    until(lambda: relay.pushed, what="the push message")
    text = browser.opened(relay.pushed[0].body).decode()
    relay.stop()
    until(lambda: desk.evaluate("navigator.serviceWorker.ready.then(() => true)") and registrations, what="the worker")

    def shown() -> bool:
        # A browser drops what reaches a worker while it starts; push services send again, and the tag keeps it one.
        cdp.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": address, "registrationId": registrations[-1], "data": text},
        )
        desk.wait_for_timeout(200)
        return bool(desk.evaluate(SHOWN) == ["Testnachricht von Faden"])

    until(shown, what="the notification")


def test_the_pages_have_no_fault_a_machine_can_find(desk: Page, address: str, world: cast.World) -> None:
    number = told(world, world.ada)
    with transaction() as afterwards:
        call_tasks.ask(
            key="obligation:1:breach",
            ticket=db.session.get_one(Ticket, number),
            team_id=world.care,
            reason="Frist verletzt",
            at=cast.MONDAY_NINE,
            afterwards=afterwards,
        )
    silent_for(50)
    for scheme in ("light", "dark"):
        desk.emulate_media(color_scheme=scheme)
        for place in ("/notifications", "/call-tasks", "/account"):
            desk.goto(f"{address}{place}")
            assert violations(desk) == [], (scheme, place)
            desk.set_viewport_size({"width": 320, "height": 800})
            width = desk.evaluate("document.documentElement.scrollWidth")
            desk.set_viewport_size({"width": 1440, "height": 900})
            assert width <= 320, place
