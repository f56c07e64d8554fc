"""The worked examples of several messages on one ticket; times are Berlin local."""

from __future__ import annotations

import pytest

from sla.events import Event, Said, Weight
from sla.projection import project
from sla.standing import Holding, Projection, PromiseState, State, Terms
from sla.targets import Kind, Priority, Route
from tests.sla.calendars import CARE, SOCIAL, berlin, minutes
from tests.sla.terms import heard, raised, said, terms, waived

MAIL, CHAT, POST = Route.EMAIL, Route.MESSENGER, Route.PUBLIC
MAIL_THEN_CHAT = [heard("2025-06-03 09:00"), heard("2025-06-03 10:00", CHAT)]
HELD = [*MAIL_THEN_CHAT, said("2025-06-03 10:12", CHAT, Weight.HOLDING)]


def spent(ticket: Projection) -> list[tuple[str | None, float]]:
    """List verdict and minutes of each ended obligation."""
    found: list[tuple[str | None, float]] = []
    for owed in ticket.obligations:
        if owed.ended_at:
            hours = CARE if owed.calendar_name == "care" else SOCIAL
            found.append((owed.verdict, hours.between(owed.opening.opened_at, owed.ended_at) / minutes(1)))
    return found


def test_a_faster_channel_tightens_and_a_slower_one_does_not_loosen() -> None:
    ticket = project(MAIL_THEN_CHAT, terms())
    assert ticket.due_at == berlin("2025-06-03 10:30")
    assert ticket.oldest_unanswered_at == berlin("2025-06-03 09:00")
    assert [owed.opening.due_at for owed in ticket.obligations] == [
        berlin("2025-06-03 13:00"),
        berlin("2025-06-03 10:30"),
    ]


def test_one_answer_anywhere_settles_everything_older() -> None:
    ticket = project([*MAIL_THEN_CHAT, said("2025-06-03 10:12", CHAT)], terms())
    assert spent(ticket) == [("met", 72), ("met", 12)]
    assert ticket.due_at is None
    assert ticket.oldest_unanswered_at is None


@pytest.mark.parametrize(
    ("holding", "verdicts", "promise"),
    [
        pytest.param(Holding.OWN_CONVERSATION, [("breached", 510), ("met", 12)], "2025-06-04 10:12", id="W3d"),
        pytest.param(Holding.STOPS_FIRST_RESPONSE, [("met", 72), ("met", 12)], "2025-06-04 10:12", id="W3"),
        pytest.param(Holding.PAUSES_ESCALATION, [("breached", 510), ("breached", 810)], "2025-06-04 10:12", id="W4"),
        pytest.param(Holding.IGNORED, [("breached", 510), ("breached", 810)], None, id="W4b"),
    ],
)
def test_a_holding_reply_counts_by_its_mode(
    holding: Holding, verdicts: list[tuple[str, float]], promise: str | None
) -> None:
    ticket = project([*HELD, said("2025-06-04 09:30")], terms(holding))
    assert spent(ticket) == verdicts
    assert (ticket.promise.due_at if ticket.promise else None) == (berlin(promise) if promise else None)
    assert ticket.promise is None or ticket.promise.state(berlin("2025-06-09 00:00")) is PromiseState.KEPT


def test_a_holding_reply_does_not_restart_the_wait() -> None:
    ticket = project(HELD, terms())
    assert ticket.oldest_unanswered_at == berlin("2025-06-03 09:00")
    assert ticket.due_at == berlin("2025-06-03 13:00")


def test_a_second_holding_reply_meets_no_next_obligation() -> None:
    events = [
        heard("2025-06-03 10:00", CHAT),
        said("2025-06-03 10:12", CHAT, Weight.HOLDING),
        heard("2025-06-03 10:40", CHAT),
        said("2025-06-03 11:00", CHAT, Weight.HOLDING),
    ]
    ticket = project(events, terms())
    assert [(owed.opening.kind, owed.state) for owed in ticket.obligations] == [
        (Kind.FIRST, State.MET),
        (Kind.NEXT, State.OPEN),
    ]
    assert ticket.due_at == berlin("2025-06-03 11:40")
    assert ticket.promise
    assert ticket.promise.due_at == berlin("2025-06-04 11:00")


@pytest.mark.parametrize(
    ("holding", "kind"),
    [
        (Holding.OWN_CONVERSATION, Kind.FIRST),
        (Holding.STOPS_FIRST_RESPONSE, Kind.NEXT),
        (Holding.PAUSES_ESCALATION, Kind.FIRST),
        (Holding.IGNORED, Kind.FIRST),
    ],
)
def test_after_a_holding_reply_elsewhere_the_first_answer_may_still_be_owed(holding: Holding, kind: Kind) -> None:
    ticket = project([*HELD, heard("2025-06-03 11:00")], terms(holding))
    assert ticket.obligations[-1].opening.kind is kind


