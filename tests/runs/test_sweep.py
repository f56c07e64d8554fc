"""What was left lying is found, however it got there."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from rq import Queue
from sqlalchemy import text

from app import clock, queue
from app.db import db, transaction
from app.desk import delivery, drafts, replies, status, visits
from app.models import Draft, Envelope, EnvelopeState, Message, MessageState, Suggestion, Ticket, Visit
from app.runs import filing, intake, sweep
from app.runs.recount import repair_counters
from channels.contract import Raw
from tests import world as cast
from tests.runs.mails import filed, mail, message_id, ticket_of
from tests.servers.redis import Redis


def jobs_for(row_id: int) -> int:
    waiting = Queue(queue.QUEUE_NAME, connection=queue.connection()).jobs
    return sum(job.args == (row_id,) for job in waiting)


@pytest.fixture
def queued(world: cast.World) -> int:
    """Ada's answer, waiting in the outbox."""
    heard = cast.hear(world, at=clock.now())
    return replies.reply(cast.conversation_of(heard), text="Morgen.", by=world.ada, at=clock.now())


def test_a_suggestion_that_nobody_answers_is_let_go(world: cast.World) -> None:
    now = clock.now()
    first, second = (cast.hear(world, at=now).ticket_id for _ in range(2))
    with transaction():
        for days, (ticket_id, other_id) in ((-1, (second, first)), (1, (first, second))):
            ends = now + timedelta(days=days)
            db.session.add(Suggestion(ticket_id=ticket_id, other_id=other_id, points=50, made_at=now, expires_at=ends))

    sweep.run()

    assert [row.state for row in db.session.query(Suggestion).order_by(Suggestion.expires_at)] == ["expired", "pending"]


def test_who_looked_is_forgotten_long_after_the_end_and_a_draft_never(world: cast.World) -> None:
    now = clock.now()
    old, young, open_ = (cast.hear(world, at=now).ticket_id for _ in range(3))
    for ticket_id in (old, young, open_):
        visits.note(ticket_id, by=world.ada, at=now)
        drafts.keep(ticket_id, "note", drafts.Begun(text="Angefangen"), by=world.ada, at=now)
    status.resolve(old, by=world.ada, at=now - timedelta(days=91))
    status.resolve(young, by=world.ada, at=now - timedelta(days=89))

    sweep.run()

    assert {row.ticket_id for row in db.session.query(Visit)} == {young, open_}
    assert {row.ticket_id for row in db.session.query(Draft)} == {old, young, open_}


def test_visits_are_looked_at_a_few_at_a_time(world: cast.World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "AT_ONCE", 2)
    now = clock.now()
    for _ in range(3):
        visits.note(cast.hear(world, at=now).ticket_id, by=world.ada, at=now)
    for ticket in db.session.query(Ticket):
        ticket.closed_at = now - timedelta(days=91)
    db.session.commit()

    after = visits.forget(closed_before=now)

    assert after > 0
    assert db.session.query(Visit).count() == 1
    assert visits.forget(closed_before=now, after_id=after) == 0
    assert db.session.query(Visit).count() == 0


def test_a_message_that_the_queue_forgot_is_handed_over_again(queued: int, redis_server: Redis) -> None:
    redis_server.empty()
    sweep.run()
    assert jobs_for(queued) == 1


