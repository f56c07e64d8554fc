"""What people write to the page in private, in every shape the platform has sent so far."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.contract import (
    Contact,
    ContactType,
    Heard,
    Progress,
    ProgressType,
    Signal,
    SignalType,
    Unreadable,
)
from channels.messenger import MessengerConnector
from channels.testing import NOW
from tests.channels.messenger.sample import ACCOUNT, APP, PAGE, PERSON, entry, item, milliseconds

CONNECTOR = MessengerConnector(ACCOUNT)


def heard(raw: bytes) -> list[Heard]:
    return list(CONNECTOR.parse(raw, received_at=NOW))


def contact(**message: Any) -> Contact:
    """Return the one contact of one message of a customer."""
    (found,) = heard(entry(messaging=[item(message={"mid": "m_1", **message})]))
    assert isinstance(found, Contact)
    return found


def single(**what: Any) -> Heard:
    (found,) = heard(entry(messaging=[item(**what)]))
    return found


def test_a_message_has_its_author_time_and_thread() -> None:
    sent_at = NOW - timedelta(minutes=3, milliseconds=123)

    (found,) = heard(entry(messaging=[item(at=sent_at, message={"mid": "m_1", "text": "Wo ist mein Paket? 📦"})]))

    assert isinstance(found, Contact)
    assert (found.external_id, found.text, found.type) == ("m_1", "Wo ist mein Paket? 📦", ContactType.MESSAGE)
    assert (found.sender.kind, found.sender.value, found.sender.scope) == ("messenger", PERSON, PAGE)
    assert found.sent_at == sent_at
    assert found.conversation_key == PERSON
    assert found.recipient is not None
    assert found.recipient.value == PAGE
    assert not found.is_own
    assert not found.is_public


def test_ids_that_are_numbers_become_texts() -> None:
    raw = {"object": "page", "entry": [{"id": int(PAGE), "messaging": [item(message={"mid": 17, "text": 42})]}]}
    raw["entry"][0]["messaging"][0]["sender"]["id"] = int(PERSON)  # type: ignore[index]

    (found,) = heard(json.dumps(raw).encode())

    assert isinstance(found, Contact)
    assert (found.external_id, found.text, found.sender.value) == ("17", "42", PERSON)


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        (1_795_338_000, datetime(2026, 11, 22, 9, 0, tzinfo=UTC)),
        (1_795_338_000_250, datetime(2026, 11, 22, 9, 0, 0, 250_000, tzinfo=UTC)),
        ("1795338000", datetime(2026, 11, 22, 9, 0, tzinfo=UTC)),
        (12_341, datetime(2026, 11, 22, 10, 0, tzinfo=UTC)),
        (None, datetime(2026, 11, 22, 10, 0, tzinfo=UTC)),
        (10**30, datetime(2026, 11, 22, 10, 0, tzinfo=UTC)),
    ],
)
def test_seconds_and_milliseconds_are_told_apart(timestamp: object, expected: datetime) -> None:
    one = {**item(message={"mid": "m_1", "text": "Hallo"}), "timestamp": timestamp}

    (found,) = heard(entry(messaging=[one], time=milliseconds(datetime(2026, 11, 22, 10, 0, tzinfo=UTC))))

    assert found.sent_at == expected


def test_two_entries_with_several_items_are_heard_in_their_order() -> None:
    first = json.loads(entry(messaging=[item(message={"mid": f"m_{n}", "text": "x"}) for n in (1, 2)]))
    second = json.loads(entry(messaging=[item(message={"mid": "m_3", "text": "x"})]))
    first["entry"] += [*second["entry"], {}, "nichts", {"id": PAGE, "changes": [{"field": "parking"}]}]

    assert [each.external_id for each in heard(json.dumps(first).encode()) if isinstance(each, Contact)] == [
        "m_1",
        "m_2",
        "m_3",
    ]


@pytest.mark.parametrize(
    "raw",
    [
        entry(messaging=[item(recipient="99", message={"mid": "m_1", "text": "Hallo"})]),
        entry(messaging=[item()]),
        entry(messaging=[item(message={})]),
        b'{"object": "notpage", "entry": [{}]}',
        b'{"object": "page", "entry": [{}]}',
        b'{"object": "page"}',
        b"[]",
    ],
)
def test_what_is_for_others_or_says_nothing_is_left_out(raw: bytes) -> None:
    assert heard(raw) == []


def test_what_is_for_another_page_names_it() -> None:
    told = json.loads(entry(messaging=[item(message={"mid": "m_1", "text": "Hallo"})]))
    told["entry"] += json.loads(entry(page="99", messaging=[item(recipient="99", message={"mid": "m_2"})]))["entry"]
    ours, theirs = heard(json.dumps(told).encode())
    assert isinstance(ours, Contact)
    assert isinstance(theirs, Signal)
    assert (theirs.type, theirs.details, theirs.is_alarm) == (SignalType.ASTRAY, {"address": "99"}, False)


@pytest.mark.parametrize("raw", [b"", b"hallo", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable, match="JSON"):
        heard(raw)


@pytest.mark.parametrize(
    ("attachment", "expected"),
    [
        (
            {"type": "image", "payload": {"url": "https://cdn.example/1.jpg"}},
            ("image", "https://cdn.example/1.jpg", "", {}),
        ),
        (
            {"type": "image", "payload": {"url": "https://cdn.example/1.png", "sticker_id": 42}},
            ("sticker", "https://cdn.example/1.png", "", {"sticker_id": "42"}),
        ),
        (
            {"type": "fallback", "title": "Ein Link", "url": "https://shop.example/a", "payload": "KLUMPEN"},
            ("fallback", "https://shop.example/a", "Ein Link", {}),
        ),
        ({"type": "fallback", "payload": {"url": "Ordner/a.doc", "title": "A"}}, ("fallback", "", "A", {})),
        (
            {"type": "ig_reel", "payload": {"url": "/reel/123/", "reel_video_id": 123}},
            ("ig_reel", "https://www.facebook.com/reel/123/", "", {"reel_video_id": "123"}),
        ),
        (
            {"type": "location", "title": "Hier", "payload": {"coordinates": {"lat": 48.1, "long": 11.5}}},
            ("location", "", "Hier", {"latitude": 48.1, "longitude": 11.5}),
        ),
    ],
)
def test_every_sort_of_attachment_is_kept(attachment: dict[str, Any], expected: tuple[Any, ...]) -> None:
    (found,) = contact(attachments=[attachment]).remote

    assert (found.type, found.url, found.name, found.details) == expected


def test_no_bubble_stays_empty() -> None:
    coordinates = {"coordinates": {"lat": 48.1, "long": 11.5}}
    assert contact(attachments=[{"type": "location", "payload": coordinates}]).text == "Standort: 48.1, 11.5"
    assert contact(attachments=[{"type": "fallback", "title": "Ein Link", "payload": "x"}]).text == "Link: Ein Link"
    product = {"product": {"elements": [{"title": "Regenjacke"}]}}
    assert contact(attachments=[{"type": "template", "payload": product}]).text == "Vorlage: Regenjacke"
    assert contact(attachments=[{"type": "image", "payload": {"url": "https://cdn.example/1.jpg"}}]).text == ""


def test_a_thumb_is_said_as_one() -> None:
    thumb = {"type": "image", "payload": {"url": "https://cdn.example/t.png", "sticker_id": 369239263222822}}

    assert contact(attachments=[thumb]).text == "👍"


@pytest.mark.parametrize(
    "message",
    [{"is_unsupported": True}, {"attachments": [{"type": "hologram", "payload": {}}]}, {"zauber": {"x": 1}}, {}],
)
def test_a_message_of_an_unknown_type_is_a_visible_placeholder(message: dict[str, Any]) -> None:
    found = contact(**message)

    assert found.type is ContactType.UNKNOWN
    assert found.external_id == "m_1"
    assert found.text.startswith("Nachricht eines Typs, den Faden noch nicht zeigt (")


def test_an_unknown_event_of_a_person_is_a_placeholder() -> None:
    found = single(game_play={"score": 3})

    assert isinstance(found, Contact)
    assert found.type is ContactType.UNKNOWN
    assert "game_play" in found.text


def test_a_quoted_message_a_quick_reply_and_an_ad_are_kept() -> None:
    found = contact(
        text="Ja",
        reply_to={"mid": "m_0"},
        quick_reply={"payload": "YES"},
        referral={"source": "ADS", "type": "OPEN_THREAD", "ad_id": 9},
    )

    assert found.replies_to == ("m_0",)
    assert found.details["quick_reply"] == "YES"
    assert found.details["referral"] == {"source": "ADS", "type": "OPEN_THREAD", "ad_id": "9"}


@pytest.mark.parametrize(("sender", "recipient"), [(PAGE, PERSON), (PERSON, PAGE)])
def test_an_echo_is_ours_whichever_way_round_its_sides_stand(sender: str, recipient: str) -> None:
    echo = {"mid": "m_7", "text": "Gern.", "is_echo": True, "app_id": int(APP), "metadata": "faden:abc@shop.example"}

    (found,) = heard(entry(messaging=[item(sender=sender, recipient=recipient, message=echo)]))

    assert isinstance(found, Contact)
    assert found.is_own
    assert found.own_id == "abc@shop.example"
    assert found.conversation_key == PERSON
    assert found.sender.value == PAGE
    assert found.recipient is not None
    assert found.recipient.value == PERSON


@pytest.mark.parametrize(
    ("app_id", "metadata", "own_id"),
    [
        (int(APP), "abc", "abc"),
        (263902037430900, "abc", ""),
        (1, "faden:abc", "abc"),
        (int(APP), "", ""),
    ],
)
def test_only_our_own_metadata_names_our_message(app_id: int, metadata: str, own_id: str) -> None:
    echo = {"mid": "m_7", "text": "Gern.", "is_echo": True, "app_id": app_id, "metadata": metadata}

    (found,) = heard(entry(messaging=[item(sender=PAGE, recipient=PERSON, message=echo)]))

    assert isinstance(found, Contact)
    assert found.own_id == own_id
    assert found.details["app_id"] == str(app_id)


def test_standby_is_heard_and_marked() -> None:
    (found,) = heard(entry(standby=[item(message={"mid": "m_1", "text": "Hallo"})]))

    assert isinstance(found, Contact)
    assert found.is_standby


def test_a_bad_item_does_not_spoil_the_batch() -> None:
    bad = [
        None,
        7,
        {"message": 5},
        {"sender": {"id": {}}, "message": {"mid": [], "attachments": [None, {"payload": 3}]}},
    ]

    found = heard(entry(messaging=[*bad, item(message={"mid": "m_1", "text": "Hallo"})]))

    assert found[-1] == contact(text="Hallo")


def test_letters_no_database_takes_are_replaced() -> None:
    assert contact(text="a\x00b\ud800c").text == "ab\ufffdc"


def test_a_recorded_error_is_a_signal_about_the_account() -> None:
    error = {"error": {"code": 190, "error_subcode": 460, "error_user_msg": "Neu anmelden", "fbtrace_id": "Ax"}}

    (found,) = heard(json.dumps(error).encode())

    assert isinstance(found, Signal)
    assert (found.type, found.is_alarm, found.code) == (SignalType.ACCOUNT, True, "190")
    assert found.details == {
        "code": "190",
        "error_subcode": "460",
        "fbtrace_id": "Ax",
        "error_user_msg": "Neu anmelden",
    }


def test_a_recorded_answer_names_what_was_sent() -> None:
    (found,) = heard(b'{"recipient_id": "7", "message_id": "m_9"}')

    assert isinstance(found, Progress)
    assert (found.type, found.about, found.conversation_key) == (ProgressType.SENT, ("m_9",), "7")
