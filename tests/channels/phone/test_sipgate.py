"""What sipgate posts, what it is answered, and what its history tells again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from channels.contract import (
    CallEvent,
    CallStep,
    ChannelFault,
    DeliveryError,
    Exchange,
    Handle,
    HookRequest,
    Outgoing,
    Unreadable,
)
from channels.phone import PhoneConnector
from channels.testing import NOW
from tests.channels.phone.sample import ACCOUNT, URL
from tests.emulators.sipgate import TOKEN, TOKEN_ID, SipgateEmulator

PHONE = PhoneConnector(ACCOUNT)
EVA = "4915155501001"


def heard(body: str) -> CallEvent:
    (event,) = PHONE.parse(body.encode(), received_at=NOW)
    return event


def new_call(**changed: str) -> str:
    known = {"event": "newCall", "direction": "in", "from": EVA, "to": "4930901820", "callId": "7"}
    return "&".join(f"{name}={text}" for name, text in {**known, **changed}.items())


@pytest.mark.parametrize(
    "foreign",
    [
        {"to": "49899999999"},
        {"direction": "out", "from": "49899999999", "to": EVA},
        {"direction": "out", "from": "anonymous", "to": EVA},
        {"event": "hangup", "to": "49899999999", "cause": "cancel"},
    ],
)
def test_a_signed_call_of_somebody_else_s_number_says_why_it_is_not_filed(foreign: dict[str, str]) -> None:
    """All customers of sipgate have one key, so anybody may let it call our address."""
    with pytest.raises(Unreadable, match="keine Rufnummer dieses Kanals"):
        heard(new_call(**foreign))


def test_every_number_of_the_channel_is_heard() -> None:
    both = PhoneConnector(replace(ACCOUNT, settings={**ACCOUNT.settings, "numbers": ["030 901821"]}))

    (event,) = both.parse(new_call(to="4930901821").encode(), received_at=NOW)

    assert event.own_number == "+4930901821"


def test_a_channel_that_names_no_number_hears_every_call() -> None:
    nameless = PhoneConnector(replace(ACCOUNT, address=""))

    assert list(nameless.parse(new_call(to="49899999999").encode(), received_at=NOW))


def test_a_ring_says_who_calls_whom_and_where_it_rings() -> None:
    event = heard(new_call() + "&user%5B%5D=Ada&user%5B%5D=Ben&userId%5B%5D=w0&userId%5B%5D=w1&fullUserId[]=12w0")

    assert (event.step, event.call_id, event.root_id, event.sent_at) == (CallStep.RING, "7", "7", NOW)
    assert event.customer == Handle(kind="phone", value="+4915155501001")
    assert (event.own_number, event.is_outgoing) == ("+4930901820", False)
    assert event.agents == ("Ada", "Ben")
    assert event.details == {"user_ids": ["w0", "w1", "12w0"]}


@pytest.mark.parametrize("users", ["user[]=Ada,Ben", "user[]=Ada&user[]=Ben", "user=Ada,%20Ben", "user%5B%5D=Ada,Ben"])
def test_people_may_come_in_any_spelling(users: str) -> None:
    assert heard(f"{new_call()}&{users}").agents == ("Ada", "Ben")


def test_of_an_outgoing_call_the_customer_is_whom_it_goes_to() -> None:
    event = heard(new_call(direction="out", **{"from": "4930901820", "to": EVA}))

    assert (event.is_outgoing, event.customer, event.own_number) == (
        True,
        Handle(kind="phone", value="+4915155501001"),
        "+4930901820",
    )


def test_a_transferred_leg_names_the_first_one() -> None:
    event = heard(new_call(callId="8", origCallId="7", diversion="4930901820"))

    assert (event.call_id, event.root_id, event.diversion) == ("8", "7", "+4930901820")


def test_the_mailbox_is_nobody() -> None:
    event = heard(new_call(event="answer", user="voicemail"))

    assert (event.is_voicemail, event.agents, event.root_id) == (True, (), "")


@pytest.mark.parametrize(
    ("number", "detail"), [("anonymous", "withheld"), ("12", "internal"), ("12345", "internal"), ("", "")]
)
def test_who_cannot_be_called_back_is_nobody_we_know(number: str, detail: str) -> None:
    event = heard(new_call(**{"from": number}))

    assert event.customer is None
    assert list(event.details) == ([detail] if detail else [])


def test_events_without_numbers_are_told_by_their_call() -> None:
    event = heard("event=hangup&callId=7&cause=cancel")

    assert (event.step, event.call_id, event.customer, event.cause) == (CallStep.HANGUP, "7", None, "cancel")


def test_an_event_nobody_knows_means_nothing_and_nonsense_is_unreadable() -> None:
    assert list(PHONE.parse(b"event=newVideo&callId=7", received_at=NOW)) == []
    for raw in (b"", b"event=newCall", b"callId=7", b"{}", b"{", b"\xff" * 50):
        with pytest.raises(Unreadable):
            list(PHONE.parse(raw, received_at=NOW))


def test_our_answer_asks_to_be_told_the_rest() -> None:
    answer = PHONE.acknowledge(HookRequest(method="POST", url=URL, body=new_call().encode()))

    assert answer.media_type == "application/xml"
    assert dict(ET.fromstring(answer.body).attrib) == {"onAnswer": URL, "onHangup": URL}  # noqa: S314 - our own


def test_an_address_is_written_so_that_it_is_still_xml() -> None:
    url = 'https://faden.example/hooks/phone/1?a=1&b="2"'
    answer = PHONE.acknowledge(HookRequest(method="POST", url=url, body=new_call().encode()))

    assert ET.fromstring(answer.body).attrib["onHangup"] == url  # noqa: S314 - our own


def test_a_blocked_caller_hears_that_it_is_busy() -> None:
    phone = PhoneConnector(replace(ACCOUNT, settings={**ACCOUNT.settings, "blocked": ["0151 55501001"]}))
    request = HookRequest(method="POST", url=URL, body=new_call().encode())

    assert b'<Reject reason="busy"/>' in phone.acknowledge(request).body
    (event,) = phone.parse(request.body, received_at=NOW)
    assert event.details == {"blocked": True}
    ours = HookRequest(method="POST", url=URL, body=new_call(direction="out", to=EVA).encode())
    assert b"Reject" not in phone.acknowledge(ours).body


def test_other_events_need_no_answer() -> None:
    answer = PHONE.acknowledge(HookRequest(method="POST", url=URL, body=new_call(event="hangup").encode()))

    assert (answer.status, answer.body) == (200, b"")


def test_a_telephone_takes_no_text_and_says_whom_to_call() -> None:
    recipient = Handle(kind="phone", value="+4915155501001")

    capability = PHONE.capability(Exchange(recipient=recipient, is_public=False), now=NOW)

    assert (capability.can_private, capability.can_public) == (False, False)
    assert capability.reason == "Rufen Sie an: 01515 5501001."
    with pytest.raises(DeliveryError):
        PHONE.send(Outgoing(external_id="x", recipient=recipient, text="Hallo", sent_at=NOW))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"provider": "dosentelefon"}, "provider"),
        ({"country": "Deutschland"}, "country"),
        ({"country": "XX"}, "country"),
        ({"public_key": "kein Schlüssel"}, "public_key"),
        ({"blocked": ["Eva"]}, "blocked"),
        ({"api_base": "http://sipgate.example"}, "api_base"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=f"Einstellung {named}"):
        PhoneConnector(replace(ACCOUNT, settings=settings))


def test_a_shop_without_a_telephone_system_hears_nothing() -> None:
    phone = PhoneConnector(replace(ACCOUNT, settings={"provider": "none"}))

    assert not phone.verify(HookRequest(method="POST", url=URL, body=b"x"))
    assert phone.poller() is None
    assert phone.health(now=NOW).is_ok


@pytest.fixture
def sipgate() -> Iterator[SipgateEmulator]:
    emulator = SipgateEmulator()
    emulator.start()
    yield emulator
    emulator.stop()


def connected(sipgate: SipgateEmulator, *, token: str = TOKEN) -> PhoneConnector:
    settings = {"provider": "sipgate", "api_base": sipgate.url, "public_key": sipgate.public_key}
    return PhoneConnector(replace(ACCOUNT, settings=settings, secrets={"token_id": TOKEN_ID, "token": token}))


def test_a_long_call_that_ended_after_later_ones_is_fetched_too(sipgate: SipgateEmulator) -> None:
    poller = connected(sipgate).poller()
    assert poller is not None
    short = sipgate.misses("+4915155502002")
    (raw,) = poller.fetch({"since": (short.rang_at - timedelta(minutes=1)).isoformat()})
    sipgate.misses("+4915155501001").rang_at -= timedelta(hours=3)

    (late,) = poller.fetch(raw.cursor or {})

    poller.close()
    assert b"15155501001" in late.content
    assert (late.cursor or {})["since"] == (raw.cursor or {})["since"]


def test_what_was_missed_in_an_outage_is_fetched_from_the_history(sipgate: SipgateEmulator) -> None:
    phone = connected(sipgate)
    sipgate.misses("+4915155501001").rang_at -= timedelta(hours=2)
    poller = phone.poller()
    assert poller is not None
    (begin,) = poller.fetch({})
    second = sipgate.rings("+4915155502002")
    sipgate.answers(second, "Ada")
    sipgate.hangs_up(second)

    (raw,) = poller.fetch(begin.cursor or {})

    assert list(phone.parse(begin.content, received_at=NOW)) == []
    assert list(poller.fetch(raw.cursor or {})) == []
    poller.close()
    steps = list(phone.parse(raw.content, received_at=NOW + timedelta(days=3650)))
    assert [step.step for step in steps] == [CallStep.RING, CallStep.ANSWER, CallStep.HANGUP]
    assert {step.details["history"] for step in steps} == {second.rang_at.isoformat()}
    assert steps[0].customer == Handle(kind="phone", value="+4915155502002")


def test_a_token_that_is_refused_turns_the_channel_red_by_its_code(sipgate: SipgateEmulator) -> None:
    phone = connected(sipgate, token="verfallen")

    health = phone.health(now=NOW)

    assert (health.is_ok, health.code) == (False, "401")
    assert "Token" in health.words
    poller = phone.poller()
    assert poller is not None
    with pytest.raises(ChannelFault):
        list(poller.fetch({}))


def test_with_a_good_token_all_is_well(sipgate: SipgateEmulator) -> None:
    phone = connected(sipgate)

    assert phone.health(now=NOW).is_ok
    assert all(line.is_ok for line in phone.check())


@pytest.mark.parametrize(
    "wrong", [{"created": "gestern"}, {"created": None}, {"id": None}, {"id": []}, {"type": "FAX"}]
)
def test_an_entry_that_is_no_call_is_unreadable(wrong: dict[str, object]) -> None:
    entry = {"id": "h1", "type": "CALL", "created": "2026-11-23T08:00:00Z", "direction": "INCOMING", **wrong}

    with pytest.raises(Unreadable):
        list(PHONE.parse(json.dumps(entry).encode(), received_at=NOW))
