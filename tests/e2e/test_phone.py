"""On a phone: list and ticket take turns, and no page is wider than the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e.shop import Shop, be_open, row_of
from tests.e2e.test_accessibility import PAGES

pytestmark = pytest.mark.e2e

PHONE: ViewportSize = {"width": 390, "height": 844}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
"""What 400 % zoom leaves of 1280 pixels (WCAG 1.4.10)."""


def test_on_a_phone_list_and_ticket_take_turns(shop: Shop, page: Page) -> None:
    number = shop.open_ticket("Lea Kurz <lea@kundin.example>", "Schraube fehlt", "Eine lange Zeile " * 40)
    page.set_viewport_size(PHONE)
    shop.enter(page, "ada", "/inbox/next")
    expect(page.locator("#list")).to_be_visible()
    assert is_narrow(page)
    row_of(page, "Schraube fehlt").click()
    be_open(page, number)
    expect(page.locator("#list")).to_be_hidden()
    expect(page.locator("#timeline")).to_contain_text("Eine lange Zeile")
    assert is_narrow(page)
    page.locator("[data-act=back]").click()
    expect(page.locator("#list")).to_be_visible()


@pytest.mark.parametrize("path", ["/login", *PAGES])
def test_no_page_is_wider_than_the_screen(shop: Shop, page: Page, path: str) -> None:
    page.set_viewport_size(NARROWEST)
    if path == "/login":
        page.goto(shop.url + path)
    else:
        shop.enter(page, "max", path)
    assert is_narrow(page)


def is_narrow(page: Page) -> bool:
    """Say whether nothing stands out to the right."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
