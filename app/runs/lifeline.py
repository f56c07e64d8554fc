"""What every running part shares: when to stop, and whose child it is."""

from __future__ import annotations

import ctypes
import os
import secrets
import select
import signal
import socket
import sys
import threading
import time
from typing import Self

OWNER = "FADEN_OWNER"
"""Set by the supervisor: a part that takes the place of a dead one holds its leases from the first moment on."""
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


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

    def wait(self, seconds: float | None = None) -> bool:
        """Return True as soon as the end is asked for, False after `seconds`."""
        if self._is_asked:
            return True
        poll = select.poll()
        poll.register(self._reader, select.POLLIN)
        return bool(poll.poll(None if seconds is None else max(0.0, seconds) * 1000))

    def on_signals(self) -> Self:
        """Be asked by SIGTERM and Ctrl-C; only in the main thread of a process."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.ask)
        return self

    def close(self) -> None:
        os.close(self._reader)
        os.close(self._writer)


def owner() -> str:
    """Return the name this process takes leases by."""
    return os.environ.get(OWNER) or f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"


def end_with_parent() -> None:
    """Have Linux kill this process when the thread that started it ends; elsewhere `watch_parent` does it."""
    if _LIBC:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


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
