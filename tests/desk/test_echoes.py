"""Our own messages as a platform echoes them: confirmed, or said with another tool; never a ticket of their own."""

from __future__ import annotations

import pytest

from app.desk import delivery, replies
from app.desk.intake import Filed, Outcome
from app.models import Direction, MessageClass, MessageState, TicketState
from channels.contract import DeliveryError, DeliveryFault, Sent
from tests.desk.voices import MINUTE, OTTO, OTTO_IN_PUBLIC, US, Page, comment, dm, events, messages, own_dm, tickets
from tests.world import HOUR, MONDAY_NINE, conversation_of, counted, counters, message, obligations, ticket


def replied(page: Page, filed: Filed, *, text: str = "Morgen.", is_claimed: bool = True) -> int:
    """Answer a private message; a worker has it in its hands."""
    at = MONDAY_NINE + MINUTE
    message_id = replies.reply(conversation_of(filed), text=text, by=page.world.ben, at=at)
    if is_claimed:
        assert delivery.claim(message_id, at=at)
    return message_id


def test_an_answer_with_another_tool_settles_what_was_asked_before(page: Page) -> None:
    first = page.hear(dm())
    echo = page.hear(own_dm(sent_at=MONDAY_NINE + 10 * MINUTE), at=MONDAY_NINE + HOUR)
    ours = message(echo.message_id)
    assert (ours.direction, ours.state, ours.message_class) == (
        Direction.OUT,
        MessageState.SENT,
        MessageClass.SUBSTANTIVE,
    )
    assert (ours.is_elsewhere, ours.author_name) == (True, "Nordlicht")
    (owed,) = obligations(first.ticket_id)
    assert (owed.state, owed.settled_at, owed.verdict) == ("met", MONDAY_NINE + 10 * MINUTE, "met")
    assert ticket(first.ticket_id).state is TicketState.WAITING
    assert events(first.ticket_id) == ["opened", "elsewhere"]
    assert counters() == counted()


def test_an_answer_with_another_tool_settles_nothing_that_was_asked_later(page: Page) -> None:
    first = page.hear(dm())
    page.hear(dm(sent_at=MONDAY_NINE + 20 * MINUTE))
    page.hear(own_dm(sent_at=MONDAY_NINE + 10 * MINUTE), at=MONDAY_NINE + 30 * MINUTE)
    assert [owed.state for owed in obligations(first.ticket_id)] == ["met", "open"]
    assert ticket(first.ticket_id).state is TicketState.OPEN


def test_a_question_that_comes_after_its_answer_elsewhere_is_answered(page: Page) -> None:
    first = page.hear(dm())
    page.hear(own_dm(sent_at=MONDAY_NINE + 20 * MINUTE))
    page.hear(dm(sent_at=MONDAY_NINE + 10 * MINUTE), at=MONDAY_NINE + 30 * MINUTE)
    assert [owed.state for owed in obligations(first.ticket_id)] == ["met", "met"]
    assert ticket(first.ticket_id).state is TicketState.WAITING


def test_an_automatic_message_of_another_tool_settles_nothing(page: Page) -> None:
    first = page.hear(dm())
    page.hear(own_dm(sent_at=MONDAY_NINE + MINUTE, is_automatic=True))
    assert ticket(first.ticket_id).state is TicketState.OPEN


def test_an_echo_that_comes_before_the_conversation_waits_for_it(page: Page) -> None:
    page.hear(own_dm(external_id="m_own", sent_at=MONDAY_NINE + MINUTE))
    first = page.hear(dm(sent_at=MONDAY_NINE), at=MONDAY_NINE + HOUR)
    assert [(each.external_id, each.is_elsewhere) for each in messages()][1] == ("m_own", True)
    assert ticket(first.ticket_id).state is TicketState.WAITING


def test_an_echo_to_somebody_else_is_not_filed_with_her(page: Page) -> None:
    page.hear(dm())
    page.hear(own_dm(to=OTTO, sent_at=MONDAY_NINE + MINUTE))
    assert len(messages()) == 1


def test_the_same_echo_is_filed_once(page: Page) -> None:
    page.hear(dm())
    echo = own_dm(sent_at=MONDAY_NINE + MINUTE)
    assert [page.hear(echo).outcome for _ in range(2)] == [Outcome.FILED, Outcome.DUPLICATE]
    assert len(messages()) == 2


@pytest.mark.parametrize("knows_own_id", [True, False])
def test_an_echo_before_the_answer_of_the_platform_confirms_the_message(page: Page, *, knows_own_id: bool) -> None:
    first = page.hear(dm())
    message_id = replied(page, first)
    own_id = message(message_id).external_id
    sent_at = MONDAY_NINE + 2 * MINUTE
    page.hear(own_dm(external_id="m_ours", own_id=own_id if knows_own_id else "", sent_at=sent_at))
    ours = message(message_id)
    assert (ours.state, ours.external_id, ours.sent_at) == (MessageState.SENT, "m_ours", sent_at)
    assert ours.details["own_id"] == own_id
    assert [owed.settled_at for owed in obligations(first.ticket_id)] == [sent_at]
    delivery.settle(message_id, Sent(external_id="m_ours"), at=sent_at + MINUTE)
    assert message(message_id).sent_at == sent_at
    assert len(messages()) == 2
    assert counters() == counted()


