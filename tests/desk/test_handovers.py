"""The ball goes from team to team, and nobody's clock but the teams' own takes notice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from flask import Flask

from app.access import Person
from app.db import Base, db, transaction
from app.desk import assignment, handover_returns, handovers, rulebook, status
from app.errors import Refused
from app.models import Agent, ClockKind, HandoverState
from tests import world as cast
from tests.desk.handing import LATE, MINUTE, answer, begin, change, clock, customers_clocks, give, handover, kinds, told
from tests.sla.calendars import berlin
from tests.world import HOUR, MONDAY_NINE, World


@pytest.fixture
def number(world: World) -> int:
    return begin(world)


def test_the_ball_stays_with_the_giver_until_it_is_accepted(world: World, number: int) -> None:
    give(world, number, at=MONDAY_NINE)
    ticket = cast.ticket(number)
    assert (ticket.team_id, ticket.asked_team_id) == (world.care, world.social)
    handovers.accept(number, by=world.ben, at=MONDAY_NINE + 5 * MINUTE)
    ticket = cast.ticket(number)
    assert (ticket.team_id, ticket.assignee_id, ticket.asked_team_id) == (world.social, world.ben.id, None)
    assert kinds(number)[-2:] == ["handed_over", "handover_accepted"]


@pytest.mark.parametrize("end", ["accept", "decline", "withdraw", "return", "undo"])
def test_the_customer_s_clocks_are_the_same_before_and_after(world: World, number: int, end: str) -> None:
    change(world.social, return_minutes=60)
    before = customers_clocks(number)
    id_ = give(world, number)
    assert customers_clocks(number) == before
    at = MONDAY_NINE + HOUR
    acts: dict[str, Callable[[], object]] = {
        "accept": lambda: handovers.accept(number, by=world.ben, at=at),
        "decline": lambda: handovers.decline(number, reason="Nicht unseres", by=world.ben, at=at),
        "withdraw": lambda: handovers.withdraw(number, by=world.ada, at=at),
        "return": lambda: handover_returns.fire(id_, at=at),
        "undo": lambda: (
            handovers.accept(number, by=world.ben, at=at),
            handovers.take_back_acceptance(number, by=world.ben, at=at),
        ),
    }
    acts[end]()
    assert customers_clocks(number) == before
    assert cast.counters() == cast.counted()


def test_a_hand_over_after_closing_is_due_when_the_team_opens(world: World) -> None:
    """O1: social hands over at 17:40, when care has gone home."""
    change(world.care, accept_minutes=30)
    number = cast.hear(world, at=berlin("2026-11-24 16:30")).ticket_id
    assignment.assign(number, team_id=world.social, by=world.max, at=berlin("2026-11-24 16:40"))
    due_at = cast.ticket(number).due_at
    give(world, number, to_team_id=world.care, by=world.ben, at=berlin("2026-11-24 17:40"))
    assert clock(number, ClockKind.ACCEPTANCE).due_at == berlin("2026-11-25 09:30")
    assert clock(number, ClockKind.WORK).due_at == berlin("2026-11-25 13:00")
    ticket = cast.ticket(number)
    assert (ticket.due_at, ticket.team_id) == (due_at, world.social)


def test_the_work_counts_from_the_hand_over_over_a_weekend_and_a_holiday(world: World) -> None:
    """O2, in a year whose Christmas Day is a Friday: Thursday 14:00 with 240 minutes is due on Monday at ten."""
    number = cast.hear(world, at=berlin("2026-12-24 13:00")).ticket_id
    assignment.assign(number, team_id=world.social, by=world.max, at=berlin("2026-12-24 13:30"))
    give(world, number, to_team_id=world.care, by=world.ben, at=berlin("2026-12-24 14:00"))
    handovers.accept(number, by=world.ada, at=berlin("2026-12-24 14:10"))
    work = clock(number, ClockKind.WORK)
    assert (work.opened_at, work.due_at) == (berlin("2026-12-24 14:00"), berlin("2026-12-28 10:00"))
    assert clock(number, ClockKind.ACCEPTANCE).verdict == "met"


def test_both_clocks_run_in_the_receiving_team_s_calendar(world: World, number: int) -> None:
    give(world, number, at=berlin("2026-11-28 19:50"))  # a Saturday evening; social opens again on Sunday at ten
    assert clock(number, ClockKind.ACCEPTANCE).due_at == berlin("2026-11-29 10:05")
    assert clock(number, ClockKind.WORK).due_at == berlin("2026-11-29 13:50")


def test_a_late_acceptance_is_judged_so(world: World, number: int) -> None:
    give(world, number)
    handovers.accept(number, by=world.ben, at=MONDAY_NINE + 16 * MINUTE)
    acceptance = clock(number, ClockKind.ACCEPTANCE)
    assert (acceptance.verdict, acceptance.elapsed_seconds, acceptance.rung_at) == ("breached", 16 * 60, None)
    assert clock(number, ClockKind.WORK).state == "running"


def test_a_refused_hand_over_stays_and_its_lead_is_told(world: World, number: int) -> None:
    id_ = give(world, number)
    handovers.decline(number, reason=" Das ist  eine Rechnung ", by=world.ben, at=MONDAY_NINE + MINUTE)
    found = handover(id_)
    assert (found.state, found.answer) == (HandoverState.DECLINED, "Das ist eine Rechnung")
    ticket = cast.ticket(number)
    assert (ticket.team_id, ticket.asked_team_id, ticket.handed_at) == (world.care, None, None)
    assert {clock(number, kind).state for kind in (ClockKind.ACCEPTANCE, ClockKind.WORK)} == {"waived"}
    assert told() == [("handover_declined", "Ada"), ("handover_declined", "Cleo")]


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_a_reason_is_required(world: World, number: int, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        give(world, number, reason=reason)
    assert refused.value.field == "reason"
    give(world, number)
    with pytest.raises(Refused):
        handovers.decline(number, reason=reason, by=world.ben, at=MONDAY_NINE)


def test_what_nobody_answers_goes_back_by_itself(world: World, number: int) -> None:
    change(world.social, return_minutes=60)
    id_ = give(world, number)
    assert handover_returns.due(at=MONDAY_NINE + 59 * MINUTE) == []
    assert handover_returns.due(at=MONDAY_NINE + HOUR) == [id_]
    assert [handover_returns.fire(id_, at=MONDAY_NINE + HOUR) for _ in range(2)] == ["returned", ""]
    assert cast.ticket(number).team_id == world.care
    assert told() == [("handover_returned", "Ada"), ("handover_returned", "Cleo")]
    assert handover_returns.due(at=MONDAY_NINE + 99 * HOUR) == []


def test_only_one_hand_over_waits_at_a_time(world: World, number: int) -> None:
    give(world, number)
    with pytest.raises(Refused) as refused:
        give(world, number, to_team_id=world.returns)
    assert refused.value.code == "handover_pending"


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda world, number: handovers.accept(number, by=world.cleo, at=MONDAY_NINE), "not_asked"),
        (lambda world, number: handovers.decline(number, reason="x", by=world.ada, at=MONDAY_NINE), "not_asked"),
        (lambda world, number: handovers.withdraw(number, by=world.ben, at=MONDAY_NINE), "not_giver"),
    ],
)
def test_each_side_may_do_its_own_part_only(
    world: World, number: int, act: Callable[[World, int], object], code: str
) -> None:
    give(world, number)
    with pytest.raises(Refused) as refused:
        act(world, number)
    assert refused.value.code == code


def test_an_acceptance_is_taken_back_by_whoever_gave_it_only(world: World, number: int) -> None:
    id_ = give(world, number)
    handovers.accept(number, by=world.ben, at=MONDAY_NINE + MINUTE)

    for somebody in (world.max, world.ada):
        with pytest.raises(Refused) as refused:
            handovers.take_back_acceptance(number, by=somebody, at=MONDAY_NINE + 2 * MINUTE)
        assert refused.value.code == "no_handover"

    assert (handover(id_).state, cast.ticket(number).team_id) == (HandoverState.ACCEPTED, world.social)


def test_no_acceptance_is_taken_back_once_the_customer_was_answered(world: World, number: int) -> None:
    id_ = give(world, number)
    handovers.accept(number, by=world.ben, at=MONDAY_NINE + MINUTE)
    answer(number, world.ben, at=MONDAY_NINE + 2 * MINUTE)

    with pytest.raises(Refused) as refused:
        handovers.take_back_acceptance(number, by=world.ben, at=MONDAY_NINE + 3 * MINUTE)

    assert refused.value.code == "no_handover"
    assert (handover(id_).state, cast.ticket(number).team_id) == (HandoverState.ACCEPTED, world.social)


def test_of_two_who_accept_at_once_one_has_it(core: Flask, world: World, number: int) -> None:
    with transaction():
        for agent_id in (world.cleo.id, world.zoe.id):
            db.session.execute(
                Base.metadata.tables["membership"].insert().values(agent_id=agent_id, team_id=world.social)
            )
    from app.signin import person_by_id

    people = [person for id_ in (world.ben.id, world.cleo.id, world.zoe.id) if (person := person_by_id(id_))]
    id_ = give(world, number)
    db.session.rollback()

    def accept(person: Person) -> str:
        with core.app_context():
            try:
                handovers.accept(number, by=person, at=MONDAY_NINE + MINUTE)
            except Refused as refused:
                return refused.code
            finally:
                db.session.remove()
        return ""

    with ThreadPoolExecutor(3) as pool:
        codes = sorted(pool.map(accept, people))
    assert codes == ["", "no_handover", "no_handover"]
    assert handover(id_).answered_by_id == cast.ticket(number).assignee_id
    assert cast.counters() == cast.counted()


def test_of_two_who_hand_over_at_once_one_asks(core: Flask, world: World, number: int) -> None:
    db.session.rollback()

    def ask(team_id: int) -> str:
        with core.app_context():
            try:
                give(world, number, to_team_id=team_id)
            except Refused as refused:
                return refused.code
            finally:
                db.session.remove()
        return ""

    with ThreadPoolExecutor(2) as pool:
        codes = sorted(pool.map(ask, [world.social, world.returns]))
    assert codes == ["", "handover_pending"]


def test_who_is_away_is_asked_through_their_deputy(world: World, number: int) -> None:
    with transaction():
        ben = db.session.get_one(Agent, world.ben.id)
        ben.away_from, ben.deputy_id = MONDAY_NINE - HOUR, world.zoe.id
    give(world, number)  # nobody else is in social
    assert cast.ticket(number).asked_agent_id == world.zoe.id
    assert ("handed_over", "Zoe") in told()
    handovers.accept(number, by=world.zoe, at=MONDAY_NINE + MINUTE)
    ticket = cast.ticket(number)
    assert (ticket.team_id, ticket.assignee_id) == (world.social, world.zoe.id)


def test_only_somebody_of_the_team_is_asked_by_name(world: World, number: int) -> None:
    with pytest.raises(Refused) as refused:
        give(world, number, to_agent_id=world.cleo.id)
    assert refused.value.field == "agent"
    give(world, number, to_agent_id=world.ben.id)
    assert cast.ticket(number).asked_agent_id == world.ben.id
    assert told() == [("handed_over", "Ben")]


def test_nothing_is_handed_over_that_is_done_or_already_there(world: World, number: int) -> None:
    with pytest.raises(Refused) as same:
        give(world, number, to_team_id=world.care)
    status.resolve(number, by=world.ada, at=MONDAY_NINE)
    with pytest.raises(Refused) as closed:
        give(world, number)
    assert (same.value.field, closed.value.code) == ("team", "closed")


def test_a_calendar_with_a_holiday_of_its_own_moves_the_acceptance(world: World, number: int) -> None:
    calendar = rulebook.write_calendar(
        None,
        name="Inventur",
        time_zone="Europe/Berlin",
        weekly_hours=LATE,
        own_days={date(2026, 11, 23).isoformat(): "Inventur"},
        by_id=None,
        at=MONDAY_NINE,
    )
    change(world.returns, calendar_id=calendar)
    give(world, number, to_team_id=world.returns)
    assert clock(number, ClockKind.ACCEPTANCE).due_at == berlin("2026-11-24 08:15")
