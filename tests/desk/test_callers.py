"""Whose call it is: withheld numbers, blocked callers, and the matter a caller comes back to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.db import db
from app.desk import status
from app.models import (
    Identity,
    Ticket,
    TicketState,
)
from channels.contract import Handle
from tests import world as cast
from tests.desk import ringing
from tests.desk.ringing import EVA, Phone
from tests.world import HOUR, MONDAY_NINE, World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def channel(world: World) -> int:
    return ringing.install(world)


def tickets() -> list[Ticket]:
    db.session.expire_all()
    return list(db.session.query(Ticket).order_by(Ticket.id))


def test_withheld_numbers_are_never_taken_for_one_another(channel: int) -> None:
    for call_id in "ab":
        phone = Phone(channel, call_id, number=None)
        phone.play(phone.ring(details={"withheld": True}), phone.hangup("cancel"))

    assert len(tickets()) == 2
    assert {ticket.customer_name for ticket in tickets()} == {"Unterdrückte Nummer"}


def test_calls_inside_the_house_and_of_blocked_callers_leave_no_trace(channel: int) -> None:
    inside, blocked = Phone(channel, "a", number=None), Phone(channel, "b")

    inside.play(inside.ring(details={"internal": True}))
    blocked.play(blocked.ring(details={"blocked": True}))

    assert ringing.every_call() == []


def test_a_blocked_sender_is_owed_nothing(channel: int) -> None:
    from app.db import transaction

    first = Phone(channel)
    first.play(first.ring(), first.answer(), first.hangup())
    with transaction():
        db.session.query(Identity).filter_by(value=EVA).one().is_blocked = True
    again = Phone(channel, "b", at=MONDAY_NINE + HOUR)

    again.play(again.ring(), again.hangup("cancel"))

    assert ringing.owed() == []


def test_a_missed_call_takes_up_the_matter_that_was_resolved_last(world: World, channel: int) -> None:
    phone = Phone(channel)
    phone.play(phone.ring(), phone.answer(), phone.hangup())
    number = tickets()[0].id
    status.resolve(number, by=world.ada, at=MONDAY_NINE + HOUR)
    again = Phone(channel, "b", at=MONDAY_NINE + 2 * HOUR)

    again.play(again.ring(), again.hangup("cancel"))

    assert [ticket.id for ticket in tickets()] == [number]
    assert tickets()[0].state is TicketState.OPEN
    assert cast.counters() == cast.counted()


def test_after_the_reopen_window_a_call_is_a_matter_of_its_own(world: World, channel: int) -> None:
    phone = Phone(channel)
    phone.play(phone.ring(), phone.answer(), phone.hangup())
    status.resolve(tickets()[0].id, by=world.ada, at=MONDAY_NINE + HOUR)
    again = Phone(channel, "b", at=MONDAY_NINE + timedelta(days=21))

    again.play(again.ring(), again.hangup("cancel"))

    assert len(tickets()) == 2


def test_a_number_is_the_same_persons_whatever_they_use_it_for(world: World, channel: int) -> None:
    written = cast.hear(world, sender=Handle(kind="whatsapp", value=EVA, name="Eva Kundin"))
    phone = Phone(channel)

    phone.play(phone.ring(), phone.hangup("cancel"))

    assert [ticket.id for ticket in tickets()] == [written.ticket_id]
    called = db.session.query(Identity).filter_by(kind="phone", value=EVA).one()
    assert (called.customer_id, called.evidence) == (tickets()[0].customer_id, "phone_number")
