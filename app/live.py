"""Live signals: that an event happened, never what happened; whoever hears one reads the database.

A signal may get lost with Redis. The stream therefore also looks into the event table now and then, and a browser
that returns names the last event it has seen.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from queue import Empty, SimpleQueue

from redis.exceptions import RedisError

from app import queue

log = logging.getLogger(__name__)
TOPIC = "faden:live"
GATHER = 0.2
"""Seconds in which signals gather after a stream was told something; the first after a silence does not wait."""
MOST = 500
"""The signals of one batch; a question for more would bring a database to its limit of parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """An event's id (0: something too small for an event), its kind and the ticket it belongs to (0: none)."""

    id: int
    kind: str
    ticket: int
    call: int = 0
    """A telephone call: told while it goes on, and only to those it rings at."""
    agents: Sequence[int] = ()
    """The only ones who are told; empty: everybody who may see the ticket."""


def publish(signal: Signal) -> None:
    """Tell every open browser; a queue that does not answer is not worth an error."""
    queue.attempt(lambda redis: redis.publish(TOPIC, json.dumps(asdict(signal))))


class _Stream:
    """What one open browser has not been told yet."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[Signal] = SimpleQueue()
        self._rings = threading.Event()
        self._gathers_until = 0.0

    def put(self, signal: Signal) -> None:
        self._waiting.put(signal)
        if signal.call:
            self._rings.set()

    def batch(self, *, heartbeat: float) -> list[Signal]:
        """Return what waits, in the order it came: at once while a call rings, else when it has gathered."""
        gathers = self._gathers_until - time.monotonic()
        if gathers > 0:
            self._rings.wait(gathers)
        self._rings.clear()  # before looking: a call that comes meanwhile is found now, or ends the next wait
        found: list[Signal] = []
        try:
            found.append(self._waiting.get(timeout=heartbeat))
            while len(found) < MOST:
                found.append(self._waiting.get_nowait())
        except Empty:
            pass
        self._gathers_until = time.monotonic() + GATHER
        return found


class _Listening:
    """One subscription a process, fanned out to the waiting streams."""

    def __init__(self) -> None:
        self._streams: set[_Stream] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def join(self) -> _Stream:
        """Add a stream; the first one starts the subscription."""
        stream = _Stream()
        with self._lock:
            self._streams.add(stream)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._listen, name="live", daemon=True)
                self._thread.start()
        return stream

    def leave(self, stream: _Stream) -> None:
        with self._lock:
            self._streams.discard(stream)

    def _listen(self) -> None:
        """Fan signals out until Redis goes away; the next stream that joins or waits starts anew."""
        try:
            subscription = queue.connection().pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
            subscription.subscribe(TOPIC)
            while self._is_wanted():
                message = subscription.get_message(timeout=5.0)
                if message:
                    self._fan_out(Signal(**json.loads(message["data"])))
            subscription.close()
        except (RedisError, OSError, IndexError) as error:
            log.info("live signals pause: %s", error)

    def _is_wanted(self) -> bool:
        """Say whether anybody still listens; who joins after a no starts anew, for then this thread is nobody's."""
        with self._lock:
            if not self._streams and self._thread is threading.current_thread():
                self._thread = None
            return bool(self._streams)

    def _fan_out(self, signal: Signal) -> None:
        with self._lock:
            for stream in self._streams:
                stream.put(signal)

    def keep_alive(self) -> None:
        """Start the subscription again if it ended while streams are waiting."""
        with self._lock:
            if self._streams and (self._thread is None or not self._thread.is_alive()):
                self._thread = threading.Thread(target=self._listen, name="live", daemon=True)
                self._thread.start()


@cache
def _listening() -> _Listening:
    return _Listening()


def subscribe(*, heartbeat: float = 5.0) -> Iterator[list[Signal]]:
    """Yield signals as they come, those of a burst together, and nothing every `heartbeat` seconds of silence.

    The first time it yields nothing at once: from then on no signal is missed. Closing the iterator ends it.
    """
    listening = _listening()
    stream = listening.join()
    try:
        yield []
        while True:
            found = stream.batch(heartbeat=heartbeat)
            if not found:
                listening.keep_alive()
            yield found
    finally:
        listening.leave(stream)
