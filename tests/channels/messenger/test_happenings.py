"""What happens besides messages: edits, reactions, buttons, receipts, context and alarms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from channels.contract import (
    Change,
    ChangeType,
    Contact,
    ContactType,
    Heard,
    Progress,
    ProgressType,
    Signal,
    SignalType,
)
from channels.messenger import MessengerConnector
from channels.testing import NOW
from tests.channels.messenger.sample import ACCOUNT, PERSON, entry, item, milliseconds

CONNECTOR = MessengerConnector(ACCOUNT)


def heard(raw: bytes) -> list[Heard]:
    return list(CONNECTOR.parse(raw, received_at=NOW))


def single(**what: Any) -> Heard:
    (found,) = heard(entry(messaging=[item(**what)]))
    return found


def test_an_edit_and_a_removal_name_the_message_they_are_about() -> None:
    edit = single(message_edit={"mid": "m_1", "text": "Neu", "num_edit": "2"})
    removal = single(message={"mid": "m_1", "is_deleted": True})

    assert isinstance(edit, Change)
    assert isinstance(removal, Change)
    assert (edit.type, edit.about, edit.text, edit.external_id) == (ChangeType.EDIT, "m_1", "Neu", "edit:m_1:2")
    assert (removal.type, removal.about, removal.external_id) == (ChangeType.REMOVAL, "m_1", "removal:m_1")


def test_a_reaction_comes_and_goes() -> None:
    came = single(reaction={"mid": "m_1", "action": "react", "emoji": "❤", "reaction": "love"})
    went = single(reaction={"mid": "m_1", "action": "unreact"})

    assert isinstance(came, Change)
    assert isinstance(went, Change)
    assert (came.type, came.about, came.text) == (ChangeType.REACTION, "m_1", "❤")
    assert (went.type, went.text) == (ChangeType.UNREACTION, "")
    assert came.external_id != went.external_id


def test_a_delivery_needs_no_timestamp() -> None:
    one = item(delivery={"mids": ["m_1", 2], "watermark": milliseconds(NOW) - 5})
    del one["timestamp"]

    (found,) = heard(entry(messaging=[one], time=milliseconds(NOW) - 1))

    assert isinstance(found, Progress)
    assert (found.type, found.about) == (ProgressType.DELIVERED, ("m_1", "2"))
    assert found.watermark == NOW - timedelta(milliseconds=5)
    assert found.sent_at == NOW - timedelta(milliseconds=1)


def test_reading_is_told_by_a_watermark_or_a_message() -> None:
    found = single(read={"watermark": milliseconds(NOW)})
    other = single(read={"mid": "m_5"})

    assert isinstance(found, Progress)
    assert isinstance(other, Progress)
    assert (found.type, found.watermark, found.conversation_key) == (ProgressType.READ, NOW, PERSON)
    assert other.about == ("m_5",)


def test_a_button_is_like_a_message_with_or_without_an_id() -> None:
    named = single(postback={"mid": "m_9", "title": "Los", "payload": "GO"})
    twice = [single(postback={"title": "Los", "payload": "GO"}) for _ in range(2)]
    other = single(postback={"title": "Los", "payload": "STOP"})

    assert isinstance(named, Contact)
    assert (named.type, named.external_id, named.text) == (ContactType.POSTBACK, "m_9", "Los")
    assert twice[0] == twice[1]
    assert isinstance(other, Contact)
    assert isinstance(twice[0], Contact)
    assert other.external_id != twice[0].external_id


def test_a_button_in_standby_has_no_payload() -> None:
    (found,) = heard(entry(standby=[item(postback={"title": "Los"})]))

    assert isinstance(found, Contact)
    assert (found.text, found.is_standby) == ("Los", True)


@pytest.mark.parametrize(
    ("what", "type_", "details"),
    [
        ({"referral": {"ref": "aktion", "source": "SHORTLINK"}}, SignalType.REFERRAL, {"ref": "aktion"}),
        ({"optin": {"ref": "haken", "user_ref": "u1"}}, SignalType.REFERRAL, {"user_ref": "u1"}),
        (
            {"pass_thread_control": {"new_owner_app_id": 5, "metadata": "an Menschen"}},
            SignalType.HANDOVER,
            {"new_owner_app_id": "5", "metadata": "an Menschen", "kind": "pass_thread_control"},
        ),
        ({"take_thread_control": {"previous_owner_app_id": 5}}, SignalType.HANDOVER, {"previous_owner_app_id": "5"}),
        ({"request_thread_control": {"requested_owner_app_id": 5}}, SignalType.HANDOVER, {}),
        ({"app_roles": {"5": ["primary_receiver"]}}, SignalType.HANDOVER, {"kind": "app_roles"}),
        ({"account_linking": {"status": "linked"}}, SignalType.ACCOUNT, {"status": "linked"}),
    ],
)
def test_context_is_a_signal_and_no_message(what: dict[str, Any], type_: SignalType, details: dict[str, Any]) -> None:
    found = single(**what)

    assert isinstance(found, Signal)
    assert found.type is type_
    assert not found.is_alarm
    assert details.items() <= found.details.items()


@pytest.mark.parametrize(("action", "is_alarm"), [("block", True), ("warning", True), ("unblock", False)])
def test_a_block_of_the_page_is_an_alarm(action: str, is_alarm: bool) -> None:  # noqa: FBT001 - a row of a table
    one = {**item(), "policy-enforcement": {"action": action, "reason": "Zu viel Werbung"}}
    del one["sender"]

    (found,) = heard(entry(messaging=[one]))

    assert isinstance(found, Signal)
    assert (found.type, found.is_alarm) == (SignalType.POLICY, is_alarm)
    assert "Zu viel Werbung" in found.words
