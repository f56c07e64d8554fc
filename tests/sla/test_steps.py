"""Ladders as they are written, and where a clock comes to each step."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.hours import BusinessHours
from sla.steps import DEFAULT, StepsError, level_of, read_steps, to_climb
from tests.sla.calendars import CARE, berlin, minutes
from tests.sla.climbing import SlowClock, written_ladders
from tests.sla.strategies import compiled, some_cases


def test_without_a_ladder_the_leads_hear_at_three_quarters_and_at_the_breach() -> None:
    rungs = DEFAULT.rungs(CARE, since=berlin("2025-06-03 09:00"), within=minutes(240))

    assert [(rung.name, rung.at) for rung in rungs] == [
        ("75", berlin("2025-06-03 12:00")),
        ("breach", berlin("2025-06-03 13:00")),
    ]


def test_the_rungs_of_a_hand_over_on_a_friday() -> None:
    """O2 of the examples: work within 240 minutes from Friday two o'clock; Monday is Whit Monday."""
    steps = read_steps([{"at": at, "to": ["lead"]} for at in (90, "50%", 75)])

    rungs = steps.rungs(CARE, since=berlin("2025-06-06 14:00"), within=minutes(240))

    assert [rung.at for rung in rungs] == [
        berlin("2025-06-06 16:00"),
        berlin("2025-06-06 17:00"),
        berlin("2025-06-10 09:36"),
        berlin("2025-06-10 10:00"),
    ]


def test_what_was_used_before_a_rest_counts() -> None:
    rungs = DEFAULT.rungs(CARE, since=berlin("2025-06-03 12:00"), within=minutes(240), used=minutes(200))

    assert [rung.at for rung in rungs] == [berlin("2025-06-03 12:00"), berlin("2025-06-03 12:40")]


def test_repetitions_lie_in_the_recipients_hours() -> None:
    steps = read_steps([{"at": "breach", "to": ["lead"], "repeat": {"every": 240, "most": 3}}])

    repeated = steps.repeated(berlin("2025-06-06 17:00"), [CARE])

    assert [(rung.name, rung.at) for rung in repeated] == [
        ("repeat1", berlin("2025-06-10 13:00")),
        ("repeat2", berlin("2025-06-10 17:00")),
        ("repeat3", berlin("2025-06-11 13:00")),
    ]


def test_steps_of_a_repetition_are_those_of_its_own_breach() -> None:
    again = {"at": "breach", "to": ["agent:7"], "repeat": {"every": 60}}
    steps = read_steps([{"at": "breach", "to": ["lead"]}, again])

    assert [step.to for step in steps.of("breach")] == [("lead",), ("agent:7",)]
    assert [step.to for step in steps.of("repeat1")] == [("agent:7",)]


def test_rungs_are_ordered_by_what_has_passed() -> None:
    names = ["", "5", "50", "100", "breach", "repeat1", "repeat10"]
    assert [level_of(name) for name in names] == sorted({level_of(name) for name in names})


@pytest.mark.parametrize(
    ("rung", "reason"),
    [
        ({"at": 0, "to": []}, "neither a percentage"),
        ({"at": 101, "to": []}, "neither a percentage"),
        ({"at": "later", "to": []}, "neither a percentage"),
        ({"at": True, "to": []}, "neither a percentage"),
        ({"at": 50, "to": ["everybody"]}, "nobody is called 'everybody'"),
        ({"at": 50, "to": ["agent:0"]}, "nobody is called"),
        ({"at": 50, "to": "lead"}, "is no list"),
        ({"at": 50, "to": [], "via": ["fax"]}, "there is no way called 'fax'"),
        ({"at": 50, "to": [], "repeat": {"every": 60}}, "only a breach is repeated"),
        ({"at": "breach", "to": [], "repeat": {"every": 0}}, "at least 1"),
        ({"at": "breach", "to": [], "repeat": {"every": 5, "most": 100}}, "from 1 to 99"),
        ({"at": "breach", "to": [], "repeat": 60}, "number of minutes"),
    ],
)
def test_a_ladder_nobody_can_climb_is_refused_with_the_reason(rung: dict[str, object], reason: str) -> None:
    with pytest.raises(StepsError, match=reason):
        read_steps([rung])


def test_a_ladder_has_one_rhythm() -> None:
    with pytest.raises(StepsError, match="one rhythm"):
        read_steps([{"at": "breach", "to": [], "repeat": {"every": every}} for every in (60, 90)])


@some_cases
@given(compiled(), compiled(), written_ladders(), st.integers(1, 900), st.lists(st.integers(-60, 20_000), max_size=12))
def test_whatever_a_tick_does_what_fires_is_what_a_slow_reference_says(
    calendar: tuple[BusinessHours, datetime],
    works: tuple[BusinessHours, datetime],
    written: list[dict[str, object]],
    target: int,
    visits: list[int],
) -> None:
    hours, opened_at = calendar
    recipient, _ = works
    steps, within = read_steps(written), timedelta(minutes=target)
    slow = SlowClock(hours, opened_at, within, steps.percents, steps.every, steps.most, [recipient])
    fired, superseded, at_most = "", [], [rung.at for rung in steps.rungs(hours, since=opened_at, within=within)]
    done: list[str] = []
    for at in sorted([*(opened_at + timedelta(minutes=visit) for visit in visits), *at_most]):
        rungs = list(steps.rungs(hours, since=opened_at, within=within))
        if rungs[-1].at <= at:
            rungs += steps.repeated(rungs[-1].at, [recipient])
        passed, ahead = to_climb(rungs, fired, at)
        if passed:
            fired = passed[-1].name
            done.append(fired)
            superseded += [rung.name for rung in passed[:-1]]
        assert ahead is None or ahead.at > at
        slow.tick(at)
    assert (done, superseded) == (slow.fired, slow.superseded)
