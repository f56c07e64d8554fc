"""What work, assigning, resolving, joining and undoing mean for a hand-over."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.db import db, transaction
from app.desk import assignment, handovers, joining, participation, status
from app.desk.promises import Given
from app.errors import Refused
from app.finders import participation as teams
from app.models import ClockKind, HandoverState, TicketClock
from sla.handover import bounces
from tests import world as cast
from tests.desk.handing import MINUTE, answer, begin, clock, deliver, give, handover
from tests.world import HOUR, MONDAY_NINE, World


@pytest.fixture
def number(world: World) -> int:
    return begin(world)


def test_the_first_answer_of_the_receiving_team_is_its_work(world: World, number: int) -> None:
    id_ = give(world, number)
    handovers.accept(number, by=world.ben, at=MONDAY_NINE + MINUTE)
    message_id = answer(number, world.ben, at=MONDAY_NINE + HOUR)
    found, work = handover(id_), clock(number, ClockKind.WORK)
    assert (found.done_at, found.done_by_id) == (MONDAY_NINE + HOUR, message_id)
    assert (work.state, work.verdict, work.elapsed_seconds) == ("met", "met", 3600)
    assert cast.ticket(number).handed_at is None


def test_an_answer_of_the_giver_is_not_the_receiver_s_work(world: World, number: int) -> None:
    give(world, number)
    answer(number, world.ada, at=MONDAY_NINE + MINUTE)
    assert clock(number, ClockKind.WORK).state == "running"
    assert cast.ticket(number).asked_team_id == world.social


def test_who_answers_while_their_team_is_asked_has_accepted(world: World, number: int) -> None:
    give(world, number)
    answer(number, world.ben, at=MONDAY_NINE + MINUTE)
    ticket = cast.ticket(number)
    assert (ticket.team_id, ticket.assignee_id) == (world.social, world.ben.id)
    assert clock(number, ClockKind.ACCEPTANCE).verdict == clock(number, ClockKind.WORK).verdict == "met"
    assert cast.counters() == cast.counted()


def test_work_that_did_not_arrive_is_owed_again(world: World, number: int) -> None:
    give(world, number)
    handovers.accept(number, by=world.ben, at=MONDAY_NINE)
    due_at = clock(number, ClockKind.WORK).due_at
    message_id = answer(number, world.ben, at=MONDAY_NINE + HOUR)
    from app.desk import bounces as returned

    with transaction() as afterwards:
        returned.came_back(
            message_id, ticket_id=number, words="unbekannt", at=MONDAY_NINE + HOUR, afterwards=afterwards
        )
    work = clock(number, ClockKind.WORK)
    assert (work.state, work.due_at, work.settled_at) == ("running", due_at, None)
    assert cast.ticket(number).handed_at == MONDAY_NINE


def test_a_holding_reply_is_no_work(world: World, number: int) -> None:
    id_ = give(world, number)
    handovers.accept(number, by=world.ben, at=MONDAY_NINE)
    promise = Given(due_at=MONDAY_NINE + 5 * HOUR)

    answer(number, world.ben, at=MONDAY_NINE + HOUR, message_class="holding", promise=promise)

    assert (clock(number, ClockKind.WORK).state, handover(id_).done_at) == ("running", None)


def test_what_was_said_before_the_hand_over_is_no_work_though_it_arrives_after(world: World, number: int) -> None:
    message_id = answer(number, world.ben, at=MONDAY_NINE, is_out=False)
    id_ = give(world, number, at=MONDAY_NINE + MINUTE)
    handovers.accept(number, by=world.ben, at=MONDAY_NINE + 2 * MINUTE)

    deliver(message_id, at=MONDAY_NINE + HOUR)

    assert (clock(number, ClockKind.WORK).state, handover(id_).done_at) == ("running", None)


def test_assigning_to_the_team_that_is_asked_is_an_acceptance(world: World, number: int) -> None:
    id_ = give(world, number)
    assignment.assign(number, team_id=world.social, by=world.max, at=MONDAY_NINE + MINUTE)
    assert handover(id_).state is HandoverState.ACCEPTED
    assert cast.ticket(number).asked_team_id is None
    assert cast.counters() == cast.counted()


def test_taking_it_is_an_acceptance(world: World, number: int) -> None:
    id_ = give(world, number)
    assignment.assign(number, assignee_id=world.ben.id, by=world.ben, at=MONDAY_NINE + MINUTE)
    ticket = cast.ticket(number)
    assert (handover(id_).state, ticket.team_id, ticket.assignee_id) == ("accepted", world.social, world.ben.id)
    assert cast.counters() == cast.counted()


def test_assigning_to_a_third_team_takes_the_question_back(world: World, number: int) -> None:
    id_ = give(world, number)
    assignment.assign(number, team_id=world.returns, by=world.max, at=MONDAY_NINE + MINUTE)
    assert handover(id_).state is HandoverState.WITHDRAWN
    assert cast.ticket(number).asked_team_id is None
    assert cast.counters() == cast.counted()


def test_giving_it_to_a_colleague_leaves_the_question(world: World, number: int) -> None:
    id_ = give(world, number)
    assignment.assign(number, assignee_id=world.cleo.id, by=world.cleo, at=MONDAY_NINE + MINUTE)
    assert handover(id_).state is HandoverState.PENDING


def test_resolving_ends_the_question_and_reopening_asks_it_again(world: World, number: int) -> None:
    id_ = give(world, number)
    due_at = clock(number, ClockKind.ACCEPTANCE).due_at
    status.resolve(number, by=world.ada, at=MONDAY_NINE + MINUTE)
    assert handover(id_).state is HandoverState.WITHDRAWN
    assert cast.counters() == cast.counted()
    status.reopen(number, by=world.ada, at=MONDAY_NINE + 2 * MINUTE)
    assert handover(id_).state is HandoverState.PENDING
    assert cast.ticket(number).asked_team_id == world.social
    acceptance = clock(number, ClockKind.ACCEPTANCE)
    assert (acceptance.state, acceptance.due_at) == ("running", due_at)
    assert cast.counters() == cast.counted()


def test_resolving_is_the_work_of_who_has_taken_it(world: World, number: int) -> None:
    id_ = give(world, number)
    handovers.accept(number, by=world.ben, at=MONDAY_NINE + MINUTE)
    status.resolve(number, by=world.ben, at=MONDAY_NINE + HOUR)
    assert (handover(id_).done_at, clock(number, ClockKind.WORK).verdict) == (MONDAY_NINE + HOUR, "met")
    status.reopen(number, by=world.ben, at=MONDAY_NINE + 2 * HOUR)
    assert (handover(id_).done_at, clock(number, ClockKind.WORK).state) == (None, "running")


def test_joining_takes_the_question_along_and_parting_brings_it_back(world: World, number: int) -> None:
    other = cast.hear(world, cast.contact(subject="Noch etwas", sent_at=MONDAY_NINE)).ticket_id
    id_ = give(world, number)
    joining.join(number, into=other, by=world.ada, at=MONDAY_NINE + MINUTE)
    assert (cast.ticket(other).asked_team_id, cast.ticket(number).asked_team_id) == (world.social, None)
    assert handover(id_).ticket_id == other
    assert cast.counters() == cast.counted()
    joining.unjoin(number, by=world.ada, at=MONDAY_NINE + 2 * MINUTE)
    assert (cast.ticket(other).asked_team_id, cast.ticket(number).asked_team_id) == (None, world.social)
    assert clock(number, ClockKind.ACCEPTANCE).state == "running"
    assert cast.counters() == cast.counted()


def test_a_question_that_finds_another_one_is_taken_back(world: World, number: int) -> None:
    other = cast.hear(world, cast.contact(subject="Noch etwas", sent_at=MONDAY_NINE)).ticket_id
    id_ = give(world, number)
    kept = give(world, other, to_team_id=world.returns)
    joining.join(number, into=other, by=world.ada, at=MONDAY_NINE + MINUTE)
    assert (handover(id_).state, handover(kept).state) == (HandoverState.WITHDRAWN, HandoverState.PENDING)
    assert cast.counters() == cast.counted()


def test_a_question_to_the_team_that_has_the_other_ticket_waits_for_its_yes(world: World, number: int) -> None:
    other = cast.hear(world, cast.contact(subject="Noch etwas", sent_at=MONDAY_NINE)).ticket_id
    assignment.assign(other, team_id=world.social, by=world.max, at=MONDAY_NINE)
    id_ = give(world, number)
    joining.join(number, into=other, by=None, at=MONDAY_NINE + MINUTE)
    assert (handover(id_).state, cast.ticket(other).asked_team_id) == (HandoverState.PENDING, world.social)
    assert cast.counters() == cast.counted()
    with pytest.raises(Refused):
        handovers.withdraw(other, by=world.ben, at=MONDAY_NINE + MINUTE)

    assignment.assign(other, assignee_id=world.ben.id, by=world.ben, at=MONDAY_NINE + 2 * MINUTE)
    assert (handover(id_).state, clock(other, ClockKind.ACCEPTANCE).verdict) == (HandoverState.ACCEPTED, "met")
    assert (cast.ticket(other).team_id, cast.ticket(other).assignee_id) == (world.social, world.ben.id)

    handovers.take_back_acceptance(other, by=world.ben, at=MONDAY_NINE + 3 * MINUTE)
    assert (cast.ticket(other).team_id, handover(id_).state) == (world.social, HandoverState.PENDING)
    joining.unjoin(number, by=world.ben, at=MONDAY_NINE + 4 * MINUTE)
    assert (cast.ticket(other).asked_team_id, cast.ticket(number).asked_team_id) == (None, world.social)
    assert cast.counters() == cast.counted()


def test_who_takes_part_asks_the_team_that_has_it_to_say_yes(world: World, number: int) -> None:
    participation.invite(number, team_id=world.social, by=world.ada, at=MONDAY_NINE)
    with pytest.raises(Refused):
        handovers.hand_over(number, to_team_id=world.care, reason="Wer?", by=world.ada, at=MONDAY_NINE)
    asked: dict[str, Any] = {"to_team_id": world.care, "reason": "Bitte heute", "by": world.ben}
    id_ = handovers.hand_over(number, **asked, at=MONDAY_NINE + MINUTE)
    assert (handover(id_).from_team_id, cast.ticket(number).team_id) == (world.social, world.care)
    assert cast.counters() == cast.counted()
    handovers.accept(number, by=world.ada, at=MONDAY_NINE + 2 * MINUTE)
    assert (cast.ticket(number).team_id, cast.ticket(number).assignee_id) == (world.care, world.ada.id)
    assert (handover(id_).state, clock(number, ClockKind.WORK).state) == (HandoverState.ACCEPTED, "running")
    assert [each.name for each in teams.of(number)] == ["Social Media"]


def test_an_acceptance_can_be_undone(world: World, number: int) -> None:
    assignment.assign(number, assignee_id=world.ada.id, by=world.ada, at=MONDAY_NINE)
    id_ = give(world, number)
    handovers.accept(number, by=world.ben, at=MONDAY_NINE + MINUTE)
    handovers.take_back_acceptance(number, by=world.ben, at=MONDAY_NINE + MINUTE)
    ticket = cast.ticket(number)
    assert (ticket.team_id, ticket.assignee_id, ticket.asked_team_id) == (world.care, world.ada.id, world.social)
    assert (handover(id_).state, clock(number, ClockKind.ACCEPTANCE).state) == (HandoverState.PENDING, "running")
    assert cast.counters() == cast.counted()
    with pytest.raises(Refused):
        handovers.take_back_acceptance(number, by=world.ben, at=MONDAY_NINE + MINUTE)


def test_a_matter_that_comes_back_is_counted(world: World, number: int) -> None:
    give(world, number)
    handovers.accept(number, by=world.ben, at=MONDAY_NINE)
    give(world, number, to_team_id=world.care, by=world.ben, at=MONDAY_NINE + MINUTE)
    handovers.accept(number, by=world.ada, at=MONDAY_NINE + 2 * MINUTE)
    from app.finders.handovers import ping_pong

    assert ping_pong([number]) == {number: 1}
    assert bounces([world.care, world.social, world.care]) == 1


def test_who_passes_it_on_unanswered_owes_no_work_any_more(world: World, number: int) -> None:
    first = give(world, number)
    handovers.accept(number, by=world.ben, at=MONDAY_NINE)
    give(world, number, to_team_id=world.returns, by=world.ben, at=MONDAY_NINE + MINUTE)
    handovers.accept(number, by=world.max, at=MONDAY_NINE + 2 * MINUTE)
    rows = db.session.scalars(select(TicketClock).where(TicketClock.handover_id == first)).all()
    assert {(row.kind, row.verdict) for row in rows} == {(ClockKind.ACCEPTANCE, "met"), (ClockKind.WORK, "moved_on")}
    assert cast.ticket(number).assignee_id is None
