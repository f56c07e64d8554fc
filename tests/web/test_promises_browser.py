"""Holding replies, promises and closing in a real browser: chosen visibly, said beforehand, asked where it must be."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.db import db, transaction
from app.models import HoldingMode, Message, MessageClass, Promise, Team
from tests import world as cast
from tests.accessibility import violations
from tests.desk.holding import HELD_AT, MINUTE, Matter, matter
from tests.desk.voices import dm
from tests.fixtures.databases import Clock
from tests.waiting import until
from tests.web.entering import secret_of

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set(HELD_AT.isoformat())
    return cast.build()


@pytest.fixture
def eva(world: cast.World) -> Matter:
    """Eva has mailed at nine and written at ten; it is 10:12."""
    return matter(world, HoldingMode.OWN_CONVERSATION)


@pytest.fixture
def ada(page: Page, address: str, eva: Matter) -> Page:
    """Ada, looking at Eva's matter."""
    page.context.add_cookies([{"name": "faden", "value": secret_of(eva.world.ada), "url": address}])
    page.goto(f"{address}/tickets/{eva.number}")
    expect(page.locator("#rows")).to_be_visible()
    return page


def _told() -> list[tuple[MessageClass, str]]:
    db.session.rollback()
    found = db.session.query(Message).filter(Message.direction == "out", Message.is_automatic.is_(False))
    return [(each.message_class, each.text) for each in found.order_by(Message.id)]


def _hold(ada: Page, text: str) -> None:
    """Write a holding reply with the first of the usual times."""
    ada.locator("#reply-text").fill(text)
    ada.get_by_text("Zwischenbescheid", exact=True).click()
    ada.locator("#reply-weight .chip").nth(1).click()


def test_a_holding_reply_says_beforehand_what_it_will_do_and_promises(ada: Page, eva: Matter) -> None:
    _hold(ada, "Wir kümmern uns.")
    effect = ada.locator("#reply-weight .holding-only")
    expect(effect).to_contain_text("Erfüllt die erste Antwort nur in diesem Gespräch.")
    expect(effect).to_contain_text("E-Mail von heute, 09:00 Uhr bleibt offen (Kundenservice).")
    expect(ada.locator("[data-act=send-done]")).to_be_hidden()
    assert violations(ada) == []
    ada.locator("#reply-text").press("Control+Enter")
    until(lambda: _told() == [(MessageClass.HOLDING, "Wir kümmern uns.")], what="the holding reply")
    expect(ada.locator(".ticket-head .promised")).to_contain_text("Zusage bis heute, 14:12 Uhr")
    expect(ada.locator("#timeline .mark.holding")).to_have_text("Zwischenbescheid")
    expect(ada.locator("[name=class][value=substantive]")).to_be_checked()
    expect(ada.locator("#reply-weight")).to_be_empty()


def test_the_effect_follows_the_way_and_the_draft_keeps_class_and_time(ada: Page, eva: Matter) -> None:
    _hold(ada, "Einen Moment bitte.")
    ada.get_by_role("tab", name="E-Mail").click()
    expect(ada.locator("#reply-weight .holding-only")).to_contain_text("Messenger von heute, 10:00 Uhr bleibt offen")
    expect(ada.locator("#reply-weight .chip").nth(1).locator("input")).to_be_checked()
    expect(ada.locator("#reply-form [data-draft-words]")).to_be_visible()
    ada.reload()
    expect(ada.locator("#reply-text")).to_have_value("Einen Moment bitte.")
    expect(ada.locator("[name=class][value=holding]")).to_be_checked()
    expect(ada.locator("#reply-weight .chip").nth(1).locator("input")).to_be_checked()


def test_without_a_time_a_holding_reply_is_refused_and_the_text_stays(ada: Page, eva: Matter) -> None:
    ada.locator("#reply-text").fill("Wir kümmern uns.")
    ada.get_by_text("Zwischenbescheid", exact=True).click()
    expect(ada.locator("#reply-weight .times")).to_be_visible()
    ada.locator("#reply-text").press("Control+Enter")
    expect(ada.locator("#reply-problem")).to_contain_text("braucht eine Zusage")
    expect(ada.locator("#reply-text")).to_have_value("Wir kümmern uns.")
    assert _told() == []


