"""What a platform lets us say: asked before anything is queued, public and private never confused."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.access import Person
from app.db import db
from app.desk import channels, delivery, joining, replies
from app.desk.intake import Filed
from app.errors import NotFound, Refused
from app.models import Channel, Conversation, Identity, Message, MessageState, ProblemSource
from channels.contract import DeliveryError, DeliveryFault, Handle, Sent
from tests.desk.voices import EVA, MINUTE, PAGE, Page, comment, dm, messages, own_dm
from tests.world import HOUR, MONDAY_NINE, conversation_of, message, obligations, ticket

DAY = timedelta(days=1)
PSID = Handle(kind="messenger", value="88001", scope=PAGE)
POST = {"item": "comment", "verb": "add", "field": "feed"}


def asked_in_public(page: Page) -> Filed:
    return page.hear(comment(external_id="900100_1", details=POST))


def answer(page: Page, filed: Filed, *, after: timedelta = MINUTE, text: str = "Gern!", **more: object) -> int:
    return replies.reply(
        conversation_of(filed),
        text=text,
        by=page.world.ben,
        at=MONDAY_NINE + after,
        **more,  # type: ignore[arg-type]
    )


def refused(page: Page, filed: Filed, **more: object) -> Refused:
    with pytest.raises(Refused) as refusal:
        answer(page, filed, **more)  # type: ignore[arg-type]
    return refusal.value


def sent(message_id: int, external_id: str, **more: object) -> None:
    at = MONDAY_NINE + 2 * MINUTE
    assert delivery.claim(message_id, at=at)
    delivery.settle(message_id, Sent(external_id=external_id, **more), at=at)  # type: ignore[arg-type]


def failed(message_id: int, fault: DeliveryFault, *, is_permanent: bool = False, **more: float) -> Message:
    assert delivery.claim(message_id, at=MONDAY_NINE + HOUR)
    error = DeliveryError(fault, is_permanent=is_permanent, words="Nein", **more)
    delivery.fail(message_id, error, at=MONDAY_NINE + HOUR)
    return message(message_id)


def conversation(message_id: int) -> Conversation:
    return db.session.get_one(Conversation, message(message_id).conversation_id)


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


def test_a_private_answer_to_a_comment_lies_in_a_conversation_of_its_own(page: Page) -> None:
    filed = asked_in_public(page)
    message_id = answer(page, filed, is_public=False)
    ours, private = message(message_id), conversation(message_id)
    assert (ours.is_public, ours.answers_id, private.is_public) == (False, filed.message_id, False)
    assert (private.ticket_id, private.id) == (filed.ticket_id, ours.conversation_id)
    assert private.id != conversation_of(filed)
    parcel = delivery.claim(message_id, at=MONDAY_NINE + MINUTE)
    assert parcel is not None
    outgoing = parcel.outgoing
    assert (outgoing.is_public, outgoing.replies_to, outgoing.recipient.kind) == (False, "900100_1", "facebook")
    assert outgoing.exchange is not None
    assert outgoing.exchange.is_public


def test_whom_a_private_answer_reached_is_known_from_then_on(page: Page) -> None:
    filed = asked_in_public(page)
    message_id = answer(page, filed, is_public=False)
    details = {"private_reply": "900100_1"}
    sent(message_id, "m_private", recipient=PSID, conversation_key=PSID.value, details=details)
    private = conversation(message_id)
    reached = db.session.get_one(Identity, private.identity_id)
    assert (private.external_key, reached.kind, reached.value) == (PSID.value, "messenger", PSID.value)
    assert reached.customer_id == ticket(filed.ticket_id).customer_id
    assert (reached.name, reached.evidence) == ("Eva Kundin", "private Antwort auf eigenen Kommentar")
    public = db.session.get_one(Conversation, conversation_of(filed))
    assert public.details["private_reply"] == "900100_1"
    private_id = private.id
    back = page.hear(dm(sender=replace(PSID, name="Eva K."), conversation_key=PSID.value, sent_at=MONDAY_NINE + HOUR))
    assert (back.ticket_id, conversation_of(back)) == (filed.ticket_id, private_id)
    assert ticket(filed.ticket_id).due_at is not None


def test_an_identity_that_is_known_already_stays_with_its_customer(page: Page) -> None:
    known = page.hear(dm())
    filed = asked_in_public(page)
    message_id = answer(page, filed, is_public=False)
    sent(message_id, "m_private", recipient=EVA, conversation_key=EVA.value)
    reached = db.session.get_one(Identity, conversation(message_id).identity_id)
    assert (reached.value, reached.customer_id) == (EVA.value, ticket(known.ticket_id).customer_id)


@pytest.mark.parametrize("is_out", [False, True])
def test_a_comment_is_answered_in_private_once_only(page: Page, *, is_out: bool) -> None:
    filed = asked_in_public(page)
    message_id = answer(page, filed, is_public=False)
    if is_out:
        sent(message_id, "m_private", recipient=PSID, conversation_key=PSID.value)
    refusal = refused(page, filed, is_public=False, after=HOUR)
    assert refusal.code == "private_reply_spent"
    assert answer(page, filed, after=HOUR)


def test_a_private_answer_is_spent_also_where_the_matter_was_parted(page: Page) -> None:
    filed = asked_in_public(page)
    message_id = answer(page, filed, is_public=False)
    joining.part(message(message_id).conversation_id, by=page.world.ben, at=MONDAY_NINE + MINUTE)
    assert refused(page, filed, is_public=False, after=HOUR).code == "private_reply_spent"


def test_a_private_answer_that_failed_can_be_given_again(page: Page) -> None:
    filed = asked_in_public(page)
    message_id = answer(page, filed, is_public=False)
    failed(message_id, DeliveryFault.REJECTED, is_permanent=True)
    again = answer(page, filed, is_public=False, after=2 * HOUR)
    assert message(again).conversation_id == message(message_id).conversation_id


def test_another_comment_of_the_same_thread_is_answered_in_the_same_private_conversation(page: Page) -> None:
    first = asked_in_public(page)
    message_id = answer(page, first, is_public=False)
    sent(message_id, "m_1", recipient=PSID, conversation_key=PSID.value, details={"private_reply": "900100_1"})
    second = page.hear(
        comment(
            external_id="900100_2",
            conversation_key="900100_1",
            replies_to=("900100_1",),
            sent_at=MONDAY_NINE + HOUR,
            details=POST,
        )
    )
    again = answer(page, second, is_public=False, after=2 * HOUR)
    assert message(again).conversation_id == message(message_id).conversation_id
    parcel = delivery.claim(again, at=MONDAY_NINE + 2 * HOUR)
    assert parcel is not None
    assert (parcel.outgoing.replies_to, parcel.outgoing.recipient.kind) == ("900100_2", "facebook")


def test_of_two_who_answer_in_private_at_once_one_is_refused(core: Flask, page: Page) -> None:
    filed = asked_in_public(page)
    conversation_id = conversation_of(filed)
    db.session.rollback()
    codes: list[str] = []
    start = threading.Barrier(2)

    def press(person: Person) -> None:
        with core.app_context():
            start.wait()
            try:
                replies.reply(conversation_id, text="Gern!", is_public=False, by=person, at=MONDAY_NINE + MINUTE)
                codes.append("")
            except Refused as refusal:
                codes.append(refusal.code)

    people = [threading.Thread(target=press, args=(person,)) for person in (page.world.ben, page.world.max)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert sorted(codes) == ["", "private_reply_spent"]
    assert len(messages()) == 2


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


@pytest.mark.parametrize("fault", [DeliveryFault.WINDOW_CLOSED, DeliveryFault.GONE, DeliveryFault.TOO_LONG])
def test_what_no_waiting_mends_fails_at_once(page: Page, fault: DeliveryFault) -> None:
    filed = page.hear(dm())
    assert failed(answer(page, filed), fault).state is MessageState.FAILED
    assert ticket(filed.ticket_id).due_at is not None


def test_a_platform_that_asks_us_to_slow_down_is_obeyed(page: Page) -> None:
    ours = failed(answer(page, page.hear(dm())), DeliveryFault.RATE_LIMITED, retry_within=900.0)
    assert ours.retry_at == MONDAY_NINE + HOUR + timedelta(minutes=15)


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
