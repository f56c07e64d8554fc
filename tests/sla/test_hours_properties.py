"""What must hold for every calendar and every instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sla.hours import BusinessHours
from tests.sla.oracle import WallClock
from tests.sla.strategies import budgets, calendars, compiled, many_cases, some_cases

MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


@some_cases
@given(calendars(), st.integers(0, 300))
def test_a_deadline_agrees_with_counting_minutes(case: tuple[dict[str, Any], datetime], budget: int) -> None:
    written, start = case
    hours, wall = BusinessHours.compile(**written), WallClock(written)
    within = timedelta(minutes=budget)
    assert hours.due(start, within) == wall.due(start, budget)
    assert hours.breach(start, within) == wall.breach(start, budget)


@some_cases
@given(calendars(), st.integers(0, 5000))
def test_elapsed_time_agrees_with_counting_minutes(case: tuple[dict[str, Any], datetime], length: int) -> None:
    written, start = case
    end = start + timedelta(minutes=length)
    counted = WallClock(written).between(start, end)
    assert BusinessHours.compile(**written).between(start, end) == timedelta(minutes=counted)


@some_cases
@given(calendars())
def test_being_open_agrees_with_the_wall_clock(case: tuple[dict[str, Any], datetime]) -> None:
    written, start = case
    hours, wall = BusinessHours.compile(**written), WallClock(written)
    instants = [start + timedelta(minutes=17 * step) for step in range(200)]
    assert [hours.is_open(at) for at in instants] == [wall.is_open(at) for at in instants]


@many_cases
@given(compiled(), budgets)
def test_the_target_is_used_up_at_the_due_time_and_not_before(
    case: tuple[BusinessHours, datetime], within: timedelta
) -> None:
    hours, start = case
    due_at = hours.due(start, within)
    assert hours.between(start, due_at) == within
    assert hours.between(start, due_at - MICROSECOND) < within


@many_cases
@given(compiled(), budgets)
def test_the_target_is_exceeded_right_after_the_breach(case: tuple[BusinessHours, datetime], within: timedelta) -> None:
    hours, start = case
    breach_at = hours.breach(start, within)
    assert hours.between(start, breach_at) == within
    assert hours.between(start, breach_at + MICROSECOND) > within


@many_cases
@given(compiled(), budgets)
def test_due_and_breach_differ_only_by_closed_time(case: tuple[BusinessHours, datetime], within: timedelta) -> None:
    hours, start = case
    due_at, breach_at = hours.due(start, within), hours.breach(start, within)
    assert start <= due_at <= breach_at
    assert hours.is_open(breach_at)
    assert (due_at == breach_at) == hours.is_open(due_at)


@many_cases
@given(compiled(), st.lists(st.integers(0, 10_000_000_000_000), min_size=2, max_size=2))
def test_elapsed_time_adds_up_and_never_exceeds_real_time(
    case: tuple[BusinessHours, datetime], steps: list[int]
) -> None:
    hours, first = case
    second = first + timedelta(microseconds=steps[0])
    third = second + timedelta(microseconds=steps[1])
    whole = hours.between(first, third)
    assert whole == hours.between(first, second) + hours.between(second, third)
    assert timedelta(0) <= whole <= third - first
    assert hours.between(third, first) == -whole


@many_cases
@given(calendars())
def test_a_pause_of_no_length_changes_nothing(case: tuple[dict[str, Any], datetime]) -> None:
    written, start = case
    plain = BusinessHours.compile(**written)
    paused = BusinessHours.compile(**{**written, "pauses": [*written["pauses"], (start, start)]})
    within = timedelta(minutes=90)
    assert paused.due(start, within) == plain.due(start, within)
    assert paused.breach(start, within) == plain.breach(start, within)


@many_cases
@given(compiled(), budgets, st.sampled_from(["Asia/Tokyo", "America/St_Johns", "Europe/Berlin"]))
def test_the_zone_in_which_an_instant_is_written_does_not_matter(
    case: tuple[BusinessHours, datetime], within: timedelta, zone: str
) -> None:
    hours, start = case
    elsewhere = start.astimezone(ZoneInfo(zone))
    assert hours.due(elsewhere, within) == hours.due(start, within)
    assert hours.due(elsewhere, within).tzinfo is UTC
    assert hours.between(elsewhere, start + SECOND) == hours.between(start, start + SECOND)


@some_cases
@given(calendars(), st.lists(st.integers(1995, 2060), min_size=1, max_size=3))
def test_the_order_of_questions_does_not_matter(case: tuple[dict[str, Any], datetime], years: list[int]) -> None:
    written, start = case
    asked, fresh = BusinessHours.compile(**written), BusinessHours.compile(**written)
    for year in years:
        asked.due(start.replace(year=year, day=min(start.day, 28)), timedelta(minutes=7))
    within = timedelta(hours=100)
    assert asked.due(start, within) == fresh.due(start, within)
    assert asked.between(start, start + timedelta(days=40)) == fresh.between(start, start + timedelta(days=40))


@some_cases
@given(compiled())
def test_the_windows_of_the_days_add_up_to_the_elapsed_time(case: tuple[BusinessHours, datetime]) -> None:
    hours, start = case
    days = [start.date() + timedelta(days=offset) for offset in range(-2, 12)]
    windows = [window for on in days for window in hours.windows_on(on)]
    summed = sum((closes - opens for opens, closes in windows), timedelta(0))
    assert windows == sorted(windows)
    if windows:
        assert hours.between(windows[0][0], windows[-1][1]) == summed
