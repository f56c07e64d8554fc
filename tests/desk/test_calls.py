"""Calls that a telephone system tells of: one row a call, one conversation a caller, and what a call makes us owe."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import live
from app.db import db
from app.desk import calls
from app.models import (
    Call,
    CallState,
    Conversation,
    Direction,
    Identity,
    MessageClass,
    ObligationState,
    Ticket,
    TicketState,
)
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


def test_a_ring_alone_opens_nothing(channel: int) -> None:
    phone = Phone(channel)

    phone.play(phone.ring())

    assert [call.state for call in ringing.every_call()] == [CallState.RINGING]
    assert tickets() == []


def test_a_missed_call_is_owed_from_the_ring_on(channel: int) -> None:
    phone = Phone(channel)
    ring = phone.ring()

    phone.play(ring, phone.hangup("cancel", after=20))

    (ticket,) = tickets()
    (owed,) = ringing.owed()
    assert (owed.route, owed.kind, owed.opened_at) == ("phone", "first", ring.sent_at)
    assert ticket.due_at == ring.sent_at + HOUR
    assert (ticket.state, ticket.preview, ticket.channel_kind) == (TicketState.OPEN, "Verpasster Anruf", "phone")
    assert cast.counters() == cast.counted()


def test_two_missed_calls_of_one_caller_are_owed_once(channel: int) -> None:
    for call_id, minutes in (("a", 0), ("b", 5)):
        phone = Phone(channel, call_id, at=MONDAY_NINE + minutes * MINUTE)
        phone.play(phone.ring(), phone.hangup("noAnswer"))

    assert len(tickets()) == 1
    assert len(ringing.owed()) == 1
    assert len(ringing.told()) == 2
    assert db.session.query(Conversation).count() == 1


def test_the_mailbox_is_no_answer(channel: int) -> None:
    phone = Phone(channel)

    call = phone.play(phone.ring(), phone.answer(agents=(), is_voicemail=True), phone.hangup(after=30))

    assert call is not None
    assert (call.state, call.answered_at) == (CallState.VOICEMAIL, None)
    assert [owed.state for owed in ringing.owed()] == [ObligationState.OPEN]
    assert tickets()[0].preview == "Anruf auf der Mailbox"


def test_a_call_that_was_answered_is_an_answer_and_owes_nothing(world: World, channel: int) -> None:
    phone = Phone(channel)

    call = phone.play(phone.ring(), phone.answer(after=5), phone.hangup(after=200))

    assert call is not None
    assert (call.state, call.agent_id) == (CallState.ENDED, world.ada.id)
    (message,) = ringing.told()
    assert (message.direction, message.message_class) == (Direction.IN, MessageClass.SUBSTANTIVE)
    assert message.text == "Telefonat, 3 Min. 20 Sek."
    assert ringing.owed() == []
    (ticket,) = tickets()
    assert (ticket.state, ticket.assignee_id) == (TicketState.WAITING, world.ada.id)
    assert cast.counters() == cast.counted()


def test_a_call_settles_what_a_mail_of_the_same_customer_had_made_us_owe(world: World, channel: int) -> None:
    mail = cast.hear(world)
    number = mail.ticket_id
    with_phone(number)
    phone = Phone(channel, at=MONDAY_NINE + 3 * HOUR)

    phone.play(phone.ring(), phone.answer())

    owed = cast.obligations(number)[0]
    assert (owed.state, owed.verdict, owed.settled_at) == (ObligationState.MET, "met", phone.at)
    assert cast.ticket(number).due_at is None
    phone.play(phone.hangup(after=90))
    assert len(tickets()) == 1
    assert cast.ticket(number).preview == "Telefonat, 1 Min. 30 Sek."


def with_phone(number: int) -> None:
    """Let the number be one of the customer's addresses."""
    from app.db import transaction

    with transaction():
        customer_id = db.session.get_one(Ticket, number).customer_id
        db.session.add(Identity(customer_id=customer_id, kind="phone", value=EVA, created_at=MONDAY_NINE))


def test_an_answered_call_back_closes_the_missed_call(world: World, channel: int) -> None:
    phone = Phone(channel)
    phone.play(phone.ring(), phone.hangup("cancel"))
    back = Phone(channel, "back", at=MONDAY_NINE + HOUR / 2)

    back.play(back.ring(is_outgoing=True), back.answer(is_outgoing=True), back.hangup(is_outgoing=True, after=60))

    (ticket,) = tickets()
    assert (ticket.state, ticket.due_at) == (TicketState.WAITING, None)
    assert [(owed.state, owed.verdict) for owed in ringing.owed()] == [(ObligationState.MET, "met")]
    assert [message.direction for message in ringing.told()] == [Direction.IN, Direction.OUT]


