"""How long a platform waits for its answer: 200 calls a second over eight connections, one web process, each call kept.

Once with nobody filing and once with the listener filing beside it, which is what a flood looks like on one machine.
"""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from bench.cpu import of_tree
from bench.shop import FADEN, Database, House, Shop
from tests.runs import pages
from tests.servers import programs
from tests.waiting import until

GUNICORN = ("--worker-class", "gthread", "--workers", "1", "--threads", "128", "--keep-alive", "15", "--preload")
"""As `faden web` starts it, but with one process instead of two."""
RATE = 200
SENDERS = 8
PEOPLE = 50
WARM_UP = 1.0
"""Seconds whose calls are not counted."""


@dataclass(slots=True)
class Flood:
    """Calls at their appointed times; a call that is sent late because the sender was busy is noted as such."""

    port: int
    path: str
    bodies: list[bytes]
    took: list[float] = field(default_factory=list)
    """Milliseconds from sending a call to the last byte of its answer."""
    late: list[float] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)

    def send(self) -> None:
        began = time.perf_counter() + 0.2
        senders = [threading.Thread(target=self._send, args=(began, first)) for first in range(SENDERS)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()

    def _send(self, began: float, first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.connect()
        for number in range(first, len(self.bodies), SENDERS):
            due = began + number / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            sent = time.perf_counter()
            connection.request("POST", self.path, self.bodies[number], pages.signed(self.bodies[number]))
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.HTTPStatus.OK:
                self.wrong.append(answer.status)
            if number / RATE >= WARM_UP:
                self.took.append((time.perf_counter() - sent) * 1000)
                self.late.append((sent - due) * 1000)
        connection.close()


def measure(house: House, database: Database, *, seconds: int) -> dict[str, Any]:
    """Return the percentiles with and without somebody filing, and what a call cost the web process."""
    return {
        "rate": RATE,
        "alone": _measured(house, database, seconds=seconds, is_filed=False),
        "filed": _measured(house, database, seconds=seconds, is_filed=True),
    }


def _measured(house: House, database: Database, *, seconds: int, is_filed: bool) -> dict[str, float]:
    shop = house.shop(database)
    channel_id = _page(house, shop)
    count = round(RATE * (seconds + WARM_UP))
    with _web(shop) as web, _listener(shop, is_wanted=is_filed):
        flood = Flood(web.port, f"/hooks/messenger/{channel_id}", _bodies(count))
        cpu = of_tree(web.process.pid)
        flood.send()
        cpu = of_tree(web.process.pid) - cpu
    kept, filed = _counted(house, shop)
    house.drop(shop)
    if flood.wrong or kept != count:
        raise RuntimeError(f"{count} calls, {kept} kept, wrong answers: {flood.wrong[:5]}")
    took = sorted(flood.took)
    return {
        "p50_ms": round(statistics.median(took), 2),
        "p95_ms": round(took[int(len(took) * 0.95)], 2),
        "p99_ms": round(took[int(len(took) * 0.99)], 2),
        "late_p95_ms": round(sorted(flood.late)[int(len(took) * 0.95)], 2),
        "cpu_ms": round(cpu * 1000 / count, 2),
        "filed_meanwhile": filed,
    }


def _page(house: House, shop: Shop) -> int:
    settings = f'{{"address": "{pages.PAGE}", "app_id": "{pages.APP}", "api_base": "{pages.CLOSED}"'
    (shop.folder / "app-secret").write_text(pages.SECRET)
    secret = f'"app_secret": {{"file": "{shop.folder / "app-secret"}"}}'
    words = house.faden(shop, "channel", "add", "messenger", "--name", "Page", "--settings", f"{settings}, {secret}}}")
    return int(words.output.split()[1].rstrip(":"))


def _bodies(count: int) -> list[bytes]:
    at = datetime.now(UTC) - timedelta(seconds=count)
    words = "Guten Tag, wann kommt meine Lampe? Die Sendung steht seit drei Tagen auf „unterwegs“. " * 2
    return [
        pages.message(f"74{number % PEOPLE:014d}", f"m_{number}", words, at + timedelta(seconds=number))
        for number in range(count)
    ]


@dataclass(frozen=True, slots=True)
class Web:
    port: int
    process: subprocess.Popen[bytes]


@contextmanager
def _web(shop: Shop) -> Iterator[Web]:
    port = programs.free_port()
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    command = [gunicorn, *GUNICORN, "--bind", f"127.0.0.1:{port}", "app.factory:create_app()"]
    process = programs.start(command, log=shop.folder / "web.log", environment=_environment(shop, port))
    try:
        until(lambda: programs.is_listening(port), within=60, what="the web process listening")
        yield Web(port, process)
    finally:
        programs.stop(process)


@contextmanager
def _listener(shop: Shop, *, is_wanted: bool) -> Iterator[None]:
    if not is_wanted:
        yield
        return
    process = programs.start([FADEN, "listen"], log=shop.folder / "listen.log", environment=_environment(shop, 0))
    try:
        until(lambda: psutil.Process(process.pid).cpu_times().user > 1.0, within=60, what="the listener being up")
        yield
    finally:
        programs.stop(process)


def _environment(shop: Shop, port: int) -> Mapping[str, str]:
    return {**os.environ, **shop.environment, "FADEN_BASE_URL": f"http://127.0.0.1:{port or 1}"}


def _counted(house: House, shop: Shop) -> tuple[int, int]:
    from sqlalchemy import create_engine, text  # noqa: PLC0415 - only this needs a database here

    del house
    engine = create_engine(shop.database_url)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT count(*) FROM envelope")).scalar_one()
        filed = connection.execute(text("SELECT count(*) FROM envelope WHERE state = 'filed'")).scalar_one()
    with suppress(OSError):
        engine.dispose()
    return int(kept), int(filed)
