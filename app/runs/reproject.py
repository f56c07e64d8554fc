"""The nightly proof: every stored deadline must be what a fresh projection of its ticket's log says.

It reports what differs and repairs nothing: a deadline that changes by itself would hide the error.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import current_app

from app import clock
from app.db import db
from app.desk import parts
from app.desk.aims import hours_of
from app.finders import replay
from app.finders.meters import PROOF, last_proof
from app.finders.replay_compare import Difference, differences
from app.runs import clock_proof

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Tickets that are read together."""
QUIET = range(2, 5)
"""Hours of the night, by the clock of the shop, in which it begins."""
MOST_TOLD = 50
"""Differences that are kept with the result; all are in the log."""
LOOKS = 3
"""A difference must be seen so often: somebody may have worked on the ticket while it was read."""


@dataclass(slots=True)
class Proof:
    """What was found so far."""

    on: str = ""
    tickets: int = 0
    differences: list[Difference] = field(default_factory=list)


def check(numbers: Sequence[int]) -> Iterator[tuple[int, list[Difference]]]:
    """Yield for each batch how many tickets it had, with all they were ever joined with, and what differs."""
    for start in range(0, len(numbers), AT_ONCE):
        yield _checked(numbers[start : start + AT_ONCE])


def check_all() -> Iterator[tuple[int, list[Difference]]]:
    """Do the same with every ticket."""
    after = 0
    while numbers := replay.numbers_after(after, limit=AT_ONCE):
        yield _checked(numbers)
        after = numbers[-1]


def _checked(numbers: Sequence[int]) -> tuple[int, list[Difference]]:
    looked_at, found = _look(numbers)
    for _ in range(LOOKS - 1):
        if found:
            _, found = _look(sorted({each.ticket for each in found}))
    # A family is seen with each of its tickets; what differs on one of them is told with that one.
    return len(looked_at.intersection(numbers)), [each for each in found if each.ticket in numbers]


def _look(numbers: Sequence[int]) -> tuple[set[int], list[Difference]]:
    """Return which tickets there are, and what differs on them."""
    db.session.rollback()
    book, families = replay.Book(hours_of), replay.families(numbers)
    found = [each for family in families for each in differences(family, book)]
    found += [*clock_proof.of_clocks(families), *clock_proof.of_rungs(families)]
    db.session.rollback()
    return {number for family in families for number in family.tickets}, found


class Nightly:
    """The proof in small steps between other work, once a night."""

    def __init__(self) -> None:
        self._running: Iterator[tuple[int, list[Difference]]] | None = None
        self._proof = Proof()

    def step(self, *, seconds: float = 0.3) -> None:
        """Go on for a moment, or begin when it is time."""
        if self._running is None:
            if not self._is_time():
                return
            self._running, self._proof = check_all(), Proof(on=_today().isoformat())
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            batch = next(self._running, None)
            if batch is None:
                self._running = None
                write_down(self._proof)
                return
            note(self._proof, *batch)

    def _is_time(self) -> bool:
        """Say whether it is night and tonight's proof is still to be made.

        The first one, and one that was missed by more than a day, is made at once: a machine may be off every night.
        """
        last = last_proof()
        if last is None or last.on < (_today() - timedelta(days=1)).isoformat():
            return True
        return last.on < _today().isoformat() and clock.now().astimezone(_zone()).hour in QUIET


def note(proof: Proof, tickets: int, found: Sequence[Difference]) -> None:
    """Count a batch, and say loudly what differs."""
    proof.tickets += tickets
    proof.differences += found
    for each in found:
        log.error("ticket %d, %s: stored %s, projected %s", *each)


def write_down(proof: Proof) -> None:
    """Keep the result where the figures and the doctor look for it."""
    told = [each._asdict() for each in proof.differences[:MOST_TOLD]]
    wrong = len(proof.differences)
    parts.beat(PROOF, on=proof.on or _today().isoformat(), tickets=proof.tickets, wrong=wrong, differences=told)


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["FADEN"].time_zone)


def _today() -> date:
    return clock.now().astimezone(_zone()).date()
