"""A public answer that did not get through is held against what is known of the matter when it is sent again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.desk import joining, replies
from app.errors import Discloses, Refused
from app.models import MessageState
from channels.contract import DeliveryFault
from tests import world as cast
from tests.desk.answers import answer, asked_in_public, failed, sent
from tests.desk.voices import Page
from tests.world import HOUR, MONDAY_NINE, message

TOLD = "Der Schrank mit dem Kratzer links unten wird am Freitag abgeholt."
LATER = MONDAY_NINE + 2 * HOUR


def lost(page: Page, text: str) -> tuple[int, int]:
    """Return the ticket of a comment and our answer, which the platform refused."""
    filed = asked_in_public(page)
    message_id = answer(page, filed, text=text)
    failed(message_id, DeliveryFault.REJECTED, is_permanent=True)
    return filed.ticket_id, message_id


def test_who_may_not_publish_does_not_send_it_again(page: Page) -> None:
    _number, message_id = lost(page, "Gern!")

    with pytest.raises(Refused) as refusal:
        replies.retry(message_id, by=replace(page.world.ben, may_publish=False), at=LATER)

    assert refusal.value.code == "release_needed"
    assert message(message_id).state is MessageState.FAILED
    replies.retry(message_id, by=page.world.ben, at=LATER)
    assert message(message_id).state is MessageState.QUEUED


def test_what_somebody_said_in_private_since_is_not_published_by_sending_again(page: Page) -> None:
    number, message_id = lost(page, TOLD)
    mail = cast.hear(page.world, text=f"Guten Tag, {TOLD} Das sagte mir Ihr Fahrer.").ticket_id
    joining.join(mail, into=number, by=page.world.max, at=MONDAY_NINE + HOUR)

    with pytest.raises(Discloses):
        replies.retry(message_id, by=page.world.max, at=LATER)

    assert message(message_id).state is MessageState.FAILED


def test_what_was_published_stands_there_and_may_be_said_again(page: Page) -> None:
    filed = asked_in_public(page)
    sent(answer(page, filed, text=TOLD), "c_ours")
    mail = cast.hear(page.world, text=f"Guten Tag, {TOLD} Das sagte mir Ihr Fahrer.").ticket_id
    joining.join(mail, into=filed.ticket_id, by=page.world.max, at=MONDAY_NINE + HOUR)

    message_id = answer(page, filed, after=2 * HOUR, text=f"Wie gesagt: {TOLD}")

    assert message(message_id).is_public
