"""What every running part shares: when to stop, whose child it is, and that one failed round ends no loop."""

from __future__ import annotations

import ctypes
import logging
import os
import secrets
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError

from app.desk import parts

log = logging.getLogger(__name__)
OWNER = "FADEN_OWNER"
"""Set by the supervisor: a part that takes the place of a dead one holds its leases from the first moment on."""
BEAT_WITHIN = 5.0
_PR_SET_PDEATHSIG = 1
EXPECTED = (OperationalError, InterfaceError, RedisError, OSError)
"""What a server that is away for a while looks like: one line in the log, no traceback."""


class Stop:
    """The wish to end; a pipe and no `Event`, because an `Event` set in a signal's own thread can lock itself up."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        self._is_asked = False

    def ask(self, *_signal: object) -> None:
        """Make every `wait` return at once, now and later."""
        if not self._is_asked:
            self._is_asked = True
            os.write(self._writer, b".")

    def is_asked(self) -> bool:
        return self._is_asked

    def wait(self, seconds: float) -> bool:
        """Return True as soon as the end is asked for, False after `seconds`."""
        if self._is_asked:
            return True
        poll = select.poll()
        poll.register(self._reader, select.POLLIN)
        return bool(poll.poll(max(0.0, seconds) * 1000))

    def on_signals(self) -> Self:
        """Be asked by SIGTERM and Ctrl-C; only in the main thread of a process."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.ask)
        return self

    def close(self) -> None:
        os.close(self._reader)
        os.close(self._writer)


class Round:
    """One round of a loop; `error` is what went wrong, if anything."""

    error: Exception | None = None

    @property
    def went_well(self) -> bool:
        return self.error is None

    @property
    def is_unexpected(self) -> bool:
        """Say whether trying the same again is unlikely to help: no server was away, the thing itself is wrong."""
        return self.error is not None and not isinstance(self.error, EXPECTED)

    @property
    def words(self) -> str:
        """What went wrong, for a person."""
        return f"{type(self.error).__name__}: {cause(self.error)}"[:300] if self.error else ""


@contextmanager
def one_round(what: str, *, passes: type[Exception] | tuple[()] = ()) -> Iterator[Round]:
    """Let nothing that goes wrong inside end the loop around it, except `passes`: log it and say so in the round."""
    this = Round()
    try:
        yield this
    except passes:
        raise
    except Exception as error:
        this.error = error
        if isinstance(error, EXPECTED):
            log.warning("%s: %s", what, cause(error))
        else:
            log.exception("%s", what)


def cause(error: BaseException) -> str:
    """Return the first line of what a driver said, without the statement it was asked to run."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0] or type(error).__name__


def owner() -> str:
    """Return the name this process takes leases by."""
    return os.environ.get(OWNER) or f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"


def end_with_parent() -> None:
    """Have Linux kill this process when the thread that started it ends; elsewhere `watch_parent` does it."""
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def watch_parent() -> None:
    """End this process soon after the supervisor that started it is gone; nothing for a part that has none."""
    if OWNER not in os.environ:
        return
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


class Pulse:
    """Signs of life of a part, written by a thread of its own while `is_alive` says so."""

    def __init__(self, flask: Flask, part: str, *, is_alive: Callable[[], bool] = lambda: True) -> None:
        self._flask, self._part, self._is_alive = flask, part, is_alive
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"pulse-{part}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join(2.0)

    def _beat(self) -> None:
        while not self._ended.is_set():
            has_beaten = False
            if self._is_alive():
                with one_round(f"sign of life of {self._part}"), self._flask.app_context():
                    parts.beat(self._part, pid=os.getpid())
                    has_beaten = True
            self._ended.wait(BEAT_WITHIN if has_beaten else 0.5)
