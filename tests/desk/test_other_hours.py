"""Policies in other hours take over and give back, in hours that were edited: what is stored still follows."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from app.desk import aims, rulebook
from tests.desk.play import ACTS, Play
from tests.desk.test_edits_replayed import WINDOWS, edit
from tests.desk.voices import Page
from tests.world import MONDAY_NINE, WEEKDAYS

CHANGES = ("raised", "raised", "lowered", "tagged", "untagged", "writes", "answered", "fails", "split", "unsplit")
acts = some.lists(
    some.tuples(some.sampled_from(CHANGES + ACTS), some.integers(0, 2), some.sampled_from([1, 45, 200, 900])),
    max_size=10,
)


@pytest.fixture
def shop(page: Page) -> Page:
    """The shop with policies for what is urgent and who is important in the hours of the evening."""
    by_day = aims.newest_hours(None).calendar_id
    evening = rulebook.write_calendar(
        None,
        name="Abends",
        time_zone="Europe/Berlin",
        weekly_hours={day: [["17:00", "21:00"]] for day in WEEKDAYS},
        at=MONDAY_NINE,
    )
    for route in ("email", "messenger"):
        _aim(page, route, by_day, 240)
        _aim(page, route, evening, 60, tag="vip")
        _aim(page, route, evening, 30, priority="urgent")
    return page


def _aim(page: Page, route: str, calendar_id: int, minutes: int, **criteria: str) -> None:
    rulebook.write_policy(
        None,
        name=f"{route} {minutes}",
        route=route,
        team_id=page.world.care,
        calendar_id=calendar_id,
        targets={
            "first": {"normal": minutes, "urgent": minutes // 4},
            "next": {"normal": minutes * 2},
            "resolution": {"normal": minutes * 4, "urgent": minutes},
        },
        valid_from=aims.BEGINNING,
        at=MONDAY_NINE,
        **criteria,
    )


@settings(
    max_examples=int(os.environ.get("PLAYS", "5")),
    # The suite plays the same plays each time; new ones are looked for with PLAYS=300.
    derandomize="PLAYS" not in os.environ,
    # An edit stays for the plays after it, so a smaller play is another one.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(days_ahead=some.integers(0, 2), windows=some.sampled_from(WINDOWS), after=acts)
def test_nothing_that_is_stored_differs_where_hours_do(
    shop: Page, days_ahead: int, windows: list[list[str]], after: list[tuple[str, int, int]]
) -> None:
    play = Play(shop.world, shop)
    play.begin()
    edit(play, days_ahead=days_ahead, windows=windows)
    assert play.differences() == [], play.done
    for act in after:
        play.act(*act)
        assert play.differences() == [], play.done