def test_the_key_gives_a_promise_with_an_answer(ada: Page, eva: Matter) -> None:
    ada.keyboard.press("r")
    ada.keyboard.press("#")
    ada.locator("#reply-weight .chip").last.click()
    ada.locator("[name=promise_own]").fill("2026-11-24T12:00")
    ada.locator("#reply-text").fill("Sie kommt morgen.")
    ada.locator("#reply-text").press("Control+Enter")
    expect(ada.locator(".ticket-head .promised")).to_contain_text("Zusage bis morgen, 12:00 Uhr")
    assert _told() == [(MessageClass.SUBSTANTIVE, "Sie kommt morgen.")]


def test_closing_with_an_open_promise_asks_who_takes_it(ada: Page, eva: Matter) -> None:
    eva.hold(eva.chat, at=HELD_AT, promise_at=HELD_AT.replace(hour=14))
    ada.reload()
    expect(ada.locator("#rows")).to_be_visible()
    ada.keyboard.press("e")
    dialog = ada.locator("#sheet")
    expect(dialog).to_contain_text("Offene Zusage bis heute, 15:12 Uhr")
    assert violations(ada) == []
    dialog.get_by_label("Wer steht dafür ein?").select_option(label="Cleo")
    dialog.get_by_role("button", name="Weiter").click()
    expect(ada.locator(".ticket-head .promised")).to_contain_text("Cleo")
    expect(ada.locator("#undo")).to_contain_text("Bleibt offen, bis die Zusage gehalten ist.")
    ada.keyboard.press("e")
    dialog.get_by_label("Die Zusage hat sich erledigt").check()
    dialog.get_by_label("Hat sich erledigt, weil").fill("Lampe ist da.")
    dialog.get_by_role("button", name="Weiter").click()
    expect(ada.get_by_role("button", name="Wieder öffnen")).to_be_visible()
    db.session.rollback()
    assert [(each.state, each.reason) for each in db.session.query(Promise)] == [("waived", "Lampe ist da.")]


def test_sending_and_resolving_asks_for_the_cause_before_the_next_one_opens(ada: Page, eva: Matter) -> None:
    with transaction():
        db.session.get_one(Team, eva.world.care).asks_cause = True
    ada.locator("#reply-text").fill("Sie kommt morgen.")
    ada.locator("#reply-text").press("Control+Shift+Enter")
    dialog = ada.locator("#sheet [data-closing]")
    # Two requests lie before it: the answer, then the closing.
    expect(dialog).to_contain_text("Warum kam es dazu?")
    dialog.locator("[name=cause_words]").fill("Frist ab Rechnung gezählt")
    dialog.get_by_role("button", name="Erledigen").click()
    until(lambda: cast.ticket(eva.number).cause == "Frist ab Rechnung gezählt", what="the cause")
    expect(ada.locator("#sheet")).to_be_hidden()
    assert cast.ticket(eva.number).closed_at is not None


def test_a_thank_you_is_waived_by_one_key_and_that_is_undone_by_another(ada: Page, eva: Matter) -> None:
    eva.answer(eva.mail, at=HELD_AT - MINUTE)
    eva.page.hear(dm(text="Super, vielen Dank!", sent_at=HELD_AT), at=HELD_AT)
    ada.reload()
    expect(ada.locator("#rows")).to_be_visible()
    expect(ada.get_by_role("button", name="Nur ein Dank: keine Antwort nötig")).to_be_visible()
    ada.keyboard.press("d")
    expect(ada.locator("#undo")).to_contain_text("Keine Antwort nötig.")
    until(lambda: cast.ticket(eva.number).due_at is None, what="the waiver")
    ada.keyboard.press("z")
    until(lambda: cast.ticket(eva.number).due_at is not None, what="the deadline")
