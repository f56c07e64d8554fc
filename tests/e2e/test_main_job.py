"""What the product is for, on real protocols: a mail comes in, an answer goes out, a forgotten one is told."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.shop import ADDRESS, Shop, be_live, be_open, row_of, show_news

pytestmark = pytest.mark.e2e


def test_a_mail_becomes_a_ticket_and_an_answer_goes_out(shop: Shop, page: Page) -> None:
    shop.enter(page, "ada", "/inbox/next")
    be_live(page)
    asked = shop.hear("Eva Sommer <sommer@kundin.example>", "Wo bleibt meine Lampe?", "Wann kommt sie?")
    show_news(page)
    row = row_of(page, "Wo bleibt meine Lampe?")
    expect(row).to_contain_text("Eva Sommer")
    expect(row.locator(".sla")).to_have_text(re.compile(r"noch \d"))

    row.focus()
    page.keyboard.press("Enter")
    number = int(row.get_attribute("data-number") or 0)
    be_open(page, number)
    expect(page.locator("#timeline")).to_contain_text("Wann kommt sie?")
    receipt = shop.sent_to("sommer@kundin.example", subject="Ihre Nachricht ist da").message
    assert f"Anliegen {number}" in receipt.get_content()
    assert receipt["Auto-Submitted"] == "auto-replied"

    page.keyboard.press("r")
    page.keyboard.type("Guten Tag Frau Sommer, die Lampe kommt morgen.")
    page.keyboard.press("Control+Enter")
    ours = page.locator(".message.out").filter(has_text="die Lampe kommt morgen")
    expect(ours.locator(".delivery")).to_have_text("gesendet")
    answer = shop.sent_to("sommer@kundin.example", subject="Re: Wo bleibt meine Lampe?").message
    assert "die Lampe kommt morgen" in answer.get_content()
    assert answer["In-Reply-To"] == asked
    assert asked in answer["References"]
    assert ADDRESS in answer["From"]
    assert re.search(r"service\+[^@]+@nordlicht\.example", answer["Reply-To"])
    expect(row.locator(".sla")).to_contain_text("wartet auf Kundschaft")

    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator("#undo")).to_contain_text("Erledigt.")
    expect(page.locator("#status")).to_contain_text("Wieder öffnen")
    page.keyboard.press("z")
    expect(page.locator("#status [data-act=resolve]")).to_be_visible()


def test_what_the_customer_writes_next_finds_its_ticket(shop: Shop, page: Page) -> None:
    number = shop.open_ticket("Ute Hahn <ute@kundin.example>", "Falsche Farbe", "Ich hatte Blau bestellt.")
    receipt = shop.sent_to("ute@kundin.example", subject="Ihre Nachricht ist da").message
    shop.enter(page, "ada", f"/tickets/{number}")
    be_live(page)
    shop.hear("Ute Hahn <ute@kundin.example>", "Re: Farbe", "Ein Foto folgt.", In_Reply_To=str(receipt["Message-ID"]))
    expect(page.locator("#timeline")).to_contain_text("Ein Foto folgt.")
    assert len(shop.mails("ute@kundin.example", "Ihre Nachricht ist da")) == 1


def test_a_forgotten_answer_is_told_to_the_lead_once(shop: Shop, page: Page) -> None:
    number = shop.open_ticket("Jan Ott <jan@kundin.example>", "Rechnung fehlt")
    shop.enter(page, "ada", "/inbox/next")
    be_live(page)
    row_of(page, "Rechnung fehlt").click()
    be_open(page, number)
    shop.clock.forward(hours=2)
    later = shop.open_ticket("Ida Ott <ida@kundin.example>", "Gutschrift fehlt")

    shop.clock.forward(hours=2, minutes=1)
    expect(row_of(page, "Rechnung fehlt").locator(".sla")).to_contain_text("überfällig")
    expect(page.locator("#timeline")).to_contain_text("Frist verletzt.")
    expect(page.locator("#status .fact.late")).to_contain_text("überfällig")
    told = shop.sent_to("cleo@nordlicht.example", subject=f"Überfällig: Anliegen {number} ").message
    assert f"{shop.url}/tickets/{number}" in told.get_content()

    shop.clock.forward(hours=2)
    shop.sent_to("cleo@nordlicht.example", subject=f"Überfällig: Anliegen {later} ")
    assert len(shop.mails("cleo@nordlicht.example", f"Überfällig: Anliegen {number} ")) == 1
    assert page.locator("#timeline").inner_text().count("Frist verletzt.") == 1


def test_two_tickets_are_joined_and_parted_again(shop: Shop, page: Page) -> None:
    into = shop.open_ticket("Max Rot <rot@kundin.example>", "Erste Frage", "Geht das auch in Grün?")
    number = shop.open_ticket("Max Rot <rot@firma.example>", "Zweite Frage", "Oder in Gelb?")
    timeline = page.locator("#timeline")
    shop.enter(page, "ada", f"/tickets/{number}")
    expect(page.locator("#rows")).to_be_visible()
    page.keyboard.press("v")
    page.get_by_label("Verbinden mit Nr.").fill(str(into))
    page.keyboard.press("Enter")
    # Two addresses nobody has vouched for are two people until somebody says that it is one matter all the same.
    sheet = page.locator("#sheet")
    expect(sheet).to_contain_text("Das sind zwei Personen")
    sheet.get_by_label("Trotzdem verbinden").check()
    sheet.get_by_role("button", name="Verbinden").click()
    be_open(page, into)
    expect(timeline).to_contain_text("Geht das auch in Grün?")
    expect(timeline).to_contain_text("Oder in Gelb?")

    page.goto(f"{shop.url}/tickets/{number}")
    expect(page.locator("#status")).to_contain_text(f"früher #{number}")
    timeline.get_by_role("button", name="Trennen").click()
    be_open(page, number)
    expect(timeline).to_contain_text("Oder in Gelb?")
    expect(timeline).not_to_contain_text("Geht das auch in Grün?")
