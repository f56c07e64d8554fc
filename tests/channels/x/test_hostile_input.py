"""Whatever comes: understood, left out or unreadable, in bounded time and storable everywhere."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Unreadable
from channels.x import XConnector
from tests.channels.x.sample import ACCOUNT, PEOPLE, US, direct, event, post

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AT = "2026-11-20T08:14:03.000Z"
NAMES = [
    "data", "includes", "request", "json", "params", "events", "for_user_id", "tweet_create_events", "users", "id", "text",
    "id_str", "entities", "mentions", "media", "edit_history_tweet_ids", "referenced_posts", "created_at", "filter",
    "event_type", "payload", "direct_message_events", "message_create", "attachments", "media_keys", "sender_id", "errors",
    "user_event", "revoke", "tweet_delete_events", "status", "author_id", "method", "uri", "body", "variants", "user",
    "dm_conversation_id", "conversation_id", "extended_tweet", "note_post", "meta",
]  # fmt: skip
WORDS = [
    "post.create", "post.mention.create", "post.delete", "dm.received", "dm.sent", "chat.received", "oauth.revoke", "GET",
    "POST", "DELETE", "/2/tweets", "/2/users/1/mentions", "/2/tweets/search/recent?query=a", "replied_to", US, "123-456",
    "2026-11-20T08:14:03.000Z", "Fri Nov 20 08:14:03 +0000 2026", "99999999999999999999999", "\x00", "\ud800", "http://[",
]  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(WORDS)
)  # fmt: skip
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=40,
)


CONNECTOR = XConnector(ACCOUNT)


def faults(raw: bytes) -> list[str]:
    """Return what no database or clock could take of what was understood; nothing where the whole is unreadable."""
    try:
        found = list(CONNECTOR.parse(raw, received_at=NOW))
    except Unreadable:
        return []
    return [repr(each) for each in found if "\\x00" in repr(each) or "\\ud8" in repr(each) or each.sent_at > NOW]


@given(st.dictionaries(st.sampled_from(NAMES), TREES, max_size=8))
def test_any_object_is_understood_or_left_out(found: dict[str, Any]) -> None:
    assert faults(json.dumps(found).encode()) == []


@given(st.sampled_from(WORDS), TREES, TREES)
def test_any_event_is_understood_or_left_out(name: str, payload: Any, includes: Any) -> None:
    body = {"event_uuid": "1", "filter": {"user_id": US}, "event_type": name, "payload": payload, "includes": includes}
    assert faults(json.dumps({"data": body}).encode()) == []


@given(st.binary(max_size=200))
def test_any_bytes_are_understood_or_unreadable(raw: bytes) -> None:
    assert faults(raw) == []


@given(st.dictionaries(st.sampled_from(sorted(post("1", "a", AT))), TREES, max_size=4))
def test_a_post_with_wrong_values_is_understood_or_left_out(wrong: dict[str, Any]) -> None:
    assert faults(event("post.mention.create", {**post("1990000000000000101", "Hallo", AT), **wrong})) == []


@given(st.sampled_from(["GET", "POST", "DELETE", "PUT"]), st.text() | st.sampled_from(WORDS), TREES, TREES)
def test_any_recorded_call_is_understood_or_left_out(method: str, uri: str, body: Any, answer: Any) -> None:
    assert faults(json.dumps({"request": {"method": method, "uri": uri, "body": body}, "json": answer}).encode()) == []


def test_one_bad_item_does_not_spoil_the_others() -> None:
    body: dict[str, Any] = {
        "data": [None, 7, {"id": {}}, post("1990000000000000101", "@nordlicht", AT), {"text": 5}],
        "includes": [],
    }
    assert len(list(CONNECTOR.parse(json.dumps(body).encode(), received_at=NOW))) == 1


@pytest.mark.parametrize(
    "text", ["x" * 10_000_000, "&amp;" * 2_000_000, "@a " * 3_000_000], ids=["long", "signs", "names"]
)
def test_ten_megabytes_are_read_at_once(text: str) -> None:
    body = event("post.mention.create", post("1990000000000000101", text, AT))
    began = time.thread_time()
    assert faults(body) == []
    assert time.thread_time() - began < 10


def test_a_crowd_of_users_is_read_at_once() -> None:
    users = {str(n): {"data": PEOPLE[US]} for n in range(50_000)}
    body = event("dm.received", {**direct("1", "Hallo", "1795334400123"), "users": users})
    began = time.thread_time()
    assert faults(body) == []
    assert time.thread_time() - began < 10
