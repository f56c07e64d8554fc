"""„Wer ist das?“ in a browser: found by keys, merged side by side, undone with Z, and fit for every eye and screen."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.access import Person
from app.desk import proof_links
from app.models import Message
from app.runs import comparing
from channels.contract import Handle
from tests import world as cast
from tests.accessibility import violations
from tests.fixtures.databases import Clock
from tests.web.entering import secret_of

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
NINE = cast.MONDAY_NINE
OTHER = Handle(kind="email", value="eva.maria@post.example", name="Eva Maria Kundin")


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set((NINE + timedelta(hours=1)).isoformat())
    return cast.build()


@pytest.fixture
def pair(world: cast.World) -> tuple[int, int]:
    """Two customers who wrote of one order."""
    first = cast.hear(world, text="Wo bleibt Bestellung 100-2314?").ticket_id
    second = cast.hear(world, cast.contact(sender=OTHER, text="Was ist mit Bestellung 100-2314?")).ticket_id
    comparing.compare_new(at=NINE + timedelta(minutes=1))
    return cast.ticket(first).customer_id, cast.ticket(second).customer_id


def entered(page: Page, address: str, person: Person, path: str) -> Page:
    page.context.add_cookies([{"name": "faden", "value": secret_of(person), "url": address}])
    page.goto(f"{address}{path}")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    return page


def test_two_are_merged_side_by_side_and_z_undoes_it(
    page: Page, address: str, world: cast.World, pair: tuple[int, int]
) -> None:
    ada = entered(page, address, world.ada, f"/customers/{pair[0]}")
    ada.get_by_role("button", name="Zusammenführen").click()
    field = ada.get_by_label("Name, Adresse, Nummer oder Bestellung der anderen Person")
    expect(field).to_be_focused()
    field.fill("maria")
    ada.locator("#merge-hits").get_by_role("button", name="Eva Maria Kundin").click()
    ada.get_by_role("radio", name="Eva Maria Kundin").check()
    ada.get_by_label("Woran erkennen Sie, dass es dieselbe Person ist?").fill("rief an")
    ada.keyboard.press("Control+Enter")

    expect(ada.locator("#who")).to_have_text("Eva Maria Kundin")
    expect(ada.locator("#undo")).to_contain_text("Zusammengeführt.")
    expect(ada.get_by_text("eva.maria@post.example", exact=True)).to_be_visible()

    ada.keyboard.press("z")

    expect(ada.locator("#who")).to_have_text("Eva Kundin")
    assert cast.ticket(10002).customer_id == pair[1]


def test_a_person_is_found_with_two_keys(page: Page, address: str, world: cast.World, pair: tuple[int, int]) -> None:
    ada = entered(page, address, world.ada, "/inbox/next")
    ada.keyboard.press("Control+k")
    expect(ada.locator("#q")).to_be_focused()
    ada.keyboard.type("eva.maria@")
    ada.locator("#hits .people a").click()
    expect(ada).to_have_url(f"{address}/customers/{pair[1]}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out_of_the_page(
    page: Page, address: str, world: cast.World, pair: tuple[int, int], theme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=theme)
    ada = entered(page, address, world.ada, f"/customers/{pair[0]}")
    expect(ada.get_by_role("heading", name="Vielleicht dieselbe Person")).to_be_visible()
    assert violations(ada) == []
    ada.get_by_role("button", name="Ist dieselbe").first.click()
    expect(ada.locator("#merge-reason")).to_be_visible()
    assert violations(ada) == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_fits_any_screen(
    page: Page, address: str, world: cast.World, pair: tuple[int, int], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    ada = entered(page, address, world.ada, f"/customers/{pair[0]}")
    assert ada.evaluate("document.documentElement.scrollWidth") <= width
    ada.get_by_role("button", name="Ist dieselbe").first.click()
    expect(ada.locator("#merge-reason")).to_be_visible()
    assert ada.evaluate("document.querySelector('#sheet').scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_customers_answer_a_page_without_a_log_in(
    page: Page, address: str, world: cast.World, pair: tuple[int, int], theme: Literal["light", "dark"]
) -> None:
    link_id = proof_links.send_to_other(10002, 10001, by=world.ada, at=NINE + timedelta(hours=1))
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(address + link(link_id))
    expect(page.get_by_role("heading", name="Haben Sie uns geschrieben?")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Das war ich nicht").click()
    expect(page.get_by_role("status")).to_have_text(
        "Wir sagen niemandem etwas über Sie. Sie können diese Seite schließen."
    )


def link(link_id: int) -> str:
    """Return the path that stands in the mail."""
    from app.db import db
    from app.models import ProofLink

    message = db.session.get_one(Message, db.session.get_one(ProofLink, link_id).message_id)
    text = proof_links.written(message.id, message.text, base_url="")
    db.session.rollback()
    return next(line for line in text.splitlines() if line.startswith("/proof/"))
