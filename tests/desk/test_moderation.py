"""Hiding a comment: for a reason from a closed list, asked of the platform, and never gone from the ticket."""

from __future__ import annotations

import pytest

from app.db import db
from app.desk import changes, errands, fetched, moderation
from app.errors import Refused
from app.models import Errand, ErrandKind, Event
from channels.contract import Change, ChangeType, Handle
from tests import world as cast
from tests.desk.voices import MINUTE, Page, comment, dm, events, tickets
from tests.world import MONDAY_NINE, message, obligations


@pytest.fixture
def said(page: Page) -> int:
    """An ugly comment of Eva's."""
    return page.hear(comment(text="Sie Esel!")).message_id


def hide(page: Page, message_id: int, reason: str = "insult") -> None:
    moderation.hide(message_id, reason=reason, by=page.world.ben, at=MONDAY_NINE + MINUTE)


def done() -> None:
    """The platform does what it was asked for."""
    (errand_id,) = errands.waiting(at=MONDAY_NINE + MINUTE)
    task = errands.claim(errand_id, at=MONDAY_NINE + MINUTE)
    assert task is not None
    fetched.moderated(task, at=MONDAY_NINE + 2 * MINUTE)


def test_a_comment_is_hidden_once_the_platform_says_so_and_stays_on_the_ticket(page: Page, said: int) -> None:
    hide(page, said)
    assert (message(said).hidden_at, message(said).details["hiding"]["reason"]) == (None, "insult")
    done()
    hidden = message(said)
    assert (hidden.hidden_at, hidden.text) == (MONDAY_NINE + 2 * MINUTE, "Sie Esel!")
    number = tickets()[0].id
    assert events(number) == ["opened", "hiding_asked", "hidden"]
    told = db.session.query(Event).filter(Event.kind == "hiding_asked").one()
    assert (told.details, told.actor_id) == ({"reason": "insult"}, page.world.ben.id)
    assert obligations(number)[0].answered_by_id is None


@pytest.mark.parametrize("reason", ["", "criticism", "Beleidigung"])
def test_criticism_is_no_reason(page: Page, said: int, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        hide(page, said, reason)
    assert refusal.value.field == "reason"
    assert errands.waiting(at=MONDAY_NINE + MINUTE) == []


@pytest.mark.parametrize("is_done", [False, True])
def test_a_comment_is_hidden_once(page: Page, said: int, *, is_done: bool) -> None:
    hide(page, said)
    if is_done:
        done()
    with pytest.raises(Refused) as refusal:
        hide(page, said)
    assert refusal.value.code == "hidden_already"
    assert db.session.query(Errand).filter(Errand.kind == ErrandKind.HIDE).count() == 1


def test_a_hidden_comment_is_shown_again_and_can_be_hidden_anew(page: Page, said: int) -> None:
    hide(page, said, "advertising")
    done()
    moderation.show(said, by=page.world.ben, at=MONDAY_NINE + MINUTE)
    done()
    assert message(said).hidden_at is None
    with pytest.raises(Refused) as refusal:
        moderation.show(said, by=page.world.ben, at=MONDAY_NINE + MINUTE)
    assert refusal.value.code == "not_hidden"
    hide(page, said, "third_party")
    done()
    assert message(said).hidden_at is not None


def test_a_late_report_of_our_own_hiding_hides_nothing_again(page: Page, said: int) -> None:
    hide(page, said)
    done()
    moderation.show(said, by=page.world.ben, at=MONDAY_NINE + MINUTE)
    done()
    late = Change(
        external_id="late", type=ChangeType.HIDING, about=message(said).external_id, sent_at=MONDAY_NINE + MINUTE
    )
    changes.apply(late, channel_id=page.channel, at=MONDAY_NINE + 3 * MINUTE)
    assert message(said).hidden_at is None


def test_a_wish_can_be_taken_back_before_the_platform_has_answered(page: Page, said: int) -> None:
    hide(page, said)
    moderation.show(said, by=page.world.ben, at=MONDAY_NINE + MINUTE)
    done()
    assert message(said).hidden_at is None


def test_only_public_contacts_of_others_can_be_hidden(page: Page) -> None:
    ours = page.hear(comment(external_id="c1")).message_id
    private, mail = page.hear(dm()).message_id, cast.hear(page.world).message_id
    sender = Handle(kind="messenger", value="900100", scope="900100")
    own = page.hear(comment(sender=sender, is_own=True, replies_to=("c1",), conversation_key="c1")).message_id
    assert own != ours
    for other in (private, mail, own):
        with pytest.raises(Refused) as refusal:
            hide(page, other)
        assert refusal.value.code == "not_hideable"


def test_kinds_that_cannot_hide_say_so() -> None:
    assert [moderation.can_hide(kind) for kind in ("messenger", "x", "email", "phone", "nowhere")] == [
        True,
        True,
        False,
        False,
        False,
    ]
