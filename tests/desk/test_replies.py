"""Answering: queued, accepted, failed, unsure; and what each means for the clock."""

from __future__ import annotations

import pytest

from app.desk import delivery, escalation, replies, status
from app.errors import Refused
from app.models import MessageState, ObligationState, TicketState
from channels.contract import Bounce, ContactType, DeliveryError, DeliveryFault, Sent
from tests import world as cast
from tests.world import HOUR, MONDAY_NINE, World


@pytest.fixture
def asked(world: World) -> tuple[int, int]:
    """Eva has asked at nine: (ticket, conversation)."""
    filed = cast.hear(world)
    return filed.ticket_id, cast.conversation_of(filed)


def _answer(world: World, conversation: int, *, hours: int = 1) -> int:
    return replies.reply(conversation, text="Morgen.", by=world.ada, at=MONDAY_NINE + hours * HOUR)


def _fail(message_id: int, fault: DeliveryFault, *, is_permanent: bool) -> None:
    delivery.claim(message_id, at=MONDAY_NINE + HOUR)
    delivery.fail(message_id, DeliveryError(fault, is_permanent=is_permanent, words="nein"), at=MONDAY_NINE + HOUR)


def test_an_answer_shows_as_answered_as_soon_as_it_is_queued(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR

    _answer(world, conversation)

    assert cast.ticket(number).due_at is None
    assert cast.ticket(number).state is TicketState.WAITING
    assert cast.obligations(number)[0].state is ObligationState.OPEN


def test_the_verdict_uses_the_instant_the_provider_accepted_the_answer(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    message_id = _answer(world, conversation, hours=3)
    delivery.claim(message_id, at=MONDAY_NINE + 3 * HOUR)

    delivery.settle(message_id, Sent(external_id="x"), at=MONDAY_NINE + 5 * HOUR)

    owed = cast.obligations(number)[0]
    assert (owed.state, owed.verdict, owed.elapsed_seconds) == (ObligationState.MET, "breached", 5 * 3600)
    assert cast.message(message_id).state is MessageState.SENT


def test_a_refused_answer_is_owed_again_with_the_old_deadline(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    message_id = _answer(world, conversation)

    _fail(message_id, DeliveryFault.REJECTED, is_permanent=True)

    assert cast.message(message_id).state is MessageState.FAILED
    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR
    assert cast.ticket(number).state is TicketState.OPEN


def test_a_temporary_fault_is_tried_again_later(world: World, asked: tuple[int, int]) -> None:
    _, conversation = asked
    message_id = _answer(world, conversation)

    _fail(message_id, DeliveryFault.UNREACHABLE, is_permanent=False)

    assert cast.message(message_id).state is MessageState.QUEUED
    assert delivery.claim(message_id, at=MONDAY_NINE + HOUR) is None
    assert delivery.claim(message_id, at=MONDAY_NINE + 2 * HOUR) is not None


def test_patience_ends_with_a_failed_message_and_not_with_silence(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    message_id = _answer(world, conversation)
    for hours in range(delivery.PATIENCE):
        at = MONDAY_NINE + (1 + hours) * HOUR
        delivery.claim(message_id, at=at)
        delivery.fail(message_id, DeliveryError(DeliveryFault.UNREACHABLE, is_permanent=False), at=at)

    assert cast.message(message_id).state is MessageState.FAILED
    assert cast.ticket(number).due_at is not None


def test_an_unsure_answer_leaves_the_clock_open_until_a_person_decides(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    message_id = _answer(world, conversation)
    _fail(message_id, DeliveryFault.UNSURE, is_permanent=False)
    assert cast.message(message_id).state is MessageState.UNSURE
    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR

    replies.confirm_sent(message_id, by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    assert cast.ticket(number).due_at is None
    assert cast.obligations(number)[0].verdict == "met"


def test_an_unsure_answer_that_is_given_up_stays_visible_and_owed(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    message_id = _answer(world, conversation)
    _fail(message_id, DeliveryFault.UNSURE, is_permanent=False)

    replies.discard(message_id, by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    assert cast.message(message_id).state is MessageState.FAILED
    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR


def test_a_failed_answer_that_is_tried_again_keeps_its_id(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    message_id = _answer(world, conversation)
    own_id = cast.message(message_id).external_id
    _fail(message_id, DeliveryFault.REJECTED, is_permanent=True)

    replies.retry(message_id, by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    parcel = delivery.claim(message_id, at=MONDAY_NINE + 2 * HOUR)
    assert parcel is not None
    assert parcel.outgoing.external_id == own_id
    assert cast.ticket(number).due_at is None


def test_a_later_answer_keeps_the_clock_settled_when_an_earlier_one_comes_back(
    world: World, asked: tuple[int, int]
) -> None:
    number, conversation = asked
    first = _answer(world, conversation, hours=1)
    second = _answer(world, conversation, hours=2)
    delivery.claim(second, at=MONDAY_NINE + 2 * HOUR)
    delivery.settle(second, Sent(external_id="x"), at=MONDAY_NINE + 2 * HOUR)

    _fail(first, DeliveryFault.REJECTED, is_permanent=True)

    owed = cast.obligations(number)[0]
    assert (owed.verdict, owed.elapsed_seconds) == ("met", 2 * 3600)
    assert cast.ticket(number).due_at is None


def test_only_one_worker_can_claim_a_message(world: World, asked: tuple[int, int]) -> None:
    _, conversation = asked
    message_id = _answer(world, conversation)

    claims = [delivery.claim(message_id, at=MONDAY_NINE + HOUR) for _ in range(2)]

    assert [claim is not None for claim in claims] == [True, False]


def test_a_claim_that_was_never_settled_becomes_unsure_and_is_not_sent_again(
    world: World, asked: tuple[int, int]
) -> None:
    _, conversation = asked
    message_id = _answer(world, conversation)
    delivery.claim(message_id, at=MONDAY_NINE + HOUR)
    assert delivery.lost(lease=60) == []

    for lost in delivery.lost(lease=-1):
        delivery.lose_track(lost, at=MONDAY_NINE + HOUR)

    assert cast.message(message_id).state is MessageState.UNSURE
    assert delivery.claim(message_id, at=MONDAY_NINE + 2 * HOUR) is None


def test_the_answer_refers_to_the_whole_thread_with_the_customers_mail_last(
    world: World, asked: tuple[int, int]
) -> None:
    number, conversation = asked
    again = cast.hear(world, replies_to=(cast.message(1).external_id,), at=MONDAY_NINE + HOUR)
    message_id = _answer(world, conversation, hours=2)

    parcel = delivery.claim(message_id, at=MONDAY_NINE + 2 * HOUR)

    assert parcel is not None
    assert parcel.outgoing.replies_to == cast.message(again.message_id).external_id
    assert parcel.outgoing.ticket_number == number
    assert parcel.outgoing.recipient.value == "eva@kundin.example"


def test_an_empty_answer_is_refused_beside_its_field(world: World, asked: tuple[int, int]) -> None:
    _, conversation = asked

    with pytest.raises(Refused) as refusal:
        replies.reply(conversation, text="  \n", by=world.ada, at=MONDAY_NINE)

    assert refusal.value.field == "text"


def test_an_answer_to_an_older_state_of_the_thread_is_refused(world: World, asked: tuple[int, int]) -> None:
    _, conversation = asked
    newer = cast.hear(world, replies_to=(cast.message(1).external_id,), at=MONDAY_NINE + HOUR)

    with pytest.raises(Refused, match="Neu seit Ihrem Entwurf"):
        replies.reply(conversation, text="Alt", last_seen_id=newer.message_id - 1, by=world.ada, at=MONDAY_NINE + HOUR)


def test_whoever_answers_an_unassigned_ticket_has_it_from_then_on(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked

    _answer(world, conversation)

    assert cast.ticket(number).assignee_id == world.ada.id
    assert cast.counters() == cast.counted()


def test_after_a_lost_answer_the_customer_is_still_owed_a_first_one(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    message_id = _answer(world, conversation)
    _fail(message_id, DeliveryFault.REJECTED, is_permanent=True)

    cast.hear(world, replies_to=(cast.message(1).external_id,), at=MONDAY_NINE + 2 * HOUR)

    assert [owed.kind for owed in cast.obligations(number)] == ["first", "first"]


def test_a_ticket_resolved_with_an_answer_that_came_back_is_open_again(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    message_id = _answer(world, conversation)
    delivery.claim(message_id, at=MONDAY_NINE + HOUR)
    delivery.settle(message_id, Sent(external_id="x"), at=MONDAY_NINE + HOUR)
    status.resolve(number, by=world.ada, at=MONDAY_NINE + 2 * HOUR)
    report = Bounce(message_id=cast.message(message_id).external_id, reason="no such user", is_permanent=True)

    cast.hear(world, type=ContactType.BOUNCE, bounce=report, is_automatic=True, at=MONDAY_NINE + 3 * HOUR)

    assert cast.ticket(number).state is TicketState.OPEN
    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR
    assert cast.counters() == cast.counted()


def test_a_send_that_outlived_its_lease_still_settles_the_clock(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    message_id = _answer(world, conversation)
    delivery.claim(message_id, at=MONDAY_NINE + HOUR)
    delivery.lose_track(message_id, at=MONDAY_NINE + HOUR)
    assert cast.ticket(number).due_at is not None

    delivery.settle(message_id, Sent(external_id="x"), at=MONDAY_NINE + 2 * HOUR)

    assert cast.ticket(number).due_at is None
    assert cast.ticket(number).state is TicketState.WAITING
    assert cast.obligations(number)[0].verdict == "met"


def test_an_answer_keeps_its_verdict_when_its_ticket_is_resolved_at_once(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    message_id = _answer(world, conversation)
    status.resolve(number, by=world.ada, at=MONDAY_NINE + HOUR)
    delivery.claim(message_id, at=MONDAY_NINE + HOUR)

    delivery.settle(message_id, Sent(external_id="x"), at=MONDAY_NINE + HOUR)

    status.reopen(number, by=world.ada, at=MONDAY_NINE + 2 * HOUR)
    assert cast.obligations(number)[0].verdict == "met"
    assert escalation.due(at=MONDAY_NINE + 30 * HOUR) == []


def test_a_confirmed_answer_counts_as_the_first_one(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    message_id = _answer(world, conversation)
    _fail(message_id, DeliveryFault.UNSURE, is_permanent=False)
    replies.confirm_sent(message_id, by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    cast.hear(world, replies_to=(cast.message(1).external_id,), at=MONDAY_NINE + 3 * HOUR)

    assert [owed.kind for owed in cast.obligations(number)] == ["first", "next"]


def test_an_answer_that_was_given_up_while_it_was_sent_is_out_all_the_same(
    world: World, asked: tuple[int, int]
) -> None:
    number, conversation = asked
    message_id = _answer(world, conversation)
    delivery.claim(message_id, at=MONDAY_NINE + HOUR)
    delivery.lose_track(message_id, at=MONDAY_NINE + HOUR)
    replies.discard(message_id, by=world.ada, at=MONDAY_NINE + HOUR)
    assert cast.ticket(number).due_at is not None

    delivery.settle(message_id, Sent(external_id="x"), at=MONDAY_NINE + HOUR)

    assert (cast.message(message_id).state, cast.ticket(number).due_at) == (MessageState.SENT, None)
