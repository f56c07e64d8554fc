"""A calendar is edited between any acts: what is stored still follows from what happened."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from app.db import db
from app.desk import customers, rulebook
from app.models import Calendar, Ticket
from tests import world as cast
from tests.desk.play import ACTS, Play
from tests.desk.voices import Page

BERLIN = ZoneInfo("Europe/Berlin")
WINDOWS: tuple[list[list[str]], ...] = (
    [],
    [["09:00", "17:00"]],
    [["07:00", "12:00"], ["13:00", "22:00"]],
    [["14:00", "14:30"]],
)
acts = some.lists(
    some.tuples(some.sampled_from(ACTS), some.integers(0, 2), some.sampled_from([1, 45, 200, 900])), max_size=6
)
few = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def edit(play: Play, *, days_ahead: int, windows: list[list[str]]) -> None:
    """Give one of the days to come other hours, from that day on."""
    row = db.session.query(Calendar).order_by(Calendar.id).first()
    assert row is not None
    day = play.now.astimezone(BERLIN).date() + timedelta(days=days_ahead)
    rulebook.write_calendar(
        row.id,
        name=row.name,
        time_zone=row.time_zone,
        weekly_hours=row.weekly_hours,
        own_days=row.holidays,
        special_hours={**row.special_hours, day.isoformat(): windows},
        valid_from=day,
        at=play.now,
    )


@few
@given(before=acts, days_ahead=some.integers(0, 3), windows=some.sampled_from(WINDOWS), after=acts)
def test_nothing_that_is_stored_differs_after_an_edit(
    page: Page,
    before: list[tuple[str, int, int]],
    days_ahead: int,
    windows: list[list[str]],
    after: list[tuple[str, int, int]],
) -> None:
    play = Play(page.world, page)
    play.begin()
    for act in before:
        play.act(*act)
    edit(play, days_ahead=days_ahead, windows=windows)
    assert play.differences() == [], play.done
    for act in after:
        play.act(*act)
        assert play.differences() == [], play.done


def test_what_a_raised_priority_left_is_weighed_in_the_hours_of_an_edit_of_today(page: Page) -> None:
    play = Play(page.world, page)
    play.begin()
    play.act("raised", 0, 180)
    play.now += timedelta(minutes=5)
    edit(play, days_ahead=0, windows=[["09:00", "09:30"], ["10:00", "17:00"]])

    # A quarter of the hour was left at noon, and still is.
    assert cast.obligations(play.ticket(0))[0].due_at == play.now + timedelta(minutes=10)
    assert play.differences() == []


@pytest.mark.parametrize("group", ["Vertrag", "Nirgends"])
def test_a_customer_who_comes_into_a_group_changes_nothing_that_does_not_follow(page: Page, group: str) -> None:
    play = Play(page.world, page)
    play.begin()
    calendar_id = db.session.query(Calendar.id).scalar()
    targets = {"first": {"normal": 20}, "next": {"normal": 20}}
    rulebook.write_policy(
        None, name="Vertrag", customer_group="Vertrag", calendar_id=calendar_id, targets=targets, at=play.now
    )
    customer_id = db.session.get_one(Ticket, play.ticket(0)).customer_id
    play.now += timedelta(minutes=1)
    customers.put_into(customer_id, group=group, by=play.ada, at=play.now)
    play.act("writes", 0, 30)
    assert play.differences() == []
    customers.put_into(customer_id, group="", by=play.ada, at=play.now)
    assert play.differences() == []
