"""Messages taken out of a conversation and put back: what is owed on them goes along, and nothing is destroyed."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app import access
from app.db import db
from app.desk import aims, delivery, joining, replies, rulebook, splitting, status
from app.errors import Refused
from app.models import (
    Attachment,
    Conversation,
    Event,
    Message,
    Obligation,
    Reference,
    Suggestion,
    TicketClock,
    TicketState,
)
from app.runs import comparing
from channels.contract import DeliveryError, DeliveryFault
from tests import world as cast
from tests.desk import voices
from tests.desk.holding import differences
from tests.desk.play import Play
from tests.desk.voices import Page
from tests.world import HOUR, MONDAY_NINE, World

LATER = MONDAY_NINE + HOUR
LAST = MONDAY_NINE + 3 * HOUR


def _rows(kind: type[Any]) -> list[tuple[object, ...]]:
    """Every column of every row."""
    db.session.expire_all()
    columns = [column.key for column in kind.__table__.columns]
    return [tuple(getattr(row, name) for name in columns) for row in db.session.query(kind).order_by(kind.id)]


def _untouched() -> list[tuple[object, ...]]:
    """Every column of every obligation but where it lies."""
    db.session.expire_all()
    columns = [column.key for column in Obligation.__table__.columns if column.key != "conversation_id"]
    return [
        tuple(getattr(row, name) for name in columns) for row in db.session.query(Obligation).order_by(Obligation.id)
    ]


def _thread(world: World) -> tuple[int, int, int]:
    """Return Eva's ticket and her two mails in one conversation: a lamp, and an hour later an invoice."""
    first = cast.hear(world, text="Wo bleibt Bestellung 100-2314?")
    lamp = cast.message(first.message_id).external_id
    words = "Und die Rechnung zu Bestellung 100-9999 fehlt."
    second = cast.hear(world, replies_to=(lamp,), text=words, at=LATER, subject="Rechnung")
    return first.ticket_id, first.message_id, second.message_id


def _shown(number: int) -> tuple[object, ...]:
    ticket = cast.ticket(number)
    return ticket.state, ticket.due_at, ticket.oldest_unanswered_at, ticket.preview, ticket.preview_at


def test_a_message_goes_with_what_is_owed_on_it(world: World) -> None:
    number, lamp, invoice = _thread(world)
    before = _untouched()

    other = splitting.split([invoice], by=world.ada, at=LATER)

    assert _untouched() == before
    assert cast.ticket(other).due_at == next(row for row in cast.obligations(other)).due_at
    assert cast.ticket(other).oldest_unanswered_at == LATER
    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR
    assert cast.message(lamp).conversation_id != cast.message(invoice).conversation_id
    assert cast.ticket(number).preview == "Wo bleibt Bestellung 100-2314?"
    assert cast.ticket(other).subject == "Rechnung"
    assert differences(number) == []
    assert differences(other) == []
    assert cast.counters() == cast.counted()


def test_putting_it_back_restores_every_row(world: World) -> None:
    number, _lamp, invoice = _thread(world)
    obligations, messages, shown = _rows(Obligation), _rows(Message), _shown(number)

    other = splitting.split([invoice], by=world.ada, at=LATER)
    out = cast.message(invoice).conversation_id
    assert splitting.unsplit(out, by=world.ada, at=LATER) == number

    assert (_rows(Obligation), _rows(Message), _shown(number)) == (obligations, messages, shown)
    assert db.session.get(Conversation, out) is None
    assert access.ticket(world.ada, other).number == number
    assert differences(number) == []
    assert cast.counters() == cast.counted()


def test_files_and_numbers_follow_the_message(world: World) -> None:
    _number, lamp, invoice = _thread(world)
    for message_id, value in ((lamp, "1002314"), (invoice, "1009999")):
        conversation_id = cast.message(message_id).conversation_id
        db.session.add(Reference(conversation_id=conversation_id, message_id=message_id, value=value))
    db.session.add(Attachment(message_id=invoice, name="a.pdf", type="application/pdf", size=1, digest="x"))
    db.session.commit()

    splitting.split([invoice], by=world.ada, at=LATER)

    there = cast.message(invoice).conversation_id
    assert [row.value for row in db.session.query(Reference).filter_by(conversation_id=there)] == ["1009999"]
    assert db.session.query(Attachment).filter_by(message_id=invoice).count() == 1
    splitting.unsplit(there, by=world.ada, at=LATER)
    assert db.session.query(Reference).filter_by(conversation_id=cast.message(lamp).conversation_id).count() == 2


