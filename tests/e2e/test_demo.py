"""The first two minutes after cloning: sample content, a mail as a customer, an answer, and what the customer got."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility import violations
from tests.e2e.shop import be_live, come_in
from tests.servers import programs
from tests.servers.product import Product

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """`make run` on an empty folder: SQLite, the embedded queue, the demo's own mail servers, no account anywhere."""
    folder = programs.new_folder("demo")
    product = Product(folder)
    try:
        product.start("--demo")
        yield product
    finally:
        product.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_newcomer_sees_a_mail_become_an_answer(product: Product, page: Page) -> None:
    _enter(page, product)
    page.get_by_role("link", name="Als Kunde schreiben").first.click()
    page.get_by_label("Betreff").fill("Kommt die Lampe morgen?")
    page.get_by_role("button", name="Mail senden").click()
    be_live(page)
    come_in(page, "Kommt die Lampe morgen?").click()
    expect(page.locator("h1").filter(has_text="Kommt die Lampe morgen?")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("Ja, gegen Mittag.")
    page.keyboard.press("Control+Enter")
    ours = page.locator(".message.out").filter(has_text="Ja, gegen Mittag.")
    expect(ours.locator(".delivery")).to_have_text("gesendet")

    page.goto(f"{product.url}/demo/received")
    expect(page.get_by_role("article", name="Re: Kommt die Lampe morgen?")).to_contain_text("Ja, gegen Mittag.")
    expect(page.get_by_role("article", name="Ihre Nachricht ist da")).to_be_visible()
    page.get_by_role("article", name="Re: Kommt die Lampe morgen?").get_by_role("link").click()
    expect(page.get_by_label("Betreff")).to_have_value(re.compile(r"Re: Kommt die Lampe morgen\? \[#\d+\]"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out_of_the_demo(product: Product, page: Page, theme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=theme)
    _enter(page, product)
    for path in ("/inbox/next", "/demo/write", "/demo/received"):
        page.goto(product.url + path)
        assert violations(page) == []


def _enter(page: Page, product: Product) -> None:
    """Log in with what `make run` printed; the first line is the administrator's."""
    lines = [line.split() for line in product.log().splitlines() if "@nordlicht.example" in line]
    assert lines, product.log()
    page.goto(product.url)
    page.get_by_label("E-Mail-Adresse").fill(lines[0][0])
    page.get_by_label("Kennwort").fill(lines[0][-1])
    page.get_by_role("button", name="Anmelden").click()
    expect(page.locator(".ticket-row")).not_to_have_count(0)
