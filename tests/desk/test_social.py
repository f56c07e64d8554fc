"""A ticket knows whether a conversation of it lies on social media, whichever way it got it or lost it."""

from __future__ import annotations

import pytest

from app.db import db
from app.desk import joining, opening
from app.models import Conversation
from channels.registry import is_social
from tests import world as cast
from tests.desk import voices
from tests.desk.voices import Page
from tests.world import MONDAY_NINE


@pytest.mark.parametrize("kind", ["messenger", "x"])
def test_a_network_says_that_it_is_social_media(kind: str) -> None:
    assert is_social(kind)


@pytest.mark.parametrize("kind", ["email", "phone", "no-longer-installed"])
def test_every_other_kind_is_not(kind: str) -> None:
    assert not is_social(kind)


def test_a_ticket_that_begins_on_a_page_is_social_and_one_by_mail_is_not(page: Page) -> None:
    message, comment, mail = page.hear(voices.dm()), page.hear(voices.comment()), cast.hear(page.world)

    found = [cast.ticket(filed.ticket_id).is_social for filed in (message, comment, mail)]

    assert found == [True, True, False]
    assert cast.counters() == cast.counted()


def test_joining_makes_a_mail_ticket_social_and_parting_takes_it_back(page: Page) -> None:
    mail, message = cast.hear(page.world), page.hear(voices.dm())

    joining.join(message.ticket_id, into=mail.ticket_id, by=page.world.ada, at=MONDAY_NINE)
    joined = [cast.ticket(filed.ticket_id).is_social for filed in (mail, message)]
    counted = cast.counters() == cast.counted()
    joining.unjoin(message.ticket_id, by=page.world.ada, at=MONDAY_NINE)

    assert joined == [True, False]
    assert counted
    assert [cast.ticket(filed.ticket_id).is_social for filed in (mail, message)] == [False, True]
    assert cast.counters() == cast.counted()


def test_the_conversation_that_is_parted_takes_social_media_with_it(page: Page) -> None:
    mail, message = cast.hear(page.world), page.hear(voices.dm())
    joining.join(mail.ticket_id, into=message.ticket_id, by=page.world.ben, at=MONDAY_NINE)

    number = joining.part(cast.conversation_of(message), by=page.world.ben, at=MONDAY_NINE)

    assert cast.ticket(number).is_social
    assert not cast.ticket(message.ticket_id).is_social
    assert cast.counters() == cast.counted()


def test_a_mail_ticket_becomes_social_when_we_write_there_first(page: Page) -> None:
    mail, known = cast.hear(page.world), page.hear(voices.dm())
    identity_id = db.session.get_one(Conversation, cast.conversation_of(known)).identity_id

    opening.write_first(
        channel_id=page.channel,
        identity_id=identity_id,
        ticket_id=mail.ticket_id,
        text="Ihre Lampe ist da.",
        by=page.world.ada,
        at=MONDAY_NINE,
    )

    assert cast.ticket(mail.ticket_id).is_social
    assert cast.counters() == cast.counted()
