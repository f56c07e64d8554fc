"""The main job in a real browser: keys, drafts, undo, and what others do at the same time."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app import live
from app.desk import notes, replies, status
from app.models import TicketState
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


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set((NINE + timedelta(hours=1)).isoformat())
    return cast.build()


@pytest.fixture
def numbers(world: cast.World) -> list[int]:
    return [
        cast.hear(world, subject=f"Anliegen Nr. {i}", text=f"Frage {i}", at=NINE + timedelta(minutes=i)).ticket_id
        for i in range(4)
    ]


@pytest.fixture
def desk(page: Page, address: str, world: cast.World, numbers: list[int]) -> Page:
    """Ada's browser with the list before her."""
    page.context.add_cookies([{"name": "faden", "value": secret_of(world.ada), "url": address}])
    page.goto(f"{address}/inbox/next")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    return page


def opened(desk: Page, number: int) -> None:
    expect(desk.locator("[data-ticket]")).to_have_attribute("data-ticket", str(number))


def state(number: int) -> TicketState:
    return cast.ticket(number).state


def test_enter_opens_the_most_urgent_and_j_the_next(desk: Page, numbers: list[int]) -> None:
    desk.keyboard.press("Enter")
    opened(desk, numbers[0])
    assert f"/tickets/{numbers[0]}?view=next" in desk.url
    desk.keyboard.press("j")
    expect(desk.locator(f"#t{numbers[1]}")).to_be_focused()
    desk.keyboard.press("Enter")
    opened(desk, numbers[1])
    expect(desk.locator(f"#t{numbers[1]}")).to_have_attribute("aria-selected", "true")
    desk.go_back()
    opened(desk, numbers[0])


def test_an_answer_is_written_sent_and_done_with_two_keys(desk: Page, numbers: list[int]) -> None:
    desk.keyboard.press("Enter")
    opened(desk, numbers[0])
    desk.keyboard.press("r")
    expect(desk.locator("#reply-text")).to_be_focused()
    desk.keyboard.type("Guten Tag, sie kommt morgen. jekyll")
    desk.keyboard.press("Control+Shift+Enter")
    opened(desk, numbers[1])
    assert state(numbers[0]) is TicketState.RESOLVED
    expect(desk.locator("#undo")).to_contain_text("Gesendet und erledigt.")
    expect(desk.locator("#reply-text")).to_have_value("")


def test_z_takes_back_what_was_done(desk: Page, numbers: list[int]) -> None:
    desk.keyboard.press("Enter")
    opened(desk, numbers[0])
    desk.keyboard.press("e")
    expect(desk.locator("#undo")).to_contain_text("Erledigt.")
    until(lambda: state(numbers[0]) is TicketState.RESOLVED, what="resolved")
    desk.keyboard.press("z")
    until(lambda: state(numbers[0]) is TicketState.OPEN, what="open again")
    expect(desk.locator("#undo")).to_be_hidden()


def test_single_keys_rest_while_somebody_writes_and_when_switched_off(desk: Page, numbers: list[int]) -> None:
    desk.keyboard.press("Enter")
    opened(desk, numbers[0])
    desk.keyboard.press("n")
    desk.keyboard.type("eee zzz")
    expect(desk.locator("#note-text")).to_have_value("eee zzz")
    desk.keyboard.press("Escape")
    desk.locator(".me > summary").click()
    desk.get_by_label("Einzeltasten aus").check()
    desk.locator("h1").last.click()
    desk.keyboard.press("e")
    desk.keyboard.press("Control+k")
    expect(desk.locator("#q")).to_be_focused()
    assert state(numbers[0]) is TicketState.OPEN


def test_a_draft_survives_another_ticket_and_a_reload(desk: Page, numbers: list[int]) -> None:
    desk.keyboard.press("Enter")
    opened(desk, numbers[0])
    desk.keyboard.press("r")
    desk.keyboard.type("Angefangen")
    expect(desk.locator("#reply-form [data-draft-words]")).to_be_visible()
    desk.locator(f"#t{numbers[1]}").click()
    opened(desk, numbers[1])
    expect(desk.locator("#reply-text")).to_have_value("")
    desk.goto(desk.url.replace(str(numbers[1]), str(numbers[0])))
    expect(desk.locator("#reply-text")).to_have_value("Angefangen")
    expect(desk.locator("#rows")).to_be_visible()


