"""The way to the workers: Redis carries ids only, and `sweep` finds whatever it forgets."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cache

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry

log = logging.getLogger(__name__)
QUEUE_NAME = "faden"
REST_AFTER_FAILURE = 3.0
"""Seconds in which nothing is tried after the queue did not answer, so that a bulk import is not slowed down."""

_url: list[str] = []
_silent_until = [0.0]


def connect_to(url: str) -> None:
    """Use the queue at this address from now on in this process."""
    _url[:] = [url]
    _silent_until[0] = 0.0


def connection() -> Redis:
    """Return this process's connection; it connects at its first command."""
    return _connection(_url[0])


@cache
def _connection(url: str) -> Redis:
    return Redis.from_url(url, socket_connect_timeout=2, socket_timeout=20, health_check_interval=30)


def deliver_later(message_id: int) -> None:
    """Hand an outgoing message to a worker; harmless when repeated, for the row decides who sends it."""
    _enqueue("app.jobs.deliver", message_id)


def notify_later(*notification_ids: int) -> None:
    """Hand mails to some of us to the workers."""
    _enqueue("app.jobs.notify", *notification_ids)


def push_later(*notification_ids: int) -> None:
    """Hand words for some of us, wherever their devices are, to the workers."""
    _enqueue("app.jobs.push", *notification_ids)


def call_webhook_later(call_id: int) -> None:
    """Hand a call of another program to a worker."""
    _enqueue("app.jobs.call_webhook", call_id)


FILING = "faden:filing"
"""The topic on which a channel is named that has stored something to be filed."""


def file_soon(channel_id: int) -> None:
    """Wake whoever files this channel's calls; they look by themselves twice a second."""
    attempt(lambda redis: redis.publish(FILING, channel_id))


def errand_later(errand_id: int) -> None:
    """Hand a call of a platform to a worker."""
    _enqueue("app.jobs.errand", errand_id)


def _enqueue(job: str, *row_ids: int) -> None:
    """Hand over one job for each row, all of them in one exchange with Redis."""
    asked = [
        Queue.prepare_data(job, (row_id,), retry=Retry(max=3, interval=[5, 30, 120]), result_ttl=0, failure_ttl=86_400)
        for row_id in row_ids
    ]
    attempt(lambda redis: Queue(QUEUE_NAME, connection=redis).enqueue_many(asked))


def attempt(act: Callable[[Redis], object]) -> None:
    """Do something with Redis if it answers; what is not done is found in the database later."""
    if not _url or time.monotonic() < _silent_until[0]:
        return
    try:
        act(connection())
    except (RedisError, OSError) as error:
        _silent_until[0] = time.monotonic() + REST_AFTER_FAILURE
        log.info("the queue does not answer: %s", error)


def is_alive() -> bool:
    """Say whether the queue answers."""
    try:
        return bool(_url) and bool(connection().ping())
    except (RedisError, OSError):
        return False
