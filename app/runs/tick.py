"""The tick: fires what is due, second by second, and sweeps; of several ticks one works and the others stand by."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from flask import Flask

from app import clock
from app.desk import escalation, parts, promise_rungs
from app.runs import comparing, lifeline
from app.runs.pulse import Pulse
from app.runs.rounds import one_round
from app.runs.sweep import Sweeper

log = logging.getLogger(__name__)
EVERY = 0.5
MOST_PAUSE = 5.0
SWEEP_EVERY = 5.0
LEASE = "tick"
LEASE_WITHIN = 15.0
RENEW_EVERY = 4.0
REST = 60.0
"""Seconds for which a row that could not be fired is left alone, so that it does not hold up the others."""

LADDERS: tuple[tuple[str, Callable[..., list[int]], Callable[..., str]], ...] = (
    ("obligation", escalation.due, escalation.fire),
    ("promise", promise_rungs.due, promise_rungs.fire),
)
"""What the tick climbs: its name, what is due by now, and how one rung is fired."""


class Ticker:
    """Fires due rungs while it holds the lease."""

    def __init__(self, flask: Flask, owner: str) -> None:
        self._flask, self._owner = flask, owner
        self._held_until = float("-inf")
        self._renew_at = float("-inf")
        self._resting: dict[tuple[str, int], float] = {}

    @property
    def is_leading(self) -> bool:
        return time.monotonic() < self._held_until

    def tick(self) -> None:
        """Fire everything that is due now; nothing while another tick leads."""
        if time.monotonic() >= self._renew_at:
            self._renew()
        if self.is_leading:
            now = time.monotonic()
            self._resting = {id_: until for id_, until in self._resting.items() if until > now}
            for ladder, due, fire in LADDERS:
                for id_ in due(at=clock.now()):
                    if (ladder, id_) not in self._resting and not self._fired(ladder, id_, fire):
                        break

    def _fired(self, ladder: str, id_: int, fire: Callable[..., str]) -> bool:
        """Fire, or let a row rest that cannot be fired; False where no other could be fired either."""
        with one_round(f"firing {ladder} {id_}") as this:
            fire(id_, at=clock.now())
        if this.is_unexpected:
            self._resting[ladder, id_] = time.monotonic() + REST
        return this.went_well or this.is_unexpected

    def _renew(self) -> None:
        asked_at = time.monotonic()
        is_ours = parts.lease(LEASE, owner=self._owner, within=LEASE_WITHIN)
        self._held_until = asked_at + LEASE_WITHIN - 2.0 if is_ours else float("-inf")
        self._renew_at = asked_at + (RENEW_EVERY if is_ours else 1.0)

    def let_go(self) -> None:
        """Give the lease back at the end, so that the next tick need not wait."""
        with one_round("giving the lease back"), self._flask.app_context():
            parts.release(LEASE, owner=self._owner)


def run(flask: Flask) -> None:
    """Tick until a signal comes."""
    stop = lifeline.Stop().on_signals()
    lifeline.watch_parent()
    ticker = Ticker(flask, lifeline.owner())
    sweeping = threading.Thread(target=_sweep, args=(flask, ticker, stop), name="sweep", daemon=True)
    sweeping.start()
    matching = threading.Thread(target=_compare, args=(flask, ticker, stop), name="compare", daemon=True)
    matching.start()
    with Pulse(flask, "tick", is_alive=lambda: ticker.is_leading):
        pause = 0.0
        while not stop.wait(pause):
            with one_round("tick") as this, flask.app_context():
                ticker.tick()
            pause = EVERY if this.went_well else min(max(pause, EVERY) * 2, MOST_PAUSE)
    sweeping.join(3.0)
    matching.join(3.0)
    ticker.let_go()


def _sweep(flask: Flask, ticker: Ticker, stop: lifeline.Stop) -> None:
    sweeper = Sweeper()
    while not stop.wait(SWEEP_EVERY):
        if ticker.is_leading:
            with one_round("sweep"), flask.app_context():
                sweeper.sweep()


def _compare(flask: Flask, ticker: Ticker, stop: lifeline.Stop) -> None:
    while not stop.wait(comparing.EVERY):
        if ticker.is_leading:
            with one_round("comparing"), flask.app_context():
                comparing.compare_new(at=clock.now())
