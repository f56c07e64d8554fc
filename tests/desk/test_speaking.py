"""What a platform lets us say: asked before anything is queued, public and private never confused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db import db
from app.desk import channels, delivery, replies
from app.errors import NotFound
from app.models import Channel, Message, MessageState, ProblemSource
from channels.contract import DeliveryFault, Health, Sent
from tests.desk.answers import DAY, POST, answer, asked_in_public, below, failed, refused, sent
from tests.desk.voices import MINUTE, Page, comment, dm, messages, own_dm
from tests.world import HOUR, MONDAY_NINE, message, obligations, ticket


def test_an_answer_to_a_comment_is_public_and_names_what_it_answers(page: Page) -> None:
    filed = asked_in_public(page)
    message_id = answer(page, filed)
    ours = message(message_id)
    assert (ours.is_public, ours.answers_id) == (True, filed.message_id)
    parcel = delivery.claim(message_id, at=MONDAY_NINE + MINUTE)
    assert parcel is not None
    outgoing = parcel.outgoing
    assert (outgoing.is_public, outgoing.replies_to, outgoing.is_unsure) == (True, "900100_1", False)
    assert outgoing.exchange is not None
    assert (outgoing.exchange.is_public, outgoing.exchange.newest_id) == (True, "900100_1")
    assert outgoing.exchange.details["item"] == "comment"


def test_an_older_comment_can_be_answered_with_its_own_facts(page: Page) -> None:
    first = asked_in_public(page)
    page.hear(
        comment(
            external_id="900100_2",
            conversation_key="900100_1",
            replies_to=("900100_1",),
            sent_at=MONDAY_NINE + MINUTE,
            details={**POST, "item": "photo"},
        )
    )
    message_id = answer(page, first, answers_id=first.message_id, after=2 * MINUTE)
    parcel = delivery.claim(message_id, at=MONDAY_NINE + 2 * MINUTE)
    assert parcel is not None
    assert parcel.outgoing.replies_to == "900100_1"
    assert parcel.outgoing.exchange is not None
    assert parcel.outgoing.exchange.details["item"] == "comment"


def test_a_message_of_another_conversation_cannot_be_answered_here(page: Page) -> None:
    filed, other = asked_in_public(page), page.hear(dm())
    with pytest.raises(NotFound):
        answer(page, filed, answers_id=other.message_id)


def test_nothing_private_is_answered_in_public(page: Page) -> None:
    filed = page.hear(dm())
    refusal = refused(page, filed, is_public=True)
    assert (refusal.code, message(filed.message_id).is_public) == ("reply_not_allowed", False)
    assert len(messages()) == 1


@pytest.mark.parametrize(("after", "code"), [(6 * DAY, ""), (7 * DAY, "window_closed"), (30 * DAY, "window_closed")])
def test_after_the_window_nothing_is_queued(page: Page, after: timedelta, code: str) -> None:
    filed = page.hear(dm())
    if not code:
        assert answer(page, filed, after=after)
        return
    assert refused(page, filed, after=after).code == code
    assert len(messages()) == 1
    assert [owed.answered_by_id for owed in obligations(filed.ticket_id)] == [None]


def test_a_text_that_is_too_long_for_the_platform_says_by_how_much(page: Page) -> None:
    refusal = refused(page, page.hear(dm()), text="ä" * 2001)
    assert (refusal.code, refusal.words) == ("too_long", "Der Text ist zu lang: 2001 Zeichen, höchstens 2000.")


def test_answers_wait_for_a_channel_that_is_not_allowed_to_speak(page: Page) -> None:
    filed = page.hear(dm())
    message_id = answer(page, filed)
    ours = failed(message_id, DeliveryFault.UNAUTHORISED, is_permanent=True)
    assert (ours.state, ours.fault, ours.attempts) == (MessageState.QUEUED, "unauthorised", 0)
    assert delivery.claim(message_id, at=MONDAY_NINE + HOUR) is None
    channels.report_problem(page.channel, words="Token tot", code="190", source=ProblemSource.HEALTH, at=MONDAY_NINE)
    channels.report_well(page.channel, at=MONDAY_NINE + HOUR)
    assert db.session.get_one(Channel, page.channel).problem == ""
    assert delivery.claim(message_id, at=MONDAY_NINE + HOUR) is not None


def test_a_platform_that_asks_us_to_slow_down_is_obeyed(page: Page) -> None:
    ours = failed(answer(page, page.hear(dm())), DeliveryFault.RATE_LIMITED, retry_within=900.0)
    assert ours.retry_at == MONDAY_NINE + HOUR + timedelta(minutes=15)


def test_a_limit_rests_the_whole_channel_and_costs_no_attempt(page: Page) -> None:
    private, public = page.hear(dm()), asked_in_public(page)
    first, second, other = answer(page, private), answer(page, private, text="Noch etwas"), answer(page, public)
    failed(first, DeliveryFault.RATE_LIMITED, retry_within=900.0)
    assert message(first).attempts == 0
    assert delivery.claim(second, at=MONDAY_NINE + HOUR + MINUTE) is None
    assert delivery.claim(other, at=MONDAY_NINE + HOUR + MINUTE) is not None
    assert delivery.claim(second, at=MONDAY_NINE + HOUR + 15 * MINUTE) is not None


@pytest.mark.parametrize("is_before", [False, True])
def test_a_part_of_our_message_that_is_told_later_or_before_is_no_other_answer(page: Page, *, is_before: bool) -> None:
    filed = page.hear(dm())
    message_id = answer(page, filed)
    part = own_dm(external_id="m_file", text="", sent_at=MONDAY_NINE + 2 * MINUTE)
    if is_before:
        assert delivery.claim(message_id, at=MONDAY_NINE + MINUTE)
        page.hear(part)
        delivery.settle(
            message_id, Sent(external_id="m_1", details={"parts": ["m_1", "m_file"]}), at=MONDAY_NINE + HOUR
        )
    else:
        sent(message_id, "m_1", details={"parts": ["m_1", "m_file"]})
        page.hear(part)
    assert len(messages()) == 2
    assert [owed.answered_by_id for owed in obligations(filed.ticket_id)] == [message_id]


def test_before_a_message_is_repeated_over_which_the_platform_stumbled_the_connector_looks(page: Page) -> None:
    message_id = answer(page, page.hear(dm()))
    failed(message_id, DeliveryFault.REJECTED)
    parcel = delivery.claim(message_id, at=MONDAY_NINE + 2 * HOUR)
    assert parcel is not None
    assert parcel.outgoing.is_unsure


def test_before_an_unsure_message_is_repeated_the_connector_is_told_to_look(page: Page) -> None:
    message_id = answer(page, page.hear(dm()))
    failed(message_id, DeliveryFault.UNSURE)
    replies.retry(message_id, by=page.world.ben, at=MONDAY_NINE + HOUR)
    parcel = delivery.claim(message_id, at=MONDAY_NINE + HOUR)
    assert parcel is not None
    assert parcel.outgoing.is_unsure


def test_a_message_of_ours_is_known_by_the_id_of_the_platform(page: Page) -> None:
    message_id = answer(page, page.hear(dm()))
    own_id = message(message_id).external_id
    sent(message_id, "m_platform")
    ours = message(message_id)
    assert (ours.external_id, ours.details["own_id"], ours.state) == ("m_platform", own_id, MessageState.SENT)


def test_the_echo_of_a_file_that_went_as_a_message_of_its_own_is_no_other_answer(page: Page) -> None:
    message_id = answer(page, page.hear(dm()))
    own_id = message(message_id).external_id
    sent(message_id, "m_1", details={"parts": ["m_1", "m_2"]})
    page.hear(own_dm(external_id="m_2", own_id=own_id, text="", sent_at=MONDAY_NINE + 3 * MINUTE))
    assert len(messages()) == 2


def test_an_echo_that_nobody_recognised_gives_way_to_our_message(page: Page) -> None:
    filed = page.hear(dm())
    message_id = answer(page, filed, text="Die Lampe kommt morgen.")
    delivery.claim(message_id, at=MONDAY_NINE + MINUTE)
    echo = page.hear(own_dm(external_id="m_1", text="Die Lampe kommt morgen…", sent_at=MONDAY_NINE + 2 * MINUTE))
    assert message(echo.message_id).is_elsewhere
    delivery.settle(message_id, Sent(external_id="m_1"), at=MONDAY_NINE + 2 * MINUTE)
    assert [(each.id, each.external_id) for each in messages()][1:] == [(message_id, "m_1")]
    (owed,) = obligations(filed.ticket_id)
    assert (owed.answered_by_id, owed.verdict) == (message_id, "met")
    assert db.session.scalars(select(Message.id).where(Message.is_elsewhere)).all() == []


def test_the_newest_message_is_the_one_that_was_written_last(page: Page) -> None:
    first = asked_in_public(page)
    newest = below(page, "900100_3", minute=9)
    below(page, "900100_2", minute=5)
    message_id = answer(page, first, after=10 * MINUTE)
    assert message(message_id).answers_id == newest.message_id
    parcel = delivery.claim(message_id, at=MONDAY_NINE + 10 * MINUTE)
    assert parcel is not None
    assert parcel.outgoing.replies_to == "900100_3"


def test_a_good_token_lets_one_waiting_answer_try_whether_we_may_speak_again(page: Page) -> None:
    filed = page.hear(dm())
    first, second = answer(page, filed), answer(page, filed, text="Noch etwas")
    for message_id in (first, second):
        failed(message_id, DeliveryFault.UNAUTHORISED)
    channels.report_problem(
        page.channel, words="Recht fehlt", code="unauthorised", source=ProblemSource.SENDING, at=MONDAY_NINE
    )
    channels.report_health(page.channel, Health(is_ok=True), at=MONDAY_NINE + HOUR)
    assert db.session.get_one(Channel, page.channel).problem == "Recht fehlt"
    assert delivery.claim(second, at=MONDAY_NINE + HOUR) is None
    assert delivery.claim(first, at=MONDAY_NINE + HOUR) is not None
    channels.report_well(page.channel, source=ProblemSource.SENDING, at=MONDAY_NINE + HOUR)
    assert delivery.claim(second, at=MONDAY_NINE + HOUR) is not None


@pytest.mark.parametrize("fault", [DeliveryFault.WINDOW_CLOSED, DeliveryFault.GONE, DeliveryFault.TOO_LONG])
def test_what_no_waiting_mends_fails_at_once(page: Page, fault: DeliveryFault) -> None:
    filed = page.hear(dm())
    assert failed(answer(page, filed), fault).state is MessageState.FAILED
    assert ticket(filed.ticket_id).due_at is not None
