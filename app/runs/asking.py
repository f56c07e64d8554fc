"""Asking a platform every few minutes how an account is, so that a dead token is known before an answer is lost."""

from __future__ import annotations

import logging
import threading
import time

from flask import Flask

from app import clock
from app.db import db
from app.desk import channels
from app.runs.connectors import connector_of, row_of
from app.runs.rounds import one_round
from app.seal import SealBroken
from channels.contract import Health
from channels.registry import UnknownKind

log = logging.getLogger(__name__)
FIRST_AFTER = 2.0
EVERY = 120.0
EVERY_WHILE_WRONG = 30.0
"""Seconds; what is mended shall not stay red for long."""


class Asking(threading.Thread):
    """Asks for one channel until `stop`; `asked_at` is when it was last asked by this process, in monotonic time."""

    def __init__(self, flask: Flask, channel_id: int, asked_at: dict[int, float]) -> None:
        super().__init__(name=f"ask-{channel_id}", daemon=True)
        self._flask, self._channel_id, self._asked_at = flask, channel_id, asked_at
        self._is_ended = False
        self._woken = threading.Event()

    def wake(self) -> None:
        """Have it ask now: what it found wrong seems to be over."""
        self._woken.set()

    def stop(self) -> None:
        """Ask it to end; it may take as long as the platform lets it wait."""
        self._is_ended = True
        self._woken.set()

    def run(self) -> None:
        # Who was asked just now is not asked again because something else about the channel was changed.
        since = time.monotonic() - self._asked_at.get(self._channel_id, float("-inf"))
        pause = FIRST_AFTER if since > EVERY_WHILE_WRONG else EVERY_WHILE_WRONG - since
        while not self._is_ended:
            self._woken.wait(pause)
            self._woken.clear()
            if not self._is_ended:
                pause = EVERY if self._ask() else EVERY_WHILE_WRONG

    def _ask(self) -> bool:
        self._asked_at[self._channel_id] = time.monotonic()
        with one_round(f"asking how channel {self._channel_id} is"), self._flask.app_context():
            return ask(self._channel_id)
        return False


def ask(channel_id: int) -> bool:
    """Ask once and write the answer down; True if the account is well, or gone."""
    row = row_of(channel_id)
    # No transaction stays open while the other side is asked.
    db.session.rollback()
    if row is None:
        return True
    try:
        connector = connector_of(row)
    except (UnknownKind, SealBroken, ValueError) as error:
        health = Health(is_ok=False, words=f"Der Kanal ist falsch eingestellt: {error}")
    else:
        health = Health(is_ok=False, words="Die Anfrage nach dem Zustand brach unerwartet ab.")
        with one_round(f"asking how channel {channel_id} is"):
            health = connector.health(now=clock.now())
    channels.report_health(channel_id, health, at=clock.now())
    if not health.is_ok:
        log.warning("channel %s: %s", channel_id, health.words)
    return health.is_ok