def test_a_call_back_that_nobody_took_leaves_the_call_owed(channel: int) -> None:
    phone = Phone(channel)
    phone.play(phone.ring(), phone.hangup("cancel"))
    back = Phone(channel, "back", at=MONDAY_NINE + HOUR / 2)

    back.play(back.ring(is_outgoing=True), back.hangup("noAnswer", is_outgoing=True))

    assert [owed.state for owed in ringing.owed()] == [ObligationState.OPEN]
    assert ringing.told()[-1].message_class is MessageClass.AUTO


def test_calling_somebody_without_a_matter_opens_none(channel: int) -> None:
    phone = Phone(channel, number="+4989111222333")

    phone.play(phone.ring(is_outgoing=True), phone.answer(is_outgoing=True), phone.hangup(is_outgoing=True))

    assert tickets() == []
    assert len(ringing.every_call()) == 1


def test_a_transfer_is_one_call(world: World, channel: int) -> None:
    phone = Phone(channel)

    phone.play(
        phone.ring(),
        phone.answer(),
        phone.ring(call_id="b", root_id="a", agents=("Ben",)),
        phone.answer(call_id="b", agents=("Ben",)),
        phone.hangup(call_id="a"),
        phone.hangup(call_id="b"),
    )

    assert [(call.root_id, call.state) for call in ringing.every_call()] == [("a", CallState.ENDED)]
    assert len(ringing.told()) == 1


def test_a_call_that_is_passed_on_because_it_was_busy_is_not_missed_before_the_second_leg_ends(channel: int) -> None:
    phone = Phone(channel)

    phone.play(phone.ring(), phone.hangup("forwarded"))
    assert [call.state for call in ringing.every_call()] == [CallState.RINGING]
    phone.play(phone.ring(call_id="b", root_id="a"), phone.hangup("cancel", call_id="b"))

    assert [call.state for call in ringing.every_call()] == [CallState.MISSED]
    assert len(ringing.owed()) == 1


def test_steps_in_any_order_lead_to_the_same_call(channel: int) -> None:
    outcomes = set()
    for n, _ in enumerate(ringing.orders(list("abcdef"))):  # type: ignore[arg-type]
        a, b = f"{n}a", f"{n}b"
        phone = Phone(channel, a, number=f"+49151555{n:05}")
        steps = [
            phone.ring(),
            phone.answer(),
            phone.ring(call_id=b, root_id=a, agents=("Ben",)),
            phone.answer(call_id=b, agents=("Ben",)),
            phone.hangup(call_id=a),
            phone.hangup(call_id=b),
        ]
        call = phone.play(*list(ringing.orders(steps))[n])
        calls_of = [each for each in ringing.every_call() if each.number == phone.number]
        owed = [each.state for each in ringing.owed() if call and each.conversation_id == call.conversation_id]
        outcomes.add((len(calls_of), calls_of[0].state, calls_of[0].answered_at, calls_of[0].ended_at, *set(owed)))
    shapes = {(one[0], one[1]) for one in outcomes}
    assert shapes == {(1, CallState.ENDED)}
    assert {one[4:] for one in outcomes} <= {(), (ObligationState.MET,)}


def test_a_late_answer_does_not_reopen_a_call_that_the_caller_gave_up(channel: int) -> None:
    phone = Phone(channel)

    call = phone.play(phone.ring(), phone.hangup("cancel"), phone.answer())

    assert call is not None
    assert (call.state, call.answered_at) == (CallState.MISSED, None)
    assert [owed.state for owed in ringing.owed()] == [ObligationState.OPEN]


def test_a_hang_up_that_overtook_the_answer_is_put_right(channel: int) -> None:
    phone = Phone(channel)
    ring, answer, hangup = phone.ring(), phone.answer(), phone.hangup(after=60)

    call = phone.play(ring, hangup, answer)

    assert call is not None
    assert (call.state, call.answered_at) == (CallState.ENDED, answer.sent_at)
    assert [(owed.state, owed.verdict) for owed in ringing.owed()] == [(ObligationState.MET, "met")]
    assert tickets()[0].state is TicketState.WAITING


def test_a_hang_up_before_its_ring_waits_for_it(channel: int) -> None:
    phone = Phone(channel)
    ring, hangup = phone.ring(), phone.hangup("cancel")

    phone.play(hangup)
    assert tickets() == []
    call = phone.play(ring)

    assert call is not None
    assert (call.state, call.rang_at) == (CallState.MISSED, ring.sent_at)
    assert len(ringing.owed()) == 1


