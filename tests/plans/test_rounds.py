"""What runs every half second must not grow with the shop: the tick's, the sweep's and the workers' questions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.desk import (
    aside,
    calls,
    clock_rungs,
    delivery,
    digests,
    envelopes,
    errands,
    escalation,
    notices,
    promise_rungs,
    pushing,
    visits,
    waking,
    webhook_calls,
)
from app.finders import parked, ticket
from app.runs import sweep
from app.runs.recount import repair_counters
from bench.crowd import number
from tests.plans.conftest import NOW, Crowd
from tests.plans.reading import asked_by, faults

ROUNDS: dict[str, Callable[[], object]] = {
    "the tick, what is due": lambda: escalation.due(at=NOW + timedelta(hours=3)),
    "the tick, promises that are due": lambda: promise_rungs.due(at=NOW + timedelta(hours=3)),
    "the tick, clocks of tickets that are due": lambda: clock_rungs.due(at=NOW + timedelta(hours=3)),
    "the tick, whose rungs they are": lambda: escalation.teams(escalation.due(at=NOW + timedelta(hours=3))),
    "the tick, digests to be written": lambda: digests.ready(at=NOW),
    "the tick, words whose time has come": lambda: waking.due(at=NOW),
    "the sweep, calls whose end was never told": lambda: calls.unheard(at=NOW),
    "the sweep, claims never settled": lambda: delivery.lost(lease=90),
    "the sweep, what waits to be sent": lambda: delivery.waiting(at=NOW),
    "the sweep, notices never settled": lambda: notices.lose_track(lease=90),
    "the sweep, notices that wait": lambda: notices.waiting(at=NOW),
    "the sweep, pushes never settled": lambda: pushing.lose_track(lease=90),
    "the sweep, pushes that wait": lambda: pushing.waiting(at=NOW),
    "the sweep, calls of webhooks never settled": lambda: webhook_calls.lose_track(lease=90),
    "the sweep, calls of webhooks that wait": lambda: webhook_calls.waiting(at=NOW),
    "the sweep, errands never settled": lambda: errands.lose_track(lease=90),
    "the sweep, errands that wait": lambda: errands.waiting(at=NOW),
    "the sweep, what came too early": aside.ready,
    "the sweep, who looked at what was closed long ago": lambda: visits.forget(closed_before=NOW),
    "the sweep, what was never filed": sweep._unfiled,
    "the badge of parked mail": envelopes.parked_count,
    "the list of parked mail": parked.parked,
}


@pytest.mark.parametrize("round_", ROUNDS)
def test_no_round_walks_a_table(crowd: Crowd, round_: str) -> None:
    assert faults(asked_by(ROUNDS[round_])) == []


@pytest.mark.parametrize("place", [1, 3, 99])
def test_the_ticket_page_reads_its_own_rows_only(crowd: Crowd, place: int) -> None:
    asked = asked_by(lambda: ticket.page(crowd.admin, number(place)))
    assert faults(asked) == []


def test_the_crowd_is_a_shop_that_could_be(crowd: Crowd) -> None:
    """What everything here is measured on must be what the verbs would have written."""
    assert repair_counters() == {}
