"""How soon the banner stands in the running product: seconds from a platform's call being answered until it is shown.

Every part runs as its user runs it (`faden up`, PostgreSQL, Redis). Mails stand unanswered since yesterday; then their
writers come to the shop's page in a hook's signed call under the same name, one after the other.
"""

from __future__ import annotations

import http.client
import json
import re
import smtplib
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Engine, create_engine, text

from bench.browser import Browser
from bench.shop import PASSWORD, House, Shop
from tests.emulators.graph import GraphEmulator
from tests.fixtures.databases import Clock
from tests.servers import programs
from tests.servers.product import Product
from tests.waiting import until

ROUNDS = 20
FIRST = ("Anna", "Berta", "Clara", "Doris", "Erika")
LAST = ("Lohmann", "Petersen", "Quandt", "Reuter", "Seidel")
YESTERDAY = datetime.fromisoformat("2026-11-24T08:10:00+01:00")
TODAY = datetime.fromisoformat("2026-11-25T10:02:00+01:00")
MAIL = "Guten Tag, die Stehlampe aus Ihrem Laden flackert seit dem ersten Abend. Was kann ich tun?\n\n{name}\n"
COMPLAINT = "Hallo, ich habe Ihnen gestern früh eine E-Mail geschrieben und bis jetzt keine Antwort bekommen."
GATHERS = 0.25
"""Seconds for which an open page gathers signals before it fetches the ticket anew (frontend/ts/live.ts)."""
BANNER = b'class="debt"'


def measure(house: House, *, rounds: int = ROUNDS) -> dict[str, Any]:
    """Return the seconds until an asked page and an open page show the banner: the middle and the worst of them."""
    shop = house.shop("postgresql")
    engine = create_engine(shop.database_url)
    emulator = GraphEmulator(clock=lambda: TODAY)
    emulator.start()
    try:
        with _running(house, shop, emulator) as product:
            names = [f"{first} {last}" for last in LAST for first in FIRST][: rounds + 1]
            _mails(product, names, engine)
            Clock(shop.folder / "clock").set(TODAY)
            # The first is not counted: connections are opened, statements built.
            took = [_round(product, emulator, engine, n, name) for n, name in enumerate(names)][1:]
    finally:
        emulator.stop()
        engine.dispose()
    house.drop(shop)
    return {"rounds": rounds, **{kind: _told([each[kind] for each in took]) for kind in ("asked", "open")}}


def _told(seconds: Sequence[float]) -> dict[str, float]:
    return {"p50_s": round(statistics.median(seconds), 2), "worst_s": round(max(seconds), 2)}


def _round(product: Product, emulator: GraphEmulator, engine: Engine, n: int, name: str) -> dict[str, float]:
    """Let one of them complain, and look until the banner stands: by asking again and again, and like an open page."""
    asking, watching = _browser(product), Watcher(product)
    watching.begin()
    mid = emulator.customer_writes(f"74{n:014d}", COMPLAINT, name=name)
    began = time.perf_counter()
    number = until(lambda: _ticket_of(engine, mid), what="the message being filed")
    watching.number.append(number)
    until(lambda: BANNER in asking.get(f"/tickets/{number}").body, what=f"the banner of {name}")
    asked = time.perf_counter() - began
    until(lambda: watching.shown_at, what="the open page showing it")
    watching.end()
    return {"asked": asked, "open": watching.shown_at - began}


class Watcher:
    """A page that is open: it hears what happens, and fetches the ticket anew when that was something about it."""

    def __init__(self, product: Product) -> None:
        self._browser = _browser(product)
        self._stream = http.client.HTTPConnection("127.0.0.1", product.port, timeout=60)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._heard: http.client.HTTPResponse
        self.number: list[int] = []
        """The ticket that is open, once it is known."""
        self.shown_at = 0.0
        """By `time.perf_counter`; 0 before it is shown."""

    def begin(self) -> None:
        """Come back once the stream is open."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._browser.cookies.items())
        self._stream.request("GET", "/live", headers={"Cookie": cookies, "Accept": "text/event-stream"})
        self._heard = self._stream.getresponse()
        self._heard.readline()
        self._thread.start()

    def end(self) -> None:
        self._thread.join()
        self._stream.close()

    def _listen(self) -> None:
        while not self.shown_at:
            line = self._heard.readline()
            if not line.startswith(b"data: "):
                continue
            ticket = json.loads(line[6:])["ticket"]
            time.sleep(GATHERS)
            if ticket and until(lambda: self.number)[0] == ticket and self._is_shown(ticket):
                self.shown_at = time.perf_counter()

    def _is_shown(self, number: int) -> bool:
        return BANNER in self._browser.get(f"/tickets/{number}").body


def _browser(product: Product) -> Browser:
    browser = Browser(product.port)
    browser.log_in("hanna@nordlicht.example", PASSWORD)
    return browser


def _ticket_of(engine: Engine, mid: str) -> int:
    found = (
        "SELECT ticket_id FROM conversation JOIN message ON conversation_id = conversation.id WHERE message.external_id"
    )
    with engine.connect() as connection:
        return connection.scalar(text(f"{found} = :mid"), {"mid": mid}) or 0


@contextmanager
def _running(house: House, shop: Shop, emulator: GraphEmulator) -> Iterator[Product]:
    """Set the page up for the social team, and start every part of the product."""
    Clock(shop.folder / "clock").set(YESTERDAY)
    smtp = f"127.0.0.1:{programs.free_port()}"
    product = Product(
        shop.folder,
        FADEN_DATABASE_URL=shop.database_url,
        FADEN_REDIS_URL=house.redis.url,
        FADEN_SMTP_LISTEN=smtp,
        FADEN_LOG="error",
    )
    channel_id = _page(house, shop, emulator)
    try:
        product.start()
        until(lambda: emulator.hooks.subscribe(f"{product.url}/hooks/messenger/{channel_id}"), what="the hook")
        yield product
    finally:
        product.stop()


def _page(house: House, shop: Shop, emulator: GraphEmulator) -> int:
    words = {
        "app_secret": emulator.app_secret,
        "verify_token": emulator.verify_token,
        "page_token": emulator.page_token,
    }
    for name, word in words.items():
        (shop.folder / name).write_text(word)
    settings = {"address": emulator.page, "app_id": emulator.app_id, "api_base": emulator.url}
    secrets = {name: {"file": str(shop.folder / name)} for name in words}
    options = ("--name", "Page", "--team", "Social Media", "--settings", json.dumps({**settings, **secrets}))
    added = house.faden(shop, "channel", "add", "messenger", *options).output
    found = re.search(r"\d+", added)
    assert found, added
    return int(found[0])


def _mails(product: Product, names: list[str], engine: Engine) -> None:
    """Let everybody write a mail, and wait until each has a ticket."""
    host, _colon, port = product.environment["FADEN_SMTP_LISTEN"].partition(":")
    for n, name in enumerate(names):
        mail = EmailMessage()
        mail["From"], mail["To"] = f"{name} <k{n}@kundin.example>", "service@nordlicht.example"
        mail["Subject"], mail["Message-ID"], mail["Date"] = "Lampe", f"<k{n}@kundin.example>", YESTERDAY
        mail.set_content(MAIL.format(name=name))
        with smtplib.SMTP(host, int(port), timeout=30) as smtp:
            smtp.sendmail(f"k{n}@kundin.example", ["service@nordlicht.example"], mail.as_bytes())
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        count = text("SELECT count(*) FROM ticket WHERE compared_at IS NOT NULL")
        until(lambda: connection.scalar(count) >= len(names), what="every mail being filed and compared")
