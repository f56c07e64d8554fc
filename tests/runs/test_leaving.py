"""An answer that can be called back leaves by itself when its time is over, whatever dies meanwhile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from rq import Queue

from app import clock, queue
from app.db import db
from app.desk import delivery, replies
from app.models import Message, MessageState
from app.runs import leaving, sweep
from tests import world as cast
from tests.fixtures.browser import Start
from tests.fixtures.databases import SECRET_KEY
from tests.servers.redis import Redis
from tests.servers.smtp_sink import SmtpSink
from tests.waiting import until

LONG = timedelta(hours=1)
PAST = timedelta(microseconds=1)


def answered(world: cast.World, *, after: timedelta) -> int:
    heard = cast.hear(world, at=clock.now())
    text, by, at = "Morgen.", world.ada, clock.now()
    return replies.reply(cast.conversation_of(heard), text=text, leaves_after=after, by=by, at=at)


def jobs_for(message_id: int) -> int:
    waiting = Queue(queue.QUEUE_NAME, connection=queue.connection()).jobs
    return sum(job.args == (message_id,) for job in waiting)


def test_an_answer_is_handed_over_when_its_time_is_over_and_only_once(world: cast.World) -> None:
    early, due = answered(world, after=LONG), answered(world, after=PAST)
    gate = leaving.Gate()

    gate.open()
    pause = gate.open()

    assert (jobs_for(early), jobs_for(due)) == (0, 1)
    assert 0 < pause <= leaving.EVERY


def test_a_queue_that_forgets_loses_nothing(world: cast.World, redis_server: Redis) -> None:
    early, due = answered(world, after=LONG), answered(world, after=PAST)
    leaving.Gate().open()
    redis_server.empty()

    sweep.run()

    assert (jobs_for(early), jobs_for(due)) == (0, 1)


def test_whoever_takes_the_place_of_a_dead_tick_lets_go_what_is_due(world: cast.World, redis_server: Redis) -> None:
    due = answered(world, after=PAST)
    leaving.Gate().open()
    redis_server.empty()

    leaving.Gate().open()

    assert jobs_for(due) == 1
    assert delivery.claim(due, at=clock.now()) is not None


@pytest.mark.e2e
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_answer_leaves_once_and_not_early_though_every_part_is_killed(
    world: cast.World, sink: SmtpSink, start_product: Start, folder: Path
) -> None:
    (folder / "secret.key").write_text(SECRET_KEY)
    db.session.rollback()
    product = start_product()
    message_id = answered(world, after=timedelta(seconds=3))
    for part in ("-m app tick", "-m app work"):
        running = product.parts(part)
        assert running, part
        for process in running:
            process.kill()

    until(lambda: cast.message(message_id).state is MessageState.SENT, within=120, what="the answer is out")

    message = db.session.get_one(Message, message_id)
    assert message.leaves_at is not None
    assert message.claimed_at is not None
    assert message.claimed_at >= message.leaves_at
    assert len([mail for mail in sink.to("eva@kundin.example") if "Morgen." in str(mail.message)]) == 1
