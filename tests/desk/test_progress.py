"""How far our messages came: forward only, and a loss is owed again with its old deadline."""

from __future__ import annotations

from typing import Any

import pytest

from app.desk import aside, delivery, early, progress, replies
from app.desk.intake import Filed
from app.models import MessageState, TicketState
from channels.contract import Progress, ProgressType, Sent
from tests.desk.voices import EVA, MINUTE, OTTO, Page, dm, events
from tests.world import HOUR, MONDAY_NINE, conversation_of, counted, counters, message, obligations, ticket

READ, DELIVERED, FAILED = ProgressType.READ, ProgressType.DELIVERED, ProgressType.FAILED


def report(page: Page, type_: ProgressType, **values: Any) -> None:
    defaults: dict[str, Any] = {"sent_at": MONDAY_NINE + 3 * MINUTE, "conversation_key": EVA.value}
    progress.apply(Progress(type=type_, **{**defaults, **values}), channel_id=page.channel, at=MONDAY_NINE + HOUR)


@pytest.fixture
def filed(page: Page) -> Filed:
    return page.hear(dm())


@pytest.fixture
def ours(page: Page, filed: Filed) -> int:
    """An answer that the platform took a minute after the question."""
    return answered(page, filed, "m_ours", minute=1)


def answered(page: Page, filed: Filed, external_id: str, *, minute: int, is_settled: bool = True) -> int:
    at = MONDAY_NINE + minute * MINUTE
    message_id = replies.reply(conversation_of(filed), text=external_id, by=page.world.ben, at=at)
    delivery.claim(message_id, at=at)
    if is_settled:
        delivery.settle(message_id, Sent(external_id=external_id), at=at)
    return message_id


def test_a_message_is_delivered_and_then_read(page: Page, ours: int) -> None:
    report(page, DELIVERED, about=("m_ours",))
    assert message(ours).progress == "delivered"
    report(page, READ, watermark=MONDAY_NINE + 2 * MINUTE)
    assert (message(ours).progress, message(ours).progress_at) == ("read", MONDAY_NINE + 2 * MINUTE)


def test_what_was_read_is_never_only_delivered_again(page: Page, ours: int) -> None:
    report(page, READ, about=("m_ours",))
    report(page, DELIVERED, about=("m_ours",))
    assert message(ours).progress == "read"


def test_a_mark_reaches_as_far_as_its_instant(page: Page, filed: Filed, ours: int) -> None:
    later = answered(page, filed, "m_later", minute=9)
    report(page, READ, watermark=MONDAY_NINE + 5 * MINUTE)
    assert [message(ours).progress, message(later).progress] == ["read", ""]


def test_a_mark_of_somebody_else_touches_nothing(page: Page, ours: int) -> None:
    report(page, READ, conversation_key=OTTO.value, watermark=MONDAY_NINE + HOUR)
    assert message(ours).progress == ""


def test_a_mark_without_a_key_holds_for_whom_it_names(page: Page, ours: int) -> None:
    report(page, READ, conversation_key="", sender=EVA, watermark=MONDAY_NINE + HOUR)
    assert message(ours).progress == "read"


def test_what_the_platform_lost_is_owed_again_with_its_old_deadline(page: Page, filed: Filed, ours: int) -> None:
    due_at = obligations(filed.ticket_id)[0].due_at
    assert ticket(filed.ticket_id).state is TicketState.WAITING
    for _ in range(2):
        report(page, FAILED, about=("m_ours",), reason="Die Person nimmt keine Nachrichten mehr an.")
    lost = message(ours)
    assert (lost.state, lost.fault_words) == (MessageState.FAILED, "Die Person nimmt keine Nachrichten mehr an.")
    assert (ticket(filed.ticket_id).state, ticket(filed.ticket_id).due_at) == (TicketState.OPEN, due_at)
    assert events(filed.ticket_id).count("failed") == 1
    assert counters() == counted()


def test_what_was_read_has_not_been_lost(page: Page, ours: int) -> None:
    report(page, READ, about=("m_ours",))
    report(page, FAILED, about=("m_ours",))
    assert message(ours).state is MessageState.SENT


def test_a_report_that_comes_before_the_answer_of_the_platform_waits_for_it(page: Page, filed: Filed) -> None:
    message_id = answered(page, filed, "m_ours", minute=1, is_settled=False)
    report(page, FAILED, about=("m_ours",), reason="nein")
    delivery.settle(message_id, Sent(external_id="m_ours"), at=MONDAY_NINE + MINUTE)
    early.catch_up(at=MONDAY_NINE + HOUR)
    assert message(message_id).state is MessageState.FAILED
    assert ticket(filed.ticket_id).state is TicketState.OPEN


def test_what_can_never_be_applied_is_given_up_as_old_as_it_is(page: Page, filed: Filed) -> None:
    report(page, DELIVERED, about=(message(filed.message_id).external_id,))
    for day in range(1, 4):
        early.catch_up(at=MONDAY_NINE + day * 24 * HOUR)
    assert len(aside.ready()) == 1
    aside.forget(before=MONDAY_NINE + 2 * HOUR)
    assert aside.ready() == []
