"""axe-core on every page there is, by day and by night."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility import violations
from tests.e2e.shop import Shop

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("theme", ["light", "dark"])]

Theme = Literal["light", "dark"]
PAGES = [
    "/inbox/next",
    "/inbox/done",
    "/inbox/social",
    "/search?q=Lampe",
    "/settings/channels",
    "/settings/channels/new",
    "/settings/channels/new/email",
    "/settings/channels/new/messenger",
    "/settings/channels/1",
    "/settings/people",
    "/settings/people/1",
    "/settings/teams",
    "/settings/teams/1",
    "/settings/calendars",
    "/settings/calendars/1",
    "/settings/policies",
    "/settings/policies/1",
    "/settings/ladders",
    "/settings/ladders/new",
    "/parked",
    "/board",
    "/account",
    "/nowhere",
]


@pytest.mark.parametrize("path", ["/login", "/password"])
def test_nobody_is_shut_out_at_the_door(shop: Shop, page: Page, path: str, theme: Theme) -> None:
    page.emulate_media(color_scheme=theme)
    page.goto(shop.url + path)
    assert violations(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_shut_out(shop: Shop, page: Page, path: str, theme: Theme) -> None:
    page.emulate_media(color_scheme=theme)
    shop.enter(page, "max", path)
    assert violations(page) == []


def test_nobody_is_shut_out_of_a_ticket(shop: Shop, page: Page, theme: Theme) -> None:
    number = shop.open_ticket(f"Ali Kern <{theme}@kundin.example>", "Was kostet der Versand?")
    page.emulate_media(color_scheme=theme)
    shop.enter(page, "max", f"/tickets/{number}")
    expect(page.locator("#rows")).to_be_visible()
    assert violations(page) == []
    for key, shown in {"a": "#sheet", "v": "#sheet", "?": "#help"}.items():
        page.keyboard.press(key)
        expect(page.locator(shown)).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(page.locator(shown)).to_be_hidden()
        expect(page.locator("dialog :focus")).to_have_count(0)
