"""Writing beside others in a real browser: drafts on every device, undo of sending, news, and who is here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from app.access import Person
from app.db import db
from app.desk import replies
from app.models import Draft, Message, MessageState, TicketState
from app.runs import comparing
from channels.contract import Handle
from tests import world as cast
from tests.accessibility import violations
from tests.fixtures.databases import Clock
from tests.waiting import until
from tests.web.entering import secret_of
from tests.web.test_ticket import conversation

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

NINE = cast.MONDAY_NINE
NOW = NINE + timedelta(hours=1)
WAIT = 30_000


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set(NOW.isoformat())
    return cast.build()


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """A second browser: another device, or another person's."""
    context = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def enter(page: Page, address: str, person: Person, number: int) -> Page:
    page.context.add_cookies([{"name": "faden", "value": secret_of(person), "url": address}])
    page.goto(f"{address}/tickets/{number}?view=next")
    expect(page.locator("[data-ticket]")).to_have_attribute("data-ticket", str(number), timeout=WAIT)
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=WAIT)
    return page


def type_answer(page: Page, text: str) -> None:
    page.locator("#reply-text").click()
    page.locator("#reply-text").press_sequentially(text)


def drafts() -> list[str]:
    db.session.rollback()
    return [text for (text,) in db.session.query(Draft.text).order_by(Draft.id)]


def answer_of(name: str) -> Message | None:
    db.session.rollback()
    return db.session.query(Message).filter_by(author_name=name).order_by(Message.id.desc()).first()


def test_a_draft_goes_on_on_another_device_and_is_marked_in_the_list(
    page: Page, other: Page, address: str, world: cast.World, number: int
) -> None:
    enter(page, address, world.ada, number)
    type_answer(page, "Halber Satz")
    until(lambda: drafts() == ["Halber Satz"], what="the draft is kept")

    enter(other, address, world.ada, number)

    expect(other.locator("#reply-text")).to_have_value("Halber Satz", timeout=WAIT)
    expect(other.locator(f"#t{number} .drafted")).to_have_text("Entwurf", timeout=WAIT)
    other.locator("#reply-form [data-discard]").click()
    expect(other.locator("#reply-text")).to_have_value("", timeout=WAIT)
    other.locator("#undo button").click()
    expect(other.locator("#reply-text")).to_have_value("Halber Satz", timeout=WAIT)
    until(lambda: drafts() == ["Halber Satz"], what="the draft is back")


def test_signing_out_clears_the_browser_and_keeps_what_the_server_has(
    page: Page, address: str, world: cast.World, number: int
) -> None:
    enter(page, address, world.ada, number)
    type_answer(page, "Bleibt beim Server")
    until(lambda: drafts() == ["Bleibt beim Server"], what="the draft is kept")
    page.locator(".me > summary").click()
    page.locator("[data-sign-out] button").click()
    expect(page.get_by_label("Kennwort")).to_be_visible(timeout=WAIT)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length") == 0
    assert drafts() == ["Bleibt beim Server"]


def test_z_calls_an_answer_back_into_the_composer(
    app: Flask, page: Page, address: str, world: cast.World, number: int
) -> None:
    app.config["FADEN"] = replace(app.config["FADEN"], undo_seconds=600)
    enter(page, address, world.ada, number)
    type_answer(page, "Zu früh gesendet")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#undo")).to_contain_text("Sek. hinaus", timeout=WAIT)
    expect(page.locator("#timeline [data-leaves]")).to_contain_text("geht in", timeout=WAIT)
    assert violations(page) == []
    page.locator("#timeline").focus()

    page.keyboard.press("z")

    expect(page.locator("#reply-text")).to_have_value("Zu früh gesendet", timeout=WAIT)
    expect(page.locator("#timeline")).to_contain_text("Antwort zurückgeholt", timeout=WAIT)
    expect(page.locator("#timeline .message.out .words", has_text="Zu früh gesendet")).to_have_count(0, timeout=WAIT)
    sent = answer_of("Ada")
    assert sent is not None
    assert sent.state is MessageState.FAILED
    assert cast.ticket(number).due_at == NINE + timedelta(hours=4)


def test_z_takes_back_send_and_done_as_one(
    app: Flask, page: Page, address: str, world: cast.World, number: int
) -> None:
    app.config["FADEN"] = replace(app.config["FADEN"], undo_seconds=600)
    enter(page, address, world.ada, number)
    type_answer(page, "Erledigt, oder?")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator("#undo")).to_contain_text("Gesendet und erledigt.", timeout=WAIT)
    until(lambda: cast.ticket(number).state is TicketState.RESOLVED, what="resolved")
    page.locator("#undo button").click()
    expect(page.locator("#reply-text")).to_have_value("Erledigt, oder?", timeout=WAIT)
    ticket = cast.ticket(number)
    assert (ticket.state, ticket.due_at) == (TicketState.OPEN, NINE + timedelta(hours=4))


def test_what_came_since_is_said_above_the_composer_and_needs_a_second_press(
    page: Page, address: str, world: cast.World, number: int
) -> None:
    enter(page, address, world.ada, number)
    type_answer(page, "Meine Antwort")

    replies.reply(conversation(number), text="Cleo war schneller.", by=world.cleo, at=NOW)

    expect(page.locator("#newer")).to_contain_text("Neu seit Ihrem Entwurf: 1 Antwort von Cleo", timeout=WAIT)
    expect(page.locator("#reply-text")).to_have_value("Meine Antwort")
    page.locator("#reply-text").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reply-problem")).to_contain_text("Neu seit Ihrem Entwurf", timeout=WAIT)
    assert answer_of("Ada") is None
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("Meine Antwort", timeout=WAIT)


