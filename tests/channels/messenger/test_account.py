"""How the page is: token, rights, subscription; names, posts, files and hiding."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from channels.contract import ChannelFault, DeliveryError, DeliveryFault, Handle
from channels.messenger import MessengerConnector
from channels.messenger.form import FIELDS
from tests.channels.messenger.conftest import Clock, account_of
from tests.channels.messenger.sample import PAGE, PERSON
from tests.emulators.graph import GraphEmulator


def test_a_page_that_is_set_up_well_is_well(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    facebook.subscribed_fields = list(FIELDS)

    assert connector.health(now=clock.now).is_ok
    assert [(line.name, line.is_ok) for line in connector.check()] == [
        ("Seiten-Token", True),
        ("Seite", True),
        ("Webhook", True),
    ]


def test_the_end_of_a_token_is_foreseen(facebook: GraphEmulator, connector: MessengerConnector, clock: Clock) -> None:
    facebook.token_expires_at = clock.now + timedelta(days=9)

    health = connector.health(now=clock.now)

    assert health.is_ok
    assert health.token_expires_at == clock.now + timedelta(days=9)
    clock.forward(timedelta(days=9))
    assert connector.health(now=clock.now).code == "190"


@pytest.mark.parametrize("subcode", [460, 463, 467])
def test_a_dead_token_is_told_by_its_code(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock, subcode: int
) -> None:
    facebook.revoke_token(subcode)

    health = connector.health(now=clock.now)

    assert (health.is_ok, health.code) == (False, "190")
    assert f"190/{subcode}" in health.words
    assert [line.is_ok for line in connector.check()] == [False, False, False]


def test_a_lost_permission_is_as_bad_as_a_dead_token(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    facebook.scopes.remove("pages_messaging")

    health = connector.health(now=clock.now)

    assert (health.is_ok, health.code) == (False, "200")
    assert "pages_messaging" in health.words


def test_missing_subscriptions_are_named(facebook: GraphEmulator, connector: MessengerConnector) -> None:
    facebook.subscribed_fields = [name for name in FIELDS if name != "standby"]

    assert [line.words for line in connector.check() if not line.is_ok] == [
        "Die App hört nicht alles. Bitte noch abonnieren: standby."
    ]


def test_the_token_of_another_page_is_noticed(facebook: GraphEmulator, connector: MessengerConnector) -> None:
    facebook.page = "310000000000099"
    connector.page = "me"

    assert any("310000000000099" in line.words for line in connector.check() if not line.is_ok)


@pytest.mark.parametrize(
    ("address", "settings"),
    [
        ("nordlicht", {}),
        (PAGE, {"app_id": "meine App"}),
        (PAGE, {"graph_version": "25"}),
        (PAGE, {"api_base": "http://graph.example"}),
    ],
)
def test_a_wrong_setting_is_named(facebook: GraphEmulator, address: str, settings: dict[str, object]) -> None:
    account = replace(account_of(facebook, **settings), address=address)

    with pytest.raises(ValueError, match=next(iter(settings), "address")):
        MessengerConnector(account)


def test_a_name_is_asked_for(facebook: GraphEmulator, connector: MessengerConnector) -> None:
    facebook.customer_writes(PERSON, "Hallo", name="Eva Kern")
    who = Handle(kind="messenger", value=PERSON, scope=PAGE)

    assert connector.profile(who) == replace(who, name="Eva Kern")
    facebook.people[PERSON].hides_profile = True
    assert connector.profile(who) is None


def test_a_post_is_fetched_for_the_comment_below_it(facebook: GraphEmulator, connector: MessengerConnector) -> None:
    post = facebook.posts("71", "Wer kennt den Laden?", name="Kim K.")

    parent = connector.post(post)

    assert parent is not None
    assert (parent.text, parent.author and parent.author.name) == ("Wer kennt den Laden?", "Kim K.")
    assert parent.url.startswith("https://www.facebook.com/")
    facebook.removes(post)
    assert connector.post(post) is None


def test_a_comment_is_hidden_and_shown_again(facebook: GraphEmulator, connector: MessengerConnector) -> None:
    comment = facebook.comments("71", "…")

    connector.hide(comment, is_hidden=True)
    assert facebook.public[comment].is_hidden
    connector.hide(comment, is_hidden=False)
    assert not facebook.public[comment].is_hidden

    facebook.removes(comment)
    with pytest.raises(DeliveryError) as caught:
        connector.hide(comment, is_hidden=True)
    assert caught.value.fault is DeliveryFault.GONE


def test_a_file_is_fetched_until_its_address_expires(facebook: GraphEmulator, connector: MessengerConnector) -> None:
    url = facebook.keep("karton.jpg", b"jpeg", "image/jpeg")

    found = connector.media(url)

    assert found is not None
    assert (found.type, found.content) == ("image/jpeg", b"jpeg")
    facebook.files.clear()
    assert connector.media(url) is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "https://127.0.0.1/x", "file:///etc/passwd", "https://"])
def test_no_file_is_fetched_from_a_private_network(connector: MessengerConnector, url: str) -> None:
    with pytest.raises(ChannelFault) as caught:
        connector.media(url)

    assert caught.value.is_permanent
