"""What a customer's mail becomes: which ticket it joins, what it makes us owe, what it is answered with at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import select

from app import seal
from app.db import db
from app.desk import clocks, delivery, replies, status
from app.desk.intake import Filed, Outcome
from app.models import Direction, Event, Message, MessageClass, MessageState, Ticket, TicketState
from channels.contract import Bounce, Contact, ContactType, Handle, Sent
from routing import reply_token
from tests import world as cast
from tests.world import HOUR, MONDAY_NINE, World, contact, counted, counters, hear, message, obligations, ticket

STRANGER = Handle(kind="email", value="fremd@anderswo.example", name="Frieda Fremd")


def ticket_count() -> int:
    return db.session.query(Ticket).count()


def receipts() -> list[Message]:
    return db.session.query(Message).filter(Message.message_class == MessageClass.AUTO).order_by(Message.id).all()


def events(number: int) -> list[str]:
    return list(db.session.scalars(select(Event.kind).where(Event.ticket_id == number).order_by(Event.id)))


class Ours(NamedTuple):
    """A message of ours by value."""

    id: int
    external_id: str
    sent_at: datetime


def answered(world: World, filed: Filed, *, after: timedelta = HOUR) -> Ours:
    """Answer a ticket and have the answer accepted."""
    at = MONDAY_NINE + after
    message_id = replies.reply(cast.conversation_of(filed), text="Gern!", by=world.ada, at=at)
    delivery.claim(message_id, at=at)
    external_id = message(message_id).external_id
    delivery.settle(message_id, Sent(external_id=external_id), at=at)
    return Ours(message_id, external_id, at)


def bounce_of(ours: Ours, *, reason: str = "550 5.1.1 User unknown", has_failed: bool = True) -> Contact:
    return contact(
        sender=Handle(kind="email", value="mailer-daemon@kundin.example"),
        type=ContactType.BOUNCE,
        is_automatic=True,
        sent_at=ours.sent_at,
        bounce=Bounce(
            recipients=("eva@kundin.example",), message_id=ours.external_id, reason=reason, has_failed=has_failed
        ),
    )


def test_a_first_mail_opens_a_ticket_with_its_clock(world: World) -> None:
    filed = hear(world)
    opened = ticket(filed.ticket_id)
    assert filed.outcome is Outcome.FILED
    assert (opened.id, opened.state, opened.team_id, opened.customer_name) == (
        10001,
        TicketState.OPEN,
        world.care,
        "Eva Kundin",
    )
    assert opened.due_at == MONDAY_NINE + 4 * HOUR
    assert events(filed.ticket_id) == ["opened"]
    assert counters() == counted()


def test_a_second_mail_finds_its_ticket_by_her_own_first_mail(world: World) -> None:
    first = hear(world, external_id="erste@kundin.example")
    second = hear(world, replies_to=("erste@kundin.example",), at=MONDAY_NINE + HOUR)
    assert second.ticket_id == first.ticket_id
    assert ticket_count() == 1


def test_a_mail_finds_its_ticket_by_our_answer(world: World) -> None:
    first = hear(world)
    ours = answered(world, first)
    second = hear(world, sender=STRANGER, replies_to=(ours.external_id,), at=MONDAY_NINE + 2 * HOUR)
    assert second.ticket_id == first.ticket_id


def test_a_mail_without_references_finds_its_ticket_by_the_token_in_our_address(world: World) -> None:
    first = hear(world)
    token = reply_token.sign(cast.conversation_of(first), key=seal.token_keys()[0])
    second = hear(world, tokens=(token,), at=MONDAY_NINE + HOUR)
    assert second.ticket_id == first.ticket_id


@pytest.mark.parametrize("token", ["", "a", "zzzzzzzzzzzzzzz", "b" + "a" * 13])
def test_a_forged_token_leads_nowhere(world: World, token: str) -> None:
    first = hear(world)
    second = hear(world, tokens=(token,), at=MONDAY_NINE + HOUR)
    assert second.ticket_id != first.ticket_id


def test_a_number_in_the_subject_counts_for_those_who_belong_to_the_ticket(world: World) -> None:
    first = hear(world)
    second = hear(world, ticket_numbers=(first.ticket_id,), at=MONDAY_NINE + HOUR)
    assert second.ticket_id == first.ticket_id


def test_a_number_in_the_subject_opens_nobody_elses_ticket(world: World) -> None:
    first = hear(world)
    hear(world, sender=STRANGER, at=MONDAY_NINE + HOUR)
    second = hear(world, sender=STRANGER, ticket_numbers=(first.ticket_id,), at=MONDAY_NINE + 2 * HOUR)
    assert second.ticket_id != first.ticket_id


def test_a_strangers_reference_to_her_mail_does_not_hijack_her_ticket(world: World) -> None:
    first = hear(world, external_id="erste@kundin.example")
    second = hear(world, sender=STRANGER, replies_to=("erste@kundin.example",), at=MONDAY_NINE + HOUR)
    assert second.ticket_id != first.ticket_id


@pytest.mark.parametrize("reference", ["", "unbekannt@anderswo.example"])
def test_an_empty_or_unknown_reference_opens_a_ticket_of_its_own(world: World, reference: str) -> None:
    first = hear(world)
    second = hear(world, replies_to=(reference,), at=MONDAY_NINE + HOUR)
    assert second.ticket_id != first.ticket_id


def test_the_same_mail_once_more_is_a_duplicate(world: World) -> None:
    mail = contact(external_id="doppelt@kundin.example")
    first = hear(world, mail)
    second = hear(world, mail)
    assert second == Filed(outcome=Outcome.DUPLICATE, ticket_id=first.ticket_id, message_id=first.message_id)
    assert db.session.query(Message).filter(Message.direction == Direction.IN).count() == 1


def test_another_mail_with_the_same_id_is_filed(world: World) -> None:
    first = hear(world, external_id="formular@shop.example", text="Erste Anfrage")
    second = hear(world, external_id="formular@shop.example", text="Zweite Anfrage", sender=STRANGER)
    assert second.outcome is Outcome.FILED
    assert second.message_id != first.message_id


def test_automatic_mail_is_filed_without_clock_and_receipt(world: World) -> None:
    filed = hear(world, is_automatic=True)
    assert ticket(filed.ticket_id).state is TicketState.WAITING
    assert obligations(filed.ticket_id) == []
    assert receipts() == []


def test_an_automatic_answer_does_not_reopen_a_resolved_ticket(world: World) -> None:
    first = hear(world)
    ours = answered(world, first)
    status.resolve(first.ticket_id, by=world.ada, at=MONDAY_NINE + 2 * HOUR)
    hear(world, replies_to=(ours.external_id,), is_automatic=True, at=MONDAY_NINE + 3 * HOUR)
    assert ticket(first.ticket_id).state is TicketState.RESOLVED
    assert counters() == counted() == {}


def test_a_new_ticket_is_confirmed_once_with_its_number_and_its_time(world: World) -> None:
    filed = hear(world)
    (receipt,) = receipts()
    assert f"Anliegen {filed.ticket_id}" in receipt.text
    assert "heute, 13:00 Uhr" in receipt.text
    assert receipt.state is MessageState.QUEUED
    assert receipt.is_automatic


def test_a_receipt_does_not_stop_the_clock(world: World) -> None:
    filed = hear(world)
    (receipt,) = receipts()
    message_id, external_id = receipt.id, receipt.external_id
    delivery.claim(message_id, at=MONDAY_NINE)
    delivery.settle(message_id, Sent(external_id=external_id), at=MONDAY_NINE)
    assert ticket(filed.ticket_id).due_at == MONDAY_NINE + 4 * HOUR


def test_an_address_gets_at_most_one_receipt_an_hour(world: World) -> None:
    hear(world)
    hear(world, at=MONDAY_NINE + timedelta(minutes=59))
    assert len(receipts()) == 1
    hear(world, at=MONDAY_NINE + timedelta(minutes=61))
    assert len(receipts()) == 2


def test_a_mail_on_an_open_ticket_gets_no_receipt(world: World) -> None:
    hear(world, external_id="erste@kundin.example")
    hear(world, replies_to=("erste@kundin.example",), at=MONDAY_NINE + 2 * HOUR)
    assert len(receipts()) == 1


def test_an_old_mail_from_an_archive_gets_no_receipt(world: World) -> None:
    hear(world, sent_at=MONDAY_NINE - timedelta(days=30), at=MONDAY_NINE)
    assert receipts() == []


def test_a_bounce_reopens_what_our_answer_had_settled_with_the_old_deadline(world: World) -> None:
    first = hear(world)
    due_at = ticket(first.ticket_id).due_at
    ours = answered(world, first)
    assert ticket(first.ticket_id).due_at is None
    hear(world, bounce_of(ours), at=MONDAY_NINE + 2 * HOUR)
    reopened = ticket(first.ticket_id)
    assert (reopened.due_at, reopened.state) == (due_at, TicketState.OPEN)
    assert message(ours.id).state is MessageState.FAILED
    assert events(first.ticket_id)[-1] == "bounced"
    assert counters() == counted()


def test_a_passing_trouble_report_changes_nothing(world: World) -> None:
    first = hear(world)
    ours = answered(world, first)
    report = bounce_of(ours, reason="451 4.4.1 Still trying", has_failed=False)
    filed = hear(world, report, at=MONDAY_NINE + 2 * HOUR)
    assert filed.ticket_id == first.ticket_id
    assert message(ours.id).state is MessageState.SENT
    assert ticket(first.ticket_id).due_at is None


def test_a_bounce_of_no_message_of_ours_is_filed_by_itself(world: World) -> None:
    first = hear(world, external_id="erste@kundin.example")
    forged = contact(
        type=ContactType.BOUNCE,
        is_automatic=True,
        sender=STRANGER,
        bounce=Bounce(message_id="erste@kundin.example", is_permanent=True),
    )
    filed = hear(world, forged)
    assert filed.ticket_id != first.ticket_id
    assert obligations(filed.ticket_id) == []


def test_writing_again_reopens_a_resolved_ticket_with_a_clock_of_its_own(world: World) -> None:
    first = hear(world)
    ours = answered(world, first)
    status.resolve(first.ticket_id, by=world.ada, at=MONDAY_NINE + 2 * HOUR)
    hear(world, replies_to=(ours.external_id,), at=MONDAY_NINE + 3 * HOUR)
    reopened = ticket(first.ticket_id)
    assert (reopened.state, reopened.closed_at) == (TicketState.OPEN, None)
    assert [owed.kind for owed in obligations(first.ticket_id)] == ["first", "next"]
    assert counters() == counted()


def test_coming_back_after_weeks_asks_for_a_first_answer_again(world: World) -> None:
    first = hear(world)
    ours = answered(world, first)
    status.resolve(first.ticket_id, by=world.ada, at=MONDAY_NINE + 2 * HOUR)
    hear(world, replies_to=(ours.external_id,), at=MONDAY_NINE + timedelta(days=21))
    assert [owed.kind for owed in obligations(first.ticket_id)] == ["first", "first"]


def test_a_mail_on_a_joined_ticket_lands_where_its_conversation_lies_now(world: World) -> None:
    from app.desk import joining

    first = hear(world, external_id="erste@kundin.example")
    other = hear(world, at=MONDAY_NINE + HOUR)
    joining.join(first.ticket_id, into=other.ticket_id, by=world.ada, at=MONDAY_NINE + HOUR)
    filed = hear(world, replies_to=("erste@kundin.example",), at=MONDAY_NINE + 2 * HOUR)
    assert filed.ticket_id == other.ticket_id


def test_what_a_blocked_sender_writes_is_filed_and_makes_us_owe_nothing(world: World) -> None:
    from app.models import Identity

    first = hear(world)
    db.session.query(Identity).update({Identity.is_blocked: True})
    db.session.commit()
    second = hear(world, at=MONDAY_NINE + 2 * HOUR)
    assert obligations(second.ticket_id) == []
    assert len(receipts()) == 1
    assert second.ticket_id != first.ticket_id


def test_our_own_copy_is_recognised(world: World) -> None:
    first = hear(world)
    ours = answered(world, first)
    echo = contact(
        external_id=ours.external_id, is_own=True, sender=Handle(kind="email", value="service@nordlicht.example")
    )
    again = hear(world, echo)
    assert (again.outcome, again.message_id) == (Outcome.DUPLICATE, ours.id)


def test_very_long_headers_are_cut_and_filed(world: World) -> None:
    filed = hear(
        world,
        external_id=f"{'x' * 5000}@kundin.example",
        subject="Frage " * 5000,
        sender=Handle(kind="email", value=f"{'e' * 300}@kundin.example", name="Eva " * 500),
        replies_to=tuple(f"nummer-{number}@anderswo.example" for number in range(3000)),
        text="Ja.\n" * 50_000,
    )
    assert len(ticket(filed.ticket_id).subject) == 300
    assert len(message(filed.message_id).text) == 200_000


def test_without_any_policy_nothing_is_owed_and_nothing_is_promised(app: Flask) -> None:
    world = cast.build()
    from app.models import Policy

    db.session.query(Policy).delete()
    db.session.commit()
    filed = hear(world)
    assert obligations(filed.ticket_id) == []
    assert clocks.is_owed(filed.ticket_id) is False
    assert receipts() == []
