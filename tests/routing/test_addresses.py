from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.addresses import is_no_reply, normalise


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (" <Eva.Kern@Example.COM> ", "eva.kern@example.com"),
        ("eva@müller.example", "eva@xn--mller-kva.example"),
        ("eva@MÜLLER.example.", "eva@xn--mller-kva.example"),
        ("eva@mu\u0308ller.example", "eva@xn--mller-kva.example"),
        ("eva@XN--MLLER-KVA.example", "eva@xn--mller-kva.example"),
        ("eva@example\uff0ecom", "eva@example.com"),
        ("Jürgen@example.com", "jürgen@example.com"),
        ("eva+shop@example.com", "eva+shop@example.com"),
        ('"a@b"@example.com', '"a@b"@example.com'),
        ("Eva", "eva"),
        ("", ""),
    ],
)
def test_an_address_has_one_spelling(written: str, expected: str) -> None:
    assert normalise(written) == expected


def test_a_sharp_s_names_another_domain() -> None:
    assert normalise("eva@straße.example") != normalise("eva@strasse.example")


@given(st.text() | st.builds("{}@{}".format, st.text(), st.text()))
def test_the_one_spelling_is_its_own(written: str) -> None:
    once = normalise(written)
    assert normalise(once) == once


def test_a_hostile_domain_costs_nothing() -> None:
    label = "ü" * 1_000_000
    assert normalise(f"eva@{label}") == f"eva@{label}"


@pytest.mark.parametrize(
    "address",
    [
        "no-reply@shop.example",
        "noreply@shop.example",
        "NoReply-1234@shop.example",
        "service_no_reply@shop.example",
        "do-not-reply@shop.example",
        "donotreply@shop.example",
        "nicht.antworten@shop.example",
        "bitte-nicht-antworten@shop.example",
        "keine-antwort@shop.example",
        "MAILER-DAEMON@shop.example",
        "postmaster@shop.example",
        "bounces+eva=example.com@list.example",
        "bounce-17@list.example",
        "auto-confirm@shop.example",
        "<>",
        "",
        "eva",
        "@shop.example",
        "eva@",
    ],
)
def test_behind_some_addresses_nobody_reads(address: str) -> None:
    assert is_no_reply(address)


@pytest.mark.parametrize(
    "address",
    [
        "eva@kundin.example",
        "anno.reply@kundin.example",
        "nora@x.example",
        "bouncer@club.example",
        "info@noreply.example",
    ],
)
def test_people_are_not_taken_for_robots(address: str) -> None:
    assert not is_no_reply(address)


def test_nobody_reads_under_a_domain_that_cannot_exist() -> None:
    assert is_no_reply("unbekannt-12ab@sender.invalid")
