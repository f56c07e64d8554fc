"""Setting a mailbox up against a real server, and what happens to a message that nobody can read."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.shop import Shop, be_live, come_in
from tests.servers.dovecot import Mailbox
from tests.waiting import until

pytestmark = pytest.mark.e2e


def test_a_mailbox_is_connected_checked_and_heard(shop: Shop, page: Page, mailbox: Mailbox) -> None:
    shop.enter(page, "max", "/settings/channels")
    page.get_by_role("link", name="Kanal hinzufügen").click()
    page.get_by_role("link", name="E-Mail").click()
    _fill_in(page, shop, mailbox, password="falsch-getippt")
    page.get_by_role("button", name="Verbinden").click()
    expect(page.locator("#checked .verdict.bad")).to_contain_text("lehnt die Anmeldung")
    expect(page.locator("#checked .verdict.ok")).not_to_have_count(0)

    page.get_by_label("Kennwort", exact=True).first.fill(mailbox.password)
    page.get_by_role("button", name="Speichern und prüfen").click()
    expect(page.locator("#checked .verdict")).not_to_have_count(0)
    expect(page.locator("#checked .verdict.bad")).to_have_count(0)
    expect(page.locator("#checked")).to_contain_text("SMTP")

    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "uwe@kundin.example", "laden@nordlicht.example", "Aus dem Postfach"
    mail.set_content("Ist die Lampe da?")
    page.goto(f"{shop.url}/inbox/next")
    be_live(page)
    mailbox.deliver(mail.as_bytes())
    come_in(page, "Aus dem Postfach")
    page.goto(f"{shop.url}/settings/channels")
    expect(page.get_by_role("row", name="laden@nordlicht.example")).to_contain_text("verbunden")


def test_a_wrong_setting_is_named_beside_its_field(shop: Shop, page: Page) -> None:
    shop.enter(page, "max", "/settings/channels/new/email")
    page.get_by_label("E-Mail-Adresse").fill("hilfe@nordlicht.example")
    page.get_by_label("Kennwort", exact=True).first.fill("ein Kennwort")
    page.get_by_label("Posteingang (IMAP-Server)").fill("imap.nordlicht.example")
    page.get_by_text("Weitere Einstellungen").click()
    page.locator("#imap_port").fill("99999")
    page.get_by_role("button", name="Verbinden").click()
    expect(page.locator("#imap_port-error")).to_contain_text("1 bis 65535")
    expect(page.locator("#imap_port")).to_have_value("99999")
    expect(page.get_by_label("E-Mail-Adresse")).to_have_value("hilfe@nordlicht.example")


def test_a_message_nobody_can_read_is_parked_and_tried_again(shop: Shop, page: Page) -> None:
    letter = b"Das ist ein Brief und keine Mail.\nKopfzeilen hat er nicht.\n"
    (shop.product.folder / "brief.eml").write_bytes(letter)
    said = shop.faden("mail", "import", str(shop.product.folder / "brief.eml"), "--channel", "Service", code=1)
    assert "1 parked" in said
    shop.enter(page, "cleo", "/parked")
    row = page.get_by_role("row", name="brief.eml")
    expect(row).to_contain_text("keine E-Mail")
    with page.expect_download() as download:
        row.get_by_role("link", name="Original").click()
    assert Path(download.value.path()).read_bytes() == letter

    row.get_by_role("button", name="Erneut versuchen").click()
    expect(page.get_by_role("status").filter(has_text="noch einmal gelesen")).to_be_visible()
    again = page.get_by_role("row", name="brief.eml").filter(has_text="2 Versuche")
    until(lambda: page.reload() and again.is_visible(), what="the second attempt being told")


def _fill_in(page: Page, shop: Shop, mailbox: Mailbox, *, password: str) -> None:
    page.get_by_label("E-Mail-Adresse").fill("laden@nordlicht.example")
    page.get_by_label("Kennwort", exact=True).first.fill(password)
    page.get_by_label("Posteingang (IMAP-Server)").fill(mailbox.host)
    page.get_by_label("Versand (SMTP-Server)").fill(shop.sink.host)
    page.get_by_label("Team für neue Anliegen").select_option("Kundenservice")
    page.get_by_text("Weitere Einstellungen").click()
    for name, value in {
        "imap_port": str(mailbox.port),
        "imap_user": mailbox.user,
        "smtp_port": str(shop.sink.port),
    }.items():
        page.locator(f"#{name}").fill(value)
    for name, value in {"imap_tls": "none", "smtp_tls": "none", "smtp_login": "none"}.items():
        page.locator(f"#{name}").select_option(value)
