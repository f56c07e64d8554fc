"""Filing what platforms have told us: a thread a channel, so that a flood on one keeps no other waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping

from flask import Flask
from redis.client import PubSub

from app import queue
from app.db import db
from app.desk import envelopes
from app.runs.filing import file_carefully, file_or_park
from app.runs.rounds import one_round

AT_ONCE = 50
LOOK_EVERY = 0.5
"""Seconds after which a call is found although nobody was woken for it."""
REST = 1.0
"""Seconds after something went wrong that does not lie in an envelope."""


class Filer(threading.Thread):
    """Files one channel's calls in the order in which they were stored, until `stop`.

    There is one at a time for a channel, by its lease. Whoever died before may have died of the first call that waits,
    so that one is taken up with care.
    """

    def __init__(self, flask: Flask, channel_id: int) -> None:
        super().__init__(name=f"file-{channel_id}", daemon=True)
        self._flask, self._channel_id = flask, channel_id
        self._ended = False
        self._woken = threading.Event()
        self._is_first = True

    def wake(self) -> None:
        """Have it look now."""
        self._woken.set()

    def stop(self) -> None:
        """Ask it to end; it finishes what it is at."""
        self._ended = True
        self._woken.set()

    def run(self) -> None:
        self._woken.set()
        while not self._ended:
            self._woken.wait()
            self._woken.clear()
            is_well = True
            with one_round(f"filing channel {self._channel_id}") as this:
                is_well = self._file()
            if not (is_well and this.went_well) and not self._ended:
                time.sleep(REST)
                self._woken.set()

    def _file(self) -> bool:
        """File everything that waits; False where something has to be tried again."""
        while not self._ended:
            with self._flask.app_context():
                waiting = envelopes.waiting(self._channel_id, limit=1 if self._is_first else AT_ONCE)
                db.session.rollback()
                for envelope_id, content in waiting:
                    if self._ended:
                        return True
                    act = file_carefully if self._is_first else file_or_park
                    if not act(envelope_id, raw=content):
                        return False
                    self._is_first = False
            if not waiting:
                self._is_first = False
                return True
        return True


class Waker(threading.Thread):
    """Wakes the filers of this process: by a signal at once, by a look into the database twice a second."""

    def __init__(self, flask: Flask, filers: Callable[[], Mapping[int, Filer]]) -> None:
        super().__init__(name="wake", daemon=True)
        self._flask, self._filers = flask, filers
        self._ended = threading.Event()
        self._look_at = 0.0

    def stop(self) -> None:
        self._ended.set()

    def run(self) -> None:
        while not self._ended.is_set():
            with one_round("waiting for calls") as this:
                self._hear()
            if not this.went_well:
                self._look_in_time()
                self._ended.wait(LOOK_EVERY)

    def _hear(self) -> None:
        """Hear signals until the queue goes away."""
        subscription: PubSub = queue.connection().pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        try:
            subscription.subscribe(queue.FILING)
            while not self._ended.is_set():
                message = subscription.get_message(timeout=max(0.0, self._look_at - time.monotonic()))
                if message:
                    self._wake([int(message["data"])])
                self._look_in_time()
        finally:
            subscription.close()

    def _look_in_time(self) -> None:
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK_EVERY
        with one_round("looking for calls"), self._flask.app_context():
            self._wake(envelopes.channels_waiting() if self._filers() else ())

    def _wake(self, channel_ids: Iterable[int]) -> None:
        filers = self._filers()
        for channel_id in channel_ids:
            if channel_id in filers:
                filers[channel_id].wake()