def test_repeated_steps_change_nothing(channel: int) -> None:
    phone = Phone(channel)
    steps = [phone.ring(), phone.hangup("cancel")]
    phone.play(*steps)
    before = db.session.query(Ticket).one().updated_at

    phone.play(*steps, *steps)

    assert len(ringing.told()) == len(ringing.owed()) == len(ringing.every_call()) == 1
    assert tickets()[0].updated_at == before


def test_two_calls_at_once_of_one_caller_are_two_calls_in_one_conversation(channel: int) -> None:
    one, two = Phone(channel, "a"), Phone(channel, "b", at=MONDAY_NINE + MINUTE)

    one.play(one.ring(), two.ring(), one.answer(), two.hangup("cancel"), one.hangup())

    assert [call.state for call in ringing.every_call()] == [CallState.ENDED, CallState.MISSED]
    assert db.session.query(Conversation).count() == len(tickets()) == 1


def test_a_ring_is_told_to_those_it_rings_at(world: World, channel: int, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[live.Signal] = []
    monkeypatch.setattr(live, "publish", heard.append)
    phone, other = Phone(channel), Phone(channel, "b")

    phone.play(phone.ring(agents=("w0",)))
    other.play(other.ring(agents=("w77",)))

    assert [signal.kind for signal in heard] == ["call", "call"]
    assert list(heard[0].agents) == [world.ada.id]
    assert set(heard[1].agents) == {world.ada.id, world.cleo.id}


def test_a_call_whose_end_was_never_told_is_missed_after_a_while(channel: int) -> None:
    phone = Phone(channel)
    phone.play(phone.ring())
    assert calls.unheard(at=MONDAY_NINE + 5 * MINUTE) == []

    for call_id in calls.unheard(at=MONDAY_NINE + 11 * MINUTE):
        calls.give_up(call_id, at=MONDAY_NINE + 11 * MINUTE)

    assert [call.state for call in ringing.every_call()] == [CallState.MISSED]
    assert len(ringing.owed()) == 1
    assert calls.unheard(at=MONDAY_NINE + HOUR) == []


def test_what_the_history_tells_again_is_the_call_that_was_pushed(channel: int) -> None:
    phone = Phone(channel)
    ring = phone.ring()
    phone.play(ring)
    later = Phone(channel, "history-1", at=ring.sent_at)
    known = {"details": {"history": ring.sent_at.isoformat()}, "root_id": "history-1"}

    later.play(later.ring(**known), later.hangup("noAnswer", after=150, **known))

    assert [(call.root_id, call.state) for call in ringing.every_call()] == [("a", CallState.MISSED)]


@pytest.mark.parametrize("number", [EVA, None])
def test_two_calls_that_only_the_history_tells_of_are_two(channel: int, number: str | None) -> None:
    """Both rang within the half minute in which an entry is taken for a call that was pushed."""
    for _ in range(2):
        for entry, seconds in (("h1", 0), ("h2", 20)):
            entry_of_the_history(channel, entry, number, seconds)

    assert [(call.root_id, call.state) for call in ringing.every_call()] == [
        ("h1", CallState.MISSED),
        ("h2", CallState.ENDED),
    ]


def entry_of_the_history(channel: int, entry: str, number: str | None, seconds: int) -> None:
    """Let the desk hear an entry; the one that rang at once was missed, a later one was talked."""
    phone = Phone(channel, entry, number=number, at=MONDAY_NINE + seconds * ringing.SECOND)
    known = {"root_id": entry, "details": {"history": phone.at.isoformat()}, "after": 0}
    end = phone.hangup("normalClearing" if seconds else "noAnswer", **{**known, "after": 300 if seconds else 0})
    phone.at = MONDAY_NINE + seconds * ringing.SECOND
    phone.play(phone.ring(**known), *([phone.answer(**known)] if seconds else []), end)


def test_of_two_calls_that_were_pushed_each_is_told_by_an_entry_of_its_own(channel: int) -> None:
    for call_id, seconds in (("a", 0), ("b", 20)):
        phone = Phone(channel, call_id, number=None, at=MONDAY_NINE + seconds * ringing.SECOND)
        phone.play(phone.ring(after=0))

    for entry, seconds in (("h1", 0), ("h2", 20)):
        entry_of_the_history(channel, entry, None, seconds)

    assert [(call.root_id, call.state) for call in ringing.every_call()] == [
        ("a", CallState.MISSED),
        ("b", CallState.ENDED),
    ]


def test_a_call_is_kept_once_however_often_its_row_is_made(channel: int) -> None:
    phone = Phone(channel)
    phone.play(phone.ring())

    assert db.session.query(Call).filter_by(channel_id=channel, root_id="a").count() == 1
