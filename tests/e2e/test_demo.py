"""The first two minutes after cloning: sample content, a mail as a customer, an answer, and what the customer got."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility import violations
from tests.e2e.shop import be_live, come_in, enter_demo
from tests.servers.product import Product

pytestmark = pytest.mark.e2e


def test_a_newcomer_sees_a_mail_become_an_answer(demo: Product, page: Page) -> None:
    enter_demo(page, demo)
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

    page.goto(f"{demo.url}/demo/received")
    expect(page.get_by_role("article", name="Re: Kommt die Lampe morgen?")).to_contain_text("Ja, gegen Mittag.")
    expect(page.get_by_role("article", name="Ihre Nachricht ist da")).to_be_visible()
    page.get_by_role("article", name="Re: Kommt die Lampe morgen?").get_by_role("link").click()
    expect(page.get_by_label("Betreff")).to_have_value(re.compile(r"Re: Kommt die Lampe morgen\? \[#\d+\]"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out_of_the_demo(demo: Product, page: Page, theme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=theme)
    enter_demo(page, demo)
    for path in (
        "/inbox/next",
        "/inbox/social",
        "/demo/write",
        "/demo/received",
        "/demo/write/x",
        "/demo/write/phone",
        "/demo/received/messenger",
    ):
        page.goto(demo.url + path)
        assert violations(page) == []
