"""The screen on a wall in a real browser: renewed by itself, honest when it cannot be, readable for everybody."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.accessibility import violations
from tests.e2e.shop import Shop

pytestmark = pytest.mark.e2e


def hang(shop: Shop, page: Page, name: str) -> str:
    """Give a screen an address as an administrator does."""
    shop.enter(page, "max", "/board/screens")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Adresse anlegen").click()
    return page.get_by_label("Adresse der Wandanzeige").input_value()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_screen_shuts_nobody_out_and_fits_without_scrolling(
    shop: Shop, page: Page, browser: Browser, theme: str
) -> None:
    address = hang(shop, page, f"Flur {theme}")
    with browser.new_context(viewport={"width": 1920, "height": 1080}) as stranger:
        screen = stranger.new_page()
        screen.goto(f"{address}?theme={theme}")
        expect(screen.get_by_role("heading", name=f"Flur {theme}")).to_be_visible()
        assert violations(screen) == []
        assert screen.evaluate("document.documentElement.scrollHeight <= innerHeight")
        size = screen.locator(".numbers .value").first.evaluate("each => getComputedStyle(each).fontSize")
        assert size == "104px"


def test_the_screen_says_when_its_figures_are_old_and_ends_where_it_was_ended(
    shop: Shop, page: Page, browser: Browser
) -> None:
    address = hang(shop, page, "Lager")
    with browser.new_context(locale="de-DE") as stranger:
        screen = stranger.new_page()
        screen.clock.install()
        screen.goto(address)
        stale = screen.locator(".stale")
        expect(screen.get_by_role("heading", name="Lager")).to_be_visible()
        expect(stale).to_be_hidden()
        screen.route("**/wall/*", lambda route: route.abort())
        screen.clock.run_for(45_000)
        expect(stale).to_be_visible()
        expect(stale).to_have_text(re.compile(r"Stand \d\d:\d\d, Verbindung fehlt"))
        screen.unroute("**/wall/*")
        screen.clock.run_for(11_000)
        expect(stale).to_be_hidden()
        page.goto(f"{shop.url}/board/screens")
        page.get_by_role("button", name="Beenden Lager").click()
        expect(page.get_by_text("Die Adresse führt nirgends mehr hin.")).to_be_visible()
        screen.clock.run_for(11_000)
        expect(screen.get_by_role("heading", name="Nicht gefunden")).to_be_visible()


def test_one_key_on_the_overview_shows_the_screen(shop: Shop, page: Page) -> None:
    shop.open_ticket("Wanda Kern <wanda@kundin.example>", "Was hängt an der Wand?")
    shop.enter(page, "max", "/board")
    expect(page.get_by_role("link", name="Wandanzeige")).to_be_visible()
    page.keyboard.press("w")
    expect(page.locator("#wall .numbers")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/board", "/board/screens", "/board/wall"])
def test_a_phone_shows_it_without_scrolling_sideways(shop: Shop, page: Page, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    shop.enter(page, "max", path)
    expect(page.locator("main")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
