"""What is possible is known before anybody types."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from channels.contract import Capability, Exchange, Handle
from channels.messenger import MessengerConnector
from channels.testing import NOW
from tests.channels.messenger.sample import ACCOUNT, PAGE, PERSON

CONNECTOR = MessengerConnector(ACCOUNT)


def private(heard_at: datetime | None) -> Capability:
    recipient = Handle(kind="messenger", value=PERSON, scope=PAGE)
    exchange = Exchange(recipient=recipient, is_public=False, conversation_key=PERSON, heard_at=heard_at)
    return CONNECTOR.capability(exchange, now=NOW)


def public(age: timedelta, **details: object) -> Capability:
    recipient = Handle(kind="facebook", value="71", scope=PAGE)
    exchange = Exchange(
        recipient=recipient,
        is_public=True,
        heard_at=NOW - age,
        newest_id="900_71",
        details={"item": "comment"} | details,
    )
    return CONNECTOR.capability(exchange, now=NOW)


@pytest.mark.parametrize(
    ("age", "can_private", "has_reason"),
    [
        (timedelta(0), True, False),
        (timedelta(hours=23, minutes=59), True, False),
        (timedelta(hours=24), True, True),
        (timedelta(days=6, hours=23, minutes=59), True, True),
        (timedelta(days=7), False, True),
    ],
)
def test_the_window_closes_in_two_steps(age: timedelta, can_private: bool, has_reason: bool) -> None:  # noqa: FBT001
    found = private(NOW - age)

    assert (found.can_private, bool(found.reason)) == (can_private, has_reason)
    assert found.window_closes_at == NOW - age + timedelta(hours=24)
    assert found.human_only_until == NOW - age + timedelta(days=7)
    assert not found.can_public
    assert (found.max_length, found.length_unit) == (2000, "characters")


def test_only_the_customer_opens_a_window() -> None:
    found = private(None)

    assert not found.can_private
    assert "zuerst schreiben" in found.reason


def test_a_comment_is_answered_in_public_at_any_time_and_once_in_private() -> None:
    fresh, old = public(timedelta(days=6)), public(timedelta(days=7))

    assert (fresh.can_public, fresh.can_private, fresh.reason) == (True, True, "")
    assert (old.can_public, old.can_private) == (True, False)
    assert "7 Tage" in old.reason


def test_the_one_private_reply_is_spent_for_its_comment_only() -> None:
    spent, newer = (public(timedelta(hours=1), private_reply=id_) for id_ in ("900_71", "900_70"))

    assert (spent.can_private, spent.private_ways_used, spent.can_public) == (False, True, True)
    assert (newer.can_private, newer.private_ways_used) == (True, False)


@pytest.mark.parametrize(
    "details", [{"item": "rating", "field": "ratings"}, {"item": "comment", "field": "mention"}, {"item": "album"}]
)
def test_some_things_have_no_private_way(details: dict[str, object]) -> None:
    found = public(timedelta(hours=1), **details)

    assert (found.can_public, found.can_private) == (True, False)
    assert found.reason
