"""A whole running shop for the browser: its mailbox, its customers, its way out, and how one of its people gets in."""

from __future__ import annotations

import smtplib
import subprocess
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page, expect

from tests.fixtures.databases import Clock
from tests.servers.product import COMMAND, ROOT, Product
from tests.servers.smtp_sink import Received, SmtpSink
from tests.waiting import PATIENCE, until

if TYPE_CHECKING:
    from playwright.sync_api import StorageState

ADDRESS = "service@nordlicht.example"
PASSWORD = "Ein ganzer Satz ist gut."
SETUP = """
teams: [Kundenservice, Retoure]
people:
  - {email: ada@nordlicht.example, name: Ada Lang, teams: [Kundenservice], password: {file: password}}
  - {email: cleo@nordlicht.example, name: Cleo Wolf, role: lead, teams: [Kundenservice], password: {file: password}}
  - {email: max@nordlicht.example, name: Max Berg, role: admin, password: {file: password}}
calendars:
  - name: Servicezeit
    tz: Europe/Berlin
    weekly_hours: {mon: [["09:00", "17:00"]], tue: [["09:00", "17:00"]], wed: [["09:00", "17:00"]]}
policies:
  - name: E-Mail
    route: email
    calendar: Servicezeit
    targets: {first: {normal: 240}, next: {normal: 480}}
channels:
  - kind: email
    name: Service
    address: service@nordlicht.example
    team: Kundenservice
    settings: {from_name: Nordlicht, smtp_host: 127.0.0.1, smtp_port: %(smtp_port)d, smtp_tls: none}
"""


@dataclass
class Shop:
    """The product with its surroundings; business time stands still unless a test moves it forward."""

    product: Product
    clock: Clock
    sink: SmtpSink
    smtp_port: int
    """Where strangers' mail servers bring what they have for us."""
    _states: dict[str, StorageState] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.product.url

    def enter(self, page: Page, name: str, path: str = "/") -> None:
        """Open a page as one of the three; the first time through the form, afterwards with the cookie from it."""
        if name in self._states:
            page.context.add_cookies(self._states[name]["cookies"])  # type: ignore[arg-type]
            page.goto(self.url + path)
            return
        page.goto(f"{self.url}{path}")
        page.get_by_label("E-Mail-Adresse").fill(f"{name}@nordlicht.example")
        page.get_by_label("Kennwort").fill(PASSWORD)
        page.get_by_role("button", name="Anmelden").click()
        expect(page.locator(".me")).to_be_attached()
        self._states[name] = page.context.storage_state()

    def hear(self, sender: str, subject: str, text: str = "Guten Tag, was ist damit?", **headers: str) -> str:
        """Let a customer write a real mail over SMTP and return its Message-ID."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, ADDRESS, subject
        mail["Message-ID"] = make_msgid(domain="kundin.example")
        for header, value in headers.items():
            mail[header.replace("_", "-")] = value
        mail.set_content(text)
        self.bring(mail.as_bytes(), sender=sender.rpartition("<")[2].strip(">"))
        return str(mail["Message-ID"])

    def open_ticket(self, sender: str, subject: str, text: str = "Guten Tag, was ist damit?") -> int:
        """Let a customer write about something new and return the number that the receipt names."""
        self.hear(sender, subject, text)
        receipt = self.sent_to(sender.rpartition("<")[2].strip(">"), subject=f"Ihre Nachricht ist da: {subject}")
        return int(receipt.message.get_content().partition("Anliegen ")[2].partition(".")[0])

    def bring(self, raw: bytes, *, sender: str = "eva@kundin.example") -> None:
        """Hand any bytes to the listener."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=PATIENCE) as smtp:
            smtp.sendmail(sender, [ADDRESS], raw)

    def faden(self, *arguments: str, code: int = 0) -> str:
        """Run one command beside the running product, which must end with this exit code."""
        return run(self.product, *arguments, code=code)

    def sent_to(self, address: str, *, subject: str) -> Received:
        """Wait for the mail that one of ours or a customer got."""
        return until(lambda: self.mails(address, subject), within=PATIENCE, what=f"mail: {subject}")[0]

    def mails(self, address: str, subject: str) -> list[Received]:
        """Return what went to an address so far with these words in the subject."""
        return [mail for mail in self.sink.to(address) if subject in str(mail.message["Subject"])]


def set_up(product: Product, sink: SmtpSink) -> None:
    """Declare the shop in a file and apply it, as the documentation says."""
    (product.folder / "password").write_text(PASSWORD, encoding="utf-8")
    (product.folder / "shop.yml").write_text(SETUP % {"smtp_port": sink.port}, encoding="utf-8")
    run(product, "config", "apply", str(product.folder / "shop.yml"))


def run(product: Product, *arguments: str, code: int = 0) -> str:
    """Run one command of ours on the product's settings and return what it printed."""
    done = subprocess.run(
        [str(COMMAND), *arguments],
        env=product.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * PATIENCE,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def row_of(page: Page, subject: str) -> Any:
    """Return the row of the list that carries this subject."""
    return page.locator(".ticket-row").filter(has_text=subject)


def be_open(page: Page, number: int) -> None:
    """Wait until this ticket is shown."""
    expect(page.locator("[data-ticket]")).to_have_attribute("data-ticket", str(number))


def show_news(page: Page) -> None:
    """Wait until somebody wrote, without a reload, and let the new rows in."""
    expect(page.locator("#news")).to_be_visible()
    page.keyboard.press("Shift+N")
    expect(page.locator("#news")).to_be_hidden()


def come_in(page: Page, subject: str) -> Any:
    """Wait for a row that may have come before the list was shown or after it, and return it."""
    row = row_of(page, subject)
    expect(page.locator("#news:visible").or_(row).first).to_be_visible()
    if not row.is_visible():
        page.keyboard.press("Shift+N")
    expect(row).to_be_visible()
    return row


def be_live(page: Page) -> None:
    """Wait until the page hears what happens."""
    expect(page.locator("#live")).to_have_attribute("data-state", "live")


def enter_demo(page: Page, demo: Product) -> None:
    """Log in with what `make run` printed; the first line is the administrator's."""
    lines = [line.split() for line in demo.log().splitlines() if "@nordlicht.example" in line]
    assert lines, demo.log()
    page.goto(demo.url)
    page.get_by_label("E-Mail-Adresse").fill(lines[0][0])
    page.get_by_label("Kennwort").fill(lines[0][-1])
    page.get_by_role("button", name="Anmelden").click()
    expect(page.locator(".ticket-row")).not_to_have_count(0)
