"""What is stored of clocks follows from what happened: after any acts, in any order, a fresh projection says the same."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.desk import aims, rulebook
from app.models import HoldingMode
from tests.desk.play import ACTS, Play
from tests.desk.voices import Page
from tests.world import MONDAY_NINE

steps = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.sampled_from([1, 7, 45, 200, 900])), min_size=4, max_size=12
)
few = settings(
    max_examples=int(os.environ.get("PLAYS", "5")),
    # Making a play smaller takes longer than reading what was done in it.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Step = tuple[str, int, int]


@pytest.fixture(params=list(HoldingMode))
def mode(request: pytest.FixtureRequest) -> HoldingMode:
    """What a holding reply does in the shop."""
    found: HoldingMode = request.param
    return found


@pytest.fixture
def shop(page: Page, mode: HoldingMode) -> Page:
    """The shop with urgent targets on both channels, one more policy for important customers, and the phone."""
    calendar_id = aims.newest_hours(None).calendar_id
    for route, first in (("email", 240), ("messenger", 60), ("phone", 120)):
        for tag, minutes in ((None, first), ("vip", first // 2)):
            rulebook.write_policy(
                None,
                name=f"{route} {tag} {mode}",
                route=route,
                tag=tag,
                position=0,
                calendar_id=calendar_id,
                targets={
                    "first": {"normal": minutes, "urgent": minutes // 4},
                    "next": {"normal": minutes * 2, "urgent": minutes // 2},
                },
                holding=mode,
                valid_from=aims.BEGINNING + timedelta(seconds=1),
                at=MONDAY_NINE,
            )
    return page


def played(shop: Page, acts: list[Step]) -> Play:
    play = Play(shop.world, shop)
    play.begin()
    for act in acts:
        play.act(*act)
        assert play.differences() == [], play.done
    return play


@few
@given(acts=steps)
def test_what_is_stored_is_what_a_fresh_projection_says(shop: Page, acts: list[Step]) -> None:
    played(shop, acts)
