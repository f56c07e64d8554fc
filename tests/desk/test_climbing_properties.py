"""Whatever ladder, whenever the tick looks: the database holds exactly the rungs that a slow reference names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.db import db
from app.desk import aims, escalation, rulebook, status
from app.models import Agent, Firing, Ladder
from sla.steps import read_steps
from tests import world as cast
from tests.desk.ladders import climb_by, works
from tests.sla.climbing import SlowClock, written_ladders
from tests.sla.strategies import some_cases
from tests.world import MONDAY_NINE, World


@pytest.fixture
def ladder(world: World) -> int:
    works(world.cleo, "10:30", "15:00")
    return climb_by({"at": "breach", "to": ["lead"], "via": ["mail"]})


@settings(some_cases, max_examples=10)
@given(written=written_ladders(), visits=st.lists(st.integers(0, 6_000), max_size=8), started=st.integers(0, 10_000))
def test_the_firings_are_those_of_the_reference(
    world: World, ladder: int, written: list[dict[str, object]], visits: list[int], started: int
) -> None:
    opened_at = MONDAY_NINE + timedelta(minutes=started)
    rulebook.write_ladder(ladder, name="Leiter", rungs=written, at=opened_at)
    steps = read_steps(db.session.get_one(Ladder, ladder).rungs)
    filed = cast.hear(world, at=opened_at)
    (owed,) = cast.obligations(filed.ticket_id)
    key = f"obligation:{owed.id}"
    slow = SlowClock(
        aims.hours_of(owed.calendar_id, owed.calendar_version),
        opened_at,
        timedelta(minutes=owed.target_minutes),
        steps.percents,
        steps.every,
        steps.most,
        [aims.newest_hours(db.session.get_one(Agent, world.cleo.id).calendar_id).hours],
    )

    for at in sorted(opened_at + timedelta(minutes=visit) for visit in visits):
        for id_ in escalation.due(at=at):
            escalation.fire(id_, at=at)
        slow.tick(at)

    db.session.rollback()
    firings = db.session.query(Firing).filter_by(ticket_id=filed.ticket_id).order_by(Firing.id).all()
    assert {row.key for row in firings if not row.is_superseded} == {f"{key}:{rung}" for rung in slow.fired}
    assert {row.rung for row in firings if row.is_superseded} == set(slow.superseded)
    status.resolve(filed.ticket_id, by=world.ada, at=opened_at + timedelta(days=30))
