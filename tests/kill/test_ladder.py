"""kill -9 of the tick with rungs due: none is lost, none fires twice, and nobody is told twice.

`KILLS=30 python -m pytest tests/kill/test_ladder.py -s` is the long run.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from rq import Queue

from app import queue
from app.config import Settings
from app.db import db
from app.desk import escalation, notices
from app.models import UNDIGESTED, WAITING, Event, Firing, Notification, Obligation
from app.runs import climb, deliver
from channels.contract import Handle
from tests import world as cast
from tests.desk.ladders import climb_by, works
from tests.fixtures.databases import SECRET_KEY, Clock
from tests.runs.conftest import sending
from tests.servers.smtp_sink import SmtpSink
from tests.waiting import until

KILLS = int(os.environ.get("KILLS", "0"))
SEED = int(os.environ.get("SEED", "0")) or secrets.randbelow(1_000_000)
RUNGS = ["50", "75", "breach", "repeat1", "repeat2"]
DIGEST_ABOVE = 6
TAKES = timedelta(hours=8)
"""From the first message to the last kill; Cleo goes home on the way, and the repetitions come another day."""
THURSDAY = cast.MONDAY_NINE + timedelta(days=3)


class Ticks:
    """Starts real ticks and kills them."""

    def __init__(self, settings: Settings) -> None:
        (settings.data_dir / "secret.key").write_text(SECRET_KEY)
        self._breeder = subprocess.Popen(
            [sys.executable, "-m", "tests.kill.ticking"],
            env={
                **os.environ,
                "FADEN_DATA_DIR": str(settings.data_dir),
                "FADEN_DATABASE_URL": settings.database_url,
                "FADEN_REDIS_URL": settings.redis_url,
                "FADEN_CLOCK_FILE": str(settings.clock_file),
                "FADEN_DIGEST_ABOVE": str(DIGEST_ABOVE),
                "FADEN_OWNER": "storm",
                "FADEN_LOG": "error",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self) -> int:
        assert self._breeder.stdin
        assert self._breeder.stdout
        self._breeder.stdin.write("go\n")
        self._breeder.stdin.flush()
        return int(self._breeder.stdout.readline())

    def close(self) -> None:
        self._breeder.kill()
        self._breeder.communicate()


@pytest.fixture
def ticks(app: Flask, settings: Settings, clock: Clock) -> Iterator[Ticks]:
    clock.set(cast.MONDAY_NINE)
    ticks = Ticks(settings)
    yield ticks
    ticks.close()


@pytest.fixture
def shop(app: Flask, sink: SmtpSink, clock: Clock) -> cast.World:
    """The shop with a ladder of five rungs; its lead works from nine to five."""
    clock.set(cast.MONDAY_NINE)
    world = cast.build(settings=sending(sink))
    climb_by(
        {"at": 50, "to": [f"agent:{world.ada.id}"], "via": ["inbox", "mail"]},
        {"at": 75, "to": ["lead"], "via": ["inbox", "mail"]},
        {
            "at": "breach",
            "to": ["lead", f"agent:{world.max.id}"],
            "via": ["mail"],
            "repeat": {"every": 60, "most": 2},
        },
    )
    works(world.cleo, "09:00", "12:30")
    return world


def test_a_tick_that_is_killed_at_any_moment_loses_nothing_and_repeats_nothing(
    shop: cast.World, ticks: Ticks, clock: Clock, sink: SmtpSink
) -> None:
    kills = KILLS or 6
    chance = random.Random(SEED)
    sys.stdout.write(f"SEED={SEED}\n")
    hear(shop, 24 * kills)
    in_flight = sum(killed(ticks, chance, clock.forward(seconds=TAKES.total_seconds() / kills)) for _ in range(kills))
    clock.set(THURSDAY)
    last = ticks.start()
    until(lambda: not is_due(), within=60, what="every rung having fired")
    until(lambda: is_calm_after(clock.forward(seconds=20)), within=60, what="everybody having been told")
    os.kill(last, signal.SIGKILL)
    send_all()
    check(shop, sink, clock)
    sys.stdout.write(f"{kills} kills, {in_flight} with rungs due; {db.session.query(Firing).count()} rungs\n")
    assert in_flight * (2 if KILLS else 6) >= kills


def hear(world: cast.World, count: int) -> None:
    """Let customers write throughout four hours, in pairs at the same moment."""
    for place in range(count):
        at = cast.MONDAY_NINE + timedelta(hours=4) * (place // 2 * 2) / count
        sender = Handle(kind="email", value=f"kundin-{place}@kundin.example", name=f"Kundin {place}")
        cast.hear(world, cast.contact(sender=sender, sent_at=at, subject=f"Frage {place}"), at=at)


def killed(ticks: Ticks, chance: random.Random, _at: object) -> bool:
    """Kill a tick a moment after its first or second commit; says whether rungs were still due then."""
    committed = count(Firing) + chance.choice([1, 1, climb.BATCH + 1])
    tick = ticks.start()
    give_up_at = time.monotonic() + 10
    while count(Firing) < committed and is_due() and time.monotonic() < give_up_at:
        time.sleep(0.002)
    time.sleep(chance.random() * 0.03)
    is_in_flight = is_due()
    os.kill(tick, signal.SIGKILL)
    return is_in_flight


def is_due() -> bool:
    from app import clock

    db.session.rollback()
    return bool(escalation.due(at=clock.now(), limit=1))


def count(model: type[Firing]) -> int:
    db.session.rollback()
    return db.session.query(model.id).count()


def is_calm_after(_at: object) -> bool:
    """Digests wait for those who follow within a minute, and for the one before."""
    waits = db.session.query(Notification.id).filter(WAITING).first()
    return not is_due() and waits is None and db.session.query(Firing.id).filter(UNDIGESTED).first() is None


def send_all() -> None:
    """Send what is queued, and then what the workers were asked for: most of it a second time."""
    from app import clock

    for notification_id in notices.waiting(at=clock.now(), limit=10_000):
        deliver.notify(notification_id)
    for job in Queue(queue.QUEUE_NAME, connection=queue.connection()).jobs:
        job.func(*job.args)


def check(world: cast.World, sink: SmtpSink, clock: Clock) -> None:
    db.session.rollback()
    firings = db.session.query(Firing).all()
    rungs: dict[str, list[str]] = {}
    for firing in firings:
        rungs.setdefault(firing.key.rpartition(":")[0], []).append(firing.rung)
    expected = {f"obligation:{row.id}": RUNGS for row in db.session.query(Obligation.id)}
    assert {key: sorted(names) for key, names in rungs.items()} == expected
    fired = [firing for firing in firings if not firing.is_superseded]
    events = db.session.query(Event).filter(Event.kind.in_(["warned", "breached", "fired"]))
    assert Counter(event.details["rung"] for event in events) == Counter(firing.rung for firing in fired)
    check_told(fired)
    check_mails(sink)


def check_told(fired: list[Firing]) -> None:
    """Who was to be told of a rung was told of it once, or of as many as fired together in a digest."""
    owed: Counter[tuple[str, int, str]] = Counter()
    digested: Counter[int] = Counter()
    for firing in fired:
        for agent_id, ways in firing.details["to"].items():
            if firing.is_digested:
                digested[int(agent_id)] += 1
            else:
                owed.update({(firing.key, int(agent_id), way): 1 for way in {*ways, "inbox"}})
    rows = db.session.query(Notification).all()
    told = Counter((row.key, row.agent_id, row.via.value) for row in rows if row.kind != "fired_digest")
    assert told == owed
    counted: Counter[int] = Counter()
    for row in rows:
        if row.kind == "fired_digest" and row.key.count(":") == 2 and row.via == "inbox":
            counted[row.agent_id] += int(row.subject.split()[0])
    assert counted == digested


def check_mails(sink: SmtpSink) -> None:
    """Each mail that was not withdrawn arrived once."""
    arrived = Counter(str(mail.message["Message-ID"]).partition("@")[0] for mail in sink.received)
    states = {
        f"<faden.notice.{row.id}": row.state.value for row in db.session.query(Notification).filter_by(via="mail")
    }
    assert set(states.values()) <= {"sent", "withdrawn"}
    assert arrived == Counter(name for name, state in states.items() if state == "sent")
