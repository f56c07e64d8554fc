"""What was missed while nobody could call us is fetched, once, in the order in which it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest

from channels.contract import ChannelFault, Contact, Raw
from channels.messenger import MessengerConnector
from channels.meta import conversations
from channels.meta.conversations import GraphPoller
from tests.channels.messenger.conftest import Clock
from tests.channels.messenger.sample import PAGE, PERSON
from tests.emulators.graph import GraphEmulator


@pytest.fixture
def poller(connector: MessengerConnector) -> Iterator[GraphPoller]:
    found = connector.poller()
    assert isinstance(found, GraphPoller)
    yield found
    found.close()


def contacts(connector: MessengerConnector, raws: list[Raw], clock: Clock) -> list[Contact]:
    found = [each for raw in raws for each in connector.parse(raw.content, received_at=clock.now)]
    assert all(isinstance(each, Contact) for each in found)
    return [each for each in found if isinstance(each, Contact)]


def test_messages_and_comments_are_fetched_as_a_hook_would_tell_them(
    facebook: GraphEmulator, connector: MessengerConnector, poller: GraphPoller, clock: Clock
) -> None:
    first = facebook.customer_writes(PERSON, "Hallo", files=[("image", "a.jpg", b"jpeg")])
    clock.forward(timedelta(minutes=1))
    answer = facebook.answers_elsewhere(PERSON, "Guten Tag")
    clock.forward(timedelta(minutes=1))
    comment = facebook.comments("71", "Und ich?", name="Kim K.")
    clock.forward(timedelta(minutes=1))
    reply = facebook.comments("72", "Ich auch", parent=comment)

    found = contacts(connector, list(poller.fetch({})), clock)

    assert [each.external_id for each in found] == [first, answer, comment, reply]
    assert [each.is_own for each in found] == [False, True, False, False]
    assert [each.conversation_key for each in found] == [PERSON, PERSON, comment, comment]
    assert [each.is_public for each in found] == [False, False, True, True]
    assert found[0].remote[0].url.endswith("a.jpg")
    assert found[2].sender.name == "Kim K."


def test_only_what_is_new_is_fetched_again(
    facebook: GraphEmulator, connector: MessengerConnector, poller: GraphPoller, clock: Clock
) -> None:
    facebook.customer_writes(PERSON, "Hallo")
    first = list(poller.fetch({}))
    clock.forward(timedelta(minutes=10))
    missed = facebook.customer_writes(PERSON, "Noch da?")

    second = list(poller.fetch(cursor_of(first)))

    assert [each.external_id for each in contacts(connector, second, clock)] == [missed]
    assert list(poller.fetch(cursor_of(second))) == []
    assert list(poller.fetch(cursor_of(first)))[-1:] == second, "what was not stored is told again"


def test_a_new_poller_looks_back_two_minutes(
    facebook: GraphEmulator, connector: MessengerConnector, poller: GraphPoller
) -> None:
    facebook.customer_writes(PERSON, "Hallo")
    first = list(poller.fetch({}))
    anew = connector.poller()
    assert anew is not None

    again = list(anew.fetch(cursor_of(first)))
    anew.close()

    assert again == first, "the same bytes are the same envelope"


def test_the_first_look_goes_back_one_day(
    facebook: GraphEmulator, connector: MessengerConnector, poller: GraphPoller, clock: Clock
) -> None:
    facebook.customer_writes(PERSON, "Vorgestern")
    clock.forward(timedelta(days=2))
    today = facebook.customer_writes("7400000000000022", "Heute")

    assert [each.external_id for each in contacts(connector, list(poller.fetch({})), clock)] == [today]


def test_every_page_of_the_list_is_turned(
    facebook: GraphEmulator, connector: MessengerConnector, poller: GraphPoller, clock: Clock
) -> None:
    written = []
    for number in range(12):
        written.append(facebook.customer_writes(f"74000000000001{number:02d}", f"Nachricht {number}"))
        clock.forward(timedelta(minutes=1))

    found = contacts(connector, list(poller.fetch({}, limit=100)), clock)

    assert [each.external_id for each in found] == written
    assert facebook.refusals == [], "two calls a second are kept to"


def test_a_limit_is_taken_up_where_it_ended(
    facebook: GraphEmulator, connector: MessengerConnector, poller: GraphPoller, clock: Clock
) -> None:
    written = []
    for number in range(6):
        written.append(facebook.customer_writes(PERSON, f"Nachricht {number}"))
        clock.forward(timedelta(minutes=1))

    cursor: Mapping[str, object] = {}
    found: dict[str, None] = {}
    for _ in range(3):
        raws = list(poller.fetch(cursor, limit=2))
        cursor = cursor_of(raws)
        found |= dict.fromkeys(each.external_id for each in contacts(connector, raws, clock))

    assert list(found) == written


def test_nothing_there_is_nothing_fetched(poller: GraphPoller) -> None:
    assert list(poller.fetch({})) == []


def test_a_dead_token_is_a_fault_of_the_channel(facebook: GraphEmulator, poller: GraphPoller) -> None:
    facebook.revoke_token(463)

    with pytest.raises(ChannelFault) as caught:
        list(poller.fetch({}))

    assert (caught.value.code, caught.value.is_permanent) == ("190", True)


def test_waiting_ends_when_it_should(poller: GraphPoller, monkeypatch: pytest.MonkeyPatch) -> None:
    assert poller.wait(within=5, stop=lambda: False), "the first round is due at once"
    list(poller.fetch({}))
    assert not poller.wait(within=0.01, stop=lambda: False)
    assert not poller.wait(within=60, stop=lambda: True)
    monkeypatch.setattr(conversations, "EVERY", 0.01)
    assert poller.wait(within=60, stop=lambda: False)


def test_without_a_token_nothing_is_fetched(connector: MessengerConnector) -> None:
    connector._secrets = {}

    assert connector.poller() is None
    assert connector.page == PAGE


def cursor_of(raws: list[Raw]) -> Mapping[str, object]:
    cursor = raws[-1].cursor
    assert cursor is not None
    return cursor
