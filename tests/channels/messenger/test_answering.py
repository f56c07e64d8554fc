"""What goes out in private: within the windows, in parts, and never twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from channels.contract import Contact, DeliveryFault, Sent
from channels.messenger import MessengerConnector
from channels.testing import NOW
from tests.channels.messenger.answers import LABEL, PHOTO, outgoing, refused
from tests.channels.messenger.conftest import Clock, Hook, account_of
from tests.channels.messenger.sample import PAGE, PERSON
from tests.emulators.graph import GraphEmulator


@pytest.fixture
def wrote(facebook: GraphEmulator) -> str:
    return facebook.customer_writes(PERSON, "Wo bleibt mein Retourenlabel?", name="Eva Kern")


@pytest.mark.usefixtures("wrote")
def test_an_answer_within_a_day_is_a_response(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    clock.forward(timedelta(hours=23, minutes=59))

    sent = connector.send(outgoing(clock))

    (said,) = facebook.said
    assert (said.text, said.tag, said.metadata) == ("Das Label ist unterwegs.", "", "faden:a1@shop.example")
    assert sent == Sent(external_id=said.id, conversation_key=PERSON)
    assert "access_token" not in facebook.calls[-1].query, "addresses stand in logs"


@pytest.mark.usefixtures("wrote")
def test_after_a_day_a_person_may_still_answer(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    clock.forward(timedelta(days=6, hours=23))

    connector.send(outgoing(clock))

    assert [each.tag for each in facebook.said] == ["HUMAN_AGENT"]


@pytest.mark.usefixtures("wrote")
def test_after_a_day_a_machine_is_silent(facebook: GraphEmulator, connector: MessengerConnector, clock: Clock) -> None:
    clock.forward(timedelta(hours=25))

    error = refused(connector, outgoing(clock, is_automatic=True))

    assert (error.fault, error.is_permanent) == (DeliveryFault.WINDOW_CLOSED, True)
    assert facebook.asked("/messages") == []


@pytest.mark.usefixtures("wrote")
@pytest.mark.parametrize("heard_at", [NOW, None])
def test_nobody_is_written_to_after_a_week_or_first(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock, heard_at: Any
) -> None:
    clock.forward(timedelta(days=7))

    assert refused(connector, outgoing(clock, heard_at)).fault is DeliveryFault.WINDOW_CLOSED
    assert refused(connector, outgoing(clock, exchange=None)).fault is DeliveryFault.WINDOW_CLOSED
    assert facebook.asked("/messages") == []


@pytest.mark.usefixtures("wrote")
def test_an_answer_that_waited_past_the_day_goes_out_as_a_person_s(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    queued = outgoing(clock)
    clock.forward(timedelta(hours=30))

    connector.send(queued)

    assert [each.tag for each in facebook.said] == ["HUMAN_AGENT"]


@pytest.mark.usefixtures("wrote")
def test_an_automatic_answer_that_waited_past_the_day_is_refused(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    queued = outgoing(clock, is_automatic=True)
    clock.forward(timedelta(hours=30))

    assert refused(connector, queued).fault is DeliveryFault.WINDOW_CLOSED
    assert facebook.said == []


@pytest.mark.usefixtures("wrote")
def test_a_text_that_is_too_long_never_leaves(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    error = refused(connector, outgoing(clock, text="ä" * 2001))

    assert (error.fault, error.is_permanent) == (DeliveryFault.TOO_LONG, True)
    assert facebook.asked("/messages") == []
    connector.send(outgoing(clock, text="ä" * 2000))


@pytest.mark.usefixtures("wrote")
def test_text_and_files_are_messages_of_their_own(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    sent = connector.send(outgoing(clock, attachments=(LABEL, PHOTO)))

    text, label, photo = facebook.said
    assert (text.text, text.files) == ("Das Label ist unterwegs.", [])
    assert [(each["type"], each["name"], each["size"]) for each in (*label.files, *photo.files)] == [
        ("file", "label.pdf", len(LABEL.content)),
        ("image", "karton.png", len(PHOTO.content)),
    ]
    assert sent.external_id == text.id
    assert sent.details["parts"] == [text.id, label.id, photo.id]
    marks = ["faden-part:a1@shop.example", "faden-part:a1@shop.example", "faden:a1@shop.example"]
    assert [each.metadata for each in facebook.said] == marks


@pytest.mark.usefixtures("wrote")
def test_files_without_a_text_go_out_alone(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    connector.send(outgoing(clock, text="", attachments=(PHOTO,)))

    assert [(each.text, len(each.files)) for each in facebook.said] == [("", 1)]


@pytest.mark.usefixtures("wrote")
@pytest.mark.parametrize("breaks_after", [False, True])
def test_a_message_that_broke_off_in_the_middle_is_finished_and_not_repeated(
    facebook: GraphEmulator,
    connector: MessengerConnector,
    clock: Clock,
    breaks_after: bool,  # noqa: FBT001 - a row of a table
) -> None:
    facebook.refuses_next(1, path="/messages", skips=1, breaks_after=breaks_after)
    error = refused(connector, outgoing(clock, attachments=(LABEL, PHOTO)))
    assert error.fault is DeliveryFault.UNSURE

    sent = connector.send(outgoing(clock, attachments=(LABEL, PHOTO), is_unsure=True))

    assert [each.text or each.files[0]["name"] for each in facebook.said] == [
        "Das Label ist unterwegs.",
        "label.pdf",
        "karton.png",
    ]
    assert sent.external_id == facebook.said[0].id


@pytest.mark.usefixtures("wrote")
def test_an_answer_whose_fate_is_unknown_is_looked_for_first(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    facebook.refuses_next(1, path="/messages", breaks_after=True)
    assert refused(connector, outgoing(clock)).fault is DeliveryFault.UNSURE

    sent = connector.send(outgoing(clock, is_unsure=True))

    (said,) = facebook.said
    assert sent.external_id == said.id
    assert "schon angekommen" in sent.remark


@pytest.mark.usefixtures("wrote")
def test_an_older_answer_with_the_same_words_is_not_taken_for_this_one(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    connector.send(outgoing(clock))
    clock.forward(timedelta(hours=1))

    connector.send(outgoing(clock, external_id="a9@shop.example", is_unsure=True))

    assert len(facebook.said) == 2


@pytest.mark.usefixtures("wrote")
def test_where_nobody_can_look_the_answer_stays_unsaid(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    facebook.refuses_next(190, 460, path="/conversations")

    refused(connector, outgoing(clock, is_unsure=True))

    assert facebook.said == []


@pytest.mark.usefixtures("wrote")
def test_the_last_part_s_echo_says_that_all_of_a_message_is_out(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock, our_hook: Hook
) -> None:
    facebook.refuses_next(1, path="/messages", skips=1)
    refused(connector, outgoing(clock, attachments=(PHOTO,)))
    assert [each for each in our_hook.heard(at=clock.now) if isinstance(each, Contact)] == []

    sent = connector.send(outgoing(clock, attachments=(PHOTO,), is_unsure=True))

    (echo,) = [each for each in our_hook.heard(at=clock.now) if isinstance(each, Contact)]
    assert (echo.is_own, echo.own_id) == (True, "a1@shop.example")
    assert sent.details["parts"] == [each.id for each in facebook.said]


@pytest.mark.usefixtures("wrote")
def test_without_the_review_only_this_answer_is_refused(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    facebook.has_human_agent = False
    clock.forward(timedelta(days=2))

    error = refused(connector, outgoing(clock))

    assert (error.fault, error.is_permanent) == (DeliveryFault.WINDOW_CLOSED, True)
    assert "Human Agent" in error.words


def test_a_blocked_page_is_told_in_words(facebook: GraphEmulator, connector: MessengerConnector, clock: Clock) -> None:
    facebook.customer_writes(PERSON, "Hallo")
    facebook.people[PERSON].has_blocked = True

    error = refused(connector, outgoing(clock))

    assert (error.fault, error.is_permanent) == (DeliveryFault.GONE, True)


def test_an_unknown_person_is_gone(connector: MessengerConnector, clock: Clock) -> None:
    assert refused(connector, outgoing(clock)).fault is DeliveryFault.GONE


def test_a_thread_of_another_program_is_not_ours_to_answer(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    facebook.customer_writes(PERSON, "Hallo")
    facebook.hands_over(PERSON)

    assert refused(connector, outgoing(clock)).fault is DeliveryFault.REJECTED


def test_an_answer_without_an_id_is_unsure(clock: Clock) -> None:
    emulator = GraphEmulator(page=PAGE, clock=clock)
    emulator.app = type(emulator.app)("other", static_folder=None)
    emulator.app.add_url_rule(f"/v25.0/{PAGE}/messages", view_func=lambda: "{}", methods=["POST"])
    emulator.start()
    try:
        assert refused(MessengerConnector(account_of(emulator)), outgoing(clock)).fault is DeliveryFault.UNSURE
    finally:
        emulator.stop()
