"""Who may call the hook, and what a new address is asked."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from channels.contract import HookRequest
from channels.messenger import MessengerConnector
from channels.testing import MUST_NOT_BE_TOLD, NOW
from tests.channels.messenger.sample import ACCOUNT, message, signed
from tests.emulators.graph_hooks import signature

CONNECTOR = MessengerConnector(ACCOUNT)
BODY = message("m_1", "Größe 40 für 20 € 👟", NOW)


def asked(**query: str) -> HookRequest:
    named = {f"hub.{name}": text for name, text in query.items()}
    return HookRequest(method="GET", url="https://faden.example/hooks/messenger/4", query=named)


def test_the_challenge_comes_back_as_bare_text() -> None:
    answer = CONNECTOR.handshake(asked(mode="subscribe", challenge="1158201444", verify_token=MUST_NOT_BE_TOLD))

    assert (answer.status, answer.body, answer.media_type.split(";")[0]) == (200, b"1158201444", "text/plain")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"mode": "subscribe", "challenge": "1"},
        {"mode": "subscribe", "challenge": "1", "verify_token": "falsch"},
        {"mode": "unsubscribe", "challenge": "1", "verify_token": MUST_NOT_BE_TOLD},
        {"mode": "subscribe", "verify_token": MUST_NOT_BE_TOLD},
        {"mode": "subscribe", "challenge": "1", "verify_token": "ä\udcff"},
    ],
)
def test_a_stranger_s_handshake_is_refused(query: dict[str, str]) -> None:
    assert CONNECTOR.handshake(asked(**query)).status == 403


def test_an_account_without_a_word_shakes_no_hands() -> None:
    bare = MessengerConnector(replace(ACCOUNT, secrets={}))

    assert bare.handshake(asked(mode="subscribe", challenge="1", verify_token="")).status == 403
    assert not bare.verify(signed(BODY))
    assert not bare.verify(replace(signed(BODY), headers={"x-hub-signature-256": signature(BODY, "")}))


def test_the_signature_is_that_of_the_bytes_as_they_came() -> None:
    assert b"\\u00f6" in BODY, "the platform escapes every letter beyond ASCII"
    assert CONNECTOR.verify(signed(BODY))
    assert not CONNECTOR.verify(replace(signed(BODY), body=json.dumps(json.loads(BODY), ensure_ascii=False).encode()))


@pytest.mark.parametrize(
    "given",
    [
        "",
        "sha256=",
        signature(BODY, "another secret"),
        signature(BODY, MUST_NOT_BE_TOLD).upper(),
        signature(BODY, MUST_NOT_BE_TOLD) + " ",
        signature(BODY, MUST_NOT_BE_TOLD)[:-1],
        signature(BODY, MUST_NOT_BE_TOLD).replace("sha256=", "sha1=00"),
        "ä" * 71,
        "ä" * 35 + "x",
    ],
)
def test_any_other_signature_is_wrong(given: str) -> None:
    assert not CONNECTOR.verify(replace(signed(BODY), headers={"x-hub-signature-256": given}))


def test_the_old_signature_is_not_enough() -> None:
    assert not CONNECTOR.verify(replace(signed(BODY), headers={"x-hub-signature": signature(BODY, MUST_NOT_BE_TOLD)}))