def test_the_number_of_a_ticket_that_went_back_leads_on(world: World) -> None:
    number, _lamp, invoice = _thread(world)
    other = splitting.split([invoice], by=world.ada, at=LATER)
    splitting.unsplit(cast.message(invoice).conversation_id, by=world.ada, at=LATER)

    later = cast.hear(world, ticket_numbers=(other,), subject=f"Noch etwas zu #{other}", at=LAST)

    assert later.ticket_id == number


def test_a_number_follows_its_messages_when_their_ticket_is_parted(world: World) -> None:
    number, _lamp, invoice = _thread(world)
    other = splitting.split([invoice], by=world.ada, at=LATER)
    out, stranger = cast.message(invoice).conversation_id, cast.hear(world, at=LAST).ticket_id
    joining.join(number, into=stranger, by=world.ada, at=LAST)
    splitting.unsplit(out, by=world.ada, at=LAST)

    joining.unjoin(number, by=world.ada, at=LAST)

    assert access.ticket(world.ada, other).number == number
    assert differences(number) == []


def test_a_later_mail_goes_where_the_mail_it_answers_lies(world: World) -> None:
    number, lamp, invoice = _thread(world)
    other = splitting.split([invoice], by=world.ada, at=LATER)

    of_invoice = cast.hear(world, replies_to=(cast.message(invoice).external_id,), at=LAST)
    of_lamp = cast.hear(world, replies_to=(cast.message(lamp).external_id,), at=LAST)

    assert (of_invoice.ticket_id, of_lamp.ticket_id) == (other, number)


def test_an_answer_on_the_new_ticket_leaves_the_old_one_owed(world: World) -> None:
    number, _lamp, invoice = _thread(world)
    other = splitting.split([invoice], by=world.ada, at=LATER)

    answer = replies.reply(cast.message(invoice).conversation_id, text="Anbei.", by=world.ada, at=LAST)
    reply_to = cast.hear(world, replies_to=(cast.message(answer).external_id,), at=LAST + HOUR)

    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR
    assert reply_to.ticket_id == other
    assert differences(number) == []
    assert differences(other) == []


def test_a_ticket_that_was_answered_meanwhile_is_joined_when_its_message_goes_back(world: World) -> None:
    number, _lamp, invoice = _thread(world)
    other = splitting.split([invoice], by=world.ada, at=LATER)
    out = cast.message(invoice).conversation_id
    answer = replies.reply(out, text="Anbei.", by=world.ada, at=LAST)

    assert splitting.unsplit(out, by=world.ada, at=LAST + HOUR) == number

    assert cast.ticket(other).joined_into_id == number
    assert cast.message(answer).conversation_id == out
    assert db.session.get_one(Conversation, out).ticket_id == number
    assert differences(number) == []
    assert cast.counters() == cast.counted()
    joining.unjoin(other, by=world.ada, at=LAST + HOUR)
    assert differences(number) == []


def test_a_message_goes_into_a_chosen_ticket_and_opens_it_if_it_is_owed(world: World) -> None:
    number, _lamp, invoice = _thread(world)
    chosen = cast.hear(world, at=MONDAY_NINE).ticket_id
    status.resolve(chosen, by=world.ada, at=LATER)

    assert splitting.split([invoice], into=chosen, by=world.ada, at=LAST) == chosen

    assert cast.ticket(chosen).state is TicketState.OPEN
    assert differences(number) == []
    assert differences(chosen) == []
    splitting.unsplit(cast.message(invoice).conversation_id, by=world.ada, at=LAST)
    assert cast.ticket(chosen).state is TicketState.WAITING
    assert differences(number) == []
    assert cast.counters() == cast.counted()


def test_what_a_lost_answer_had_answered_is_owed_again_on_both(world: World) -> None:
    number, lamp, invoice = _thread(world)
    answer = replies.reply(cast.message(lamp).conversation_id, text="Morgen.", by=world.ada, at=LAST)
    other = splitting.split([invoice], by=world.ada, at=LAST)
    assert cast.ticket(other).due_at is None

    delivery.claim(answer, at=LAST)
    delivery.fail(answer, DeliveryError(DeliveryFault.REJECTED, is_permanent=True), at=LAST)

    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR
    assert cast.ticket(other).due_at is not None
    assert differences(number) == []


def test_what_was_taken_apart_is_not_brought_together_by_itself(world: World) -> None:
    _number, _lamp, invoice = _thread(world)
    other = splitting.split([invoice], by=world.ada, at=LATER)

    comparing.compare_new(at=LATER)

    assert cast.ticket(other).joined_into_id is None
    assert db.session.query(Suggestion).filter_by(state="pending").count() == 0


