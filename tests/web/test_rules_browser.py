"""The rules in a real browser: what an entry means follows the typing, and tags come and go by keys."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.access import Person
from tests import world as cast
from tests.accessibility import violations
from tests.fixtures.databases import Clock
from tests.web.entering import secret_of

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set((cast.MONDAY_NINE + timedelta(hours=1)).isoformat())
    return cast.build()


def enter(page: Page, address: str, person: Person, path: str) -> None:
    page.context.add_cookies([{"name": "faden", "value": secret_of(person), "url": address}])
    page.goto(address + path)


def test_a_policy_says_what_it_means_while_it_is_typed(page: Page, address: str, world: cast.World) -> None:
    cast.hear(world)
    enter(page, address, world.max, "/settings/policies/1")
    examples, tried = page.locator("#examples"), page.locator("#rehearsal")
    expect(examples).to_contain_text("Eine E-Mail von Fr., 27.11., 16:05 Uhr ist fällig am Mo., 30.11., 12:05 Uhr.")
    expect(tried).to_contain_text("0 von 1 wären verletzt (jetzt 0)")
    page.get_by_label("Erste Antwort, normal", exact=True).fill("0,5")
    expect(examples).to_contain_text("ist fällig am Fr., 27.11., 16:35 Uhr.")
    expect(tried).to_contain_text("1 von 1 wären verletzt (jetzt 0)")
    page.get_by_label("Weg", exact=True).select_option("phone")
    expect(examples).to_contain_text("Ein verpasster Anruf von")
    expect(tried).to_contain_text("Auf keine Nachricht der letzten 30 Tage")


def test_a_week_says_what_it_means_and_what_is_wrong_waits_for_its_mending(
    page: Page, address: str, world: cast.World
) -> None:
    enter(page, address, world.max, "/settings/calendars/1")
    meaning = page.locator("#meaning")
    expect(meaning).to_contain_text("40 Std. in der Woche")
    page.get_by_label("Sa.", exact=True).fill("25-26")
    expect(meaning).to_contain_text("So lässt sich noch nicht rechnen")
    page.keyboard.press("Enter")
    wrong = page.locator("#sat-error")
    expect(wrong).to_contain_text("„25:00“ ist keine Uhrzeit")
    expect(page.get_by_label("Sa.", exact=True)).to_have_value("25-26")
    assert violations(page) == []
    page.get_by_label("Sa.", exact=True).fill("10-14")
    expect(meaning).to_contain_text("44 Std. in der Woche")


def test_rungs_come_and_go_and_are_said_in_words(page: Page, address: str, world: cast.World) -> None:
    enter(page, address, world.max, "/settings/ladders/new")
    page.get_by_label("Name", exact=True).fill("Kundendienst")
    said = page.locator("#sentences li")
    expect(said).to_have_count(3)
    page.get_by_role("button", name="Stufe hinzufügen").press("Enter")
    fourth = page.get_by_role("group", name="Stufe 4")
    expect(fourth).to_be_visible()
    fourth.get_by_label("Prozent der Frist").fill("90")
    fourth.get_by_label("Gerät").check()
    expect(said.nth(2)).to_have_text("Nach 3 Std. 36 Min. (90 %): Teamleitung; Benachrichtigung, Mail und Gerät.")
    page.get_by_role("button", name="Stufe 1 entfernen").click()
    expect(said).to_have_count(3)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Kundendienst")
    assert violations(page) == []
    page.get_by_role("button", name="Speichern").last.click()
    expect(page).to_have_url(re.compile("/settings/ladders$"))
    expect(page.get_by_role("link", name="Kundendienst")).to_be_visible()


def test_a_tag_costs_one_key_and_one_more_takes_it_back(page: Page, address: str, world: cast.World) -> None:
    number = cast.hear(world).ticket_id
    enter(page, address, world.ada, f"/tickets/{number}")
    expect(page.locator("#rows")).to_be_visible()
    page.keyboard.press("l")
    expect(page.locator("#tag-name")).to_be_focused()
    assert violations(page) == []
    page.keyboard.type("Garantie")
    page.keyboard.press("Enter")
    expect(page.locator(".tags")).to_contain_text("garantie")
    page.keyboard.press("z")
    expect(page.locator(".tags")).to_have_count(0)
    page.keyboard.press("!")
    expect(page.locator("#status .tag.urgent")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator("#status .tag.urgent")).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["policies", "policies/1", "calendars/1", "ladders/new", "teams", "teams/1", "people/1"]
)
def test_nothing_is_wider_than_a_small_phone(page: Page, address: str, world: cast.World, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    enter(page, address, world.max, f"/settings/{path}")
    wide = "[...document.querySelectorAll('html, .page, .panel')].filter((box) => box.scrollWidth > box.clientWidth).length"
    assert page.evaluate(wide) == 0
