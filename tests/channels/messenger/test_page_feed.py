"""What people write on the page in public: comments, posts, recommendations, mentions."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from channels.contract import Change, ChangeType, Contact, ContactType, Heard
from channels.messenger import MessengerConnector
from channels.testing import NOW
from tests.channels.messenger.sample import ACCOUNT, PAGE, change, entry, item

CONNECTOR = MessengerConnector(ACCOUNT)
POST, COMMENT, REPLY = f"{PAGE}_900", "900_71", "900_72"
SECONDS = int(NOW.timestamp()) - 60
ADDED: dict[str, Any] = {
    "item": "comment",
    "verb": "add",
    "comment_id": COMMENT,
    "post_id": POST,
    "parent_id": POST,
    "from": {"id": "71", "name": "Kim K."},
    "created_time": SECONDS,
    "message": "Seit 3 Wochen keine Antwort!",
}


def heard(raw: bytes) -> list[Heard]:
    return list(CONNECTOR.parse(raw, received_at=NOW))


def contact(field: str = "feed", /, **value: Any) -> Contact:
    (found,) = heard(change(field, **value))
    assert isinstance(found, Contact)
    assert found.is_public
    return found


def changed(**value: Any) -> Change:
    (found,) = heard(change(**{**ADDED, **value}))
    assert isinstance(found, Change)
    assert found.is_public
    return found


def test_a_comment_has_its_author_time_and_post() -> None:
    found = contact(**ADDED)

    assert (found.type, found.external_id, found.text) == (ContactType.COMMENT, COMMENT, "Seit 3 Wochen keine Antwort!")
    assert (found.sender.kind, found.sender.value, found.sender.name, found.sender.scope) == (
        "facebook",
        "71",
        "Kim K.",
        PAGE,
    )
    assert found.sent_at == NOW - timedelta(minutes=1)
    assert found.conversation_key == COMMENT
    assert found.parent is not None
    assert found.parent.external_id == POST
    assert not found.is_own


def test_an_answer_to_a_comment_stands_in_its_conversation() -> None:
    found = contact(**{**ADDED, "comment_id": REPLY, "parent_id": COMMENT})

    assert found.conversation_key == COMMENT
    assert found.replies_to == (COMMENT,)


def test_older_payloads_name_the_author_elsewhere() -> None:
    value = {name: each for name, each in ADDED.items() if name not in {"from", "created_time"}}
    found = contact(**value, sender_id=71, sender_name="Kim K.")

    assert (found.sender.value, found.sender.name) == ("71", "Kim K.")
    assert found.sent_at == NOW, "without a time of its own it is that of the entry, in seconds"


@pytest.mark.parametrize("author", [{"from": {"id": PAGE}}, {"from": None, "sender_id": int(PAGE)}])
def test_our_own_comment_is_ours(author: dict[str, Any]) -> None:
    assert contact(**{**ADDED, **author}).is_own


def test_a_comment_without_an_author_is_somebody_unknown() -> None:
    found = contact(**{**ADDED, "from": None})

    assert found.sender.value == f"unknown:{COMMENT}"
    assert not found.is_own


@pytest.mark.parametrize(
    ("verb", "type_", "text"),
    [
        ("edited", ChangeType.EDIT, "Neu"),
        ("edit", ChangeType.EDIT, "Neu"),
        ("remove", ChangeType.REMOVAL, ""),
        ("hide", ChangeType.HIDING, ""),
        ("unhide", ChangeType.SHOWING, ""),
    ],
)
def test_what_happens_to_a_comment_names_it(verb: str, type_: ChangeType, text: str) -> None:
    found = changed(verb=verb, message="Neu")

    assert (found.type, found.about, found.text) == (type_, COMMENT, text)
    assert found.sent_at == NOW, "the time is that of the change, not that of the comment"
    assert found.details["verb"] == verb


def test_two_edits_are_two_and_the_same_one_told_twice_is_one() -> None:
    first, again = (changed(verb="edited", message="Neu") for _ in range(2))
    raw = json.loads(change(**{**ADDED, "verb": "edited", "message": "Neuer"}))
    raw["entry"][0]["time"] -= 5
    (second,) = heard(json.dumps(raw).encode())

    assert first.external_id == again.external_id
    assert isinstance(second, Change)
    assert second.external_id != first.external_id


def test_files_of_a_comment_are_kept() -> None:
    found = contact(**ADDED, photo="https://cdn.example/a.jpg", video="https://cdn.example/a.mp4")

    assert [(each.type, each.url) for each in found.remote] == [
        ("image", "https://cdn.example/a.jpg"),
        ("video", "https://cdn.example/a.mp4"),
    ]


def test_a_visitor_s_post_is_public_and_a_conversation_of_its_own() -> None:
    found = contact(item="post", verb="add", post_id=POST, sender_id=72, message="Ist jemand da?")

    assert (found.type, found.external_id, found.conversation_key) == (ContactType.POST, POST, POST)
    assert not found.is_own


def test_our_own_post_is_ours() -> None:
    photos = ["https://cdn.example/1.png", "https://cdn.example/2.png", 3]
    found = contact(item="status", verb="add", post_id=POST, photos=photos, sender_id=PAGE)

    assert found.is_own
    assert len(found.remote) == 2


def test_a_recommendation_is_a_public_post_with_its_rating() -> None:
    found = contact(
        "ratings",
        item="rating",
        verb="add",
        open_graph_story_id=904801,
        reviewer_id=73,
        reviewer_name="Ali",
        rating=2,
        review_text="Nie wieder",
        recommendation_type="NEGATIVE",
        comment_id=None,
    )

    assert (found.type, found.external_id, found.text) == (ContactType.POST, "904801", "Nie wieder")
    assert (found.sender.value, found.sender.name) == ("73", "Ali")
    assert found.details["rating"] == "2"
    assert found.details["recommendation_type"] == "NEGATIVE"


def test_a_recommendation_without_words_says_what_it_is() -> None:
    value = {"item": "rating", "verb": "add", "open_graph_story_id": 1, "reviewer_id": 73}

    assert contact("ratings", **value, recommendation_type="NEGATIVE").text == "Empfiehlt die Seite nicht."


def test_a_comment_on_a_recommendation_is_a_comment() -> None:
    found = contact("ratings", **{**ADDED, "open_graph_story_id": "6767"})

    assert (found.type, found.external_id) == (ContactType.COMMENT, COMMENT)


@pytest.mark.parametrize("told", [{"item": "comment", "comment_id": COMMENT}, {"item": "post"}, {}])
def test_a_mention_has_no_author(told: dict[str, Any]) -> None:
    found = contact("mention", verb="add", post_id=POST, **told)

    assert found.external_id == told.get("comment_id", POST)
    assert found.sender.value == f"unknown:{found.external_id}"
    assert found.text == "Hat die Seite erwähnt."


@pytest.mark.parametrize(
    "value",
    [
        {"item": "reaction", "verb": "add", "post_id": POST, "reaction_type": "love"},
        {"item": "like", "verb": "remove", "parent_id": POST},
        {"item": "comment", "verb": "mute", "comment_id": COMMENT},
        {"item": "video", "verb": "block", "post_id": POST},
        {"item": "comment", "verb": "add"},
        {},
    ],
)
def test_what_nobody_wrote_is_left_out(value: dict[str, Any]) -> None:
    assert heard(change(**value)) == []


@pytest.mark.parametrize("field", ["parking", "leadgen", "conversations", None, 5])
def test_other_fields_and_changes_without_a_value_are_left_out(field: Any) -> None:
    raw = entry(changes=[{"field": field}, {"field": field, "value": {"thread_id": "t_1"}}, {"value": ADDED}, "x"])

    assert heard(raw) == []


def test_feed_and_messages_come_in_one_payload() -> None:
    message = item(message={"mid": "m_1", "text": "Hallo"})

    found = heard(entry(messaging=[message], changes=[{"field": "feed", "value": ADDED}], time=int(NOW.timestamp())))

    assert [each.is_public for each in found if isinstance(each, Contact)] == [False, True]


def test_a_private_message_may_come_as_a_change() -> None:
    (found,) = heard(change("messages", **item(message={"mid": "m_1", "text": "Hallo"})))

    assert isinstance(found, Contact)
    assert not found.is_public


def test_a_comment_with_a_verb_nobody_knows_is_shown() -> None:
    found = contact(**{**ADDED, "verb": "whisper"})
    assert (found.type, found.external_id, found.text) == (ContactType.UNKNOWN, COMMENT, ADDED["message"])


def test_words_in_a_field_nobody_knows_are_shown() -> None:
    (found,) = heard(change("guestbook", message="Hallo?", **{"from": {"id": "71", "name": "Kim K."}}))
    assert isinstance(found, Contact)
    assert (found.type, found.is_public, found.sender.value) == (ContactType.UNKNOWN, False, "71")
    assert "guestbook" in found.text
