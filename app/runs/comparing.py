"""Comparing tickets with the others whenever something was heard, and joining what is proven to be one matter.

It looks by itself every second or two: filing, which is measured in milliseconds, hands nothing over.
"""

from __future__ import annotations

import logging

from app import clock
from app.desk import comparing, joining, merging
from app.errors import FadenError
from app.runs.rounds import one_round
from routing.identity import Proof

log = logging.getLogger(__name__)
EVERY = 1.5
"""Seconds between two looks."""


def compare_new() -> int:
    """Compare every ticket that something was heard on since it was last compared, and return how many."""
    waiting = comparing.uncompared()
    for ticket_id in waiting:
        with one_round(f"comparing ticket {ticket_id}") as this:
            compare(ticket_id)
        if this.is_unexpected:
            # It must not hold up the others for ever; the next message brings it back.
            comparing.let_be(ticket_id, at=clock.now())
    return len(waiting)


def compare(ticket_id: int) -> None:
    """Compare one ticket; a proven person is merged first, and then the matters are weighed once more."""
    done = comparing.compare(ticket_id, at=clock.now())
    if done.proven_customer_id is not None and _is_merged(ticket_id, done.proven_customer_id, order=done.order):
        done = comparing.compare(ticket_id, at=clock.now())
    if done.joins_into is not None:
        try:
            joining.join(ticket_id, into=done.joins_into, by=None, at=clock.now())
        except FadenError as refused:
            log.info("ticket %s is not joined into %s: %s", ticket_id, done.joins_into, refused)


def _is_merged(ticket_id: int, owner_id: int, *, order: str) -> bool:
    """Make one customer of the writer and the owner of the order that they have proven to be theirs."""
    writer_id = comparing.customer_of(ticket_id)
    try:
        merging.merge(
            owner_id, writer_id, proof=Proof.ORDER_AND_FACT, evidence={"order": order}, by=None, at=clock.now()
        )
    except FadenError as refused:
        log.info("customer %s is not merged into %s: %s", writer_id, owner_id, refused)
        return False
    return True
