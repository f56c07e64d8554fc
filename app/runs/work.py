"""The worker: takes jobs from the queue one after the other and does not mind if the queue is away for a while."""

from __future__ import annotations

import logging
from types import FrameType

from flask import Flask
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker

from app import queue
from app.runs import lifeline
from app.runs.pulse import Pulse

log = logging.getLogger(__name__)
MOST_PAUSE = 5.0
TTL = 30
"""Seconds; RQ waits for a job half as long at a time, which is how soon a queue that fell silent is noticed."""


class Worker(SimpleWorker):
    """RQ's worker without a fork for each job (10 ms), each job in an application context of its own."""

    max_connection_wait_time = MOST_PAUSE
    log_job_description = False

    def __init__(self, flask: Flask, stop: lifeline.Stop) -> None:
        connection = queue.connection()
        super().__init__([Queue(queue.QUEUE_NAME, connection=connection)], connection=connection, worker_ttl=TTL)
        self._flask, self._stop = flask, stop

    def perform_job(self, *args: object, **kwargs: object) -> bool:
        with self._flask.app_context():
            return bool(super().perform_job(*args, **kwargs))  # type: ignore[arg-type]

    def _install_signal_handlers(self) -> None:
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]
        # A signal that came while the worker was being set up.
        self._stop_requested = self._stop.is_asked()

    def request_stop(self, signum: int | None, frame: FrameType | None) -> None:
        """Finish the job at hand, then end; the loop around the worker must know that it was asked to."""
        self._stop.ask()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def set_shutdown_requested_date(self) -> None:
        """Tell the queue nothing from inside a signal: if it is away, the error would hit the job at hand."""

    def subscribe(self) -> None:
        """Listen to no commands: a worker is stopped by a signal, and a job by nothing."""


class _OneLine(logging.Filter):
    """Lets RQ say that the queue is away without four tracebacks."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, RedisError):
            return True
        log.warning("the queue went away: %s", error)
        return False


def run(flask: Flask) -> None:
    """Work until a signal comes; a queue that goes away is waited for."""
    stop = lifeline.Stop().on_signals()
    lifeline.watch_parent()
    logging.getLogger("rq.worker").addFilter(_OneLine())
    pause = 0.2
    with Pulse(flask, "worker"):
        while not stop.is_asked():
            pause = 0.2 if _worked(flask, stop) else min(pause * 2, MOST_PAUSE)
            stop.on_signals().wait(pause)


def _worked(flask: Flask, stop: lifeline.Stop) -> bool:
    """Work until the worker gives up; False if it could not even begin."""
    has_begun = False
    try:
        worker = Worker(flask, stop)
        has_begun = True
        worker.work(logging_level="WARNING")
    except (RedisError, OSError) as error:
        log.warning("the queue is away, waiting for it: %s", error)
    return has_begun
