"""The clocks of a hand-over climb the ladder of the team that is asked, and its leads hear, not the giver's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.desk import clock_rungs, handovers, people, rulebook
from app.models import ClockKind, Role
from tests.desk.handing import MINUTE, begin, change, clock, give, told
from tests.world import MONDAY_NINE, World


@pytest.fixture
def number(world: World) -> int:
    """Dora leads social; Cleo leads care, which hands over."""
    people.add_agent("dora@nordlicht.example", name="Dora", role=Role.LEAD, teams=["Social Media"], at=MONDAY_NINE)
    return begin(world)


def climb(number: int, *, until: timedelta) -> list[tuple[str, str]]:
    """Fire what is due of this ticket's clocks, minute by minute, and return each rung by its clock."""
    fired = []
    for minute in range(int(until / MINUTE) + 1):
        at = MONDAY_NINE + minute * MINUTE
        for kind in (ClockKind.ACCEPTANCE, ClockKind.WORK):
            id_ = clock(number, kind).id
            if id_ in clock_rungs.due(at=at) and (rung := clock_rungs.fire(id_, at=at)):
                fired.append((kind.value, rung))
    return fired


def test_the_leads_of_the_team_that_is_asked_hear(world: World, number: int) -> None:
    give(world, number)
    assert climb(number, until=16 * MINUTE) == [("acceptance", "75"), ("acceptance", "breach")]
    assert {name for _kind, name in told()} == {"Dora"}


def test_what_was_accepted_warns_nobody(world: World, number: int) -> None:
    give(world, number)
    handovers.accept(number, by=world.ben, at=MONDAY_NINE + 5 * MINUTE)
    assert climb(number, until=60 * MINUTE) == []
    assert told() == []


def test_the_work_climbs_on_after_the_acceptance(world: World, number: int) -> None:
    change(world.social, work_minutes=40)
    give(world, number)
    handovers.accept(number, by=world.ben, at=MONDAY_NINE)
    assert climb(number, until=45 * MINUTE) == [("work", "75"), ("work", "breach")]


def test_the_ladder_is_that_of_the_receiving_team(world: World, number: int) -> None:
    rungs: list[dict[str, Any]] = [
        {"at": 40, "to": ["lead"], "via": ["inbox"]},
        {"at": "breach", "to": ["lead"], "via": ["inbox"]},
    ]
    change(world.social, ladder_id=rulebook.write_ladder(None, name="Schnell", rungs=rungs, by_id=None, at=MONDAY_NINE))
    give(world, number)
    assert climb(number, until=10 * MINUTE) == [("acceptance", "40")]


def test_an_undone_acceptance_climbs_on_where_it_was(world: World, number: int) -> None:
    give(world, number)
    assert climb(number, until=12 * MINUTE) == [("acceptance", "75")]
    handovers.accept(number, by=world.ben, at=MONDAY_NINE + 12 * MINUTE)
    handovers.take_back_acceptance(number, by=world.ben, at=MONDAY_NINE + 12 * MINUTE)
    assert climb(number, until=16 * MINUTE) == [("acceptance", "breach")]