def test_who_writes_is_seen_by_colleagues_until_the_tab_is_closed(
    page: Page, other: Page, address: str, world: cast.World, number: int
) -> None:
    enter(page, address, world.ada, number)
    enter(other, address, world.cleo, number)
    expect(page.locator("#here [aria-label='Cleo liest mit']")).to_be_visible(timeout=WAIT)
    expect(other.locator("#here [aria-label='Ada liest mit']")).to_be_visible(timeout=WAIT)

    type_answer(page, "Ich schreibe")

    expect(other.locator("#typing")).to_have_text("Ada schreibt gerade", timeout=WAIT)
    expect(other.locator("#reply-form [data-act=send]")).to_contain_text("Trotzdem senden", timeout=WAIT)
    assert violations(other) == []
    until(lambda: drafts() == ["Ich schreibe"], what="the draft is kept")
    page.goto("about:blank")
    expect(other.locator("#here [aria-label^='Ada']")).to_have_count(0, timeout=WAIT)
    other.reload()
    expect(other.locator(".begun")).to_contain_text("Entwurf von Ada", timeout=WAIT)


def test_a_debt_appears_while_somebody_writes_and_leaves_the_text_alone(
    page: Page, address: str, world: cast.World, number: int
) -> None:
    said = "Ich habe Ihnen heute schon eine E-Mail geschrieben, wo bleibt meine Lampe?"
    sender = Handle(kind="email", value="eva.k@post.example", name="Eva Kundin")
    second = cast.hear(world, cast.contact(sender=sender, sent_at=NOW, text=said), at=NOW).ticket_id
    enter(page, address, world.ada, second)
    type_answer(page, "Mitten im Satz")
    expect(page.locator(".debt")).to_have_count(0)

    comparing.compare_new(at=NOW)

    owed = "Kundenservice schuldet seit heute, 09:00 Uhr eine Antwort"
    expect(page.locator(".debt")).to_contain_text(owed, timeout=WAIT)
    expect(page.locator("#beside .owes")).to_contain_text(owed, timeout=WAIT)
    expect(page.locator("#reply-text")).to_have_value("Mitten im Satz")
    expect(page.locator("#reply-text")).to_be_focused()


def names(page: Page) -> Locator:
    return page.locator("#reply-form .chosen [data-file] a")


def test_a_file_is_kept_at_once_on_every_device_and_leaves_with_the_answer(
    page: Page, other: Page, address: str, world: cast.World, number: int
) -> None:
    enter(page, address, world.ada, number)
    enter(other, address, world.ada, number)
    two = [
        {"name": "foto.png", "mimeType": "image/png", "buffer": b"Lampe"},
        {"name": "rechnung.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"},
    ]
    page.locator("#reply-files").set_input_files(two)  # type: ignore[arg-type]
    expect(names(page)).to_have_text(["foto.png", "rechnung.pdf"], timeout=WAIT)
    expect(names(other)).to_have_text(["foto.png", "rechnung.pdf"], timeout=WAIT)
    assert violations(page) == []

    other.get_by_role("button", name="foto.png entfernen").click()
    expect(names(other)).to_have_text(["rechnung.pdf"], timeout=WAIT)
    expect(names(page)).to_have_text(["rechnung.pdf"], timeout=WAIT)
    page.reload()
    expect(names(page)).to_have_text(["rechnung.pdf"], timeout=WAIT)
    type_answer(page, "Anbei.")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#timeline")).to_contain_text("rechnung.pdf", timeout=WAIT)
    expect(names(page)).to_have_count(0, timeout=WAIT)
    expect(names(other)).to_have_count(0, timeout=WAIT)
    sent = answer_of("Ada")
    assert sent is not None
    assert sent.attachment_count == 1


def test_z_brings_the_files_of_an_answer_back_and_of_a_draft_thrown_away(
    app: Flask, page: Page, address: str, world: cast.World, number: int
) -> None:
    app.config["FADEN"] = replace(app.config["FADEN"], undo_seconds=600)
    enter(page, address, world.ada, number)
    page.locator("#reply-files").set_input_files({"name": "foto.png", "mimeType": "image/png", "buffer": b"Lampe"})
    expect(names(page)).to_have_text(["foto.png"], timeout=WAIT)
    type_answer(page, "Anbei das Foto")
    page.locator("#reply-form [data-discard]").click()
    expect(names(page)).to_have_count(0, timeout=WAIT)
    page.locator("#undo button").click()
    expect(names(page)).to_have_text(["foto.png"], timeout=WAIT)
    expect(page.locator("#reply-text")).to_have_value("Anbei das Foto", timeout=WAIT)

    page.locator("#reply-text").press("Control+Enter")
    expect(page.locator("#undo")).to_contain_text("Sek. hinaus", timeout=WAIT)
    expect(names(page)).to_have_count(0, timeout=WAIT)
    page.locator("#undo button").click()

    expect(page.locator("#reply-text")).to_have_value("Anbei das Foto", timeout=WAIT)
    expect(names(page)).to_have_text(["foto.png"], timeout=WAIT)
