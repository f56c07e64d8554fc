"""What people write down about calls: outcomes, promises, and where a note belongs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.db import db
from app.desk import closing, phone_notes, replies, status
from app.desk.phone_notes import Noted, Said
from app.errors import Refused
from app.models import (
    Call,
    CallOutcome,
    CallState,
    Channel,
    Identity,
    MessageClass,
    ObligationState,
    Promise,
    Ticket,
    TicketState,
)
from tests import world as cast
from tests.desk import ringing
from tests.desk.ringing import EVA, Phone
from tests.world import HOUR, MONDAY_NINE, World

TEN = MONDAY_NINE + HOUR


@pytest.fixture
def channel(world: World) -> int:
    return ringing.install(world)


@pytest.fixture
def number(world: World) -> int:
    """Eva has mailed at nine."""
    return cast.hear(world).ticket_id


def note(
    world: World,
    ticket_id: int | None,
    outcome: CallOutcome = CallOutcome.REACHED,
    *,
    text: str = "Lampe kommt morgen.",
    typed: str = "0151 55501001",
    is_outgoing: bool = True,
    promise_at: datetime | None = None,
    call_id: int | None = None,
    at: datetime = TEN,
) -> Noted:
    said = Said(number=typed, is_outgoing=is_outgoing, outcome=outcome, text=text, promise_at=promise_at)
    return phone_notes.note(said, ticket_id=ticket_id, call_id=call_id, by=world.ada, at=at)


def test_a_note_of_a_call_that_reached_them_answers_the_mail(world: World, channel: int, number: int) -> None:
    noted = note(world, number)

    assert cast.obligations(number)[0].verdict == "met"
    assert cast.ticket(number).due_at is None
    assert cast.ticket(number).state is TicketState.WAITING
    message = cast.message(noted.message_id)
    assert (message.text, message.message_class) == ("Lampe kommt morgen.", MessageClass.SUBSTANTIVE)
    assert cast.counters() == cast.counted()


@pytest.mark.parametrize("outcome", [CallOutcome.NOT_REACHED, CallOutcome.VOICEMAIL])
def test_whoever_was_not_reached_is_still_owed_an_answer(
    world: World, channel: int, number: int, outcome: CallOutcome
) -> None:
    note(world, number, outcome, text="")

    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR
    assert cast.obligations(number)[0].state is ObligationState.OPEN


def test_the_number_becomes_one_of_the_customer_s_so_that_the_next_ring_finds_them(
    world: World, channel: int, number: int
) -> None:
    note(world, number)
    phone = Phone(channel, at=TEN)

    phone.play(phone.ring(), phone.hangup("cancel"))

    identity = db.session.query(Identity).filter_by(kind="phone").one()
    assert (identity.value, identity.customer_id) == (EVA, cast.ticket(number).customer_id)
    assert not identity.is_verified
    assert len(cast.obligations(number)) == 2


def test_what_is_no_number_is_refused(world: World, channel: int, number: int) -> None:
    with pytest.raises(Refused) as refusal:
        note(world, number, typed="Eva anrufen")

    assert refusal.value.field == "number"


def test_a_promise_is_the_ticket_s_deadline_until_a_substantive_answer(world: World, channel: int, number: int) -> None:
    noted = note(world, number, promise_at=TEN + 2 * HOUR)
    assert cast.ticket(number).due_at == TEN + 2 * HOUR
    assert cast.ticket(number).state is TicketState.OPEN
    promise = db.session.query(Promise).one()
    assert (promise.owner_id, promise.conversation_id) == (world.ada.id, noted.conversation_id)

    note(world, number, at=TEN + HOUR)

    db.session.expire_all()
    promise = db.session.query(Promise).one()
    assert (promise.state, promise.settled_at) == ("kept", TEN + HOUR)
    assert cast.ticket(number).due_at is None


def test_a_mail_that_comes_back_breaks_the_promise_it_had_kept(world: World, channel: int, number: int) -> None:
    note(world, number, promise_at=TEN + 2 * HOUR)
    mail = db.session.query(Ticket).one().id
    conversation = cast.message(1).conversation_id
    message_id = replies.reply(conversation, text="Da.", by=world.ada, at=TEN + HOUR)
    assert cast.ticket(mail).due_at is None

    from app.desk import delivery
    from channels.contract import DeliveryError, DeliveryFault

    delivery.claim(message_id, at=TEN + HOUR)
    delivery.fail(message_id, DeliveryError(DeliveryFault.REJECTED, is_permanent=True, words="nein"), at=TEN + HOUR)

    assert cast.ticket(mail).due_at == TEN + 2 * HOUR


def test_the_newer_promise_takes_the_place_of_the_older_one(world: World, channel: int, number: int) -> None:
    note(world, number, CallOutcome.NOT_REACHED, promise_at=TEN + HOUR)

    note(world, number, CallOutcome.NOT_REACHED, promise_at=TEN + 5 * HOUR, at=TEN + HOUR / 2)

    states = [promise.state for promise in db.session.query(Promise).order_by(Promise.id)]
    assert states == ["replaced", "open"]


def test_resolving_lets_go_of_a_promise_and_reopening_brings_it_back(world: World, channel: int, number: int) -> None:
    note(world, number, promise_at=TEN + 2 * HOUR)

    terms = closing.Terms(promised=closing.Promised.WAIVED, reason="Kundin hat selbst gefunden, was sie suchte")
    status.resolve(number, terms=terms, by=world.ada, at=TEN + HOUR)
    assert db.session.query(Promise).one().state == "waived"
    status.reopen(number, by=world.ada, at=TEN + HOUR)

    db.session.expire_all()
    assert db.session.query(Promise).one().state == "open"
    assert cast.ticket(number).due_at == TEN + 2 * HOUR


def test_a_promise_into_the_past_is_refused_and_nothing_is_written(world: World, channel: int, number: int) -> None:
    with pytest.raises(Refused):
        note(world, number, promise_at=MONDAY_NINE)

    assert db.session.query(Call).count() == 0


def test_a_note_on_a_running_call_is_that_call(world: World, channel: int, number: int) -> None:
    phone = Phone(channel, at=TEN)
    call = phone.play(phone.ring(), phone.answer())
    assert call is not None

    noted = note(world, number, call_id=call.id, is_outgoing=False, at=TEN + timedelta(minutes=1))
    phone.play(phone.hangup(after=120))

    assert noted.call_id == call.id
    assert [(each.state, each.outcome) for each in ringing.every_call()] == [(CallState.ENDED, CallOutcome.REACHED)]
    assert [(message.text, message.conversation_id) for message in ringing.told()] == [
        ("Lampe kommt morgen.", noted.conversation_id)
    ]
    assert db.session.query(Ticket).count() == 1
    assert cast.obligations(number)[0].verdict == "met"


def test_a_note_on_another_ticket_takes_the_call_along(world: World, channel: int, number: int) -> None:
    first = Phone(channel, at=MONDAY_NINE)
    first.play(first.ring(), first.hangup("cancel"))
    missed, missed_on = ringing.owed()[-1].id, ringing.owed()[-1].conversation_id
    phone = Phone(channel, "b", at=TEN)
    call = phone.play(phone.ring(), phone.answer())
    assert call is not None
    assert call.conversation_id == missed_on

    note(world, number, call_id=call.id, is_outgoing=False, at=TEN + timedelta(minutes=1))

    assert [owed.state for owed in ringing.owed() if owed.id == missed] == [ObligationState.OPEN]
    assert cast.obligations(number)[0].verdict == "met"
    assert cast.counters() == cast.counted()


def test_a_person_s_word_that_nobody_was_reached_takes_the_answer_back(world: World, channel: int, number: int) -> None:
    note(world, number, CallOutcome.NOT_REACHED)
    back = Phone(channel, "back", at=TEN)
    call = back.play(back.ring(is_outgoing=True), back.answer(is_outgoing=True), back.hangup(is_outgoing=True))
    assert call is not None
    assert cast.ticket(number).due_at is None

    note(world, number, CallOutcome.VOICEMAIL, call_id=call.id, text="Mailbox, bitte um Rückruf.")

    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR
    assert cast.message(call.message_id or 0).message_class is MessageClass.AUTO


def test_a_call_that_only_a_note_knows_of_as_missed_is_owed(world: World, channel: int) -> None:
    noted = note(world, None, CallOutcome.VOICEMAIL, is_outgoing=False, text="Bittet um Rückruf.")

    assert cast.ticket(noted.ticket_id).due_at == TEN + HOUR


def test_a_shop_without_a_telephone_can_write_notes(world: World, number: int) -> None:
    noted = note(world, number)

    channel = db.session.query(Channel).filter_by(kind="phone").one()
    assert channel.settings == {"provider": "none"}
    assert cast.message(noted.message_id).channel_id == channel.id


def test_a_withheld_number_is_noted_on_the_customer_it_was(world: World, channel: int, number: int) -> None:
    noted = note(world, number, typed="")

    assert cast.ticket(noted.ticket_id).customer_id == cast.ticket(number).customer_id
    assert noted.ticket_id == number
