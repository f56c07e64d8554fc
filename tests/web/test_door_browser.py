"""The pages around the inbox in a real browser: typed log-in, accessibility, live check, the frame of a mail."""

from __future__ import annotations

import pytest
from flask import Flask, current_app
from playwright.sync_api import Page, expect

from app import blobs, signin
from app.desk import envelopes, outbox
from tests import world as cast
from tests.accessibility import violations
from tests.fixtures.databases import Clock
from tests.web.entering import secret_of

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

PASSWORD = "ein ganzer Satz ist gut"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
PAGES = (
    "/settings/channels",
    "/settings/channels/new",
    "/settings/channels/new/email",
    "/settings/channels/new/messenger",
    "/settings/channels/{channel}",
    "/settings/people",
    "/settings/people/{ada}",
    "/settings/teams",
    "/parked",
    "/account",
)


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set(cast.MONDAY_NINE)
    world = cast.build(settings={"imap_host": "127.0.0.1", "imap_port": 1, "imap_tls": "none"})
    signin.set_password(world.max.id, PASSWORD)
    arrival = envelopes.Arrival(digest="0" * 64, size=12, source="IMAP INBOX 7/42")
    stored = envelopes.store(world.channel, [arrival], at=cast.MONDAY_NINE)
    envelopes.park(stored[0].id, reason="Die Mail hat keinen Kopf.", at=cast.MONDAY_NINE)
    return world


@pytest.fixture
def inside(page: Page, address: str, world: cast.World) -> Page:
    """The administrator's browser."""
    page.context.add_cookies([{"name": "faden", "value": secret_of(world.max), "url": address}])
    return page


def test_somebody_logs_in_by_keyboard_and_out_again(page: Page, address: str, world: cast.World) -> None:
    page.goto(f"{address}/settings/teams")
    expect(page.get_by_label("E-Mail-Adresse")).to_be_focused()
    page.keyboard.type("max@nordlicht.example")
    page.keyboard.press("Tab")
    page.keyboard.type("geraten")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("E-Mail-Adresse oder Kennwort stimmt nicht.")
    expect(page.get_by_label("Kennwort", exact=True)).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}/settings/teams")
    page.locator("details.me summary").click()
    page.get_by_role("button", name="Abmelden").click()
    expect(page.get_by_text("Sie sind abgemeldet.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_shuts_anybody_out(inside: Page, address: str, world: cast.World, scheme: str) -> None:
    inside.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    found = {}
    for path in PAGES:
        inside.goto(address + path.format(channel=world.channel, ada=world.ada.id))
        found[path] = violations(inside)
    inside.context.clear_cookies()
    for path in ("/login", "/password", "/password/1.1.x", "/gibt-es-nicht"):
        inside.goto(address + path)
        found[path] = violations(inside)
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_no_page_is_wider_than_a_phone(inside: Page, address: str, world: cast.World) -> None:
    inside.set_viewport_size({"width": 320, "height": 640})
    wide = []
    for path in PAGES:
        inside.goto(address + path.format(channel=world.channel, ada=world.ada.id))
        if inside.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wide.append(path)
    assert wide == []


def test_the_connection_is_checked_in_place(inside: Page, address: str, world: cast.World) -> None:
    inside.goto(f"{address}/settings/channels/{world.channel}")
    inside.get_by_role("button", name="Verbindung prüfen").click()
    expect(inside.locator("#checked .verdict.bad").first).to_contain_text("Postfach (IMAP)")


def test_a_new_mailbox_is_checked_as_soon_as_it_is_saved(inside: Page, address: str, world: cast.World) -> None:
    inside.goto(f"{address}/settings/channels/new/email")
    inside.get_by_label("E-Mail-Adresse").fill("hilfe@nordlicht.example")
    inside.get_by_label("Kennwort", exact=True).first.fill("geheim")
    inside.get_by_label("Posteingang (IMAP-Server)").fill("127.0.0.1")
    inside.get_by_text("Weitere Einstellungen").click()
    inside.get_by_label("Port").first.fill("1")
    inside.get_by_role("button", name="Verbinden").click()
    expect(inside.locator("#checked .verdict.bad").first).to_contain_text("Postfach (IMAP)")


def test_a_mail_in_its_frame_shows_its_picture_and_runs_nothing(inside: Page, address: str, world: cast.World) -> None:
    digest = blobs.at(current_app.config["FADEN"].blobs_url).put(PNG)
    logo = outbox.Enclosure(
        name="logo.png", type="image/png", size=len(PNG), digest=digest, content_id="logo@mail", is_inline=True
    )
    html = '<p>Guten Tag</p><img src="cid:logo@mail" alt="Logo"><script>document.body.textContent = "Ha"</script>'
    filed = cast.hear(world, html=html, enclosures=(logo,))
    inside.goto(f"{address}/tickets/{filed.ticket_id}")
    inside.get_by_text("Als HTML anzeigen").click()
    frame = inside.frame_locator("iframe.original")
    expect(frame.get_by_text("Guten Tag")).to_be_visible()
    assert frame.get_by_alt_text("Logo").evaluate("image => image.complete && image.naturalWidth") == 1
    assert "Ha" not in frame.locator("body").inner_text()