@pytest.mark.parametrize("which", ["answer", "all", "nothing", "two conversations", "same ticket"])
def test_what_cannot_be_taken_out_is_refused(world: World, which: str) -> None:
    number, lamp, invoice = _thread(world)
    answer = replies.reply(cast.message(lamp).conversation_id, text="Morgen.", by=world.ada, at=LAST)
    strange = cast.hear(world, at=LAST).message_id
    chosen = {"answer": [answer], "all": [lamp, invoice], "nothing": [], "two conversations": [invoice, strange]}
    before = _rows(Message)

    into = number if which == "same ticket" else None
    with pytest.raises(Refused):
        splitting.split(chosen.get(which, [invoice]), into=into, by=world.ada, at=LAST)

    assert _rows(Message) == before


def test_a_conversation_that_was_never_taken_out_does_not_go_back(world: World) -> None:
    _number, lamp, _invoice = _thread(world)

    with pytest.raises(Refused):
        splitting.unsplit(cast.message(lamp).conversation_id, by=world.ada, at=LATER)


def test_the_thread_of_a_platform_goes_on_where_it_was(page: Page) -> None:
    first = page.hear(voices.dm(external_id="a"))
    second = page.hear(voices.dm(external_id="b", sent_at=LATER), at=LATER)
    other = splitting.split([second.message_id], by=page.world.ada, at=LATER)

    third = page.hear(voices.dm(external_id="c", sent_at=LAST), at=LAST)

    assert (third.ticket_id, other == first.ticket_id) == (first.ticket_id, False)
    assert differences(first.ticket_id) == []
    assert cast.counters() == cast.counted()


def test_both_tickets_tell_what_was_taken_out_and_put_back(world: World) -> None:
    number, _lamp, invoice = _thread(world)
    other = splitting.split([invoice], by=world.ada, at=LATER)
    splitting.unsplit(cast.message(invoice).conversation_id, by=world.ada, at=LATER)

    told = [(row.ticket_id, row.kind) for row in db.session.query(Event).filter(Event.kind.contains("split"))]

    assert sorted(told) == [(number, "split"), (number, "unsplit"), (other, "split_away"), (other, "unsplit_away")]


MOVES = (
    *("writes", "writes", "writes_late", "answered_and_out", "answered", "held", "fails", "waived", "unwaived"),
    *("resolved", "reopened", "raised", "joined", "joined", "parted", "split", "split", "split", "unsplit", "unsplit"),
    *("merged", "unmerged", "invited", "left", "handed_over", "accepted", "promised", "waits"),
)
steps = st.lists(
    st.tuples(st.sampled_from(MOVES), st.integers(0, 4), st.sampled_from([1, 7, 45, 200, 900])), min_size=5, max_size=10
)


@pytest.fixture
def shop(page: Page) -> Page:
    """The shop with targets for whole matters on both channels."""
    for route in ("email", "messenger"):
        rulebook.write_policy(
            None,
            name=f"Bis zur Lösung {route}",
            route=route,
            team_id=page.world.care,
            calendar_id=aims.newest_hours(None).calendar_id,
            targets={
                "first": {"normal": 240, "urgent": 60},
                "next": {"normal": 480, "urgent": 120},
                "resolution": {"normal": 960, "urgent": 240},
                "update": {"normal": 480},
            },
            valid_from=aims.BEGINNING,
            at=MONDAY_NINE,
        )
    return page


few = settings(
    max_examples=int(os.environ.get("PLAYS", "5")),
    # The suite plays the same plays each time; new ones are looked for with PLAYS=300.
    derandomize="PLAYS" not in os.environ,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@few
@given(acts=steps)
def test_joining_parting_merging_and_splitting_equal_a_fresh_projection(
    shop: Page, acts: list[tuple[str, int, int]]
) -> None:
    play = Play(shop.world, shop)
    play.begin()
    for which in (0, 1, 2, 0, 1, 2):
        play.act("writes", which, 1)
    for act in acts:
        play.act(*act)
        assert play.differences() == [], play.done
    assert cast.counters() == cast.counted(), play.done


PLAIN = ("writes", "writes", "answered_and_out", "answered", "held", "fails", "raised", "lowered", "waived", "unwaived")


@few
@given(
    acts=st.lists(st.tuples(st.sampled_from(PLAIN), st.integers(0, 1), st.sampled_from([1, 45, 200, 900])), max_size=6)
)
def test_what_is_put_back_leaves_the_clocks_of_its_matter_as_they_were(
    shop: Page, acts: list[tuple[str, int, int]]
) -> None:
    play = Play(shop.world, shop)
    play.begin()
    for act in (("writes", 0, 1), ("writes", 1, 1), *acts):
        play.act(*act)
    for which in (0, 1):
        before = _rows(TicketClock), _rows(Obligation)
        play.act("split", which, 45)
        assert play.differences() == [], play.done
        play.act("unsplit", 0, 200)
        assert (_rows(TicketClock), _rows(Obligation)) == before, play.done
        assert play.differences() == [], play.done
