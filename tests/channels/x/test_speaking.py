"""Answering on X: who may be answered, what it costs, and that nothing is said twice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from channels.contract import (
    Account,
    Capability,
    ChannelFault,
    Contact,
    DeliveryError,
    DeliveryFault,
    Exchange,
    Handle,
    Outgoing,
    OutgoingAttachment,
)
from channels.x import XConnector, speaking
from tests.channels.x.sample import ACCOUNT
from tests.emulators.x import OWN_ID, XEmulator
from tests.emulators.x_world import PICTURE

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def exchange(platform: XEmulator, id_: str, *, can_reply: bool = True) -> Exchange:
    post = platform.world.posts[id_]
    return Exchange(
        recipient=Handle(kind="x", value=post["author_id"]),
        is_public=True,
        conversation_key=post["conversation_id"],
        heard_at=NOW,
        newest_id=id_,
        details={"can_reply": can_reply},
    )


def outgoing(where: Exchange, text: str, *, is_public: bool | None = None) -> Outgoing:
    public = where.is_public if is_public is None else is_public
    return Outgoing(
        external_id="faden.1@nordlicht.example",
        recipient=where.recipient,
        text=text,
        replies_to=where.newest_id,
        sent_at=NOW,
        is_public=public,
        exchange=where,
    )


def private(value: str) -> Exchange:
    return Exchange(recipient=Handle(kind="x", value=value), is_public=False, heard_at=NOW)


def told(connector: XConnector, message: Outgoing) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        connector.send(message)
    return caught.value


def able(where: Exchange) -> Capability:
    return XConnector(replace(ACCOUNT, secrets={})).capability(where, now=NOW)


def test_whoever_names_us_is_answered_in_public(platform: XEmulator, connector: XConnector) -> None:
    id_ = platform.posts("karla", "@nordlicht Wo bleibt mein Paket?")
    sent = connector.send(outgoing(exchange(platform, id_), "Wir sehen nach."))
    post = platform.world.posts[sent.external_id]
    assert (post["text"], post["author_id"]) == ("Wir sehen nach.", OWN_ID)
    assert post["referenced_tweets"] == [{"type": "replied_to", "id": id_}]
    assert platform.cost == pytest.approx(0.010)


def test_whoever_does_not_is_not_even_asked_for(platform: XEmulator, connector: XConnector) -> None:
    id_ = platform.posts("karla", "Nordlicht ist lahm")
    error = told(connector, outgoing(exchange(platform, id_, can_reply=False), "Doch nicht!"))
    assert (error.fault, error.is_permanent) == (DeliveryFault.REJECTED, True)
    assert "erwähnt" in error.words
    assert not platform.asked("/2/tweets")


def test_what_x_refuses_is_final_and_explained(platform: XEmulator, connector: XConnector) -> None:
    id_ = platform.posts("karla", "Nordlicht ist lahm")
    error = told(connector, outgoing(exchange(platform, id_), "Doch nicht!"))
    assert (error.fault, error.is_permanent) == (DeliveryFault.REJECTED, True)
    assert "nicht erwähnt" in error.words


def test_the_same_text_twice_is_explained(platform: XEmulator, connector: XConnector) -> None:
    where = exchange(platform, platform.posts("karla", "@nordlicht Hallo"))
    connector.send(outgoing(where, "Guten Tag"))
    assert "schon geschrieben" in told(connector, outgoing(where, "Guten Tag")).words


def test_a_post_that_is_gone_is_explained(platform: XEmulator, connector: XConnector) -> None:
    id_ = platform.posts("karla", "@nordlicht Hallo")
    where = exchange(platform, id_)
    platform.deletes(id_)
    assert told(connector, outgoing(where, "Guten Tag")).is_permanent


def test_a_direct_message_is_answered_in_private(platform: XEmulator, connector: XConnector) -> None:
    platform.writes_privately("karla", "Hallo")
    karla = platform.world.person("karla").id
    sent = connector.send(outgoing(private(karla), "Guten Tag"))
    assert platform.world.messages[sent.external_id]["recipient"] == karla
    assert sent.conversation_key == f"{karla}-{OWN_ID}"


def test_a_public_post_is_answered_in_private_as_well(platform: XEmulator, connector: XConnector) -> None:
    where = exchange(platform, platform.posts("karla", "Nordlicht ist lahm"), can_reply=False)
    sent = connector.send(outgoing(where, "Was ist geschehen?", is_public=False))
    assert sent.recipient == where.recipient
    assert sent.conversation_key == f"{where.recipient.value}-{OWN_ID}", "it opens a private conversation"
    assert [call.json for call in platform.asked("/messages")] == [{"text": "Was ist geschehen?"}]


def test_a_typed_name_becomes_the_person(platform: XEmulator, connector: XConnector) -> None:
    karla = platform.world.person("karla")
    sent = connector.send(outgoing(private("@karla"), "Guten Tag"))
    assert sent.recipient == Handle(kind="x", value=karla.id, name="Karla")
    assert told(connector, outgoing(private("@niemand"), "Guten Tag")).fault is DeliveryFault.GONE


def test_whoever_takes_no_messages_is_not_asked_again(platform: XEmulator, connector: XConnector) -> None:
    person = platform.world.person("karla")
    person.takes_messages = False
    error = told(connector, outgoing(private(person.id), "Guten Tag"))
    assert (error.fault, error.is_permanent) == (DeliveryFault.REJECTED, True)
    assert "Direktnachrichten" in error.words


def test_a_limit_says_when_to_try_again(platform: XEmulator, connector: XConnector) -> None:
    platform.limits["messages"] = 1
    karla = platform.world.person("karla").id
    connector.send(outgoing(private(karla), "eins"))
    error = told(connector, outgoing(private(karla), "zwei"))
    assert (error.fault, error.is_permanent) == (DeliveryFault.RATE_LIMITED, False)
    assert error.retry_within is not None
    assert 800 < error.retry_within <= 901
    assert len(platform.world.messages) == 1


def test_a_limit_that_another_process_used_up_says_so_too(platform: XEmulator, account: Account) -> None:
    platform.limits["messages"] = 1
    karla = platform.world.person("karla").id
    XConnector(account).send(outgoing(private(karla), "eins"))
    error = told(XConnector(account), outgoing(private(karla), "zwei"))
    assert error.fault is DeliveryFault.RATE_LIMITED
    assert error.retry_within
    assert len(platform.asked("/messages")) == 2


def test_a_revoked_token_waits_for_new_keys(platform: XEmulator, connector: XConnector) -> None:
    platform.revoke()
    error = told(connector, outgoing(private("55"), "Guten Tag"))
    assert (error.fault, error.is_permanent) == (DeliveryFault.UNAUTHORISED, False)


@pytest.mark.parametrize("how", ["after", "cut"])
@pytest.mark.parametrize("is_public", [True, False])
def test_an_answer_that_is_lost_is_unsure_and_found_again(
    platform: XEmulator, connector: XConnector, how: str, *, is_public: bool
) -> None:
    where = exchange(platform, platform.posts("karla", "@nordlicht Hallo"))
    message = outgoing(where, "Mehr unter https://nordlicht.example/hilfe & bald", is_public=is_public)
    platform.breaks.append(("/2/tweets" if is_public else "/messages", how))
    assert told(connector, message).fault is DeliveryFault.UNSURE
    said = platform.world.posts if is_public else platform.world.messages
    before = set(said)
    sent = connector.send(replace(message, is_unsure=True))
    assert sent.external_id in before
    assert set(said) == before, "nothing is said twice"


def test_what_never_arrived_is_said_after_looking(platform: XEmulator, connector: XConnector) -> None:
    where = exchange(platform, platform.posts("karla", "@nordlicht Hallo"))
    platform.breaks.append(("/2/tweets", "before"))
    assert told(connector, outgoing(where, "Guten Tag")).fault is DeliveryFault.UNSURE
    sent = connector.send(replace(outgoing(where, "Guten Tag"), is_unsure=True))
    assert platform.world.posts[sent.external_id]["text"] == "Guten Tag"


def test_who_cannot_look_does_not_speak(platform: XEmulator, connector: XConnector) -> None:
    where = exchange(platform, platform.posts("karla", "@nordlicht Hallo"))
    platform.breaks.append((f"/users/{OWN_ID}/tweets", "before"))
    error = told(connector, replace(outgoing(where, "Guten Tag"), is_unsure=True))
    assert (error.fault, error.is_permanent) == (DeliveryFault.UNREACHABLE, False)
    assert not platform.asked("/2/tweets")


def test_pictures_are_handed_over_first(platform: XEmulator, connector: XConnector) -> None:
    where = exchange(platform, platform.posts("karla", "@nordlicht Hallo"))
    picture = OutgoingAttachment(name="bon.png", type="image/png", content=PICTURE)
    connector.send(replace(outgoing(where, "Hier"), attachments=(picture, picture)))
    (call,) = platform.asked("/2/tweets")
    assert len(call.json["media"]["media_ids"]) == 2
    assert {platform.world.media[id_]["category"] for id_ in call.json["media"]["media_ids"]} == {"tweet_image"}


def test_a_file_that_x_does_not_take_is_refused_before_anything_is_said(
    platform: XEmulator, connector: XConnector
) -> None:
    where = exchange(platform, platform.posts("karla", "@nordlicht Hallo"))
    paper = OutgoingAttachment(name="rechnung.pdf", type="application/pdf", content=b"%PDF")
    assert "rechnung.pdf" in told(connector, replace(outgoing(where, "Hier"), attachments=(paper,))).words
    assert not platform.asked("/2/tweets")


def test_a_picture_that_is_looked_at_for_ever_is_sent_later(
    platform: XEmulator, connector: XConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaking, "PROCESSED_WITHIN", 0.1)
    platform.looks = 1_000_000
    where = exchange(platform, platform.posts("karla", "@nordlicht Hallo"))
    picture = OutgoingAttachment(name="bon.png", type="image/png", content=PICTURE)
    error = told(connector, replace(outgoing(where, "Hier"), attachments=(picture,)))
    assert (error.fault, error.is_permanent) == (DeliveryFault.UNREACHABLE, False)
    assert not platform.asked("/2/tweets")


def test_length_is_weighed(platform: XEmulator, connector: XConnector) -> None:
    where = exchange(platform, platform.posts("karla", "@nordlicht Hallo"))
    assert told(connector, outgoing(where, "a" * 281)).fault is DeliveryFault.TOO_LONG
    assert told(connector, outgoing(where, "語" * 141)).fault is DeliveryFault.TOO_LONG
    connector.send(outgoing(where, "語" * 140))
    connector.send(outgoing(where, "https://nordlicht.example/" + "x" * 400))
    assert platform.cost == pytest.approx(0.010 + 0.20)


def test_the_composer_knows_before_anybody_types() -> None:
    author = Handle(kind="x", value="55501")
    named = able(Exchange(recipient=author, is_public=True, newest_id="9", details={"can_reply": True}))
    assert (named.can_public, named.can_private, named.cost, named.cost_with_link) == (True, True, "0,01 $", "0,20 $")
    assert (named.max_length, named.length_unit, named.max_attachments) == (280, "weighted", 4)
    unnamed = able(Exchange(recipient=author, is_public=True, newest_id="9", details={"can_reply": False}))
    assert (unnamed.can_public, unnamed.can_private) == (False, True)
    assert "erwähnt" in unnamed.reason
    assert unnamed.open_url == "https://x.com/i/web/status/9"
    nobody = able(Exchange(recipient=Handle(kind="x", value="unknown:9"), is_public=True, newest_id="9"))
    assert (nobody.can_public, nobody.can_private) == (False, False)
    sealed = able(Exchange(recipient=author, is_public=False, newest_id="chat:1", details={"is_encrypted": True}))
    assert (sealed.can_private, "verschlüsselt" in sealed.reason) == (False, True)
    ordinary = able(Exchange(recipient=author, is_public=False, newest_id="9"))
    assert (ordinary.can_private, ordinary.max_length, ordinary.reason) == (True, 10_000, "")


def test_what_we_say_comes_back_as_ours(platform: XEmulator, connector: XConnector) -> None:
    where = exchange(platform, platform.posts("karla", "@nordlicht Hallo"))
    platform.holds = True
    sent = connector.send(outgoing(where, "Guten Tag"))
    connector.send(outgoing(private(where.recipient.value), "Leise"))
    platform.settle()
    found = [
        each
        for body in platform.held
        for each in connector.parse(json.dumps(body).encode(), received_at=datetime.now(UTC) + timedelta(hours=1))
    ]
    assert all(isinstance(each, Contact) and each.is_own for each in found)
    assert sent.external_id in {each.external_id for each in found if isinstance(each, Contact)}


def test_an_answer_below_our_post_is_hidden_and_shown(platform: XEmulator, connector: XConnector) -> None:
    about = platform.posts("nordlicht", "Wir liefern wieder.")
    id_ = platform.posts("karla", "@nordlicht Lügner", replies_to=about)
    connector.hide(id_, is_hidden=True)
    assert platform.world.posts[id_]["is_hidden"] is True
    connector.hide(id_, is_hidden=False)
    assert platform.world.posts[id_]["is_hidden"] is False


def test_what_is_not_ours_cannot_be_hidden(platform: XEmulator, connector: XConnector) -> None:
    with pytest.raises(ChannelFault):
        connector.hide(platform.posts("karla", "@nordlicht Hallo"), is_hidden=True)


def test_a_post_and_a_person_are_looked_up(platform: XEmulator, connector: XConnector) -> None:
    id_ = platform.posts("karla", "Seit neun Tagen &c.")
    found = connector.post(id_)
    assert found
    assert (found.text, found.url) == ("Seit neun Tagen &c.", f"https://x.com/i/web/status/{id_}")
    assert found.author
    assert found.author.name == "Karla"
    assert connector.profile(found.author) == found.author
    assert connector.post("12") is None
    assert connector.profile(Handle(kind="x", value="12")) is None


def test_pictures_are_fetched_from_our_own_platform_only(platform: XEmulator, connector: XConnector) -> None:
    found = connector.media(f"{platform.url}/pictures/1.png")
    assert found
    assert (found.type, found.content) == ("image/png", PICTURE)
    with pytest.raises(ChannelFault):
        connector.media("http://127.0.0.1:1/geheim")


def test_health_is_told_by_code(platform: XEmulator, connector: XConnector) -> None:
    assert connector.health(now=NOW).is_ok
    assert all(line.is_ok for line in connector.check())
    platform.revoke()
    found = connector.health(now=NOW)
    assert (found.is_ok, found.code) == (False, "89")
    assert found.words


def test_asking_how_we_are_costs_nothing(platform: XEmulator, connector: XConnector) -> None:
    platform.posts("karla", "@nordlicht Hallo", at=NOW - timedelta(minutes=5))
    platform.limits["mentions"] = 2
    assert all(connector.health(now=NOW).is_ok for _ in range(4)), "a limit is no fault"
    assert platform.cost == 0
    assert not platform.asked("/me")


def test_a_hook_that_x_gave_up_is_an_alarm_and_tried_again(platform: XEmulator, connector: XConnector) -> None:
    assert "15 Minuten" in connector.health(now=NOW).words, "without a hook direct messages come later"
    platform.hook_url = "http://127.0.0.1:9/hooks/x/7"
    assert "sofort" in connector.health(now=NOW).words
    platform.is_hook_valid = False
    found = connector.health(now=NOW)
    assert (found.is_ok, found.code) == (False, "webhook")
    assert len(platform.asked("/2/webhooks/1")) == 1


def test_a_wrong_bearer_token_is_noticed(account: Account) -> None:
    wrong = XConnector(replace(account, secrets={**account.secrets, "bearer_token": "falsch"}))
    assert [line.is_ok for line in wrong.check()] == [True, False]
    assert wrong.health(now=NOW).code == "89"


def test_an_answer_in_a_group_says_who_reads_it(connector: XConnector) -> None:
    person, key = Handle(kind="x", value="55501"), "1500000000000000001"
    group = Exchange(recipient=person, is_public=False, conversation_key=key, details={"is_group": True})
    found = connector.capability(group, now=NOW)
    assert found.can_private
    assert "alle" in found.reason
    assert found.open_url.endswith(f"/messages/{key}")
    assert connector.capability(replace(group, details={}), now=NOW).reason == ""
