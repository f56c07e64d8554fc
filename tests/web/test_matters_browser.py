"""Teams that take part and messages that are taken out, in a browser: dialogs, undo, and a narrow page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.finders import participation
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


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set((NINE + timedelta(hours=2)).isoformat())
    return cast.build()


@pytest.fixture
def thread(world: cast.World) -> tuple[int, int]:
    """Eva's ticket with two mails in one conversation, and the second one."""
    first = cast.hear(world, text="Wo bleibt die Lampe?")
    above = (cast.message(first.message_id).external_id,)
    second = cast.hear(world, replies_to=above, text="Und die Rechnung fehlt.", at=NINE + timedelta(hours=1))
    return first.ticket_id, second.message_id


def entered(page: Page, address: str, world: cast.World, path: str) -> Page:
    page.context.add_cookies([{"name": "faden", "value": secret_of(world.ada), "url": address}])
    page.goto(f"{address}{path}")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    return page


def test_a_team_is_asked_and_the_bar_takes_it_back(
    page: Page, address: str, world: cast.World, thread: tuple[int, int]
) -> None:
    ada = entered(page, address, world, f"/tickets/{thread[0]}")

    ada.get_by_role("button", name="Team beteiligen").click()
    ada.locator("#sheet").get_by_role("radio", name="Social Media").check()
    assert violations(ada) == []
    ada.locator("#sheet").get_by_role("button", name="Beteiligen").click()

    expect(ada.locator("#status")).to_contain_text("Am Ball: Kundenservice · beteiligt: Social Media")
    expect(ada.locator("#undo")).to_contain_text("Beteiligt.")
    assert violations(ada) == []
    ada.keyboard.press("z")
    expect(ada.locator("#status")).not_to_contain_text("beteiligt: Social Media")
    until(lambda: participation.of(thread[0]) == [], what="nobody taking part")


def test_a_message_is_taken_out_and_brought_back_with_one_key(
    page: Page, address: str, world: cast.World, thread: tuple[int, int]
) -> None:
    number, invoice = thread
    ada = entered(page, address, world, f"/tickets/{number}")

    ada.locator(f"#m{invoice}").get_by_role("button", name="Herauslösen …").click()
    expect(ada.locator("#sheet").get_by_role("checkbox", name="Und die Rechnung fehlt.")).to_be_checked()
    assert violations(ada) == []
    ada.locator("#sheet").get_by_role("button", name="Herauslösen").click()

    expect(ada.locator("#undo")).to_contain_text("Herausgelöst.")
    until(lambda: len(cast.obligations(number)) == 1, what="one message being gone")
    expect(ada.locator("#timeline")).to_contain_text(f"aus Anliegen #{number}")
    assert violations(ada) == []
    ada.keyboard.press("z")
    until(lambda: len(cast.obligations(number)) == 2, what="both messages being back")
    expect(ada.locator(f"#m{invoice}")).to_be_visible()


def test_a_narrow_page_holds_the_teams_and_the_dialog(
    browser: Browser, address: str, world: cast.World, thread: tuple[int, int]
) -> None:
    from app.desk import participation as desk

    desk.invite(thread[0], team_id=world.social, by=world.ada, at=NINE)
    desk.invite(thread[0], team_id=world.returns, by=world.ada, at=NINE)
    context = browser.new_context(locale="de-DE", viewport={"width": 320, "height": 640})
    try:
        ada = entered(context.new_page(), address, world, f"/tickets/{thread[0]}")
        expect(ada.locator("#status")).to_contain_text("beteiligt: Social Media, Retoure")
        assert ada.evaluate("document.documentElement.scrollWidth") <= 320
        ada.locator(f"#m{thread[1]}").get_by_role("button", name="Herauslösen …").click()
        expect(ada.locator("#sheet").get_by_role("button", name="Herauslösen")).to_be_visible()
        assert ada.evaluate("document.documentElement.scrollWidth") <= 320
        assert violations(ada) == []
    finally:
        context.close()
