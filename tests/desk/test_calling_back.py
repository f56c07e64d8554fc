"""Calling an answer back before it has left: as if it had never been said."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.access import Person
from app.db import db
from app.desk import assignment, delivery, drafts, handovers, joining, merging, outbox, replies, status, wider
from app.desk.aims import hours_of
from app.desk.promises import Given
from app.errors import Refused
from app.finders import replay, replay_compare
from app.models import (
    Draft,
    DraftFile,
    Handover,
    Message,
    MessageClass,
    MessageState,
    Obligation,
    Participation,
    Promise,
    Ticket,
    TicketClock,
)
from app.runs import leaving
from routing.identity import Proof
from tests import world as cast
from tests.desk import voices
from tests.desk.voices import Page
from tests.world import HOUR, MONDAY_NINE, World

LONG = timedelta(hours=1)
"""In database time: no machine is so slow that it is over while a test runs."""
GONE = timedelta(milliseconds=1)
TEN = MONDAY_NINE + HOUR


@pytest.fixture
def asked(world: World) -> tuple[int, int]:
    """Eva has asked at nine: (ticket, conversation)."""
    filed = cast.hear(world)
    return filed.ticket_id, cast.conversation_of(filed)


def answer(world: World, conversation: int, **values: Any) -> int:
    given: dict[str, Any] = {"text": "Morgen.", "by": world.ada, "at": TEN, "leaves_after": LONG} | values
    return replies.reply(conversation, **given)


def call_back(message_id: int, world: World) -> None:
    replies.call_back(message_id, by=world.ada, at=TEN + timedelta(seconds=9))


def rows(number: int) -> list[dict[str, Any]]:
    """Return everything that is stored about a ticket's clocks, hand-overs and people."""
    db.session.expire_all()
    found: list[Any] = [db.session.get_one(Ticket, number), *db.session.query(Obligation).order_by(Obligation.id)]
    for row in (TicketClock, Handover, Participation):
        found += db.session.query(row).filter(row.ticket_id == number).order_by(row.id)
    return [{column.name: getattr(one, column.name) for column in one.__table__.columns} for one in found]


def unlike_the_log(number: int) -> list[replay_compare.Difference]:
    db.session.expire_all()
    book = replay.Book(hours_of)
    return [each for family in replay.families([number]) for each in replay_compare.differences(family, book)]


def test_an_answer_that_may_be_called_back_leaves_only_afterwards(world: World, asked: tuple[int, int]) -> None:
    message_id = answer(world, asked[1])

    assert delivery.claim(message_id, at=TEN + 9 * HOUR) is None
    assert message_id not in delivery.waiting(at=TEN + 9 * HOUR)
    assert [id_ for id_, _seconds in delivery.leaving()] == [message_id]


def test_an_answer_whose_time_is_over_is_handed_over_once(world: World, asked: tuple[int, int]) -> None:
    message_id = answer(world, asked[1], leaves_after=GONE)
    gate = leaving.Gate()
    gate.open()

    assert message_id in delivery.waiting(at=TEN)
    assert delivery.claim(message_id, at=TEN) is not None
    assert delivery.leaving() == []


