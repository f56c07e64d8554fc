"""One part of the product as a process of its own: started, started again when it dies, ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from app.runs import lifeline

FIRST_PAUSE = 0.2
MOST_PAUSE = 10.0
LASTED = 5.0
"""Seconds after which a part counts as one that worked, so that its next death is answered at once."""


class Part:
    """A process by its name; `watch` is called again and again and never waits."""

    def __init__(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], has_own_group: bool = False
    ) -> None:
        self.name = name
        self.quick_deaths = 0
        """How often in a row it died soon after it was started."""
        self._command, self._environment, self._has_own_group = list(command), dict(environment), has_own_group
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_at = 0.0

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def watch(self) -> str:
        """Start it when it is time; returns a line to tell when it was found dead."""
        if self.is_running:
            return ""
        words = self._bury() if self._process else ""
        if time.monotonic() >= self._start_at:
            self._start()
        return words

    def _bury(self) -> str:
        code = self._process.returncode if self._process else 0
        self._process = None
        # Who is killed from outside has done nothing wrong: starting it again is no use only if it fails by itself.
        is_innocent = code == -signal.SIGKILL or time.monotonic() - self._started_at > LASTED
        self.quick_deaths = 0 if is_innocent else self.quick_deaths + 1
        pause = min(FIRST_PAUSE * 2 ** max(0, self.quick_deaths - 1), MOST_PAUSE)
        self._start_at = time.monotonic() + pause
        return f"{self.name} ist ausgefallen ({_how(code)}) und startet in {pause:g} s neu."

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            # Only one thread runs here and the call only tells the kernel something, so nothing can be locked.
            preexec_fn=lifeline.end_with_parent,  # noqa: PLW1509
            process_group=0 if self._has_own_group else None,
        )
        self._started_at = time.monotonic()

    def end(self) -> None:
        """Ask it to end."""
        if self._process and self.is_running:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once and wait until it is gone."""
        if self._process:
            if self.is_running:
                self._process.kill()
            self._process.wait()


def python_part(name: str, *arguments: str, environment: Mapping[str, str]) -> Part:
    """Return a part that is this program with other arguments, wherever it was started from."""
    return Part(name, [sys.executable, "-P", "-m", *arguments], environment=environment)


def end_all(parts: Sequence[Part], *, within: float) -> None:
    """End all of them side by side; what does not listen is killed."""
    for part in parts:
        part.end()
    until = time.monotonic() + within
    while any(part.is_running for part in parts) and time.monotonic() < until:
        time.sleep(0.02)
    for part in parts:
        part.kill()


def _how(code: int) -> str:
    if code >= 0:
        return f"Ende mit {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"Signal {-code}"


def environment_of(**changes: str) -> dict[str, str]:
    """Return our own environment with changes, as a part gets it."""
    return {**os.environ, **changes}
