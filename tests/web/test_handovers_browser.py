"""A hand-over in two browsers: asked with two keys, heard at once, taken with one, and undone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.access import Person
from app.desk import handovers
from tests import world as cast
from tests.accessibility import violations
from tests.fixtures.databases import Clock
from tests.waiting import until
from tests.web.entering import secret_of

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

NINE = cast.MONDAY_NINE
WHY = "Rechnung fehlt"


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set((NINE + timedelta(hours=1)).isoformat())
    return cast.build()


def entered(page: Page, address: str, person: Person, path: str) -> Page:
    """Return the page as this person's browser, listening to what others do."""
    page.context.add_cookies([{"name": "faden", "value": secret_of(person), "url": address}])
    page.goto(f"{address}{path}")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    return page


def test_a_team_asks_with_two_keys_and_the_other_takes_it_with_one(
    page: Page, browser: Browser, address: str, world: cast.World, number: int
) -> None:
    context = browser.new_context(locale="de-DE")
    try:
        ben = entered(context.new_page(), address, world.ben, "/handovers")
        expect(ben.get_by_text("Niemand will Ihnen gerade etwas übergeben.")).to_be_visible()
        ada = entered(page, address, world.ada, f"/tickets/{number}")
        ada.keyboard.press("g")
        expect(ada.locator("#handover-reason")).to_be_focused()
        ada.get_by_role("radio", name="Social Media").check()
        ada.locator("#handover-reason").fill(WHY)
        ada.keyboard.press("Control+Enter")
        expect(ada.locator(".handing")).to_contain_text("Übergabe an Social Media")
        expect(ada.locator("#undo")).to_contain_text("Übergeben.")
        assert violations(ada) == []

        expect(ben.locator("#handovers")).to_contain_text(WHY)
        expect(ben.locator('#views a[href="/handovers"] .count')).to_have_text("1")
        assert violations(ben) == []
        ben.locator("#handovers").get_by_role("link", name="Wo bleibt meine Lampe?").click()
        expect(ben.locator(".handing")).to_contain_text("Ada (Kundenservice)")
        ben.keyboard.press("i")
        until(lambda: cast.ticket(number).team_id == world.social, what="the ball being with social")
        expect(ben.locator(".handing")).to_contain_text("Übernommen von Social Media")
        expect(ben.locator("#undo")).to_contain_text("Übernommen.")
        ben.keyboard.press("z")
        until(lambda: cast.ticket(number).team_id == world.care, what="the acceptance being undone")
        expect(ben.locator(".handing")).to_contain_text("Übergabe an Social Media")
    finally:
        context.close()


def test_the_giver_takes_it_back_with_z(page: Page, address: str, world: cast.World, number: int) -> None:
    ada = entered(page, address, world.ada, f"/tickets/{number}")
    ada.keyboard.press("g")
    ada.get_by_role("radio", name="Retoure").check()
    ada.locator("#handover-reason").fill(WHY)
    ada.keyboard.press("Enter")
    expect(ada.locator(".handing")).to_be_visible()
    ada.locator("h1").last.click()
    ada.keyboard.press("z")
    expect(ada.locator(".handing")).to_have_count(0)
    assert cast.ticket(number).asked_team_id is None


def test_who_declines_says_why_and_is_back_at_the_list(
    page: Page, address: str, world: cast.World, number: int
) -> None:
    handovers.hand_over(number, to_team_id=world.social, reason=WHY, by=world.ada, at=NINE + timedelta(minutes=55))
    ben = entered(page, address, world.ben, f"/tickets/{number}")
    ben.get_by_role("button", name="Ablehnen").click()
    expect(ben.locator("#refusal-reason")).to_be_focused()
    ben.locator("#refusal-reason").fill("Rechnungen macht die Buchhaltung")
    ben.keyboard.press("Control+Enter")
    expect(ben.locator("#handovers")).to_contain_text("abgelehnt von Ben")
    expect(ben).to_have_url(f"{address}/handovers")


@pytest.mark.parametrize("width", [320, 1440])
def test_list_and_bar_fit_any_screen(page: Page, address: str, world: cast.World, number: int, width: int) -> None:
    handovers.hand_over(number, to_team_id=world.social, reason=WHY * 10, by=world.ada, at=NINE + timedelta(hours=1))
    page.set_viewport_size({"width": width, "height": 800})
    ada = entered(page, address, world.ada, "/handovers")
    for path in ("/handovers", f"/tickets/{number}"):
        ada.goto(f"{address}{path}")
        expect(ada.get_by_text(WHY).first).to_be_visible()
        assert ada.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(ada) == []
