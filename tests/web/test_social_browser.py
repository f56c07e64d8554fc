"""The view of social media in a real browser: for everybody, by keyboard, and on a narrow screen."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests import world as cast
from tests.accessibility import violations
from tests.desk import voices
from tests.fixtures.databases import Clock
from tests.web.entering import secret_of
from tests.web.square import ABOVE, Square, build

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

NINE = cast.MONDAY_NINE


@pytest.fixture
def square(app: Flask, clock: Clock) -> Square:
    clock.set((NINE + timedelta(hours=22)).isoformat())
    return build()


@pytest.fixture
def ben(page: Page, address: str, square: Square) -> Page:
    page.context.add_cookies([{"name": "faden", "value": secret_of(square.world.ben), "url": address}])
    return page


def filled(square: Square) -> tuple[int, int]:
    """Return the tickets of a post below one of ours and of a private message whose window closes soon."""
    return square.post(parent=ABOVE).ticket_id, square.page.hear(voices.dm()).ticket_id


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out(ben: Page, address: str, square: Square, theme: Literal["light", "dark"]) -> None:
    post, _message = filled(square)
    ben.emulate_media(color_scheme=theme)
    ben.goto(f"{address}/inbox/social")
    expect(ben.locator(f"#t{post}")).to_be_visible()
    assert violations(ben) == []


def test_arrow_keys_unfold_the_post_above_and_a_click_opens_no_ticket(ben: Page, address: str, square: Square) -> None:
    post, _message = filled(square)
    ben.goto(f"{address}/inbox/social")
    row = ben.locator(f"#t{post}")
    above = row.locator("details")
    row.focus()
    ben.keyboard.press("ArrowRight")
    expect(above).to_have_attribute("open", "")
    ben.keyboard.press("ArrowLeft")
    expect(above).not_to_have_attribute("open", "")
    above.locator("summary").click()
    expect(above).to_have_attribute("open", "")
    expect(ben.locator("[data-ticket]")).to_have_count(0)
    row.focus()
    ben.keyboard.press("Enter")
    expect(ben.locator(f'[data-ticket="{post}"]')).to_be_visible()


def test_the_window_is_shown_with_a_shape_of_its_own(ben: Page, address: str, square: Square) -> None:
    _post, message = filled(square)
    ben.goto(f"{address}/inbox/social")
    window = ben.locator(f"#t{message} .window")
    expect(window).to_have_text("Messenger-Fenster: noch 2:00 Std.")
    expect(window.locator("use")).to_have_attribute("href", "#sla-soon")


def test_nothing_is_wider_than_a_narrow_screen(ben: Page, address: str, square: Square) -> None:
    post, message = filled(square)
    ben.set_viewport_size({"width": 320, "height": 700})
    for path, shown in (
        ("/inbox/social", f"#t{post}"),
        (f"/tickets/{post}", ".above"),
        (f"/tickets/{message}", ".fact"),
    ):
        ben.goto(address + path)
        expect(ben.locator(shown).first).to_be_visible()
        assert ben.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_on_a_telephone_the_buttons_of_the_composer_are_within_reach(ben: Page, address: str, square: Square) -> None:
    _post, message = filled(square)
    ben.set_viewport_size({"width": 390, "height": 700})
    ben.goto(f"{address}/tickets/{message}")
    send = ben.get_by_role("button", name="Privat antworten", exact=True)
    expect(send).to_be_hidden()
    ben.locator("#reply-text").click()
    ben.keyboard.type("Guten Tag")
    expect(send).to_be_in_viewport()
