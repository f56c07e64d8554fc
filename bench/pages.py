"""List, ticket and reply over HTTP at 100,000 tickets, logged in, one request at a time, in turns with the floor."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from bench import crowd
from bench.browser import Answer, Browser
from bench.cpu import of_tree
from bench.shop import FADEN, PASSWORD, House, Shop
from tests.servers import programs
from tests.waiting import until

TEAMS = 6
"""Of bench/shop.yml; Ada is in the first two."""
WORDS = "Guten Tag,\n\nvielen Dank für Ihre Nachricht. Wir schicken Ihnen heute noch ein neues Kabel.\n\n" + "Ada " * 60
GUNICORN = ("--worker-class", "gthread", "--workers", "2", "--threads", "128", "--keep-alive", "15", "--preload")
KINDS = ("list", "ticket", "reply")


@dataclass(slots=True)
class Side:
    """One server and what its answers took: milliseconds, a list for each round."""

    browser: Browser
    process: subprocess.Popen[bytes]
    took: dict[str, list[list[float]]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    app: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    database: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    bytes: dict[str, int] = field(default_factory=dict)

    def told(self, kind: str) -> dict[str, float]:
        """Return percentiles over all rounds, and what a request cost on average."""
        pooled = sorted(ms for round_ in self.took[kind] for ms in round_)
        return {
            "p50_ms": round(statistics.median(pooled), 2),
            "p95_ms": round(pooled[int(len(pooled) * 0.95)], 2),
            "app_ms": round(statistics.mean(self.app[kind]), 2),
            "database_ms": round(statistics.mean(self.database[kind]), 2),
            "bytes": self.bytes[kind],
        }


class Tickets:
    """Which tickets are asked for: those of Ada's teams, the long ones to read, others to answer, none twice."""

    def __init__(self) -> None:
        places = [n for n in range(1, crowd.TICKETS) if n % TEAMS in (0, 1)]
        self._long = iter([n for n in places if n % crowd.LONG_EVERY == 1] * 20)
        self._owed = iter([n for n in places if n % 10 == 2])

    def long(self) -> int:
        return crowd.number(next(self._long))

    def owed(self) -> int:
        return crowd.number(next(self._owed))


def measure(house: House, *, rounds: int, requests: int) -> dict[str, Any]:
    """Ask ours and the floor in turns; return what both took and the median ratio of the rounds."""
    shop = house.shop("postgresql")
    _fill(house, shop)
    tickets = Tickets()
    with _ours(shop) as ours, _floor(shop) as floor:
        ours.browser.log_in("ada@nordlicht.example", PASSWORD)
        token = ours.browser.token(f"/tickets/{tickets.long()}")
        pads = {"list": 0, "ticket": 0}
        asks = {
            "list": (
                lambda: ours.browser.get("/inbox/next"),
                lambda: floor.browser.get(f"/inbox/1?pad={pads['list']}"),
            ),
            "ticket": (
                lambda: ours.browser.get(f"/tickets/{tickets.long()}"),
                lambda: floor.browser.get(f"/tickets/{tickets.long()}?pad={pads['ticket']}"),
            ),
            "reply": (
                lambda: _reply(ours.browser, tickets.owed(), csrf_token=token),
                lambda: _reply(floor.browser, tickets.owed()),
            ),
        }
        floor.browser.renew()
        for kind in pads:
            pads[kind] = _padding(kind, *asks[kind])
        for turn in range(rounds + 1):
            for kind in KINDS:
                for side, ask in zip((ours, floor), asks[kind], strict=True):
                    _round(house, side, kind, ask, requests if turn else 20)
        for side in (ours, floor):
            for kind in KINDS:
                del side.took[kind][0], side.app[kind][0], side.database[kind][0]
        found = {kind: _compared(ours, floor, kind) for kind in KINDS}
        for kind, count in statements(shop, ours.browser, tickets).items():
            found[kind]["statements"] = count
    house.drop(shop)
    return found


def _compared(ours: Side, floor: Side, kind: str) -> dict[str, Any]:
    rounds = zip(ours.took[kind], floor.took[kind], strict=True)
    ratios = [statistics.median(a) / statistics.median(b) for a, b in rounds]
    return {
        "ours": ours.told(kind),
        "floor": floor.told(kind),
        "ratio": round(statistics.median(ratios), 2),
        "ratios": [round(ratio, 2) for ratio in ratios],
    }