def test_an_echo_after_the_answer_of_the_platform_is_known(page: Page) -> None:
    message_id = replied(page, page.hear(dm()))
    delivery.settle(message_id, Sent(external_id="m_ours"), at=MONDAY_NINE + 2 * MINUTE)
    echo = page.hear(own_dm(external_id="m_ours", sent_at=MONDAY_NINE + 2 * MINUTE))
    assert (echo.outcome, echo.message_id) == (Outcome.DUPLICATE, message_id)


def test_a_part_of_a_message_that_the_platform_delivered_in_several_is_no_other_message(page: Page) -> None:
    message_id = replied(page, page.hear(dm()))
    own_id = message(message_id).external_id
    delivery.settle(message_id, Sent(external_id="m_ours"), at=MONDAY_NINE + 2 * MINUTE)
    part = page.hear(own_dm(external_id="m_part", own_id=own_id, sent_at=MONDAY_NINE + 2 * MINUTE))
    assert part.outcome is Outcome.DUPLICATE
    assert len(messages()) == 2


def test_an_echo_settles_a_message_whose_fate_was_unknown(page: Page) -> None:
    first = page.hear(dm())
    message_id = replied(page, first, text="Hier: https://nordlicht.example/lampe")
    delivery.fail(message_id, DeliveryError(DeliveryFault.UNSURE, is_permanent=True), at=MONDAY_NINE + 2 * MINUTE)
    assert ticket(first.ticket_id).state is TicketState.OPEN
    page.hear(own_dm(text="Hier: https://t.test/x1", sent_at=MONDAY_NINE + 2 * MINUTE))
    assert message(message_id).state is MessageState.SENT
    assert ticket(first.ticket_id).state is TicketState.WAITING


def test_an_echo_of_a_message_that_waits_for_another_attempt_keeps_it_from_going_out_twice(page: Page) -> None:
    message_id = replied(page, page.hear(dm()))
    delivery.fail(message_id, DeliveryError(DeliveryFault.UNREACHABLE, is_permanent=False), at=MONDAY_NINE + MINUTE)
    page.hear(own_dm(sent_at=MONDAY_NINE + MINUTE))
    assert message(message_id).state is MessageState.SENT
    assert delivery.claim(message_id, at=MONDAY_NINE + HOUR) is None


def test_the_same_words_said_elsewhere_do_not_confirm_what_was_never_tried(page: Page) -> None:
    message_id = replied(page, page.hear(dm()), is_claimed=False)
    page.hear(own_dm(sent_at=MONDAY_NINE + MINUTE))
    assert message(message_id).state is MessageState.QUEUED
    assert len(messages()) == 3


def test_a_post_of_ours_that_answers_nobody_belongs_to_nobody(page: Page) -> None:
    page.hear(comment(external_id="p1", sender=US, is_own=True))
    page.hear(comment(external_id="c1", conversation_key="p1", replies_to=("p1",)))
    page.hear(comment(external_id="c2", conversation_key="p1", replies_to=("p1",), sender=OTTO_IN_PUBLIC))
    assert len(tickets()) == 2
    assert len(messages()) == 2


def test_a_public_answer_of_ours_waits_for_the_comment_it_answers(page: Page) -> None:
    page.hear(
        comment(
            external_id="c2",
            sender=US,
            is_own=True,
            replies_to=("c1",),
            conversation_key="c1",
            sent_at=MONDAY_NINE + MINUTE,
        )
    )
    first = page.hear(comment(external_id="c1"), at=MONDAY_NINE + HOUR)
    assert [each.external_id for each in messages()] == ["c1", "c2"]
    assert ticket(first.ticket_id).state is TicketState.WAITING


def test_an_answer_elsewhere_counts_for_itself_when_ours_fails(page: Page) -> None:
    first = page.hear(dm())
    page.hear(own_dm(sent_at=MONDAY_NINE + MINUTE), at=MONDAY_NINE + 30 * MINUTE)
    page.hear(dm(sent_at=MONDAY_NINE + 10 * MINUTE))
    message_id = replies.reply(conversation_of(first), text="Gern.", by=page.world.ben, at=MONDAY_NINE + 40 * MINUTE)
    delivery.claim(message_id, at=MONDAY_NINE + 40 * MINUTE)
    delivery.fail(message_id, DeliveryError(DeliveryFault.REJECTED, is_permanent=True), at=MONDAY_NINE + 40 * MINUTE)
    assert [owed.state for owed in obligations(first.ticket_id)] == ["met", "open"]
