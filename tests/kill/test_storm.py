"""kill -9 of every part at random points with work in flight.

`KILLS=30 python -m pytest tests/kill/test_storm.py -s -o faulthandler_timeout=0` is the long run: so many kills a part during 500 mails in and 100 answers out.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import sys
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from app.db import db, transaction
from app.models import Calendar
from app.signin import issue_token
from tests import world as cast
from tests.fixtures.browser import Start
from tests.fixtures.databases import SECRET_KEY, Clock
from tests.kill import aftermath
from tests.kill.storm import PARTS, Storm
from tests.runs.conftest import hearing, sending
from tests.servers import programs
from tests.servers.dovecot import Mailbox
from tests.servers.smtp_sink import SmtpSink
from tests.waiting import until

pytestmark = pytest.mark.e2e
KILLS = int(os.environ.get("KILLS", "0"))
"""A part; without it a short run."""
SEED = int(os.environ.get("SEED", "0")) or secrets.randbelow(1_000_000)
SIZES = {"postgresql": (2, 80, 20), "sqlite": (1, 40, 10)}


class SlowSink(SmtpSink):
    """Takes its time to answer, so that there is a time between sending and its answer."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(random.random() * 0.02)
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(random.random() * 0.02)
        return answer


@pytest.fixture
def slow_sink() -> SmtpSink:
    return SlowSink()


def shop(sink: SmtpSink, mailbox: Mailbox) -> str:
    """Build a shop that never closes and return Ada's token."""
    settings = {**sending(sink), **hearing(mailbox), "receipt": True}
    world = cast.build(settings=settings, secrets={"imap_password": mailbox.password})
    with transaction():
        calendar = db.session.query(Calendar).one()
        calendar.weekly_hours = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
        calendar.holidays = {}
    return issue_token(world.ada.id, name="storm", at=cast.MONDAY_NINE)


def test_nothing_is_lost_and_nothing_doubled(
    app: Flask, start_product: Start, mailbox: Mailbox, slow_sink: SmtpSink, clock: Clock, folder: Path, database: str
) -> None:
    kills, mails, answers = (KILLS, 500, 100) if KILLS else SIZES[database]
    sys.stdout.write(f"SEED={SEED}\n")
    clock.set(cast.MONDAY_NINE)
    (folder / "secret.key").write_text(SECRET_KEY)
    slow_sink.start()
    smtp_port = programs.free_port()
    try:
        token = shop(slow_sink, mailbox)
        db.session.rollback()
        product = start_product(
            FADEN_REDIS_URL="", FADEN_SMTP_LISTEN=f"127.0.0.1:{smtp_port}", FADEN_SEND_LEASE="5", FADEN_LOG="warning"
        )
        storm = Storm(app, product, mailbox, clock, smtp_port=smtp_port, token=token, seed=SEED)
        storm.rage(mails=mails, answers=answers, kills=kills)
        until(lambda: storm.has_heard(mails), within=180, what="every mail being filed")
        clock.forward(days=2)
        until(storm.is_calm, within=180, what="the storm being over")
        check(storm, slow_sink)
    finally:
        slow_sink.stop()


def check(storm: Storm, sink: SmtpSink) -> None:
    record = storm.record
    names = [f"s{number}" for number in range(storm.by_smtp.total)] + [f"i{n}" for n in range(storm.by_imap.total)]
    db.session.rollback()
    aftermath.check_mails(names)
    unsure = aftermath.check_answers(record, sink)
    aftermath.check_receipts()
    rungs = aftermath.check_obligations()
    aftermath.check_notifications(sink)
    aftermath.check_counters()
    sys.stdout.write(
        f"{len(names)} mails, {len(record.answered)} answers, {len(sink.received)} mails out, {rungs} rungs, "
        f"{unsure} unsure; kills {dict(record.kills)}, with work in flight {dict(record.kills_in_flight)}\n"
    )
    assert set(record.kills) == set(PARTS)
    assert record.kills_in_flight.total() * 2 >= record.kills.total()
    if KILLS:
        assert [part for part in PARTS if record.kills_in_flight[part] * 2 < record.kills[part]] == []