def test_an_automatic_answer_and_a_note_change_nothing() -> None:
    noise: list[Event] = [
        said("2025-06-03 09:00", weight=Weight.AUTOMATIC),
        said("2025-06-03 09:20", weight=Weight.NOTE),
        heard("2025-06-03 09:30", needs_answer=False),
    ]
    mail = heard("2025-06-03 09:00")
    assert project([mail, *noise], terms()) == project([mail], terms())


def test_the_oldest_unanswered_message_rules() -> None:
    events = [
        heard("2025-06-03 09:00"),
        said("2025-06-03 09:30"),
        heard("2025-06-03 11:00"),
        heard("2025-06-03 15:00"),
        heard("2025-06-04 10:00"),
    ]
    ticket = project(events, terms())
    assert ticket.due_at == berlin("2025-06-04 11:00")
    assert ticket.oldest_unanswered_at == berlin("2025-06-03 11:00")


def test_a_thank_you_is_waived() -> None:
    events = [
        heard("2025-06-03 09:00"),
        said("2025-06-03 09:30"),
        heard("2025-06-03 09:40"),
        waived("2025-06-03 09:45"),
    ]
    ticket = project(events, terms())
    assert [(owed.state, owed.verdict) for owed in ticket.obligations] == [(State.MET, "met"), (State.WAIVED, None)]
    assert ticket.due_at is None
    assert ticket.oldest_unanswered_at is None


def test_a_broken_promise_stays_owed_until_it_is_answered() -> None:
    events = [
        heard("2025-06-03 09:00", POST),
        said("2025-06-03 09:14", POST, Weight.HOLDING, "2025-06-06 12:00"),
    ]
    ticket = project(events, terms())
    assert ticket.due_at == berlin("2025-06-06 12:00")
    assert ticket.promise
    assert ticket.promise.state(berlin("2025-06-06 12:00")) is PromiseState.OPEN
    assert ticket.promise.state(berlin("2025-06-06 12:30")) is PromiseState.BROKEN
    answered = project([*events, said("2025-06-06 15:00")], terms())
    assert answered.due_at is None
    assert answered.promise
    assert answered.promise.state(berlin("2025-06-06 15:00")) is PromiseState.BROKEN


def test_a_waiver_leaves_the_promise_alone() -> None:
    events = [heard("2025-06-03 09:00"), said("2025-06-03 09:14", MAIL, Weight.HOLDING, "2025-06-06 12:00")]
    assert project([*events, waived("2025-06-03 10:00")], terms()).due_at == berlin("2025-06-06 12:00")


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        pytest.param([raised("2025-06-03 11:00")], "2025-06-03 11:15", id="W12 never red at once"),
        pytest.param([raised("2025-06-03 12:55")], "2025-06-03 13:00", id="W12b never later than before"),
        pytest.param([raised("2025-06-03 09:20")], "2025-06-03 10:00", id="W13 early"),
        pytest.param(
            [raised("2025-06-03 09:20"), raised("2025-06-03 09:30", Priority.NORMAL)], "2025-06-03 13:00", id="and back"
        ),
        pytest.param([raised("2025-06-03 16:00")], "2025-06-03 13:00", id="overdue already"),
        pytest.param([raised("2025-06-03 11:00"), raised("2025-06-03 11:10")], "2025-06-03 11:15", id="raised twice"),
    ],
)
def test_a_change_of_priority_moves_the_deadline_fairly(changes: list[Event], due: str) -> None:
    assert project([heard("2025-06-03 09:00"), *changes], terms()).due_at == berlin(due)


def test_an_urgent_ticket_lowered_early_gets_its_whole_target() -> None:
    events = [raised("2025-06-03 08:00"), heard("2025-06-03 09:00"), raised("2025-06-03 09:20", Priority.NORMAL)]
    assert project(events[:2], terms()).due_at == berlin("2025-06-03 10:00")
    assert project(events, terms()).due_at == berlin("2025-06-03 13:00")


def test_a_route_without_a_target_is_shown_as_waiting_but_starts_no_clock() -> None:
    ticket = project([heard("2025-06-03 09:00")], Terms(targets=(), calendars={}, promise_calendar=""))
    assert ticket.oldest_unanswered_at == berlin("2025-06-03 09:00")
    assert ticket.due_at is None


def test_an_answer_counts_when_it_was_written_and_is_judged_when_it_was_accepted() -> None:
    answer = Said(
        at=berlin("2025-06-03 12:59"),
        accepted_at=berlin("2025-06-03 13:01"),
        conversation=MAIL,
        weight=Weight.SUBSTANTIVE,
    )
    ticket = project([heard("2025-06-03 09:00"), answer, heard("2025-06-03 13:00")], terms())
    assert [(owed.state, owed.verdict) for owed in ticket.obligations] == [(State.MET, "breached"), (State.OPEN, None)]
