"""The worked examples, as far as a single obligation goes; times are Berlin local."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.hours import BusinessHours
from sla.obligations import Verdict, elapsed, kind_of, open_obligation, verdict
from sla.targets import Kind, Priority, Route, Target, choose, route_of
from tests.sla.calendars import CARE, SOCIAL, berlin, minutes
from tests.sla.strategies import budgets, compiled, some_cases


@pytest.mark.parametrize(
    ("hours", "at", "target", "due"),
    [
        pytest.param(CARE, "2025-06-03 09:00", 240, "2025-06-03 13:00", id="W1 mail"),
        pytest.param(SOCIAL, "2025-06-03 10:00", 30, "2025-06-03 10:30", id="W1 Messenger"),
        pytest.param(CARE, "2025-06-03 20:30", 240, "2025-06-04 13:00", id="W5 mail at night"),
        pytest.param(SOCIAL, "2025-06-07 12:05", 60, "2025-06-07 13:05", id="W6 post on Saturday"),
        pytest.param(CARE, "2025-06-06 16:00", 240, "2025-06-10 12:00", id="W7 Whit Monday"),
        pytest.param(SOCIAL, "2025-03-30 09:50", 30, "2025-03-30 10:30", id="W14 spring"),
        pytest.param(CARE, "2025-10-24 16:00", 240, "2025-10-27 12:00", id="W15 autumn"),
    ],
)
def test_an_obligation_is_due_in_its_own_hours(hours: BusinessHours, at: str, target: int, due: str) -> None:
    assert open_obligation(berlin(at), Kind.FIRST, minutes(target), hours).due_at == berlin(due)


def test_the_rungs_of_a_short_clock_stand_at_their_share_of_it() -> None:
    opening = open_obligation(berlin("2025-06-03 10:00"), Kind.FIRST, minutes(30), SOCIAL, warn_percent=(90, 50, 75))
    assert [(rung.name, rung.at) for rung in opening.rungs] == [
        ("warn50", berlin("2025-06-03 10:15")),
        ("warn75", berlin("2025-06-03 10:22:30")),
        ("warn90", berlin("2025-06-03 10:27")),
        ("breach", berlin("2025-06-03 10:30")),
    ]


@pytest.mark.parametrize(
    ("answered", "expected", "spent"),
    [
        pytest.param("2025-06-06 17:00", Verdict.MET, 240, id="at closing time"),
        pytest.param("2025-06-06 19:40", Verdict.MET, 240, id="W8 in overtime"),
        pytest.param("2025-06-10 09:00", Verdict.MET, 240, id="W8b as it opens again"),
        pytest.param("2025-06-10 09:01", Verdict.BREACHED, 241, id="W8c a minute later"),
        pytest.param("2025-06-06 12:59", Verdict.MET, 0, id="before it was opened"),
    ],
)
def test_an_answer_is_met_until_the_target_is_exceeded(answered: str, expected: Verdict, spent: int) -> None:
    opened_at = berlin("2025-06-06 13:00")
    assert verdict(CARE, opened_at, minutes(240), berlin(answered)) is expected
    assert elapsed(CARE, opened_at, berlin(answered)) == minutes(spent)


@pytest.mark.parametrize(
    ("answered", "held", "expected"),
    [(False, False, Kind.FIRST), (True, False, Kind.NEXT), (False, True, Kind.NEXT), (True, True, Kind.NEXT)],
)
def test_only_an_unanswered_matter_is_owed_a_first_response(*, answered: bool, held: bool, expected: Kind) -> None:
    assert kind_of(answered_substantively_since_reopen=answered, conversation_held=held) is expected


@some_cases
@given(compiled(), budgets, st.integers(0, 10_000_000_000_000))
def test_a_verdict_is_breached_exactly_after_the_breach(
    case: tuple[BusinessHours, datetime], within: timedelta, later: int
) -> None:
    hours, at = case
    opening = open_obligation(at, Kind.FIRST, within, hours)
    answered_at = at + timedelta(microseconds=later)
    is_met = verdict(hours, at, within, answered_at) is Verdict.MET
    assert is_met == (answered_at <= opening.breach_at)


@some_cases
@given(compiled(), budgets)
def test_the_rungs_rise_and_end_with_the_breach(case: tuple[BusinessHours, datetime], within: timedelta) -> None:
    hours, at = case
    opening = open_obligation(at, Kind.NEXT, within, hours, warn_percent=(50, 75, 90))
    instants = [rung.at for rung in opening.rungs]
    assert instants == sorted(instants)
    assert instants[-1] == opening.breach_at
    assert at <= opening.soon_at <= opening.due_at


@pytest.mark.parametrize(
    ("kind", "is_public", "route"),
    [
        ("email", False, Route.EMAIL),
        ("form", False, Route.EMAIL),
        ("phone", False, Route.PHONE),
        ("whatsapp", False, Route.MESSENGER),
        ("x", False, Route.MESSENGER),
        ("x", True, Route.PUBLIC),
        ("instagram", True, Route.PUBLIC),
    ],
)
def test_a_message_takes_the_route_of_its_channel(*, kind: str, is_public: bool, route: Route) -> None:
    assert route_of(kind, is_public=is_public) is route


def test_a_priority_without_a_target_takes_the_normal_one() -> None:
    normal = Target(Route.EMAIL, Kind.FIRST, minutes(240), "care")
    urgent = Target(Route.EMAIL, Kind.FIRST, minutes(60), "care", Priority.URGENT)
    wanted = {"route": Route.EMAIL, "kind": Kind.FIRST, "priority": Priority.URGENT}
    assert choose([urgent, normal], **wanted) is urgent  # type: ignore[arg-type]
    assert choose([normal], **wanted) is normal  # type: ignore[arg-type]
    assert choose([], **wanted) is None  # type: ignore[arg-type]
