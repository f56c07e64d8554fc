"""Comparing tickets with the others whenever something was heard, and joining what is proven to be one matter.

It looks by itself every second or two: filing, which is measured in milliseconds, hands nothing over.
"""

from __future__ import annotations

import logging
from datetime import datetime

from app.desk import comparing, joining, proofs
from app.desk.comparing import Compared
from app.errors import FadenError
from app.runs.rounds import one_round

log = logging.getLogger(__name__)
EVERY = 1.5
"""Seconds between two looks."""


def compare_new(*, at: datetime) -> int:
    """Compare every ticket that something was heard on since it was last compared, and return how many."""
    waiting = comparing.uncompared()
    if waiting:
        with one_round("keeping what customers name"):
            comparing.remember(waiting)
    quiet: list[Compared] = []
    for ticket_id in waiting:
        with one_round(f"comparing ticket {ticket_id}") as this:
            found = comparing.look(ticket_id, at=at)
            if found.has_news:
                act_on(found, at=at)
            else:
                quiet.append(found)
        if this.is_unexpected:
            # It must not hold up the others for ever; the next message brings it back.
            comparing.let_be(ticket_id, at=at)
    if quiet:
        comparing.write_down(quiet, at=at)
    return len(waiting)


def act_on(found: Compared, *, at: datetime) -> None:
    """Write down what was found; a proven person is merged first, and then the matters are weighed once more."""
    if found.proven_customer_id is not None and _is_merged(found, found.proven_customer_id, at=at):
        found = comparing.look(found.ticket_id, at=at)
    comparing.write_down([found], at=at)
    if found.joins_into is not None:
        try:
            # The older number stays, whichever of the two was compared: it is the one that people were told first.
            younger, older = max(found.ticket_id, found.joins_into), min(found.ticket_id, found.joins_into)
            joining.join(younger, into=older, by=None, at=at)
        except FadenError as refused:
            log.info("ticket %s is not joined into %s: %s", found.ticket_id, found.joins_into, refused)


def _is_merged(found: Compared, owner_id: int, *, at: datetime) -> bool:
    """Make one customer of the writer and of whom they have proven to be."""
    writer_id = comparing.customer_of(found.ticket_id)
    try:
        proofs.join(owner_id, writer_id, proof=found.proof, evidence=found.evidence, at=at)
    except FadenError as refused:
        log.info("customer %s is not merged into %s: %s", writer_id, owner_id, refused)
        return False
    return True
