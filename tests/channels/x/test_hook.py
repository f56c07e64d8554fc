"""X calls us: the handshake, the signature over the raw bytes, and the answer."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace

from channels.contract import HookRequest
from channels.x import XConnector
from tests.channels.x.sample import ACCOUNT, SECRET, direct, event, signed

BODY = event("dm.received", direct("1", "Schöne Grüße", "1795334400123"))


def asked(**query: str) -> HookRequest:
    return HookRequest(method="GET", url="https://faden.example/hooks/x/7", query=query)


def test_the_challenge_is_answered_with_the_secret() -> None:
    answer = XConnector(ACCOUNT).handshake(asked(crc_token="einmal"))
    expected = base64.b64encode(hmac.digest(SECRET.encode(), b"einmal", "sha256")).decode()
    assert answer.status == 200
    assert answer.media_type == "application/json"
    assert json.loads(answer.body) == {"response_token": f"sha256={expected}"}


def test_without_a_challenge_nothing_is_told() -> None:
    assert XConnector(ACCOUNT).handshake(asked()).status == 403


def test_without_a_secret_nothing_is_taken() -> None:
    bare = XConnector(replace(ACCOUNT, secrets={}))
    empty = base64.b64encode(hmac.digest(b"", BODY, "sha256")).decode()
    request = replace(signed(BODY), headers={"x-twitter-webhooks-signature": f"sha256={empty}"})
    assert not bare.verify(request)
    assert bare.handshake(asked(crc_token="einmal")).status == 403


def test_only_what_is_signed_is_taken() -> None:
    connector = XConnector(ACCOUNT)
    assert connector.verify(signed(BODY))
    assert not connector.verify(replace(signed(BODY), body=BODY.replace(b"Gr", b"gr")))
    assert not connector.verify(replace(signed(BODY), headers={}))
    assert not connector.verify(replace(signed(BODY), headers={"x-twitter-webhooks-signature": "sha256=ä"}))


def test_the_handshake_signs_no_call() -> None:
    connector = XConnector(ACCOUNT)
    for text in (BODY.decode(), "{}", "[]", '{"data":{}}', "a" * 129, "ein mal", "ä"):
        assert connector.handshake(asked(crc_token=text)).status == 403


def test_no_call_is_signed_by_the_handshake() -> None:
    connector = XConnector(ACCOUNT)
    for token in ("einmal", "MTIz+/=", "a" * 128):
        assert connector.handshake(asked(crc_token=token)).status == 200
        assert not connector.verify(signed(token.encode())), "who has the answer to a challenge cannot call with it"


def test_what_is_stored_is_acknowledged() -> None:
    assert XConnector(ACCOUNT).acknowledge(signed(BODY)).status == 200
