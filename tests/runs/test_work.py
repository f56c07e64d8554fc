"""The worker as a process: it sends, outlives its queue, and ends when it is asked to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from flask import Flask

from app import clock, queue
from app.config import Settings
from app.db import db
from app.desk import parts, replies
from app.models import MessageState
from app.runs import sweep
from tests import world as cast
from tests.servers import programs
from tests.servers.redis import Redis
from tests.servers.smtp_sink import SmtpSink
from tests.waiting import until

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def worker(app: Flask, settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """`faden work`, ready."""
    key = settings.data_dir / "secret.key"
    key.write_text(settings.secret_key)
    environment = {
        **os.environ,
        "FADEN_DATA_DIR": str(settings.data_dir),
        "FADEN_DATABASE_URL": settings.database_url,
        "FADEN_REDIS_URL": settings.redis_url,
        "FADEN_LOG": "warning",
    }
    process = programs.start(
        [sys.executable, "-m", "app", "work"], log=settings.data_dir / "log", environment=environment
    )
    try:
        until(is_alive, within=60, what="the worker's sign of life")
        yield process
    finally:
        programs.stop(process)


def is_sent(message_id: int) -> bool:
    db.session.rollback()
    return cast.message(message_id).state is MessageState.SENT


def is_alive() -> bool:
    db.session.rollback()
    return "worker" in parts.ages()


def answered(world: cast.World) -> int:
    filed = cast.hear(world, at=clock.now())
    return replies.reply(cast.conversation_of(filed), text="Morgen.", by=world.ada, at=clock.now())


def test_answers_go_out_before_and_after_the_queue_was_away(
    world: cast.World, worker: subprocess.Popen[bytes], redis_server: Redis, sink: SmtpSink
) -> None:
    answered(world)
    sink.wait_for(1, within=20)
    redis_server.kill()
    meanwhile = answered(world)
    redis_server.start()
    queue.connect_to(redis_server.url)
    until(queue.is_alive, what="the queue")
    sweep.run()
    sink.wait_for(2, within=30)
    until(lambda: is_sent(meanwhile), what="the answer being settled")
    assert worker.poll() is None


def test_a_signal_ends_it(worker: subprocess.Popen[bytes]) -> None:
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
