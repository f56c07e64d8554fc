"""„B. Winkler“ on the page, Bernd Winkler by mail: told to people where the thing and the time are the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.db import db
from app.models import Customer, Suggestion
from app.runs import comparing
from channels.contract import Handle
from tests import world as cast
from tests.desk.voices import EVA, Page, dm
from tests.world import World

pytestmark = pytest.mark.usefixtures("core")

NINE = cast.MONDAY_NINE
LATER = NINE + timedelta(hours=5)
MAIL = "Guten Tag, der Wasserkocher ist noch immer nicht da. Wann kommt er?"
AGAIN = "Wo bleibt der Wasserkocher? Ich habe heute früh eine E-Mail geschrieben."


def mails(world: World, name: str) -> int:
    sender = Handle(kind="email", value="winkler@web.example", name=name)
    return cast.hear(world, cast.contact(sender=sender, text=MAIL, sent_at=NINE), at=NINE).ticket_id


def chats(page: Page, text: str = AGAIN, *, name: str = "B. Winkler") -> int:
    sender = Handle(kind=EVA.kind, value="995", name=name, scope=EVA.scope)
    return page.hear(dm(sender=sender, text=text, sent_at=LATER)).ticket_id


def suggested() -> list[tuple[int, int]]:
    comparing.compare_new(at=LATER)
    return [(row.ticket_id, row.other_id) for row in db.session.query(Suggestion)]


def test_who_is_called_alike_is_suggested_and_never_joined(world: World, page: Page) -> None:
    mail, chat = mails(world, "Bernd Winkler"), chats(page)

    assert suggested() == [(chat, mail)]

    [found] = db.session.query(Suggestion)
    assert "like_name" in {reason["why"] for reason in found.reasons}
    assert db.session.query(Customer).count() == 2
    assert cast.ticket(chat).customer_id != cast.ticket(mail).customer_id


def test_it_is_found_too_when_the_mail_is_heard_last(world: World, page: Page) -> None:
    chat = chats(page)
    comparing.compare_new(at=LATER)

    mail = mails(world, "Bernd Winkler")

    assert suggested() == [(mail, chat)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("B. Winkler", "Wo bleibt der Wasserkocher?"),
        ("B. Winkler", "Mein Gutschein geht nicht. Ich habe heute früh eine E-Mail geschrieben."),
        ("A. Winkler", AGAIN),
        ("Winkler", AGAIN),
    ],
)
def test_less_is_not_worth_saying(world: World, page: Page, name: str, text: str) -> None:
    mails(world, "Bernd Winkler")
    chats(page, text, name=name)

    assert suggested() == []
