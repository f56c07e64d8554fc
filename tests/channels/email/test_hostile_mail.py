"""No mail, however broken or built to hurt, raises anything but `Unreadable` or holds up the intake."""

from __future__ import annotations

import json
from time import thread_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.contract import Unreadable
from channels.email.understand import explain
from tests.channels.email.world import FIXTURES, heard

SEEDS = sorted(FIXTURES.glob("*.eml"))
SPLINTERS = [
    b"\x00", b"\r", b"\n", b"\r\n\r\n", b"\xff\xfe", b"=?utf-8?B?", b"?=", b"=?x?Q?=ZZ?=", b"<>", b"<", b">,", b"@", b"(((", b'"',
    b"Content-Type: multipart/mixed; boundary=x\r\n", b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-",
    b"Content-Type: text/plain; charset=utf-16\r\n", b"Content-Transfer-Encoding: base64\r\n", b"--m", b"--m--",
    b"filename*99999999999999999999*=x''%ff", b"Content-Type: message/rfc822\r\n\r\n", b"charset=idna", b"charset=punycode",
    b"Date: 99 Foo 99999 99:99:99 +9999\r\n", b"Message-ID: <" + b"a" * 2000 + b">\r\n", b"\xf0\x9f\x98", b"Content-Type: /;;=;\r\n",
    b"begin 644 x\r\n#0V%T\r\nend\r\n", b"charset=" + b"x" * 3000, b"Content-Transfer-Encoding: x-uuencode\r\n",
]  # fmt: skip


@st.composite
def broken_mails(draw: st.DrawFn) -> bytes:
    """A good mail with a few splinters driven in, stretches cut out or doubled."""
    raw = draw(st.sampled_from(SEEDS)).read_bytes()
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(raw)))
        until = min(len(raw), at + draw(st.integers(0, 60)))
        piece = draw(st.sampled_from([*SPLINTERS, raw[at:until] * 2]) | st.binary(max_size=12))
        raw = raw[:at] + piece + raw[until:]
    return raw


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(broken_mails())
def test_a_broken_mail_is_understood_or_refused_but_never_breaks_us(raw: bytes) -> None:
    try:
        contact = heard(raw)
    except Unreadable:
        contact = None
    explained = explain(raw)

    json.dumps(explained).encode()
    if contact is not None:
        for value in (contact.external_id, contact.subject, contact.text, contact.sender.value, contact.sender.name):
            value.encode()
            assert "\x00" not in value
        assert contact.external_id
        assert contact.sender.value
        assert "\n" not in contact.subject + contact.sender.name


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_noise_is_explained_without_an_exception(raw: bytes) -> None:
    assert explain(raw)["message_id"]


HEAD = b"From: eva@kundin.example\r\nSubject: x\r\nMessage-ID: <1@kundin.example>\r\n"
MEGABYTE = 1_000_000


def repeated(piece: bytes, size: int = MEGABYTE) -> bytes:
    return piece * (size // len(piece))


def nested(depth: int) -> bytes:
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))


RUNS = {
    "blanks": b" ", "tabs": b"\t", "marks": b">", "openings": b"Am ", "underscores": b"_", "brackets": b"<",
    "words": b"=?", "colons": b":", "stars": b"* ", "verbs": b"schrieb ", "senders": b"gesendet von ",
}  # fmt: skip
BOMBS = {
    "a megabyte of text": HEAD + b"\r\n" + repeated(b"Guten Tag, wo bleibt mein Paket?\r\n"),
    "a megabyte of empty lines": HEAD + b"\r\n" + repeated(b"\r\n"),
    "a megabyte of quotation": HEAD + b"\r\n" + repeated(b"> Am 1.1. schrieb x:\r\n"),
    "a megabyte without a line end": HEAD + b"\r\n" + repeated(b"Am x schrieb "),
    "a megabyte of html": HEAD + b"Content-Type: text/html\r\n\r\n" + repeated(b"<p>Guten <b>Tag</b></p>\r\n"),
    "html that never closes": HEAD + b"Content-Type: text/html\r\n\r\n" + repeated(b"<div><table><tr><td>", 300_000),
    "two hundred kilobytes of addresses": HEAD + b"To: " + repeated(b"a@b.example, ", 200_000) + b"\r\n\r\n",
    "addresses in brackets": HEAD + b"To: " + repeated(b'"<(\\', 200_000) + b"\r\n\r\n",
    "encoded words without an end": HEAD + b"Subject: ?=" + repeated(b"=?u?Q?", 200_000) + b"?=\r\n\r\n",
    "a hundred thousand headers": HEAD + repeated(b"X-A: b\r\n") + b"\r\nx",
    "parameters without an end": HEAD + b"Content-Type: text/plain" + repeated(b'; a*0*="\\', 200_000) + b"\r\n\r\nx",
    "a thousand references": HEAD + b"References: " + repeated(b"<a@b.example> ", 500_000) + b"\r\n\r\nx",
    "parts in parts": HEAD + nested(30) + repeated(b"x\r\n"),
    "parts in parts in parts": HEAD + nested(3000) + b"x",
    "mails in mails": HEAD + repeated(b"Content-Type: message/rfc822\r\n\r\n", 100_000),
    "twenty thousand parts": HEAD
    + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    + repeated(b"--x\r\n\r\nx\r\n"),
    "punycode": HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + repeated(b"\xe4a-b9c"),
    **{f"a megabyte of {name}": HEAD + b"\r\nHallo\r\n" + repeated(piece) + b"x\r\n" for name, piece in RUNS.items()},
    **{
        f"lines of {name}": HEAD + b"\r\nHallo\r\n" + repeated(repeated(piece, 390) + b"x\r\n")
        for name, piece in RUNS.items()
    },
    **{
        f"lines of dashes and {name}": HEAD + b"\r\nHallo\r\n" + repeated(b"--" + repeated(piece, 380) + b"x:\r\n")
        for name, piece in RUNS.items()
    },
    **{
        f"headers of {name}": HEAD
        + b"References: <"
        + repeated(piece, 30_000)
        + b"x\r\n"
        + repeated(b"To: " + repeated(piece, 30_000) + b"x\r\n")
        + b"\r\nx"
        for name, piece in RUNS.items()
    },
    "long lines of blanks": HEAD + b"\r\n" + repeated(b" " * 4000 + b"x\r\n"),
    "headers wrapped wrongly": HEAD + repeated(b"x\r\n", 190_000) + b"To: b@c.example\r\n\r\nx",
    "a dialogue without an end": HEAD + b"\r\nHallo\r\n" + repeated(b"Am 1.1. schrieb x:\r\n> a\r\nb\r\nc\r\n"),
    "twenty megabytes of attachment": HEAD
    + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Transfer-Encoding: base64\r\n"
    + b"Content-Type: application/zip\r\n\r\n"
    + repeated(b"A" * 76 + b"\r\n", 20 * MEGABYTE)
    + b"--x--\r\n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_mail_built_to_hurt_does_not_hold_up_the_intake(name: str) -> None:
    began = thread_time()

    heard(BOMBS[name])

    # A quiet machine takes less than 1 s, as promised. What grows faster than its mail takes minutes.
    assert thread_time() - began < 10
