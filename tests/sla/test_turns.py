"""The clocks of resolution and update; times are Berlin local."""

from __future__ import annotations

import pytest

from sla.events import Event, Heard, Reopened, Resolved, Turn, Turned, Weight
from sla.targets import Route
from sla.turns import resolution, update_due_at
from tests.sla.calendars import CARE, berlin, minutes
from tests.sla.terms import heard, said


def turned(written: str, to: Turn = Turn.CUSTOMER) -> Event:
    return Turned(at=berlin(written), to=to)


@pytest.mark.parametrize(
    ("opened", "within", "events", "due"),
    [
        pytest.param(
            "2025-06-02 09:00",
            960,
            [turned("2025-06-02 12:00"), turned("2025-06-04 10:30", Turn.OURS)],
            "2025-06-05 15:30",
            id="R1 180 minutes were used",
        ),
        pytest.param(
            "2025-06-05 15:00",
            480,
            [turned("2025-06-05 16:00"), heard("2025-06-07 11:00")],
            "2025-06-10 16:00",
            id="R2 the customer answers on a Saturday",
        ),
        pytest.param(
            "2025-10-24 15:00",
            480,
            [turned("2025-10-24 16:30"), heard("2025-10-26 01:30")],
            "2025-10-27 15:30",
            id="R3 in the night of the autumn change",
        ),
    ],
)
def test_the_customer_s_time_does_not_count(opened: str, within: int, events: list[Event], due: str) -> None:
    clock = resolution(events, opened_at=berlin(opened), within=minutes(within), hours=CARE)
    assert clock.due_at(CARE) == berlin(due)


def test_a_resting_clock_has_no_deadline() -> None:
    clock = resolution(
        [turned("2025-06-02 12:00")], opened_at=berlin("2025-06-02 09:00"), within=minutes(960), hours=CARE
    )
    assert clock.due_at(CARE) is None
    assert clock.breach_at(CARE) is None
    assert clock.elapsed(CARE, berlin("2025-06-06 12:00")) == minutes(180)


@pytest.mark.parametrize(("counts", "used"), [(True, 480), (False, 60)])
def test_the_carrier_s_time_counts_if_the_policy_says_so(counts: bool, used: int) -> None:  # noqa: FBT001
    clock = resolution(
        [turned("2025-06-02 10:00", Turn.THIRD)],
        opened_at=berlin("2025-06-02 09:00"),
        within=minutes(960),
        hours=CARE,
        counts_third=counts,
    )
    assert clock.elapsed(CARE, berlin("2025-06-02 18:00")) == minutes(used)


def test_a_return_goes_on_with_the_time_used_and_keeps_the_first_resolution() -> None:
    events: list[Event] = [Resolved(at=berlin("2025-06-02 11:00")), heard("2025-06-04 09:00")]
    clock = resolution(events, opened_at=berlin("2025-06-02 09:00"), within=minutes(960), hours=CARE)
    assert clock.standing.first_resolved_at == berlin("2025-06-02 11:00")
    assert clock.elapsed(CARE, berlin("2025-06-04 10:00")) == minutes(180)


def test_a_resolution_that_is_taken_back_never_was() -> None:
    at = berlin("2025-06-02 09:00")
    undone: list[Event] = [Resolved(at=berlin("2025-06-02 11:00")), Reopened(at=berlin("2025-06-02 11:00"))]
    clock = resolution(undone, opened_at=at, within=minutes(960), hours=CARE)
    assert clock.due_at(CARE) == resolution([], opened_at=at, within=minutes(960), hours=CARE).due_at(CARE)


@pytest.mark.parametrize(
    ("events", "due"),
    [
        pytest.param(
            [heard("2025-06-03 09:00"), said("2025-06-03 10:12", weight=Weight.HOLDING)],
            "2025-06-04 10:12",
            id="U1 we are on it",
        ),
        pytest.param(
            [
                heard("2025-06-03 09:00"),
                said("2025-06-03 10:12", weight=Weight.HOLDING),
                said("2025-06-05 16:30", weight=Weight.HOLDING),
            ],
            "2025-06-06 16:30",
            id="U1 and again",
        ),
        pytest.param([heard("2025-06-03 09:00"), said("2025-06-03 10:12")], None, id="answered"),
        pytest.param(
            [heard("2025-06-03 09:00"), said("2025-06-03 10:12"), turned("2025-06-03 10:12", Turn.THIRD)],
            "2025-06-04 10:12",
            id="answered, and the carrier is asked",
        ),
        pytest.param([heard("2025-06-03 09:00")], None, id="nothing said yet"),
        pytest.param(
            [heard("2025-06-02 09:00"), said("2025-06-02 12:00"), heard("2025-06-04 10:30")],
            "2025-06-05 10:30",
            id="the customer's time does not count",
        ),
        pytest.param(
            [
                heard("2025-06-03 09:00"),
                said("2025-06-03 10:12", weight=Weight.HOLDING),
                Resolved(at=berlin("2025-06-03 12:00")),
            ],
            None,
            id="resolved",
        ),
    ],
)
def test_the_customer_hears_from_us_again(events: list[Event], due: str | None) -> None:
    found = update_due_at(events, every=minutes(480), hours=CARE)
    assert found == (berlin(due) if due else None)


def test_an_automatic_message_makes_it_nobody_s_turn() -> None:
    noise = Heard(at=berlin("2025-06-02 13:00"), route=Route.EMAIL, conversation="email", needs_answer=False)
    events = [turned("2025-06-02 12:00"), noise]
    clock = resolution(events, opened_at=berlin("2025-06-02 09:00"), within=minutes(960), hours=CARE)
    assert clock.due_at(CARE) is None
