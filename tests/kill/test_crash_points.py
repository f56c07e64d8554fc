"""Killed exactly between two steps: what the next sweep and the next worker make of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from rq import Queue

from app import clock, jobs, queue
from app.config import Settings
from app.db import db
from app.desk import replies
from app.models import Envelope, MessageState, ObligationState
from app.runs import intake, sweep
from channels.contract import Raw
from tests import world as cast
from tests.runs.conftest import sending
from tests.runs.mails import filed, mail, message_id, ticket_of
from tests.servers.redis import Redis
from tests.servers.smtp_sink import SmtpSink

Crash = Callable[..., None]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings under which an unsettled send is unsure at once."""
    return replace(settings, send_lease=0.0)


@pytest.fixture
def world(app: Flask, sink: SmtpSink) -> cast.World:
    """The shop with its people; what it sends arrives in the sink."""
    return cast.build(settings=sending(sink))


@pytest.fixture
def crash(settings: Settings) -> Crash:
    """Run a process on this test's shop up to a point, where it is killed."""
    (settings.data_dir / "secret.key").write_text(settings.secret_key)
    environment = {
        **os.environ,
        "FADEN_DATA_DIR": str(settings.data_dir),
        "FADEN_DATABASE_URL": settings.database_url,
        "FADEN_REDIS_URL": settings.redis_url,
    }

    def until_point(point: str, *arguments: object) -> None:
        db.session.rollback()
        command = [sys.executable, "-m", "tests.kill.crashing", point, *map(str, arguments)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr

    return until_point


@pytest.fixture
def mail_file(folder: Path) -> Path:
    file = folder / "1.eml"
    file.write_bytes(mail(1))
    return file


@pytest.fixture
def queued(world: cast.World) -> int:
    """Ada's answer to Eva, waiting in the outbox."""
    heard = cast.hear(world, at=clock.now())
    return replies.reply(cast.conversation_of(heard), text="Morgen.", by=world.ada, at=clock.now())


def owed(message_id: int) -> list[ObligationState]:
    """Return the states of what an answer settles, or would have settled."""
    db.session.rollback()
    return [each.state for each in cast.obligations(ticket_of(message_id))]


def test_a_mail_that_was_stored_is_filed_by_the_sweep(world: cast.World, crash: Crash, mail_file: Path) -> None:
    crash("after_storing", world.channel, mail_file)
    assert filed() == []
    sweep.run()
    assert filed() == [message_id(1)]


def test_a_mail_that_was_not_stored_yet_is_taken_in_again(world: cast.World, crash: Crash, mail_file: Path) -> None:
    """No cursor moved and no 250 was said, so the other side still has it."""
    crash("before_storing", world.channel, mail_file)
    assert db.session.query(Envelope).count() == 0
    intake.take_in(world.channel, [Raw(content=mail(1), source="test")], at=clock.now())
    sweep.run()
    assert filed() == [message_id(1)]


def test_an_answer_that_was_claimed_is_shown_as_unsure_and_owed(queued: int, crash: Crash, sink: SmtpSink) -> None:
    crash("after_claiming", queued)
    sweep.run()
    jobs.deliver(queued)
    assert cast.message(queued).state is MessageState.UNSURE
    assert owed(queued) == [ObligationState.OPEN]
    assert sink.attempts == 0


def test_an_answer_that_went_out_is_never_sent_again_by_itself(
    world: cast.World, queued: int, crash: Crash, sink: SmtpSink
) -> None:
    crash("after_sending", queued)
    sweep.run()
    jobs.deliver(queued)
    assert (cast.message(queued).state, sink.attempts) == (MessageState.UNSURE, 1)
    replies.confirm_sent(queued, by=world.ada, at=clock.now())
    assert cast.message(queued).state is MessageState.SENT
    assert owed(queued) == [ObligationState.MET]


def test_a_lease_that_still_runs_is_respected(queued: int, crash: Crash, app: Flask) -> None:
    crash("after_claiming", queued)
    app.config["FADEN"] = replace(app.config["FADEN"], send_lease=3600.0)
    sweep.run()
    assert cast.message(queued).state is MessageState.SENDING


def test_what_an_emptied_queue_forgot_goes_out_all_the_same(
    world: cast.World, queued: int, redis_server: Redis, sink: SmtpSink
) -> None:
    redis_server.empty()
    sweep.run()
    for job in Queue(queue.QUEUE_NAME, connection=queue.connection()).jobs:
        job.func(*job.args)
    assert [mail.message["Message-ID"] for mail in sink.received] == [f"<{cast.message(queued).external_id}>"]
