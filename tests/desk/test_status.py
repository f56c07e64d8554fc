"""Resolving, reopening, assigning, noting."""

from __future__ import annotations

import pytest

from app.desk import assignment, notes, status
from app.errors import Refused
from app.models import ObligationState, TicketState
from tests import world as cast
from tests.world import HOUR, MONDAY_NINE, World


def test_a_resolved_ticket_owes_nothing(world: World) -> None:
    number = cast.hear(world).ticket_id

    assert status.resolve(number, by=world.ada, at=MONDAY_NINE + HOUR)

    assert cast.ticket(number).state is TicketState.RESOLVED
    assert cast.obligations(number)[0].state is ObligationState.WAIVED
    assert cast.counters() == cast.counted() == {}


def test_resolving_twice_changes_nothing_the_second_time(world: World) -> None:
    number = cast.hear(world).ticket_id
    status.resolve(number, by=world.ada, at=MONDAY_NINE + HOUR)

    assert not status.resolve(number, by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    assert cast.ticket(number).closed_at == MONDAY_NINE + HOUR


def test_reopening_brings_the_old_deadline_back(world: World) -> None:
    number = cast.hear(world).ticket_id
    status.resolve(number, by=world.ada, at=MONDAY_NINE + HOUR)

    status.reopen(number, by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR
    assert cast.ticket(number).state is TicketState.OPEN
    assert cast.counters() == cast.counted()


def test_a_customers_mail_opens_a_resolved_ticket_again(world: World) -> None:
    filed = cast.hear(world)
    status.resolve(filed.ticket_id, by=world.ada, at=MONDAY_NINE + HOUR)
    reference = cast.message(filed.message_id).external_id

    again = cast.hear(world, replies_to=(reference,), at=MONDAY_NINE + 2 * HOUR)

    assert again.ticket_id == filed.ticket_id
    assert cast.ticket(filed.ticket_id).state is TicketState.OPEN
    assert cast.ticket(filed.ticket_id).oldest_unanswered_at == MONDAY_NINE + 2 * HOUR
    assert cast.counters() == cast.counted()


def test_an_automatic_mail_does_not_open_a_resolved_ticket(world: World) -> None:
    filed = cast.hear(world)
    status.resolve(filed.ticket_id, by=world.ada, at=MONDAY_NINE + HOUR)
    reference = cast.message(filed.message_id).external_id

    again = cast.hear(world, replies_to=(reference,), is_automatic=True, at=MONDAY_NINE + 2 * HOUR)

    assert again.ticket_id == filed.ticket_id
    assert cast.ticket(filed.ticket_id).state is TicketState.RESOLVED


def test_assigning_moves_the_badge_and_says_who_had_it_before(world: World) -> None:
    number = cast.hear(world).ticket_id

    earlier = assignment.assign(number, assignee_id=world.ada.id, by=world.cleo, at=MONDAY_NINE)

    assert earlier == (None, world.care)
    assert cast.counters() == {f"team:{world.care}": 1, f"agent:{world.ada.id}": 1}
    assert assignment.assign(number, assignee_id=None, by=world.cleo, at=MONDAY_NINE) == (world.ada.id, world.care)
    assert cast.counters() == cast.counted()


def test_a_ticket_is_not_given_to_somebody_outside_its_team(world: World) -> None:
    number = cast.hear(world).ticket_id

    with pytest.raises(Refused, match="gehört nicht"):
        assignment.assign(number, assignee_id=world.ben.id, by=world.cleo, at=MONDAY_NINE)

    assert cast.ticket(number).assignee_id is None


def test_a_note_touches_no_clock(world: World) -> None:
    number = cast.hear(world).ticket_id

    notes.note(number, text="Kundin ist freundlich.", by=world.ada, at=MONDAY_NINE + HOUR)

    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR
    assert cast.obligations(number)[0].answered_by_id is None


def test_the_list_shows_what_the_customer_wrote_and_not_what_a_machine_did(world: World) -> None:
    filed = cast.hear(world, text="Wann kommt meine Lampe?")
    reference = cast.message(filed.message_id).external_id

    cast.hear(world, replies_to=(reference,), is_automatic=True, text="Ich bin im Urlaub.", at=MONDAY_NINE + HOUR)

    assert cast.ticket(filed.ticket_id).preview == "Wann kommt meine Lampe?"