def test_what_others_write_appears_without_taking_the_text_away(
    desk: Page, world: cast.World, numbers: list[int]
) -> None:
    desk.keyboard.press("Enter")
    opened(desk, numbers[0])
    desk.keyboard.press("r")
    desk.keyboard.type("Mitten im Satz")
    notes.note(numbers[0], text="Habe angerufen.", by=world.cleo, at=NINE)
    expect(desk.locator("#timeline")).to_contain_text("Habe angerufen.")
    expect(desk.locator("#reply-text")).to_have_value("Mitten im Satz")
    expect(desk.locator("#reply-text")).to_be_focused()


def test_an_answer_that_crosses_another_needs_a_second_press(desk: Page, world: cast.World, numbers: list[int]) -> None:
    desk.keyboard.press("Enter")
    opened(desk, numbers[0])
    desk.keyboard.press("r")
    desk.keyboard.type("Meine Antwort")
    replies.reply(conversation(numbers[0]), text="Cleo war schneller.", by=world.cleo, at=NINE)
    expect(desk.locator("#timeline")).to_contain_text("Cleo war schneller.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#reply-problem")).to_contain_text("Neu seit Ihrem Entwurf")
    expect(desk.locator("#timeline")).not_to_contain_text("Meine Antwort")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#timeline")).to_contain_text("Meine Antwort")


def test_new_tickets_wait_until_they_are_asked_for(desk: Page, world: cast.World, numbers: list[int]) -> None:
    before = [row.get_attribute("id") for row in desk.locator(".ticket-row").all()]
    new = cast.hear(world, subject="Ganz neu", at=NINE - timedelta(hours=72)).ticket_id
    expect(desk.locator("#news")).to_contain_text("1 neues anzeigen")
    assert [row.get_attribute("id") for row in desk.locator(".ticket-row").all()] == before
    desk.keyboard.press("Shift+N")
    expect(desk.locator(".ticket-row").first).to_have_attribute("id", f"t{new}")
    expect(desk.locator("#news")).to_be_hidden()


def test_new_tickets_are_told_while_a_storm_lasts(desk: Page, world: cast.World, numbers: list[int]) -> None:
    is_over = threading.Event()

    def storm() -> None:
        while not is_over.wait(0.1):
            live.publish(live.Signal(id=0, kind="progressed", ticket=numbers[3]))

    storming = threading.Thread(target=storm)
    storming.start()
    try:
        cast.hear(world, subject="Mitten im Sturm", at=NINE)
        expect(desk.locator("#news")).to_contain_text("1 neues anzeigen")
    finally:
        is_over.set()
        storming.join()


def test_a_row_changes_in_place_and_one_that_left_is_dimmed(desk: Page, world: cast.World, numbers: list[int]) -> None:
    replies.reply(conversation(numbers[2]), text="Antwort", by=world.cleo, at=NINE + timedelta(hours=1))
    expect(desk.locator(f"#t{numbers[2]} .sla")).to_have_class(re.compile("rest"))
    assert desk.locator(".ticket-row").nth(2).get_attribute("id") == f"t{numbers[2]}"
    status.resolve(numbers[1], by=world.cleo, at=NINE)
    expect(desk.locator(f"#t{numbers[1]}")).to_have_class(re.compile("gone"))
    expect(desk.locator("#views .to").first).to_contain_text("3")


def test_assigning_and_joining_in_the_dialog(desk: Page, world: cast.World, numbers: list[int]) -> None:
    desk.keyboard.press("Enter")
    opened(desk, numbers[0])
    desk.keyboard.type("acle")
    expect(desk.locator("#assignment-filter")).to_have_value("cle")
    assert state(numbers[0]) is TicketState.OPEN
    desk.keyboard.press("Enter")
    expect(desk.locator("#status")).to_contain_text("Cleo")
    assert cast.ticket(numbers[0]).assignee_id == world.cleo.id
    desk.keyboard.press("v")
    expect(desk.locator("#join-into")).to_be_focused()
    desk.keyboard.type("77777")
    desk.keyboard.press("Enter")
    expect(desk.locator("#join-error")).to_contain_text("gibt es nicht")
    desk.locator("#join-into").fill(str(numbers[3]))
    desk.keyboard.press("Enter")
    opened(desk, numbers[3])
    expect(desk.locator("#timeline")).to_contain_text("Frage 0")
    expect(desk.locator("#undo")).to_contain_text("Verbunden.")
    desk.keyboard.press("z")
    opened(desk, numbers[0])
    assert state(numbers[0]) is TicketState.OPEN