def test_an_answer_called_back_leaves_everything_as_it_was(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    before, counters = rows(number), cast.counters()
    message_id = answer(world, conversation)
    assert rows(number) != before

    call_back(message_id, world)

    assert rows(number) == before
    assert cast.counters() == counters == cast.counted()
    assert unlike_the_log(number) == []
    assert delivery.claim(message_id, at=TEN + 9 * HOUR) is None


def test_the_text_is_a_draft_again_on_the_way_it_was_meant_for(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    drafts.keep(number, "reply", drafts.Begun(text="Morgen."), by=world.ada, at=TEN)
    message_id = answer(world, conversation, is_drafted=True)
    assert db.session.query(Draft).count() == 0

    call_back(message_id, world)

    draft = db.session.query(Draft).one()
    assert (draft.agent_id, draft.ticket_id, draft.kind, draft.text) == (world.ada.id, number, "reply", "Morgen.")
    assert (draft.conversation_id, draft.is_public, draft.details["class"]) == (conversation, False, "substantive")


def test_the_files_of_an_answer_called_back_lie_in_the_draft_again(world: World, asked: tuple[int, int]) -> None:
    file = outbox.Enclosure(name="rechnung.pdf", type="application/pdf", size=3, digest="0" * 64)
    message_id = answer(world, asked[1], enclosures=[file])

    call_back(message_id, world)

    kept = db.session.query(DraftFile).one()
    assert (kept.draft_id, kept.name, kept.size, kept.digest) == (
        db.session.query(Draft.id).scalar(),
        "rechnung.pdf",
        3,
        "0" * 64,
    )


def test_what_was_begun_since_stands_below_the_text_called_back(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    message_id = answer(world, conversation, is_drafted=True)
    drafts.keep(number, "reply", drafts.Begun(text="Und noch etwas"), by=world.ada, at=TEN)

    call_back(message_id, world)

    assert db.session.query(Draft.text).scalar() == "Morgen.\n\nUnd noch etwas"


def test_a_promise_and_a_holding_reply_called_back_were_never_given(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    first = answer(world, conversation, message_class=MessageClass.HOLDING, promise=Given(due_at=TEN + 3 * HOUR))
    call_back(first, world)
    before = rows(number)
    second = answer(world, conversation, promise=Given(due_at=TEN + 5 * HOUR), at=TEN + HOUR)

    call_back(second, world)

    assert rows(number) == before
    assert {promise.state for promise in db.session.query(Promise)} == {"waived"}
    assert unlike_the_log(number) == []


def test_a_ticket_opened_by_a_promise_called_back_is_closed_again(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    status.resolve(number, by=world.ada, at=TEN - timedelta(minutes=5))
    before = rows(number)
    message_id = answer(world, conversation, promise=Given(due_at=TEN + 5 * HOUR))
    assert cast.ticket(number).closed_at is None

    call_back(message_id, world)

    assert rows(number) == before
    assert cast.counters() == cast.counted()
    assert unlike_the_log(number) == []


def test_a_hand_over_taken_by_an_answer_called_back_waits_again(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    handovers.hand_over(number, to_team_id=world.social, reason="Bitte prüfen", by=world.ada, at=TEN)
    before = rows(number)
    message_id = answer(world, conversation, by=world.ben)
    assert cast.ticket(number).team_id == world.social

    replies.call_back(message_id, by=world.ben, at=TEN + timedelta(seconds=9))

    assert rows(number) == before
    assert cast.counters() == cast.counted()


def test_what_others_did_meanwhile_stands(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    message_id = answer(world, conversation)
    assignment.assign(number, assignee_id=world.cleo.id, by=world.cleo, at=TEN + timedelta(seconds=2))
    filed = cast.hear(world, replies_to=(cast.message(1).external_id,), at=TEN + timedelta(seconds=4))

    call_back(message_id, world)

    assert cast.ticket(number).assignee_id == world.cleo.id
    assert [owed.kind for owed in cast.obligations(filed.ticket_id)] == ["first", "first"]
    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR
    assert unlike_the_log(number) == []


def test_an_answer_that_is_on_its_way_stays_said(world: World, asked: tuple[int, int]) -> None:
    number, conversation = asked
    message_id = answer(world, conversation, leaves_after=GONE)
    assert delivery.claim(message_id, at=TEN)

    with pytest.raises(Refused) as refusal:
        call_back(message_id, world)

    assert refusal.value.code == "gone"
    assert cast.message(message_id).state is MessageState.SENDING
    assert cast.ticket(number).due_at is None


def test_only_its_author_calls_an_answer_back(world: World, asked: tuple[int, int]) -> None:
    message_id = answer(world, asked[1])

    with pytest.raises(Refused) as refusal:
        replies.call_back(message_id, by=world.cleo, at=TEN)

    assert refusal.value.code == "not_author"


def test_an_answer_called_back_cannot_be_tried_again_and_is_no_news(world: World, asked: tuple[int, int]) -> None:
    _number, conversation = asked
    seen_id = db.session.query(Message.id).filter_by(direction="in").scalar()
    message_id = answer(world, conversation)
    call_back(message_id, world)

    with pytest.raises(Refused):
        replies.retry(message_id, by=world.ada, at=TEN)
    assert replies.reply(conversation, text="Doch.", last_seen_id=seen_id, by=world.cleo, at=TEN) > message_id


def test_what_went_two_ways_in_one_act_is_called_back_as_one(page: Page) -> None:
    mail, chat = cast.hear(page.world), page.hear(voices.dm())
    kept, absorbed = (cast.ticket(filed.ticket_id).customer_id for filed in (chat, mail))
    evidence = {"reason": "sagt sie"}
    merging.merge(kept, absorbed, proof=Proof.COLLEAGUE, evidence=evidence, by=page.world.max, at=MONDAY_NINE)
    joining.join(mail.ticket_id, into=chat.ticket_id, by=page.world.max, at=MONDAY_NINE)
    before, counters = rows(chat.ticket_id), cast.counters()
    ways = [wider.Way(conversation_id=cast.conversation_of(filed)) for filed in (chat, mail)]
    said = replies.Answer(text="Kommt.", leaves_after=LONG, promise=Given(due_at=TEN + HOUR))
    sent = wider.answer(chat.ticket_id, ways, said, by=page.world.max, at=TEN)

    replies.call_back(sent[1], by=page.world.max, at=TEN + timedelta(seconds=9))

    assert [cast.message(each).state for each in sent] == [MessageState.FAILED, MessageState.FAILED]
    assert rows(chat.ticket_id) == before
    assert cast.counters() == counters == cast.counted()
    assert unlike_the_log(chat.ticket_id) == []
    draft = db.session.query(Draft).one()
    assert (draft.conversation_id, draft.details["also"]) == (
        cast.conversation_of(chat),
        [f"c{cast.conversation_of(mail)}"],
    )


def test_of_two_who_answer_at_the_same_instant_one_is_told_of_the_other(
    core: Flask, world: World, asked: tuple[int, int]
) -> None:
    seen_id = db.session.query(Message.id).filter_by(direction="in").scalar()
    both = threading.Barrier(2)

    def send(person: Person) -> str:
        with core.app_context():
            both.wait()
            try:
                replies.reply(asked[1], text=person.name, last_seen_id=seen_id, by=person, at=TEN)
            except Refused as refused:
                return refused.code
            finally:
                db.session.remove()
        return "sent"

    db.session.rollback()
    with ThreadPoolExecutor(2) as senders:
        answers = list(senders.map(send, (world.ada, world.cleo)))

    assert sorted(answers) == ["newer", "sent"]
