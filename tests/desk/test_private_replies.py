"""A private answer to a public contact: to its author only, once where the platform says so, and never to a group."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from flask import Flask

from app.access import Person
from app.db import db
from app.desk import delivery, joining, opening, replies
from app.errors import Refused
from app.models import Conversation, Identity
from channels.contract import DeliveryFault, Handle
from tests.desk.answers import DAY, POST, answer, asked_in_public, below, conversation, failed, refused, sent
from tests.desk.voices import EVA, EVA_IN_PUBLIC, MINUTE, OTTO_IN_PUBLIC, PAGE, Page, comment, dm, messages
from tests.world import HOUR, MONDAY_NINE, conversation_of, message, ticket

PSID = Handle(kind="messenger", value="88001", scope=PAGE)


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


def test_a_private_answer_goes_to_her_also_where_somebody_else_commented_below(page: Page) -> None:
    first = asked_in_public(page)
    other = below(page, "900100_2", minute=1, sender=OTTO_IN_PUBLIC)
    assert conversation_of(other) == conversation_of(first)
    message_id = answer(page, first, is_public=False, after=2 * MINUTE)
    parcel = delivery.claim(message_id, at=MONDAY_NINE + 2 * MINUTE)
    assert parcel is not None
    assert (parcel.outgoing.recipient.value, parcel.outgoing.replies_to) == (EVA_IN_PUBLIC.value, "900100_1")
    assert parcel.outgoing.exchange is not None
    assert (parcel.outgoing.exchange.newest_id, parcel.outgoing.exchange.heard_at) == ("900100_1", MONDAY_NINE)
    assert message(message_id).answers_id == first.message_id


def test_a_private_answer_to_somebody_elses_comment_is_refused(page: Page) -> None:
    first = asked_in_public(page)
    other = below(page, "900100_2", minute=1, sender=OTTO_IN_PUBLIC)
    refusal = refused(page, first, is_public=False, answers_id=other.message_id, after=2 * MINUTE)
    assert refusal.code == "reply_not_allowed"
    assert answer(page, first, answers_id=other.message_id, after=2 * MINUTE)


def test_her_time_for_a_private_answer_is_not_prolonged_by_others(page: Page) -> None:
    first = asked_in_public(page)
    below(page, "900100_2", minute=6 * 24 * 60, sender=OTTO_IN_PUBLIC)
    assert refused(page, first, is_public=False, after=8 * DAY).code == "window_closed"


def test_a_group_is_never_taken_for_one_person(page: Page) -> None:
    world = page.world
    page.hear(dm())
    group = page.hear(dm(conversation_key="g1", details={"is_group": True}, sent_at=MONDAY_NINE + MINUTE))
    eva = db.session.get_one(Conversation, conversation_of(group)).identity_id
    number, message_id = opening.write_first(
        channel_id=page.channel, identity_id=eva, text="Ihre IBAN ist ...", by=world.max, at=MONDAY_NINE + HOUR
    )
    begun = conversation(message_id)
    assert (begun.ticket_id, begun.external_key) == (number, EVA.value)
