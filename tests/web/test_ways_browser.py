"""The composer in a real browser: public and private, what is counted, what is shut, and that no text is ever lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.db import db
from app.desk import notes
from app.models import Conversation, Direction, Message, MessageKind, MessageState, Revision
from channels.speaking import length_of
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
PUBLIC = re.compile(r"\bpublic\b")
SAID = (
    "Grüße aus Kiel",
    "東京の灯り",
    "Hier: https://nordlicht.example/rueckgabe/sehr/lang?x=1 steht alles.",
    "Danke 🙏🏽 und tschüss — „Ihr“ Nordlicht…",
    "x" * 280,
)


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
    expect(ada.locator("#rows")).to_be_visible()


def queued() -> list[tuple[str, bool]]:
    db.session.rollback()
    rows = db.session.query(Message.text, Message.is_public).filter_by(state=MessageState.QUEUED, is_automatic=False)
    return [(text, is_public) for text, is_public in rows]


def test_from_public_to_private_and_back_the_draft_stays(ada: Page, address: str, world: cast.World) -> None:
    number, _message_id = voices.comment(world)
    opened(ada, address, number)
    form = ada.locator("#reply-form")
    ada.keyboard.press("r")
    ada.keyboard.type("Bitte nennen Sie uns die Nummer.")
    expect(form).to_have_class(PUBLIC)
    ada.keyboard.press("Escape")
    ada.keyboard.press("p")
    expect(form).not_to_have_class(PUBLIC)
    expect(ada.locator("#reply-text")).to_have_value("Bitte nennen Sie uns die Nummer.")
    expect(ada.get_by_role("button", name="Privat antworten", exact=True)).to_be_visible()
    ada.get_by_role("tab", name="Facebook öffentlich").click()
    expect(ada.get_by_role("button", name="Öffentlich antworten", exact=True)).to_be_visible()
    ada.get_by_role("tab", name="Messenger privat").click()
    ada.keyboard.press("Control+Enter")
    until(lambda: queued() == [("Bitte nennen Sie uns die Nummer.", False)], what="the private answer")
    expect(ada.get_by_role("tab", name="Messenger privat")).to_have_count(0)
    expect(ada.locator("#reply-way")).to_contain_text("eine private Antwort genügt nicht")
    assert violations(ada) == []


def test_a_public_answer_leaves_by_the_public_button(ada: Page, address: str, world: cast.World) -> None:
    number, _message_id = voices.comment(world)
    opened(ada, address, number)
    ada.locator("#reply-text").fill("Das tut uns leid.")
    ada.get_by_role("button", name="Öffentlich antworten", exact=True).click()
    expect(ada.locator("#timeline")).to_contain_text("Öffentliche Antwort")
    expect(ada.locator("#reply-text")).to_have_value("")
    assert queued() == [("Das tut uns leid.", True)]


def test_the_browser_counts_as_the_server_does(ada: Page, address: str, world: cast.World) -> None:
    opened(ada, address, voices.post(world, can_reply=True))
    for text in SAID:
        ada.locator("#reply-text").fill(text)
        left = 280 - length_of(text, "weighted")
        expect(ada.locator("#reply-form [data-count]")).to_have_text(f"noch {left} Zeichen")


def test_what_is_too_long_cannot_be_sent(ada: Page, address: str, world: cast.World) -> None:
    opened(ada, address, voices.post(world, can_reply=True))
    send = ada.get_by_role("button", name="Öffentlich antworten", exact=True)
    ada.locator("#reply-text").fill("x" * 283)
    expect(ada.locator("#reply-form [data-count]")).to_have_text("3 Zeichen zu viel")
    expect(send).to_be_disabled()
    ada.locator("#reply-text").fill("x" * 280)
    expect(send).to_be_enabled()


def test_a_shut_way_takes_no_text_and_leads_to_another(ada: Page, address: str, world: cast.World) -> None:
    number = voices.post(world)
    voices.thread(number, world.channel, "email", "kim@kundin.example")
    opened(ada, address, number)
    expect(ada.locator("#reply-text")).to_be_hidden()
    expect(ada.get_by_role("link", name="Auf X öffnen").first).to_be_visible()
    assert violations(ada) == []
    ada.locator("#reply-way").get_by_role("button", name="E-Mail").click()
    expect(ada.locator("#reply-text")).to_be_focused()
    ada.keyboard.type("Liebe Frau Kern")
    ada.get_by_role("tab", name="X öffentlich").click()
    expect(ada.locator("#reply-text")).to_have_value("Liebe Frau Kern")
    expect(ada.locator("#reply-text")).not_to_be_editable()


def test_a_window_that_closes_while_somebody_writes_shuts_the_way(
    ada: Page, address: str, world: cast.World, clock: Clock
) -> None:
    number = voices.direct(world)
    opened(ada, address, number)
    expect(ada.locator("#reply-way")).to_contain_text("bis das Antwortfenster schließt")
    ada.locator("#reply-text").fill("Gleich ist es zu spät.")
    clock.set((NINE + timedelta(days=8)).isoformat())
    ada.get_by_role("button", name="Privat antworten", exact=True).click()
    expect(ada.locator("#reply-problem")).not_to_be_empty()
    expect(ada.locator("#reply-text")).to_have_value("Gleich ist es zu spät.")
    expect(ada.locator("#reply-text")).not_to_be_editable()
    assert queued() == []


def test_a_first_message_is_written_with_the_keyboard(ada: Page, address: str, world: cast.World) -> None:
    number, _message_id = voices.comment(world)
    opened(ada, address, number)
    ada.keyboard.press("Shift+R")
    expect(ada.locator("#sheet")).to_be_visible()
    assert violations(ada) == []
    ada.locator("#sheet").get_by_role("radio").first.check()
    ada.locator("#first-to").fill("kim@kundin.example")
    ada.locator("#first-text").fill("Guten Tag, Frau Kern")
    ada.locator("#sheet").get_by_role("button", name="Senden").click()
    expect(ada.locator("#timeline")).to_contain_text("Guten Tag, Frau Kern")
    expect(ada.get_by_role("tab", name="E-Mail")).to_be_visible()
    assert db.session.query(Conversation).filter_by(ticket_id=number).count() == 2


def test_hiding_is_taken_back_with_z(ada: Page, address: str, world: cast.World) -> None:
    number, message_id = voices.comment(world)
    opened(ada, address, number)
    ada.get_by_role("button", name="Verbergen …").click()
    ada.get_by_label("Beleidigung").check()
    ada.locator("#sheet").get_by_role("button", name="Verbergen").click()
    expect(ada.locator(f"#m{message_id}")).to_contain_text("wird verborgen")
    ada.keyboard.press("z")
    expect(ada.locator(f"#m{message_id}")).not_to_contain_text("verborgen")


def test_an_earlier_text_stays_unfolded_when_something_happens(ada: Page, address: str, world: cast.World) -> None:
    number, message_id = voices.comment(world, "Neuer Text.", edited_at=NINE)
    voices.row(Revision(message_id=message_id, text="Alter Text.", until=NINE))
    opened(ada, address, number)
    expect(ada.locator("#live")).to_have_attribute("data-state", "live")
    ada.get_by_text("Früheren Text zeigen").click()
    expect(ada.get_by_text("Alter Text.")).to_be_visible()
    notes.note(number, text="Habe angerufen.", by=world.cleo, at=NINE)
    expect(ada.locator("#timeline")).to_contain_text("Habe angerufen.")
    expect(ada.get_by_text("Alter Text.")).to_be_visible()


def a_matter_in_both(world: cast.World) -> tuple[int, int, int]:
    """Return a ticket with a comment that had its private reply, to which the customer wrote back; the public thread."""
    number, comment_id = voices.comment(world)
    public, page_id = cast.message(comment_id).conversation_id, cast.message(comment_id).channel_id
    private = voices.thread(number, page_id, "messenger", "6100000000000001")
    out = {"direction": Direction.OUT, "answers_id": comment_id}
    voices.say(private, "Bitte nennen Sie uns die Nummer.", sent_at=NINE + timedelta(minutes=1), **out)
    voices.say(private, "NL-20417", sent_at=NINE + timedelta(minutes=2))
    return number, public, private


def comment_again(public: int) -> None:
    """A further comment gives the ticket another way: it can be answered in private again."""
    values = {"external_id": "900_99", "kind": MessageKind.COMMENT, "is_public": True}
    voices.say(public, "Und ich warte immer noch!", sent_at=NINE + timedelta(minutes=5), **values)


def fetch_anew(ada: Page, number: int) -> None:
    ada.evaluate(
        "url => htmx.ajax('GET', url, {source: '#pane', target: '#pane', swap: 'innerMorph'})",
        f"/tickets/{number}?view=next",
    )
    expect(ada.locator("#timeline")).to_contain_text("Und ich warte immer noch!")


def test_a_private_answer_stays_private_whatever_comes_in_public(ada: Page, address: str, world: cast.World) -> None:
    number, public, _private = a_matter_in_both(world)
    opened(ada, address, number)
    ada.keyboard.press("r")
    ada.keyboard.type("Liebe Frau Kern, wir erstatten auf ")
    expect(ada.locator("#reply-form")).not_to_have_class(PUBLIC)
    comment_again(public)
    fetch_anew(ada, number)
    expect(ada.get_by_role("tab", name="Messenger privat")).to_be_visible()
    ada.keyboard.type("DE12 3456.")
    expect(ada.locator("#reply-text")).to_be_focused()
    expect(ada.locator("#reply-form")).not_to_have_class(PUBLIC)
    expect(ada.get_by_role("tab", name="Messenger", exact=True)).to_have_attribute("aria-selected", "true")
    ada.keyboard.press("Control+Enter")
    ada.keyboard.press("Control+Enter")  # the first press says that something came in the meantime
    until(lambda: queued() == [("Liebe Frau Kern, wir erstatten auf DE12 3456.", False)], what="the private answer")


def test_a_note_stays_a_note_whatever_comes(ada: Page, address: str, world: cast.World) -> None:
    number, public, _private = a_matter_in_both(world)
    opened(ada, address, number)
    ada.keyboard.press("n")
    ada.keyboard.type("Intern: ")
    comment_again(public)
    fetch_anew(ada, number)
    ada.keyboard.type("er betrügt.")
    expect(ada.locator("#note-text")).to_have_value("Intern: er betrügt.")
    ada.keyboard.press("Control+Enter")
    expect(ada.locator("#timeline")).to_contain_text("Intern: er betrügt.")
    assert queued() == []


def test_a_way_that_goes_away_leaves_the_text_and_chooses_no_other(ada: Page, address: str, world: cast.World) -> None:
    number, public, private = a_matter_in_both(world)
    opened(ada, address, number)
    ada.locator("#reply-text").fill("Noch nicht fertig")
    other = voices.matter(world, "messenger")
    db.session.query(Conversation).filter_by(id=private).update({"ticket_id": other})
    db.session.commit()
    comment_again(public)
    fetch_anew(ada, number)
    expect(ada.locator("#reply-way")).to_contain_text("Diesen Weg gibt es nicht mehr.")
    expect(ada.locator("#reply-text")).to_have_value("Noch nicht fertig")
    expect(ada.locator("#reply-text")).not_to_be_editable()
    expect(ada.locator("#reply-form")).not_to_have_class(PUBLIC)


def test_a_draft_comes_back_on_its_own_way_only(ada: Page, address: str, world: cast.World) -> None:
    number, public, _private = a_matter_in_both(world)
    opened(ada, address, number)
    ada.locator("#reply-text").fill("Nur für Sie")
    expect(ada.locator("#reply-form [data-draft-words]")).to_be_visible()
    comment_again(public)
    opened(ada, address, number)
    expect(ada.locator("#reply-text")).to_have_value("Nur für Sie")
    expect(ada.locator("#reply-form")).not_to_have_class(PUBLIC)
    expect(ada.get_by_role("tab", name="Messenger", exact=True)).to_have_attribute("aria-selected", "true")


def test_no_text_moves_to_another_ticket(ada: Page, address: str, world: cast.World) -> None:
    number, other = voices.comment(world)[0], cast.hear(world).ticket_id
    opened(ada, address, number)
    ada.locator("#reply-text").fill("Nur hierher")
    ada.evaluate(
        "url => htmx.ajax('GET', url, {source: '#pane', target: '#pane', swap: 'innerMorph'})",
        f"/tickets/{other}?view=next",
    )
    expect(ada.locator("[data-ticket]")).to_have_attribute("data-ticket", str(other))
    expect(ada.locator("#reply-text")).to_have_value("")
    expect(ada.locator("#reply-form")).not_to_have_class(PUBLIC)
    opened(ada, address, number)
    expect(ada.locator("#reply-text")).to_have_value("Nur hierher")
