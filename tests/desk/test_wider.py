"""One answer by several ways to one proven person; what is not proven gets nothing, and what failed is marked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db import db, transaction
from app.desk import joining, merging, recipients, replies, wider
from app.desk.intake import Filed
from app.desk.promises import Given
from app.errors import Refused
from app.models import Conversation, Identity, MessageState, ObligationState, Promise
from channels.contract import DeliveryFault, Handle
from routing.identity import Proof
from tests.desk.answers import failed, sent
from tests.desk.voices import MINUTE, Page, dm, messages
from tests.world import HOUR, MONDAY_NINE, contact, conversation_of, hear, message, obligations, ticket

AT = MONDAY_NINE + MINUTE
TEXT = "Der Ersatz ist heute hinausgegangen."


def wrote_twice(page: Page, *, is_proven: bool = True) -> tuple[Filed, Filed]:
    """Eva has written by Messenger and by mail about one matter; the mail came first."""
    mail = hear(page.world, contact())
    chat = page.hear(dm())
    if is_proven:
        kept, absorbed = (ticket(filed.ticket_id).customer_id for filed in (chat, mail))
        merging.merge(
            kept, absorbed, proof=Proof.COLLEAGUE, evidence={"reason": "sagt sie"}, by=page.world.max, at=MONDAY_NINE
        )
    joining.join(mail.ticket_id, into=chat.ticket_id, by=page.world.max, at=MONDAY_NINE)
    return chat, mail


def both(page: Page, chat: Filed, mail: Filed, **more: object) -> list[int]:
    ways = [wider.Way(conversation_id=conversation_of(filed)) for filed in (chat, mail)]
    said = replies.Answer(text=TEXT, **more)  # type: ignore[arg-type]
    return wider.answer(chat.ticket_id, ways, said, by=page.world.max, at=AT)


def test_one_answer_goes_out_on_both_ways_and_settles_what_both_ask(page: Page) -> None:
    chat, mail = wrote_twice(page)

    first, second = both(page, chat, mail)

    assert [message(each).conversation_id for each in (first, second)] == [conversation_of(chat), conversation_of(mail)]
    assert {message(each).text for each in (first, second)} == {TEXT}
    assert ticket(chat.ticket_id).due_at is None
    sent(first, "m_ours")
    assert {owed.state for owed in obligations(chat.ticket_id)} == {ObligationState.MET}


def test_news_since_the_draft_stops_both_and_the_first_is_no_news_to_the_second(page: Page) -> None:
    chat, mail = wrote_twice(page)
    seen = max(chat.message_id or 0, mail.message_id or 0)
    newer = page.hear(dm(text="Noch etwas", sent_at=AT))

    with pytest.raises(Refused) as refusal:
        both(page, chat, mail, last_seen_id=seen)

    assert refusal.value.code == "newer"
    assert len(both(page, chat, mail, last_seen_id=newer.message_id)) == 2


def test_if_one_of_both_fails_the_other_one_counts(page: Page) -> None:
    chat, mail = wrote_twice(page)
    first, second = both(page, chat, mail)

    failed(first, DeliveryFault.REJECTED, is_permanent=True)

    assert message(first).state is MessageState.FAILED
    assert ticket(chat.ticket_id).due_at is None
    assert {owed.answered_by_id for owed in obligations(chat.ticket_id)} == {second}


def test_if_both_fail_everything_is_owed_again(page: Page) -> None:
    chat, mail = wrote_twice(page)
    due_at = ticket(chat.ticket_id).due_at

    for message_id in both(page, chat, mail):
        failed(message_id, DeliveryFault.REJECTED, is_permanent=True)

    assert ticket(chat.ticket_id).due_at == due_at


def test_both_are_called_back_together(page: Page) -> None:
    chat, mail = wrote_twice(page)
    due_at = ticket(chat.ticket_id).due_at
    first, second = both(page, chat, mail, leaves_after=timedelta(minutes=5))

    replies.call_back(first, by=page.world.max, at=AT)

    assert {message(each).fault for each in (first, second)} == {"called_back"}
    assert ticket(chat.ticket_id).due_at == due_at


def test_a_promise_is_given_once_on_both_ways(page: Page) -> None:
    chat, mail = wrote_twice(page)

    both(page, chat, mail, promise=Given(due_at=AT + HOUR))

    assert len(db.session.scalars(select(Promise)).all()) == 1


def test_a_holding_reply_on_both_ways_meets_the_first_answer_of_each(page: Page) -> None:
    chat, mail = wrote_twice(page)

    both(page, chat, mail, message_class="holding", promise=Given(due_at=AT + timedelta(minutes=20)))

    assert all(owed.is_held for owed in obligations(chat.ticket_id))
    assert len(db.session.scalars(select(Promise)).all()) == 1


def test_two_people_on_one_matter_never_get_each_other_s_answer(page: Page) -> None:
    chat, mail = wrote_twice(page, is_proven=False)

    with pytest.raises(Refused) as refusal:
        both(page, chat, mail)

    assert refusal.value.code == "not_proven"
    assert [each for each in messages() if each.direction == "out" and each.text == TEXT] == []


def test_a_mail_conversation_begins_under_the_ticket_where_there_is_none(page: Page) -> None:
    chat = page.hear(dm())
    other = hear(page.world, contact())
    kept, absorbed = ticket(chat.ticket_id).customer_id, ticket(other.ticket_id).customer_id
    merging.merge(
        kept, absorbed, proof=Proof.COLLEAGUE, evidence={"reason": "sagt sie"}, by=page.world.max, at=MONDAY_NINE
    )
    identity_id = db.session.scalar(select(Identity.id).where(Identity.value == contact().sender.value))
    mail = wider.Way(channel_id=page.world.channel, identity_id=identity_id)
    own = wider.Way(conversation_id=conversation_of(chat))

    _first, second = wider.answer(chat.ticket_id, [own, mail], replies.Answer(text=TEXT), by=page.world.max, at=AT)

    begun = db.session.get_one(Conversation, message(second).conversation_id)
    assert (begun.ticket_id, begun.channel_id, begun.is_public) == (chat.ticket_id, page.world.channel, False)
    assert ticket(chat.ticket_id).channel_count == 2
    assert wider.answer(chat.ticket_id, [mail], replies.Answer(text=TEXT), by=page.world.max, at=AT + HOUR)


def test_an_address_somebody_else_has_is_refused(page: Page) -> None:
    chat = page.hear(dm())
    hear(page.world, contact())
    identity_id = db.session.scalar(select(Identity.id).where(Identity.value == contact().sender.value))

    with pytest.raises(Refused) as refusal:
        wider.answer(
            chat.ticket_id,
            [wider.Way(channel_id=page.world.channel, identity_id=identity_id)],
            replies.Answer(text=TEXT),
            by=page.world.max,
            at=AT,
        )

    assert refusal.value.code == "not_proven"


def test_an_address_that_one_of_us_typed_is_a_way_once_somebody_wrote_from_it(page: Page) -> None:
    chat = page.hear(dm())
    with transaction():
        typed = Identity(
            customer_id=ticket(chat.ticket_id).customer_id,
            kind="email",
            value="typed@post.example",
            evidence=recipients.CLAIMED,
            created_at=MONDAY_NINE,
        )
        db.session.add(typed)
    own = wider.Way(conversation_id=conversation_of(chat))
    mail = wider.Way(channel_id=page.world.channel, identity_id=typed.id)
    said = replies.Answer(text=TEXT)

    with pytest.raises(Refused) as refusal:
        wider.answer(chat.ticket_id, [own, mail], said, by=page.world.max, at=AT)

    assert refusal.value.code == "not_proven"
    wrote = hear(page.world, contact(sender=Handle(kind="email", value="typed@post.example", name="Eva Kundin")), at=AT)
    joining.join(wrote.ticket_id, into=chat.ticket_id, by=page.world.max, at=AT)
    heard = wider.Way(conversation_id=conversation_of(wrote))
    assert len(wider.answer(chat.ticket_id, [own, heard], said, by=page.world.max, at=AT)) == 2


def test_the_same_way_twice_is_refused(page: Page) -> None:
    chat, mail = wrote_twice(page)
    ways = [wider.Way(conversation_id=conversation_of(mail)), wider.Way(conversation_id=conversation_of(mail))]

    with pytest.raises(Refused) as refusal:
        wider.answer(chat.ticket_id, ways, replies.Answer(text=TEXT), by=page.world.max, at=AT)

    assert refusal.value.code == "same_way"
