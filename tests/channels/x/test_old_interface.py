"""What the interface of before still tells: whole envelopes, truncated posts, films behind pictures."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from channels.contract import Change, Contact, Progress, ProgressType
from tests.channels.x.heard import AT, POST, contact, heard
from tests.channels.x.sample import THEM, US, direct, event, post


def old_post(**more: Any) -> dict[str, Any]:
    told = {
        "created_at": "Fri Nov 20 08:14:03 +0000 2026",
        "id": 1990000000000000101,
        "id_str": POST,
        "text": "@nordlicht Mein Paket ist seit neun Tagen…",
        "truncated": True,
        "user": {"id_str": THEM, "name": "Karla K.", "screen_name": "kundin_k"},
        "extended_tweet": {
            "full_text": "@nordlicht Mein Paket ist seit neun Tagen &quot;unterwegs&quot;",
            "entities": {"user_mentions": [{"screen_name": "nordlicht", "id_str": US}]},
        },
        "entities": {"user_mentions": []},
    }
    return {**told, **more}


def test_a_truncated_post_of_the_old_interface_is_read_whole() -> None:
    found = contact({"for_user_id": US, "tweet_create_events": [old_post()]})
    assert found.text == '@nordlicht Mein Paket ist seit neun Tagen "unterwegs"'
    assert (found.sender.value, found.details["username"], found.details["can_reply"]) == (THEM, "kundin_k", True)
    assert found.sent_at == datetime(2026, 11, 20, 8, 14, 3, tzinfo=UTC)


def test_the_old_interface_tells_followers_beside_the_name() -> None:
    author = {"id_str": THEM, "screen_name": "kundin_k", "name": "Karla K.", "followers_count": 310}
    found = contact({"for_user_id": US, "tweet_create_events": [old_post(user=author)]})
    assert found.details["followers"] == 310


def test_what_the_old_interface_passes_on_is_nothing() -> None:
    passed_on = old_post(retweeted_status={"id_str": "9"})
    assert heard({"for_user_id": US, "tweet_create_events": [passed_on]}) == []


def test_an_old_quote_of_ours_may_be_answered() -> None:
    ours = {"id_str": "70", "text": "Neu!", "user": {"id_str": US}}
    told = old_post(
        extended_tweet={"full_text": "Na ja", "entities": {}}, quoted_status_id_str="70", quoted_status=ours
    )
    found = contact({"for_user_id": US, "tweet_create_events": [told]})
    assert found.details["addressed"] == "quote"
    assert found.parent
    assert found.parent.text == "Neu!"


def test_a_post_of_the_old_interface_is_read_wherever_it_stands() -> None:
    bodies: list[Any] = [old_post(), [old_post()], {"statuses": [old_post()], "search_metadata": {}}]
    assert {contact(json.dumps(each).encode()).external_id for each in bodies} == {POST}


def test_a_film_of_the_old_interface_is_the_film_and_not_its_picture() -> None:
    film: dict[str, Any] = {"id_str": "8", "type": "animated_gif", "media_url_https": "https://pbs.twimg.com/t.jpg"}
    film |= {"video_info": {"variants": [{"content_type": "video/mp4", "url": "https://video.twimg.com/t.mp4"}]}}
    (found,) = contact(
        {"for_user_id": US, "tweet_create_events": [old_post(extended_entities={"media": [film]})]}
    ).remote
    assert (found.type, found.url) == ("video", "https://video.twimg.com/t.mp4")
    told = direct("12", "Hier", "1795334400123")
    told["direct_message_events"][0]["message_create"]["message_data"]["attachment"] = {"type": "media", "media": film}
    assert contact(event("dm.received", told)).remote[0].url == "https://video.twimg.com/t.mp4"


def test_a_picture_in_a_direct_message_lies_behind_a_log_in() -> None:
    url = "https://ton.twitter.com/1.1/ton/data/dm/1/2/x.jpg"
    told = direct("12", "Hier", "1795334400123")
    media = {"type": "media", "media": {"id_str": "2", "type": "photo", "media_url_https": url}}
    told["direct_message_events"][0]["message_create"]["message_data"]["attachment"] = media
    assert [(each.type, each.url) for each in contact(event("dm.received", told)).remote] == [("image", url)]


def test_what_a_customer_has_read_is_progress() -> None:
    told = {"created_timestamp": "1795334400123", "sender_id": THEM, "target": {"recipient_id": US}}
    body = {"direct_message_mark_read_events": [{**told, "last_read_event_id": POST}], "users": {}}
    for raw in ({"for_user_id": US, **body}, event("dm.read", body)):
        (found,) = heard(raw)
        assert isinstance(found, Progress)
        assert (found.type, found.about, found.conversation_key) == (ProgressType.READ, (POST,), "55501-4200042")
    ours = {**told, "sender_id": US, "target": {"recipient_id": THEM}, "last_read_event_id": POST}
    assert heard({"for_user_id": US, "direct_message_mark_read_events": [ours]}) == []


def test_a_rule_of_the_stream_is_a_term() -> None:
    raw = {"data": post(POST, "lahm", AT, entities={}), "matching_rules": [{"id": 1, "tag": "Nordlicht"}]}
    assert contact(raw).listening_term == "Nordlicht"


def test_old_envelopes_tell_direct_messages_and_removals() -> None:
    told = direct("12", "Hallo", "1795334400123")
    removal = {"status": {"id": POST, "user_id": THEM}, "timestamp_ms": "1795334400123"}
    message, gone = heard({"for_user_id": US, **told, "tweet_delete_events": [removal]})
    assert isinstance(message, Contact)
    assert message.external_id == "12"
    assert isinstance(gone, Change)
    assert gone.about == POST
