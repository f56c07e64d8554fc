"""What X tells, in each of its spellings, becomes the same values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.contract import (
    Account,
    Change,
    ChangeType,
    Contact,
    ContactType,
    Signal,
    SignalType,
    Unreadable,
)
from tests.channels.x.heard import AT, POST, answer, contact, heard
from tests.channels.x.sample import PEOPLE, THEM, US, direct, event, post


def test_a_mention_is_public_and_may_be_answered() -> None:
    found = contact(event("post.mention.create", post(POST, "@nordlicht Wo &amp; wann?", AT)))
    assert (found.external_id, found.type, found.is_public) == (POST, ContactType.POST, True)
    assert found.text == "@nordlicht Wo & wann?"
    assert (found.sender.kind, found.sender.value, found.sender.name) == ("x", THEM, "Karla K.")
    assert found.sent_at == datetime(2026, 11, 20, 8, 14, 3, tzinfo=UTC)
    assert found.details["can_reply"] is True
    assert found.details["username"] == "kundin_k"


def test_a_post_tells_how_many_follow_its_author_and_how_many_answers_stand_below_it() -> None:
    told = post(POST, "@nordlicht Wann?", AT, public_metrics={"reply_count": 3, "reply_count_str": "3"})
    author = {**PEOPLE[THEM], "public_metrics": {"followers_count": 812}}
    found = contact({"data": [told], "includes": {"users": [author]}})
    assert (found.details["followers"], found.details["replies"]) == (812, 3)


def test_what_x_does_not_count_is_not_known_and_never_zero() -> None:
    found = contact(event("post.mention.create", post(POST, "@nordlicht Wann?", AT)))
    assert not found.details.keys() & {"followers", "replies"}


def test_the_post_that_is_answered_tells_the_answers_below_it() -> None:
    told = post(POST, "@nordlicht Bei mir auch", AT, referenced_tweets=[{"type": "replied_to", "id": "70"}])
    above = {"id": "70", "text": "Neu!", "author_id": US, "created_at": AT, "public_metrics": {"reply_count": 24}}
    found = contact({"data": [told], "includes": {"tweets": [above]}})
    assert found.parent
    assert found.parent.replies == 24


def test_the_same_post_by_mention_and_by_reply_is_one() -> None:
    told = post(POST, "@nordlicht Hallo", AT)
    assert (
        contact(event("post.mention.create", told)).external_id == contact(event("post.reply.create", told)).external_id
    )


def test_an_answer_that_does_not_name_us_cannot_be_answered() -> None:
    told = post(
        POST, "Und?", AT, entities={}, in_reply_to_user_id=US, referenced_tweets=[{"type": "replied_to", "id": "7"}]
    )
    found = contact(event("post.reply.create", told))
    assert found.details["can_reply"] is False
    assert found.details["addressed"] == "reply"
    assert found.replies_to == ("7",)
    assert not found.listening_term


def test_a_quote_of_ours_may_be_answered() -> None:
    told = post(POST, "Na ja", AT, entities={}, referenced_tweets=[{"type": "quoted", "id": "70"}])
    ours = {"id": "70", "text": "Neu!", "author_id": US, "created_at": AT}
    found = contact({"data": [told], "includes": {"tweets": [ours], "users": list(PEOPLE.values())}})
    assert found.details["can_reply"] is True
    assert found.parent
    assert (found.parent.external_id, found.parent.text) == ("70", "Neu!")
    assert found.parent.author
    assert found.parent.author.value == US
    assert contact(event("post.quote.create", told)).details["can_reply"] is True


def test_a_foreign_quote_may_not_be_answered() -> None:
    told = post(POST, "Na ja", AT, entities={}, referenced_tweets=[{"type": "quoted", "id": "70"}])
    theirs = {"id": "70", "text": "Neu!", "author_id": "999"}
    assert contact({"data": [told], "includes": {"tweets": [theirs]}}).details["can_reply"] is False


@pytest.mark.parametrize("name", ["tweet", "post"])
def test_both_spellings_of_fields_say_the_same(name: str) -> None:
    told = post(POST, "kurz", AT)
    del told["edit_history_tweet_ids"]
    told |= {
        f"edit_history_{name}_ids": [POST],
        f"note_{name}": {"text": "Ein langer Text &lt;3 " + "x" * 300},
        f"referenced_{name}s": [{"type": "replied_to", "id": "70"}],
    }
    around = {"users": list(PEOPLE.values()), f"{name}s": [{"id": "70", "text": "Frage?", "author_id": THEM}]}
    found = contact(answer("/2/users/4200042/mentions", {"data": [told], "includes": around}))
    assert found.text.startswith("Ein langer Text <3 x")
    assert found.replies_to == ("70",)
    assert found.parent
    assert found.parent.text == "Frage?"


def test_an_edit_is_told_about_the_first_version() -> None:
    later = str(int(POST) + (60_000 << 22))
    told = post(later, "@nordlicht Neu", AT, edit_history_tweet_ids=[POST, later])
    message, edit = heard(event("post.mention.create", told))
    assert isinstance(message, Contact)
    assert message.external_id == POST
    assert isinstance(edit, Change)
    assert (edit.type, edit.about, edit.text) == (ChangeType.EDIT, POST, "@nordlicht Neu")
    assert edit.external_id == f"edit:{later}"
    assert edit.sent_at - message.sent_at == timedelta(minutes=1), "ids tell when each version was written"


def test_a_hit_of_listening_names_its_term() -> None:
    told = post(POST, "Nordlicht Versand ist lahm", AT, entities={})
    found = contact(answer("/2/tweets/search/recent", {"data": [told]}, term="Nordlicht Versand"))
    assert found.listening_term == "Nordlicht Versand"
    assert found.details["can_reply"] is False


def test_a_hit_that_mentions_us_is_an_ordinary_mention() -> None:
    told = post(POST, "@nordlicht Nordlicht Versand ist lahm", AT)
    assert not contact(answer("/2/tweets/search/recent", {"data": [told]}, term="Nordlicht Versand")).listening_term


def test_the_term_of_a_recorded_search_is_its_query() -> None:
    told = post(POST, "lahm", AT, entities={})
    assert (
        contact(answer("https://api.x.com/2/tweets/search/recent?query=lahm", {"data": [told]})).listening_term
        == "lahm"
    )


def test_posts_with_default_fields_have_a_time_and_somebody_unknown() -> None:
    found = contact(answer("/2/users/4200042/mentions", {"data": [{"id": POST, "text": "@nordlicht Hallo"}]}))
    assert found.sender.value == f"unknown:{POST}"
    assert found.sent_at == datetime(2025, 11, 16, 10, 12, 27, 69000, tzinfo=UTC), "the id tells the instant"
    assert found.details["can_reply"] is True


@pytest.mark.parametrize(
    "raw",
    [
        {"meta": {"result_count": 0}},
        answer("/2/users/1/mentions", {"meta": {"result_count": 0}}),
        answer("/2/dm_events", {"meta": {"result_count": 0}}),
        {"errors": [{"resource_id": "1", "type": "https://api.x.com/2/problems/resource-not-found"}]},
        event("like.create", {"id": "a", "liked_tweet_id": "1"}),
        event("follow.follow", {"source": {"data": PEOPLE[THEM]}, "target": {"data": PEOPLE[US]}}),
        event("post.repost.create", post(POST, "RT", AT, referenced_tweets=[{"type": "retweeted", "id": "1"}])),
        event("profile.update.bio", {"before": "a", "after": "b"}),
        event("dm.read", {"id": "1"}),
        {"data": {"id": "1", "username": "wer", "name": "Wer"}},
        {"for_user_id": US, "favorite_events": [{"id": "1"}], "follow_events": [{"type": "follow"}]},
    ],
)
def test_what_means_nothing_to_us_is_nothing(raw: bytes | dict[str, Any]) -> None:
    assert heard(raw) == []


def test_a_partial_error_leaves_the_rest() -> None:
    errors = [{"resource_id": "9", "title": "Not Found Error"}]
    assert contact({"data": [post(POST, "@nordlicht", AT)], "errors": errors}).external_id == POST


def test_our_own_post_is_ours() -> None:
    found = contact(event("post.create", post(POST, "Wir liefern wieder.", AT, author_id=US, entities={})))
    assert found.is_own
    assert found.sender.value == US
    assert found.details["can_reply"] is False


@pytest.mark.parametrize(
    "raw",
    [
        event("dm.received", direct("1", "Hallo", "1795334400123"), whose="777"),
        {"for_user_id": "777", "tweet_create_events": [{"id_str": "1", "text": "x", "user": {}}]},
    ],
)
def test_events_of_another_account_of_the_same_application_name_it(raw: bytes | dict[str, Any]) -> None:
    (found,) = heard(raw)
    assert isinstance(found, Signal)
    assert (found.type, found.details) == (SignalType.ASTRAY, {"address": "777"})
    assert "777" in found.words
    assert not found.is_alarm


def test_a_direct_message_is_private_and_knows_its_conversation() -> None:
    found = contact(event("dm.received", direct("1990000000000000777", "Bestellnr. 10023 &amp; Co", "1795334400123")))
    assert (found.type, found.is_public, found.is_own) == (ContactType.MESSAGE, False, False)
    assert found.text == "Bestellnr. 10023 & Co"
    assert found.conversation_key == "55501-4200042"
    assert found.recipient
    assert (found.sender.name, found.recipient.value) == ("Karla K.", US)
    assert found.sent_at == datetime(2026, 11, 22, 8, 0, 0, 123000, tzinfo=UTC)


def test_a_direct_message_of_ours_is_ours() -> None:
    found = contact(event("dm.sent", direct("1", "Gern", "1795334400123", sender=US, recipient=THEM)))
    assert found.is_own
    assert found.conversation_key == "55501-4200042"


def test_two_messages_of_the_same_instant_are_two() -> None:
    told = direct("10", "eins", "1795334400123")
    told["direct_message_events"] += direct("11", "zwei", "1795334400123")["direct_message_events"]
    assert [each.external_id for each in heard(event("dm.received", told)) if isinstance(each, Contact)] == ["10", "11"]


def test_direct_messages_are_also_read_as_the_interface_tells_them() -> None:
    told: dict[str, Any] = {
        "id": "5",
        "event_type": "MessageCreate",
        "text": "Hallo",
        "sender_id": THEM,
        "created_at": AT,
    }
    media = {"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/media/x.jpg"}
    told |= {"dm_conversation_id": "55501-4200042", "attachments": {"media_keys": ["3_1"]}}
    joined = {"id": "6", "event_type": "ParticipantsJoin", "participant_ids": [THEM], "dm_conversation_id": "8"}
    found = contact(answer("/2/dm_events", {"data": [told, joined], "includes": {"media": [media]}}))
    assert found.conversation_key == "55501-4200042"
    assert found.recipient
    assert found.recipient.value == US
    assert [(each.type, each.url) for each in found.remote] == [("image", "https://pbs.twimg.com/media/x.jpg")]


def test_an_encrypted_message_is_a_placeholder_in_the_same_conversation() -> None:
    payload = {"conversation_id": f"{THEM}:{US}", "id": "e4f4", "sender_id": THEM, "created_at_msec": "1795334400123"}
    found = contact(event("chat.received", {**payload, "encoded_event": "Q2lwaGVy"}))
    assert (found.type, found.conversation_key) == (ContactType.UNKNOWN, "55501-4200042")
    assert "auf X beantworten" in found.text
    assert contact(event("chat.sent", {**payload, "sender_id": US})).is_own


def test_a_removal_is_told_about_the_post() -> None:
    (found,) = heard(event("post.delete", {"id": POST, "author_id": THEM}))
    assert isinstance(found, Change)
    assert (found.type, found.about, found.is_public) == (ChangeType.REMOVAL, POST, True)


@pytest.mark.parametrize(
    "raw",
    [
        event("oauth.revoke", {"date_time": "2026-11-22T21:44:05+00:00", "user_id": US, "app_id": "1"}, whose=""),
        {"user_event": {"revoke": {"date_time": "2026-11-22T21:44:05+00:00", "source": {"user_id": US}}}},
    ],
)
def test_a_revoked_right_is_an_alarm(raw: bytes | dict[str, Any]) -> None:
    (found,) = heard(raw)
    assert isinstance(found, Signal)
    assert (found.type, found.is_alarm, found.code) == (SignalType.ACCOUNT, True, "revoked")
    assert found.words


def test_the_revoked_right_of_somebody_else_is_none_of_ours() -> None:
    assert heard(event("oauth.revoke", {"date_time": AT, "user_id": "777"}, whose="")) == []


def test_who_we_are_is_in_the_event_where_the_account_does_not_say_it() -> None:
    bare = Account(id=0, kind="x", name="", address="", settings={})
    assert contact(event("dm.sent", direct("1", "Gern", "1", sender=US, recipient=THEM)), bare).is_own
    assert not contact(event("dm.received", direct("1", "Gern", "1")), bare).is_own


def test_a_film_without_an_address_keeps_its_type_and_the_way_to_it() -> None:
    told = post(POST, "Schau", AT, attachments={"media_keys": ["13_1", "3_2"]})
    film = {"media_key": "13_1", "type": "video", "duration_ms": 9, "preview_image_url": "https://pbs.twimg.com/p.jpg"}
    found = contact({"data": [told], "includes": {"media": [film]}})
    assert [(each.type, each.url) for each in found.remote] == [("video", ""), ("image", "")]
    assert found.remote[0].details["link"] == f"https://x.com/i/web/status/{POST}"


def test_recorded_calls_of_ours_are_read_too() -> None:
    write = {
        "method": "POST",
        "uri": "https://api.x.com/2/dm_conversations/with/55501/messages",
        "body": '{"text": "Ja"}',
    }
    said = contact({"request": write, "json": {"data": {"dm_conversation_id": "1-2", "dm_event_id": "31"}}})
    assert (said.is_own, said.external_id, said.text, said.conversation_key) == (True, "31", "Ja", "1-2")
    body = {"text": "Ja", "reply": {"in_reply_to_tweet_id": "5"}}
    create = {"method": "POST", "uri": "/2/tweets", "body": body}
    posted = contact({"request": create, "json": {"data": {"id": "32", "text": "Ja"}}})
    assert (posted.is_own, posted.replies_to) == (True, ("5",))
    (gone,) = heard({"request": {"method": "DELETE", "uri": "/2/tweets/32"}, "json": {"data": {"deleted": True}}})
    assert isinstance(gone, Change)
    assert gone.about == "32"


@pytest.mark.parametrize("raw", [b"", b"null", b"12", b"\xff", b"[" * 100_000, b'{"a":'])
def test_what_is_no_object_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        heard(raw)
