"""Everything by keyboard: the whole job, and whoever tabs sees at every stop where they are."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.shop import PASSWORD, Shop, be_live, be_open, row_of

pytestmark = pytest.mark.e2e

MOST_STOPS = 150
STOP = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const seen = (here.matches("input[type=file]") && here.nextElementSibling) || here.closest(".box") || here;
  const box = seen.getBoundingClientRect(), look = getComputedStyle(seen);
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const name = here.id || here.getAttribute("aria-label") || here.textContent.trim().slice(0, 40) || here.outerHTML;
  return {
    name: `${here.tagName.toLowerCase()} ${name}`,
    isSeen: (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2) || look.boxShadow !== "none",
    isCovered: !!at && !seen.contains(at) && !at.contains(seen),
    isNew: !("seen" in here.dataset) && !(here.dataset.seen = ""),
  };
}"""


def test_the_whole_job_needs_no_mouse(shop: Shop, page: Page) -> None:
    number = shop.open_ticket("Ole Jensen <ole@kundin.example>", "Schirm zerbrochen", "Was nun?")
    page.goto(f"{shop.url}/tickets/{number}")
    page.keyboard.type("ada@nordlicht.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    be_open(page, number)
    be_live(page)
    page.keyboard.press("i")
    expect(page.locator("#status")).to_contain_text("Ada Lang")
    page.keyboard.press("n")
    page.keyboard.type("Foto liegt bei.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.note")).to_contain_text("Foto liegt bei.")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("Sie bekommen einen neuen Schirm.")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator("#undo")).to_contain_text("Gesendet und erledigt.")
    shop.sent_to("ole@kundin.example", subject="Re: Schirm zerbrochen")


def test_the_first_stop_leads_past_the_navigation(shop: Shop, page: Page) -> None:
    shop.enter(page, "ada", "/inbox/next")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_a_dialog_gives_the_focus_back(shop: Shop, page: Page) -> None:
    number = shop.open_ticket("Pia Blum <pia@kundin.example>", "Falsche Größe")
    shop.enter(page, "ada", "/inbox/next")
    row_of(page, "Falsche Größe").focus()
    page.keyboard.press("Enter")
    be_open(page, number)
    page.keyboard.press("a")
    expect(page.locator("#assignment-filter")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(row_of(page, "Falsche Größe")).to_be_focused()


@pytest.mark.parametrize("path", ["/login", "/inbox/next", "/tickets", "/settings/channels/new/email", "/account"])
def test_every_stop_of_the_tab_key_is_seen(shop: Shop, page: Page, path: str) -> None:
    if path == "/login":
        page.goto(shop.url + path)
    else:
        number = shop.open_ticket("Kim Weiß <kim@kundin.example>", f"Gesehen auf {path}") if path == "/tickets" else ""
        shop.enter(page, "max", f"{path}/{number}".rstrip("/"))
    stops = list(_stops(page))
    assert len(stops) > 2
    assert [stop["name"] for stop in stops if not stop["isSeen"]] == []
    assert [stop["name"] for stop in stops if stop["isCovered"]] == []


def _stops(page: Page) -> list[dict[str, Any]]:
    """Tab through a page from its top until the focus leaves it or comes round."""
    stops: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or not stop["isNew"]:
            return stops
        stops.append(stop)
    raise AssertionError(f"more than {MOST_STOPS} stops")
