"""Finding what was left lying: by a queue that forgot, a worker that died, a listener that was killed in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from flask import current_app
from rq import Queue
from rq.registry import StartedJobRegistry
from rq.scheduler import RQScheduler
from sqlalchemy import select

from app import clock, queue
from app.config import Settings
from app.db import db
from app.desk import (
    answers,
    aside,
    calls,
    delivery,
    early,
    errands,
    notices,
    parts,
    pushing,
    reprojection,
    suggestions,
    visits,
    webhook_calls,
)
from app.desk.parts import FILES
from app.models import UNFILED, Channel, Envelope, EnvelopeState
from app.runs.filing import file_carefully
from app.runs.recount import repair_counters
from app.runs.reproject import Nightly
from app.runs.rounds import one_round

IN_TIME = 4.0
"""Seconds a queued message may wait while the queue is empty before the queue must have forgotten it."""
IN_TIME_WHEN_BUSY = 120.0
"""The same while other jobs are waiting: it may be one of them, and a second job for it costs little."""
TOO_BUSY = 1000
"""Jobs from which on nothing is handed over twice."""
FILED_WITHIN = 5.0
TIDIED_EVERY = 3600.0
REPEATED_WITHIN = timedelta(days=7)
"""How long a program may repeat a request and get the first one's answer."""

WAITED_FOR = timedelta(days=30)
"""How long something may wait for the message it is about."""
LOOKED_AT = timedelta(days=90)
"""How long after its end it is known who has looked at a ticket: until no suggestion about it is left."""


class Watched:
    """Remembers since when ids have been seen, by the machine's own time, which no test clock moves."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}

    def ripe(self, ids: Sequence[int], *, after: float) -> list[int]:
        """Return the ids that have been seen for `after` seconds; each starts anew once it was returned."""
        now = time.monotonic()
        self._since = {id_: self._since.get(id_, now) for id_ in ids}
        ripe = [id_ for id_ in ids if now - self._since[id_] >= after]
        self._since.update(dict.fromkeys(ripe, now))
        return ripe


class Sweeper:
    """One sweep after the other; an impatient one takes everything it finds for lost at once."""

    def __init__(self, *, is_patient: bool = True) -> None:
        self._is_patient = is_patient
        self._messages, self._notices, self._envelopes, self._errands = Watched(), Watched(), Watched(), Watched()
        self._pushes, self._webhooks = Watched(), Watched()
        self._tidied_at = float("-inf")
        self._visits_after = 0
        self._proof = Nightly()
        self._scheduler: RQScheduler | None = None

    def sweep(self) -> None:
        """Do every step, whatever becomes of the others."""
        settings: Settings = current_app.config["FADEN"]
        steps: tuple[tuple[str, Callable[[], object]], ...] = (
            ("lost sends", lambda: _lose_track(settings.send_lease)),
            ("unfiled envelopes", self._file),
            ("abandoned jobs", self._revive_jobs),
            ("waiting messages", self._deliver),
            ("waiting notifications", self._notify),
            ("waiting pushes", self._push),
            ("waiting calls of webhooks", self._call_webhooks),
            ("lost errands", lambda: errands.lose_track(lease=settings.send_lease)),
            ("waiting errands", self._run_errands),
            ("what came too early", lambda: early.catch_up(at=clock.now())),
            ("calls whose end was never told", _give_calls_up),
            ("clocks after an edit", lambda: reprojection.carry(at=clock.now())),
            ("tidying up", self._tidy),
            ("proving the deadlines", self._proof.step),
        )
        for name, step in steps:
            with one_round(f"sweep, {name}"):
                step()
            db.session.rollback()

    def _deliver(self) -> None:
        waiting = delivery.waiting(at=clock.now())
        delivery.deliver_again(self._messages.ripe(waiting, after=self._time_for_jobs()))

    def _notify(self) -> None:
        waiting = notices.waiting(at=clock.now())
        for notification_id in self._notices.ripe(waiting, after=self._time_for_jobs()):
            queue.notify_later(notification_id)

    def _push(self) -> None:
        for notification_id in self._pushes.ripe(pushing.waiting(at=clock.now()), after=self._time_for_jobs()):
            queue.push_later(notification_id)

    def _call_webhooks(self) -> None:
        for call_id in self._webhooks.ripe(webhook_calls.waiting(at=clock.now()), after=self._time_for_jobs()):
            queue.call_webhook_later(call_id)

    def _run_errands(self) -> None:
        for errand_id in self._errands.ripe(errands.waiting(at=clock.now()), after=self._time_for_jobs()):
            queue.errand_later(errand_id)

    def _revive_jobs(self) -> None:
        """Take back the jobs of workers that died, which RQ alone does every quarter of an hour, and due retries."""
        StartedJobRegistry(queue=_queue()).cleanup()
        self._scheduler = self._scheduler or RQScheduler(
            [_queue()], queue.connection(), logging_level="WARNING", name="faden-sweep"
        )
        if self._scheduler.acquire_locks():  # type: ignore[no-untyped-call]
            self._scheduler.enqueue_scheduled_jobs()  # type: ignore[no-untyped-call]

    def _time_for_jobs(self) -> float:
        if not self._is_patient:
            return 0.0
        jobs = _queue().count
        if jobs >= TOO_BUSY:
            return float("inf")
        return IN_TIME_WHEN_BUSY if jobs else IN_TIME

    def _file(self) -> None:
        for envelope_id in self._envelopes.ripe(_unfiled(), after=FILED_WITHIN if self._is_patient else 0.0):
            with one_round(f"taking up envelope {envelope_id}"):
                file_carefully(envelope_id)

    def _tidy(self) -> None:
        """Do hourly what nobody waits for."""
        if time.monotonic() - self._tidied_at >= TIDIED_EVERY:
            self._tidied_at = time.monotonic()
            repair_counters()
            answers.forget(before=clock.now() - REPEATED_WITHIN)
            webhook_calls.give_up(at=clock.now())
            aside.forget(before=clock.now() - WAITED_FOR)
            suggestions.expire(at=clock.now())
            self._visits_after = visits.forget(closed_before=clock.now() - LOOKED_AT, after_id=self._visits_after)


def run() -> None:
    """Sweep once, for `faden sweep`; needs an application context."""
    Sweeper(is_patient=False).sweep()


def _queue() -> Queue:
    return Queue(queue.QUEUE_NAME, connection=queue.connection())


def _lose_track(lease: float) -> None:
    for message_id in delivery.lost(lease=lease):
        delivery.lose_track(message_id, at=clock.now())
    notices.lose_track(lease=lease)
    pushing.lose_track(lease=lease)
    webhook_calls.lose_track(lease=lease)


def _unfiled() -> list[int]:
    """Return what nobody files at the moment; paused channels wait, and those of a living filer are in its hands."""
    elsewhere = [int(name.partition(":")[2]) for name in parts.held(FILES)]
    return list(
        db.session.scalars(
            select(Envelope.id)
            .where(
                UNFILED,
                Envelope.state == EnvelopeState.STORED,
                Envelope.channel_id.not_in(select(Channel.id).where(Channel.is_paused.is_(True))),
                Envelope.channel_id.not_in(elsewhere),
            )
            .order_by(Envelope.id)
            .limit(200)
        )
    )


def _give_calls_up() -> None:
    """End calls of which nothing more was heard: no telephone system tells anything twice."""
    for call_id in calls.unheard(at=clock.now()):
        calls.give_up(call_id, at=clock.now())