def test_a_patient_sweep_leaves_the_queue_its_time(
    queued: int, redis_server: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeper = sweep.Sweeper()
    redis_server.empty()
    sweeper.sweep()
    assert jobs_for(queued) == 0
    monkeypatch.setattr(sweep, "IN_TIME", 0.0)
    sweeper.sweep()
    assert jobs_for(queued) == 1


def test_what_waits_behind_other_jobs_is_not_handed_over_twice(queued: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "IN_TIME", 0.0)
    sweeper = sweep.Sweeper()
    for _round in range(3):
        sweeper.sweep()
    assert jobs_for(queued) == 1


def test_a_send_that_was_never_settled_becomes_unsure_after_its_lease(app: Flask, queued: int) -> None:
    delivery.claim(queued, at=clock.now())
    sweep.run()
    assert cast.message(queued).state is MessageState.SENDING
    db.session.execute(
        text("UPDATE message SET claimed_at = '2026-01-01 00:00:00+00:00' WHERE id = :id"), {"id": queued}
    )
    db.session.commit()
    sweep.run()
    assert cast.message(queued).state is MessageState.UNSURE


def test_an_unsure_answer_is_owed_and_never_sent_by_itself(queued: int) -> None:
    owed_before = [each.answered_by_id for each in cast.obligations(ticket_of(queued))]
    delivery.claim(queued, at=clock.now())
    delivery.lose_track(queued, at=clock.now())
    sweep.run()
    assert owed_before == [queued]
    assert [each.answered_by_id for each in cast.obligations(ticket_of(queued))] == [None]
    assert cast.message(queued).state is MessageState.UNSURE


def test_a_mail_that_was_stored_and_not_filed_is_filed_once(world: cast.World) -> None:
    intake.take_in(world.channel, [Raw(content=mail(1), source="test")], at=clock.now())
    for _twice in range(2):
        sweep.run()
    assert filed() == [message_id(1)]


def test_a_fresh_envelope_is_left_to_whoever_stored_it(world: cast.World) -> None:
    intake.take_in(world.channel, [Raw(content=mail(1), source="test")], at=clock.now())
    sweep.Sweeper().sweep()
    assert filed() == []


def test_a_mail_nobody_understands_is_parked_and_the_next_one_filed(world: cast.World) -> None:
    intake.take_in(world.channel, [Raw(content=b"", source="a"), Raw(content=mail(2), source="b")], at=clock.now())
    sweep.run()
    assert filed() == [message_id(2)]
    parked = db.session.query(Envelope).filter(Envelope.state == EnvelopeState.PARKED).one()
    assert parked.problem


class Killed(BaseException):
    """What ends a process in the middle, and no `except Exception` sees."""


def test_a_mail_that_ends_the_process_each_time_is_parked_and_the_next_one_filed(
    world: cast.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    raws = [Raw(content=mail(1), source="a"), Raw(content=mail(2), source="b")]
    deadly = intake.take_in(world.channel, raws, at=clock.now())[0].id
    read = intake.understand

    def deadly_read(envelope_id: int, *, raw: bytes | None, at: datetime) -> intake.Understood:
        if envelope_id == deadly:
            raise Killed
        return read(envelope_id, raw=raw, at=at)

    monkeypatch.setattr(intake, "understand", deadly_read)
    for _process in range(filing.MOST_ATTEMPTS):
        with pytest.raises(Killed):
            sweep.run()
        db.session.rollback()
    sweep.run()
    assert filed() == [message_id(2)]
    parked = db.session.query(Envelope).filter(Envelope.state == EnvelopeState.PARKED).one()
    assert (parked.id, "3-mal" in parked.problem) == (deadly, True)


def test_an_attempt_that_failed_for_want_of_a_server_does_not_count(
    world: cast.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake.take_in(world.channel, [Raw(content=mail(1), source="test")], at=clock.now())

    def away(_envelope_id: int, *, raw: bytes | None, at: datetime) -> intake.Understood:
        raise ConnectionError(raw, at)

    with monkeypatch.context() as trouble:
        trouble.setattr(intake, "understand", away)
        for _round in range(filing.MOST_ATTEMPTS + 1):
            sweep.run()
    sweep.run()
    assert filed() == [message_id(1)]


def test_wrong_counters_are_put_right(world: cast.World) -> None:
    cast.hear(world, at=clock.now())
    db.session.execute(text("UPDATE counter SET count = 17"))
    db.session.execute(text("INSERT INTO counter (key, count) VALUES ('agent:4711', 3)"))
    db.session.commit()
    assert repair_counters()
    assert cast.counters() == cast.counted()
    assert repair_counters() == {}


def test_without_a_queue_the_other_steps_are_done(world: cast.World, redis_server: Redis, queued: int) -> None:
    intake.take_in(world.channel, [Raw(content=mail(1), source="test")], at=clock.now())
    redis_server.kill()
    try:
        sweep.run()
        assert message_id(1) in filed()
        assert db.session.query(Message).filter(Message.state == MessageState.QUEUED).count() == 1
    finally:
        redis_server.start()


def test_a_job_that_failed_for_want_of_a_database_is_tried_again_in_time(queued: int) -> None:
    waiting = Queue(queue.QUEUE_NAME, connection=queue.connection())
    job = waiting.jobs[0]
    waiting.remove(job)
    waiting.scheduled_job_registry.schedule(job, clock.now())
    sweep.Sweeper().sweep()
    assert jobs_for(queued) == 1
