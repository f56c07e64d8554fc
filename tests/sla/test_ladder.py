from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.ladder import Rung, next_rung, to_fire

NOON = datetime(2025, 6, 3, 12, tzinfo=UTC)
WARN50, WARN75, BREACH = RUNGS = tuple(
    Rung(name, NOON + timedelta(minutes=minute)) for name, minute in (("warn50", 0), ("warn75", 15), ("breach", 30))
)


@pytest.mark.parametrize(
    ("fired", "minute", "now_due", "ahead"),
    [
        pytest.param(None, -1, None, WARN50, id="too early"),
        pytest.param(None, 0, WARN50, WARN75, id="at its own instant"),
        pytest.param("warn50", 14, None, WARN75, id="already fired"),
        pytest.param("warn50", 15, WARN75, BREACH, id="the next one"),
        pytest.param(None, 29, WARN75, BREACH, id="a late worker leaves out the lower one"),
        pytest.param(None, 90, BREACH, None, id="a very late worker fires the breach only"),
        pytest.param("breach", 90, None, None, id="nothing above the breach"),
        pytest.param("warn20", 0, WARN50, WARN75, id="a rung the policy no longer has"),
    ],
)
def test_a_worker_fires_only_the_highest_rung_that_passed(
    fired: str | None, minute: int, now_due: Rung | None, ahead: Rung | None
) -> None:
    assert to_fire(RUNGS, fired, NOON + timedelta(minutes=minute)) == (now_due, ahead)


def test_the_next_rung_is_the_one_above() -> None:
    assert [next_rung(RUNGS, after) for after in (None, "warn50", "warn75", "breach")] == [*RUNGS, None]


@given(st.lists(st.integers(-10, 60), max_size=12).map(sorted))
def test_no_rung_fires_twice_and_the_breach_is_never_lost(visits: list[int]) -> None:
    fired: list[str] = []
    for minute in [*visits, 61]:
        rung, ahead = to_fire(RUNGS, fired[-1] if fired else None, NOON + timedelta(minutes=minute))
        if rung:
            fired.append(rung.name)
        assert ahead == next_rung(RUNGS, fired[-1] if fired else None)
    assert len(fired) == len(set(fired))
    assert fired[-1] == "breach"
