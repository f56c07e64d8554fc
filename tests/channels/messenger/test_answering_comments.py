"""What goes out to a comment: in public below it, or once in private to whoever wrote it."""

from __future__ import annotations

from datetime import timedelta

from channels.contract import DeliveryFault, Handle
from channels.messenger import MessengerConnector
from tests.channels.messenger.answers import PHOTO, below, outgoing, refused
from tests.channels.messenger.conftest import Clock
from tests.channels.messenger.sample import PAGE
from tests.emulators.graph import GraphEmulator


def test_a_comment_is_answered_in_public(facebook: GraphEmulator, connector: MessengerConnector, clock: Clock) -> None:
    comment = facebook.comments("71", "Seit 3 Wochen keine Antwort!")

    sent = connector.send(below(clock, comment))

    (reply,) = facebook.replies
    assert (reply.id, reply.parent_id, reply.text) == (sent.external_id, comment, "Wir melden uns.")


def test_a_public_answer_whose_fate_is_unknown_is_looked_for_first(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    comment = facebook.comments("71", "Hallo?")
    facebook.refuses_next(2, path="/comments", breaks_after=True)
    assert refused(connector, below(clock, comment)).fault is DeliveryFault.UNSURE

    sent = connector.send(below(clock, comment, is_unsure=True))

    assert [each.id for each in facebook.replies] == [sent.external_id]


def test_a_comment_that_is_gone_cannot_be_answered(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    comment = facebook.comments("71", "Hallo?")
    facebook.removes(comment)

    error = refused(connector, below(clock, comment))

    assert (error.fault, error.is_permanent) == (DeliveryFault.GONE, True)


def test_a_comment_allows_one_private_reply(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    comment = facebook.comments("71", "Wo ist meine Bestellung 4711?")

    sent = connector.send(below(clock, comment, is_public=False))

    (said,) = facebook.said
    assert sent.recipient == Handle(kind="messenger", value=said.person, scope=PAGE)
    assert sent.conversation_key == said.person
    assert sent.details == {"private_reply": comment}
    assert facebook.replies == [], "nothing of it is public"
    assert refused(connector, below(clock, comment, is_public=False)).fault is DeliveryFault.WINDOW_CLOSED
    assert facebook.refusals == [(10900, 0)]


def test_a_spent_or_late_private_reply_never_leaves(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    comment = facebook.comments("71", "Hallo?")

    spent = refused(connector, below(clock, comment, is_public=False, details={"private_reply": comment}))
    clock.forward(timedelta(days=7))
    late = refused(connector, below(clock, comment, is_public=False))

    assert {spent.fault, late.fault} == {DeliveryFault.WINDOW_CLOSED}
    assert facebook.asked("/messages") == []


def test_a_private_reply_opens_no_window(facebook: GraphEmulator, connector: MessengerConnector, clock: Clock) -> None:
    comment = facebook.comments("71", "Hallo?")
    person = connector.send(below(clock, comment, is_public=False)).conversation_key
    there = Handle(kind="messenger", value=person, scope=PAGE)

    error = refused(connector, outgoing(clock, recipient=there))

    assert error.fault is DeliveryFault.WINDOW_CLOSED
    assert set(facebook.refusals) == {(10, 2018278)}


def test_no_file_goes_below_a_comment(facebook: GraphEmulator, connector: MessengerConnector, clock: Clock) -> None:
    comment = facebook.comments("71", "Hallo?")

    for is_public in (True, False):
        answer = below(clock, comment, is_public=is_public, attachments=(PHOTO,))
        assert refused(connector, answer).fault is DeliveryFault.REJECTED
