"""The composer in a real browser: what may not be public is marked while it is typed, and the ways out of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.db import db, transaction
from app.desk import joining, merging
from app.models import Agent, Message, MessageState, Release
from routing.identity import Proof
from tests import world as cast
from tests.accessibility import violations
from tests.fixtures.databases import Clock
from tests.waiting import until
from tests.web import voices
from tests.web.entering import secret_of

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

NINE = cast.MONDAY_NINE
PATIENCE = 30_000
PUBLIC = re.compile(r"\bpublic\b")
LINE = re.compile(r"^Guten Tag, Sie haben uns öffentlich geschrieben\. ")


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set((NINE + timedelta(hours=1)).isoformat())
    return cast.build()


@pytest.fixture
def ada(page: Page, address: str, world: cast.World) -> Page:
    page.context.add_cookies([{"name": "faden", "value": secret_of(world.ada), "url": address}])
    return page


def opened(ada: Page, address: str, number: int) -> None:
    ada.goto(f"{address}/tickets/{number}")
    expect(ada.locator("#reply-text")).to_be_visible(timeout=PATIENCE)


def queued() -> list[tuple[str, bool]]:
    db.session.rollback()
    rows = db.session.query(Message.text, Message.is_public).filter_by(state=MessageState.QUEUED, is_automatic=False)
    return sorted((text, is_public) for text, is_public in rows)


def test_what_may_not_be_public_is_marked_while_it_is_typed_and_goes_out_in_private(
    ada: Page, address: str, world: cast.World
) -> None:
    opened(ada, address, voices.comment(world)[0])
    ada.locator("#reply-text").fill("Ihre Bestellung NL-204711 ist da.")
    ada.locator("#reply-text").press("End")
    expect(ada.locator("#reply-spots mark")).to_have_text("NL-204711", timeout=PATIENCE)
    expect(ada.locator("#reply-spots")).to_contain_text("Bestell- oder Sendungsnummer")
    assert violations(ada) == []

    ada.locator("#reply-spots").get_by_role("button", name="Privat antworten").click()

    expect(ada.locator("#reply-form")).not_to_have_class(PUBLIC, timeout=PATIENCE)
    expect(ada.locator("#reply-text")).to_have_value("Ihre Bestellung NL-204711 ist da.")
    expect(ada.locator("#reply-spots mark")).to_have_count(0, timeout=PATIENCE)
    ada.keyboard.press("Control+Enter")
    until(lambda: queued() == [("Ihre Bestellung NL-204711 ist da.", False)], what="the private answer")


def test_a_refused_answer_stays_with_its_places_marked(ada: Page, address: str, world: cast.World) -> None:
    opened(ada, address, voices.comment(world)[0])
    ada.locator("#reply-text").fill("Wie in Ihrer E-Mail geschrieben.")

    ada.locator("#reply-form [data-act=send]").click()

    expect(ada.locator("#reply-spots [role=alert] mark")).to_have_text("Wie in Ihrer E-Mail", timeout=PATIENCE)
    expect(ada.locator("#reply-text")).to_have_value("Wie in Ihrer E-Mail geschrieben.")
    assert queued() == []


def test_one_key_leads_from_public_to_private_with_a_prepared_line(ada: Page, address: str, world: cast.World) -> None:
    opened(ada, address, voices.comment(world)[0])
    expect(ada.locator("#reply-form")).to_have_class(PUBLIC)

    ada.keyboard.press("p")

    expect(ada.locator("#reply-text")).to_have_value(LINE, timeout=PATIENCE)
    expect(ada.locator("#reply-form")).not_to_have_class(PUBLIC)
    expect(ada.locator("#reply-way").get_by_label("Danach öffentlich darunter")).to_be_checked()
    assert violations(ada) == []


def test_one_answer_goes_out_by_messenger_and_by_mail(ada: Page, address: str, world: cast.World) -> None:
    number, mail = voices.direct(world), cast.hear(world)
    kept, absorbed = (cast.ticket(each).customer_id for each in (number, mail.ticket_id))
    merging.merge(kept, absorbed, proof=Proof.COLLEAGUE, evidence={"reason": "ja"}, by=world.max, at=NINE)
    joining.join(mail.ticket_id, into=number, by=world.max, at=NINE)
    opened(ada, address, number)
    ada.locator(".composer .tab[data-goes]").first.click()
    ada.locator("#reply-text").fill("Der Ersatz ist unterwegs.")

    ada.locator("#reply-way").get_by_label("auch per E-Mail an").check()
    ada.locator("#reply-form [data-act=send]").click()

    until(lambda: queued() == [("Der Ersatz ist unterwegs.", False)] * 2, what="both messages")
    expect(ada.locator("#reply-way").get_by_label("auch per E-Mail an")).not_to_be_checked(timeout=PATIENCE)


def test_who_may_not_publish_sends_for_release(ada: Page, address: str, world: cast.World) -> None:
    number, _message_id = voices.comment(world)
    with transaction():
        db.session.get_one(Agent, world.ada.id).can_publish = False
    opened(ada, address, number)
    expect(ada.locator("#reply-form [data-act=send-done]")).to_be_hidden()
    ada.locator("#reply-text").fill("Das tut uns leid!")

    ada.get_by_role("button", name="Zur Freigabe", exact=True).click()

    expect(ada.get_by_text("Wartet auf Freigabe")).to_be_visible(timeout=PATIENCE)
    assert queued() == []
    assert db.session.query(Release).count() == 1
    assert violations(ada) == []
