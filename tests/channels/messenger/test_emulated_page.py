"""The emulated page calls a hook the way the real one does; what it tells is heard as it was meant."""

from __future__ import annotations

from datetime import timedelta

from channels.contract import Change, Contact, ContactType, Progress, Signal, SignalType
from channels.messenger import MessengerConnector
from tests.channels.messenger.answers import outgoing
from tests.channels.messenger.conftest import Clock, Hook
from tests.channels.messenger.sample import PAGE, PERSON
from tests.emulators.graph import GraphEmulator
from tests.waiting import until


def test_a_wrong_word_shakes_no_hands(facebook: GraphEmulator, our_hook: Hook) -> None:
    assert not facebook.hooks.subscribe(f"{our_hook.url}/hook", word="falsch")


def test_only_good_signatures_are_taken(facebook: GraphEmulator, our_hook: Hook) -> None:
    for signs in ("bad", "missing", "good"):
        facebook.hooks.signs = signs
        facebook.customer_writes(PERSON, "Grüße 🙂")

    assert [told.status for told in facebook.hooks.told] == [401, 401, 200]
    assert len(our_hook.bodies) == 1
    assert our_hook.bodies[0].isascii()


def test_everything_people_do_is_heard(facebook: GraphEmulator, our_hook: Hook, clock: Clock) -> None:
    mid = facebook.customer_writes(PERSON, "Hallo", reply_to="m_0")
    facebook.edits(mid, "Hallo!")
    facebook.reacts(PERSON, mid)
    facebook.presses(PERSON, "Los", "GO", has_mid=False)
    facebook.reads(PERSON)
    facebook.removes(mid)
    comment = facebook.comments("71", "Öffentlich")
    facebook.edits(comment, "Noch öffentlicher")
    facebook.comments_as_page("Wir sind da", comment)
    facebook.removes(comment)
    facebook.rates("72", "Nie wieder", is_positive=False)
    facebook.posts("73", "Hallo Seite")
    facebook.enforces_policy()

    heard = our_hook.heard(at=clock.now)

    assert [type(each).__name__ for each in heard] == [
        "Contact", "Change", "Change", "Contact", "Progress", "Change",
        "Contact", "Change", "Contact", "Change", "Contact", "Contact", "Signal",
    ]  # fmt: skip
    assert [each.is_own for each in heard if isinstance(each, Contact)] == [False, False, False, True, False, False]


def test_duplicates_come_in_one_payload_and_in_two(facebook: GraphEmulator, our_hook: Hook, clock: Clock) -> None:
    facebook.hooks.repeats_inside = facebook.hooks.tells_twice = True

    mid = facebook.customer_writes(PERSON, "Hallo")

    heard = our_hook.heard(at=clock.now)
    assert len(our_hook.bodies) == 2
    assert [each.external_id for each in heard if isinstance(each, Contact)] == [mid] * 4


def test_feed_and_messages_are_told_in_one_payload_in_any_order(
    facebook: GraphEmulator, our_hook: Hook, clock: Clock
) -> None:
    with facebook.hooks.gathered(is_reversed=True):
        facebook.customer_writes(PERSON, "Privat")
        facebook.comments("71", "Öffentlich")

    assert len(our_hook.bodies) == 1
    assert [each.text for each in our_hook.heard(at=clock.now) if isinstance(each, Contact)] == ["Öffentlich", "Privat"]


def test_delivery_and_echo_come_before_the_answer(
    facebook: GraphEmulator, connector: MessengerConnector, our_hook: Hook, clock: Clock
) -> None:
    facebook.customer_writes(PERSON, "Hallo")

    connector.send(outgoing(clock))

    assert [type(each) for each in our_hook.heard(at=clock.now)] == [Contact, Progress, Contact]


def test_what_is_not_taken_is_told_again(facebook: GraphEmulator, our_hook: Hook, clock: Clock) -> None:
    our_hook.status = 503
    facebook.customer_writes(PERSON, "Hallo")
    assert our_hook.bodies == []
    our_hook.status = 200

    assert facebook.hooks.retry() == 0

    assert len(our_hook.heard(at=clock.now)) == 1


def test_it_calls_again_by_itself_until_somebody_listens(facebook: GraphEmulator, our_hook: Hook, clock: Clock) -> None:
    facebook.hooks.retries_after = 0.01
    our_hook.status = 503
    facebook.customer_writes(PERSON, "Hallo")
    until(lambda: len(facebook.hooks.told) > 2, what="a second retry")
    our_hook.status = 200

    until(lambda: our_hook.bodies, what="the call that was taken")

    assert len(our_hook.heard(at=clock.now)) == 1


def test_after_a_handover_we_only_listen(facebook: GraphEmulator, our_hook: Hook, clock: Clock) -> None:
    facebook.customer_writes(PERSON, "Hallo")
    facebook.hands_over(PERSON)
    facebook.customer_writes(PERSON, "Und jetzt?")
    facebook.presses(PERSON, "Los", "GO")
    facebook.answers_elsewhere(PERSON, "Hier ist das Postfach")

    first, signal, *standby = our_hook.heard(at=clock.now)

    assert isinstance(first, Contact)
    assert not first.is_standby
    assert isinstance(signal, Signal)
    assert signal.type is SignalType.HANDOVER
    assert [(each.is_standby, each.is_own) for each in standby if isinstance(each, Contact)] == [
        (True, False),
        (True, False),
        (True, True),
    ]
    assert isinstance(standby[1], Contact)
    assert standby[1].type is ContactType.POSTBACK
    assert "payload" not in standby[1].details


def test_hiding_a_comment_comes_back_as_a_change(
    facebook: GraphEmulator, connector: MessengerConnector, our_hook: Hook, clock: Clock
) -> None:
    comment = facebook.comments("71", "…")
    connector.hide(comment, is_hidden=True)
    connector.hide(comment, is_hidden=False)

    changes = [each for each in our_hook.heard(at=clock.now) if isinstance(each, Change)]

    assert [(each.type.value, each.about) for each in changes] == [("hiding", comment), ("showing", comment)]


def test_an_old_message_keeps_the_platform_s_time(facebook: GraphEmulator, our_hook: Hook, clock: Clock) -> None:
    long_ago = clock.now - timedelta(days=3)
    facebook.customer_writes(PERSON, "Verspätet", at=long_ago)

    (found,) = our_hook.heard(at=clock.now)

    assert found.sent_at == long_ago
    assert facebook.people[PERSON].heard_at == long_ago
    assert facebook.page == PAGE
