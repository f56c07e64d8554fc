"""No payload, however broken or built to hurt, raises anything but `Unreadable` or yields what cannot be stored."""

from __future__ import annotations

import json
from datetime import UTC
from time import thread_time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.contract import Change, Contact, Unreadable
from channels.messenger import MessengerConnector
from channels.testing import NOW
from tests.channels.messenger.sample import ACCOUNT, PAGE, PERSON, entry, item

CONNECTOR = MessengerConnector(ACCOUNT)
WORDS = ["message", "mid", "text", "attachments", "payload", "url", "type", "is_echo", "postback", "reaction", "read"]
WORDS += ["sender", "recipient", "timestamp", "id", "delivery", "watermark", "mids", "referral", "value", "field"]
WORDS += ["item", "verb", "comment_id", "post_id", "parent_id", "from", "created_time", "coordinates", "lat", "long"]
WORDS += ["message_edit", "num_edit", "optin", "app_roles", "policy-enforcement", "reply_to", "error", "code", "photos"]
VALUES = [PAGE, PERSON, "add", "remove", "comment", "feed", "ratings", "image", "location", "\ud800", "\x00", "9" * 500]
LEAVES = (
    st.sampled_from(VALUES)
    | st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=8)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from(WORDS), TREES, max_size=6)


def check_storable(raw: bytes) -> None:
    for each in CONNECTOR.parse(raw, received_at=NOW):
        assert each.sent_at.tzinfo is UTC
        assert each.sent_at <= NOW
        text = repr(each)
        text.encode()
        assert "\\ud8" not in text
        assert "\\x00" not in text
        json.dumps(dict(each.details), allow_nan=False)
        if isinstance(each, Contact):
            assert 0 < len(each.sender.value) <= 254
            assert len(each.conversation_key) <= 254
        if isinstance(each, Contact | Change):
            assert 0 < len(each.external_id) <= 500


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(parts=st.lists(OBJECTS, max_size=4), name=st.sampled_from(["messaging", "standby", "changes"]))
def test_any_tree_is_understood_or_left_out(parts: list[dict[str, Any]], name: str) -> None:
    raw = json.dumps({"object": "page", "entry": [{"id": PAGE, "time": 1, name: parts}]}).encode()

    check_storable(raw)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(what=OBJECTS, value=OBJECTS)
def test_any_message_and_any_change_is_understood_or_left_out(what: dict[str, Any], value: dict[str, Any]) -> None:
    value = {"item": "comment", "verb": "add", "comment_id": "1_2", **value}

    check_storable(entry(messaging=[item(message=what)], changes=[{"field": "feed", "value": value}]))


@settings(max_examples=200)
@given(raw=st.binary(max_size=300))
def test_noise_is_refused(raw: bytes) -> None:
    try:
        check_storable(raw)
    except Unreadable as unreadable:
        assert str(unreadable)  # noqa: PT017 - noise may happen to be JSON


@pytest.mark.parametrize(
    "raw",
    [
        entry(messaging=[item(message={"mid": "m" * 3_000_000, "text": "x" * 3_000_000})]),
        entry(messaging=[item(message={"mid": str(n), "text": "x"}) for n in range(5_000)]),
        entry(messaging=[item(message={"mid": "1", "attachments": [{"type": "image"}] * 100_000})]),
    ],
    ids=["long", "many", "files"],
)
def test_five_megabytes_are_read_in_a_moment(raw: bytes) -> None:
    begun = thread_time()
    CONNECTOR.parse(raw, received_at=NOW)
    taken = thread_time() - begun

    check_storable(raw)
    assert taken < 10


def test_deep_nesting_is_refused_or_forgotten() -> None:
    deep = b'{"object":"page","entry":' + b'[{"a":' * 50_000 + b"1" + b"}]" * 50_000 + b"}"

    with pytest.raises(Unreadable):
        CONNECTOR.parse(deep, received_at=NOW)
