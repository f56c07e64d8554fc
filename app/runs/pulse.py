"""Signs of life in the database, by which /healthz knows how the parts are."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Self

from flask import Flask

from app.desk import parts
from app.runs.rounds import one_round

BEAT_WITHIN = 5.0


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
