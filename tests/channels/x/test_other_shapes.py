"""Messages in shapes that X may use as well: never public by mistake, never silence."""

from __future__ import annotations

from typing import Any

import pytest

from channels.contract import ContactType
from tests.channels.x.heard import AT, POST, answer, contact, heard
from tests.channels.x.sample import PEOPLE, THEM, event, post

SECRET = "Meine IBAN ist DE12"
MESSAGE: dict[str, Any] = {
    "id": "1990000000000000777", "event_type": "MessageCreate", "text": SECRET, "sender_id": THEM,
    "dm_conversation_id": "55501-4200042", "created_at": AT,
}  # fmt: skip
BARE = {name: MESSAGE[name] for name in ("id", "event_type", "text")}


@pytest.mark.parametrize(
    "raw",
    [
        {"data": [BARE], "meta": {"result_count": 1}},
        answer("https://api.x.com/2/dm_events", {"data": [BARE]}),
        answer("/2/dm_events", {"data": [{"id": BARE["id"], "text": SECRET}]}),
        answer("/2/dm_conversations/with/5/dm_events", {"data": [{"id": BARE["id"], "text": SECRET}]}),
    ],
)
def test_a_direct_message_with_few_fields_is_private(raw: dict[str, Any]) -> None:
    found = contact(raw)
    assert (found.text, found.is_public, found.is_own) == (SECRET, False, False)
    assert found.sender.value == "unknown:1990000000000000777"
    assert "is_group" not in found.details


@pytest.mark.parametrize("payload", [MESSAGE, {"data": MESSAGE}, {"data": [MESSAGE], "includes": {"users": []}}])
def test_an_event_may_tell_a_message_as_the_interface_does(payload: dict[str, Any]) -> None:
    found = contact(event("dm.received", payload))
    assert (found.type, found.text, found.sender.value) == (ContactType.MESSAGE, SECRET, THEM)
    assert found.conversation_key == "55501-4200042"


def test_an_event_may_wrap_a_post() -> None:
    payload = {"data": post(POST, "@nordlicht Hallo", AT), "includes": {"users": [PEOPLE[THEM]]}}
    found = contact(event("post.mention.create", payload))
    assert (found.external_id, found.is_public, found.sender.name) == (POST, True, "Karla K.")


@pytest.mark.parametrize("name", ["something.new", "chat.something", "dm.something"])
def test_what_nobody_knows_is_shown(name: str) -> None:
    found = contact(event(name, {"id": "7", "text": "Hallo", "sender_id": THEM}))
    assert found.is_public is False
    assert found.text == "Hallo"
    assert found.type is (ContactType.MESSAGE if name.startswith("dm.") else ContactType.UNKNOWN)


@pytest.mark.parametrize(
    "name", ["dm.read", "dm.indicate_typing", "dm.reaction", "chat.conversation_join", "spaces.start"]
)
def test_what_is_known_to_be_no_message_stays_silent(name: str) -> None:
    assert heard(event(name, {"id": "7", "text": "Hallo", "sender_id": THEM})) == []


def test_a_message_in_a_group_says_so() -> None:
    told = {**MESSAGE, "dm_conversation_id": "1500000000000000001"}
    assert contact(event("dm.received", told)).details["is_group"] is True
    assert contact(answer("/2/dm_events", {"data": [told]})).details["is_group"] is True
    secret = {"id": "e1", "sender_id": THEM, "encoded_event": "Q2lwaGVy", "conversation_id": "g1500000000000000001"}
    assert contact(event("chat.received", secret)).details["is_group"] is True
    assert "is_group" not in contact(event("dm.received", MESSAGE)).details
