"""The tick: fires what is due, second by second, and sweeps; of several ticks one works and the others stand by."""

from __future__ import annotations

import logging
import threading
import time

from flask import Flask

from app import clock
from app.desk import parts
from app.runs import comparing, leaving, lifeline
from app.runs.climb import Climb
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
PROGRESSES_WITHIN = 15.0
"""Seconds after which a tick that leads but gets nothing done counts as standing still."""


class Ticker:
    """Fires due rungs while it holds the lease."""

    def __init__(self, flask: Flask, owner: str) -> None:
        self._flask, self._owner = flask, owner
        self._held_until = float("-inf")
        self._renew_at = float("-inf")
        self._climb = Climb(most=flask.config["FADEN"].digest_above)
        self._went_well_at = time.monotonic()

    @property
    def is_leading(self) -> bool:
        return time.monotonic() < self._held_until

    @property
    def is_progressing(self) -> bool:
        """Say whether it got something done lately, or found that nothing was to be done."""
        return time.monotonic() - self._went_well_at < PROGRESSES_WITHIN

    def tick(self) -> None:
        """Fire everything that is due now; nothing while another tick leads."""
        if self._leads() and self._climb.round(goes_on=self._goes_on):
            self._went_well_at = time.monotonic()

    def _goes_on(self) -> bool:
        """Note that something got done, and keep the lease however long a round takes."""
        self._went_well_at = time.monotonic()
        return self._leads()

    def _leads(self) -> bool:
        if time.monotonic() >= self._renew_at:
            self._renew()
        return self.is_leading

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
    letting_go = threading.Thread(target=_let_go, args=(flask, ticker, stop), name="leaving", daemon=True)
    letting_go.start()
    with Pulse(flask, "tick", is_alive=lambda: ticker.is_leading and ticker.is_progressing):
        pause = 0.0
        while not stop.wait(pause):
            with one_round("tick") as this, flask.app_context():
                ticker.tick()
            pause = EVERY if this.went_well else min(max(pause, EVERY) * 2, MOST_PAUSE)
    sweeping.join(3.0)
    matching.join(3.0)
    letting_go.join(3.0)
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


def _let_go(flask: Flask, ticker: Ticker, stop: lifeline.Stop) -> None:
    gate, pause = leaving.Gate(), leaving.EVERY
    while not stop.wait(pause):
        pause = leaving.EVERY
        if ticker.is_leading:
            with one_round("letting answers go"), flask.app_context():
                pause = gate.open()