def _reply(browser: Browser, number: int, **form: str) -> Answer:
    return browser.post(f"/tickets/{number}/replies", conversation=str(number - crowd.number(0)), text=WORDS, **form)


def _padding(kind: str, ours: Callable[[], Answer], floor: Callable[[], Answer]) -> int:
    """Return how many bytes each entry of the floor's page lacks to be as long as ours."""
    places = {"list": 51, "ticket": 11}[kind]
    return max(0, (len(ours().body) - len(floor().body)) // places)


def _round(house: House, side: Side, kind: str, ask: Callable[[], Answer], requests: int) -> None:
    """Ask one after the other and note the time of each and what all of them cost."""
    side.browser.renew()
    app, database = of_tree(side.process.pid), house.cluster.cpu(settled=False)
    answers = [ask() for _ in range(requests)]
    side.app[kind].append((of_tree(side.process.pid) - app) * 1000 / requests)
    side.database[kind].append((house.cluster.cpu(settled=False) - database) * 1000 / requests)
    side.took[kind].append([answer.took for answer in answers])
    side.bytes[kind] = len(answers[-1].body)
    wrong = [answer.status for answer in answers if answer.status != (303 if kind == "reply" else 200)]
    if wrong:
        raise RuntimeError(f"{kind}: {len(wrong)} answers were {wrong[0]}: {answers[-1].body[:300]!r}")


def _fill(house: House, shop: Shop) -> None:
    engine = create_engine(shop.database_url)
    with engine.connect() as connection:
        crowd.fill(connection, now=datetime.now(UTC))
    engine.dispose()
    with house.cluster.connect(shop.folder.name) as connection:
        connection.execute("VACUUM ANALYZE")
    house.cluster.rest()


@contextmanager
def _ours(shop: Shop) -> Iterator[Side]:
    with _served(shop, lambda port: [FADEN, "web", "--port", str(port)], "/healthz") as side:
        yield side


@contextmanager
def _floor(shop: Shop) -> Iterator[Side]:
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    with _served(
        shop, lambda port: [gunicorn, *GUNICORN, "--bind", f"127.0.0.1:{port}", "bench.floor_pages:app"], "/inbox/1"
    ) as side:
        yield side


@contextmanager
def _served(shop: Shop, command: Callable[[int], list[str]], path: str) -> Iterator[Side]:
    port = programs.free_port()
    environment: Mapping[str, str] = {**os.environ, **shop.environment, "FADEN_BASE_URL": f"http://127.0.0.1:{port}"}
    process = programs.start(command(port), log=shop.folder / f"{port}.log", environment=environment)
    try:
        until(lambda: _answers(f"http://127.0.0.1:{port}{path}"), within=60, what=f"{command(port)[0]} answering")
        yield Side(Browser(port), process)
    finally:
        programs.stop(process)


def _answers(url: str) -> bool:
    """Say whether somebody is there; /healthz is 503 while the other parts do not run."""
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - always http://
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def statements(shop: Shop, browser: Browser, tickets: Tickets) -> dict[str, int]:
    """Count the SQL statements of one request of each kind, in this process; a first list page fills the caches."""
    from sqlalchemy import Engine, event  # noqa: PLC0415 - only this needs the product in this process

    from app.config import Settings  # noqa: PLC0415 - as above
    from app.factory import create_app  # noqa: PLC0415 - as above

    flask = create_app(Settings.from_environment(shop.environment))
    flask.config["WTF_CSRF_ENABLED"] = False
    client = flask.test_client()
    client.set_cookie("faden", browser.cookies["faden"])
    seen: list[str] = []
    event.listen(Engine, "before_cursor_execute", lambda _c, _u, statement, *_rest: seen.append(statement))
    number = tickets.owed()
    form = {"conversation": str(number - crowd.number(0)), "text": WORDS}
    client.get("/inbox/next")
    marks = [len(seen)]
    for path in ("/inbox/next", f"/tickets/{tickets.long()}"):
        client.get(path)
        marks.append(len(seen))
    client.post(f"/tickets/{number}/replies", data=form)
    marks.append(len(seen))
    return {kind: marks[place + 1] - marks[place] for place, kind in enumerate(KINDS)}