def test_a_refused_answer_keeps_the_text(desk: Page, numbers: list[int]) -> None:
    desk.keyboard.press("Enter")
    opened(desk, numbers[0])
    desk.keyboard.press("r")
    desk.locator("#reply-text").fill("x" * 100_001)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#reply-problem")).to_contain_text("Der Text ist zu lang")
    expect(desk.locator("#reply-text")).to_have_value("x" * 100_001)


def test_the_original_of_a_mail_is_shown_in_a_box_of_its_own(desk: Page, world: cast.World) -> None:
    html = "<p>Hallo <b>Nordlicht</b></p><img src='https://spion.example/x.gif'><script>document.title='x'</script>"
    heard = cast.hear(world, subject="Mit Bild", text="Hallo Nordlicht", html=html, at=NINE - timedelta(hours=72))
    desk.keyboard.press("Shift+N")
    desk.locator(f"#t{heard.ticket_id}").click()
    opened(desk, heard.ticket_id)
    desk.get_by_text("Als HTML anzeigen").click()
    frame = desk.frame_locator(".original")
    expect(frame.locator("b")).to_have_text("Nordlicht")
    notes.note(heard.ticket_id, text="Ich sehe nach.", by=world.cleo, at=NINE)
    expect(desk.locator("#timeline")).to_contain_text("Ich sehe nach.")
    expect(frame.locator("b")).to_have_text("Nordlicht")
    expect(frame.locator("script")).to_have_count(0)
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.get_by_text("Bilder laden").click()
    until(lambda: any("images=1" in url for url in asked), what="the box asked for its pictures")
    expect(frame.locator("b")).to_have_text("Nordlicht")


def test_search_opens_what_it_finds(desk: Page, numbers: list[int]) -> None:
    desk.keyboard.press("Control+k")
    desk.keyboard.type("Nr. 3")
    expect(desk.locator("#hits a")).to_have_count(1)
    desk.keyboard.press("Enter")
    opened(desk, numbers[3])


def test_every_shortcut_of_the_help_does_something(desk: Page, numbers: list[int]) -> None:
    desk.keyboard.press("?")
    expect(desk.locator("#help")).to_be_visible()
    acts = {line.get_attribute("data-does") for line in desk.locator("#help [data-does]").all()}
    desk.keyboard.press("Escape")
    desk.keyboard.press("Enter")
    opened(desk, numbers[0])
    controls = {control.get_attribute("data-act") for control in desk.locator("[data-act]").all()}
    script_alone = {
        "",
        "help",
        "undo",
        "down",
        "up",
        "open",
        "entry-next",
        "entry-previous",
        "newest",
        "reopen",
        "publicity",
        "call",
        "why",
        # Its control is on the overview.
        "wall",
    }
    assert acts - controls == script_alone - controls


def test_a_key_right_after_a_dialog_is_not_lost_on_its_button(desk: Page, numbers: list[int]) -> None:
    desk.keyboard.press("?")
    expect(desk.locator("#help")).to_be_visible()
    desk.evaluate("""() => { for (const key of ["Escape", "Enter"])
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})) }""")
    opened(desk, numbers[0])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out(desk: Page, numbers: list[int], theme: str) -> None:
    desk.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    assert violations(desk) == []
    desk.keyboard.press("Enter")
    opened(desk, numbers[0])
    assert violations(desk) == []


def test_on_a_phone_the_list_gives_way_to_the_ticket_and_comes_back(desk: Page, numbers: list[int]) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.locator(f"#t{numbers[0]}").click()
    opened(desk, numbers[0])
    expect(desk.locator("#list")).to_be_hidden()
    assert desk.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    desk.locator("[data-act=back]").click()
    expect(desk.locator("#list")).to_be_visible()
    expect(desk.locator("#pane")).to_be_hidden()


def test_the_page_asks_for_nothing_it_may_not_have(desk: Page, numbers: list[int]) -> None:
    told: list[str] = []
    desk.on("console", lambda line: told.append(line.text) if line.type in {"error", "warning"} else None)
    desk.reload()
    expect(desk.locator("#live")).to_have_attribute("data-state", "live")
    desk.keyboard.press("Enter")
    opened(desk, numbers[0])
    assert told == []
