"""The SMTP and LMTP listener: 250 means stored, everything else means that the sender keeps the mail."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator

import pytest

from channels.email.listener import Listener
from tests.channels.email.world import heard
from tests.servers.programs import free_port

OURS = {"support@shop.example", "verkauf@shop.example"}
MAIL = b"From: eva@kundin.example\r\nSubject: Frage\r\nMessage-ID: <1@kundin.example>\r\n\r\nWo bleibt es?\r\n..\r\n"


class Store:
    """What the desk does, with a disk that can be full."""

    def __init__(self) -> None:
        self.kept: list[tuple[bytes, list[str]]] = []
        self.is_full = False

    def __call__(self, raw: bytes, recipients: list[str]) -> None:
        if self.is_full or "verkauf@shop.example" in recipients[:1]:
            raise OSError(28, "No space left on device")
        self.kept.append((raw, recipients))


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def listening(store: Store) -> Iterator[Callable[[str], int]]:
    """Start a listener for a protocol and return its port."""
    running: list[Listener] = []

    def start(protocol: str) -> int:
        listener = Listener("127.0.0.1", free_port(), protocol, OURS.__contains__, store, max_bytes=50_000)
        listener.start()
        running.append(listener)
        return listener.port

    yield start
    for listener in running:
        listener.stop()


Listening = Callable[[str], int]


def test_a_mail_is_stored_before_it_is_accepted(listening: Listening, store: Store) -> None:
    with smtplib.SMTP("127.0.0.1", listening("smtp")) as smtp:
        smtp.sendmail("eva@kundin.example", ["Support+t0ken@shop.example"], MAIL)
        [(raw, recipients)] = store.kept

    assert recipients == ["Support+t0ken@shop.example"]
    assert raw.endswith(MAIL)
    contact = heard(raw)
    assert contact.tokens == ("t0ken",)
    assert not contact.is_automatic


def test_an_empty_return_path_is_kept_for_the_loop_guard(listening: Listening, store: Store) -> None:
    with smtplib.SMTP("127.0.0.1", listening("smtp")) as smtp:
        smtp.sendmail("", ["support@shop.example"], MAIL)

    assert heard(store.kept[0][0]).is_automatic


def test_an_address_that_is_not_ours_is_refused(listening: Listening, store: Store) -> None:
    with smtplib.SMTP("127.0.0.1", listening("smtp")) as smtp, pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        smtp.sendmail("eva@kundin.example", ["chef@fremd.example"], MAIL)

    assert caught.value.recipients["chef@fremd.example"][0] == 550
    assert store.kept == []


def test_what_cannot_be_stored_stays_with_its_sender(listening: Listening, store: Store) -> None:
    store.is_full = True
    port = listening("smtp")

    with smtplib.SMTP("127.0.0.1", port) as smtp:
        with pytest.raises(smtplib.SMTPDataError) as caught:
            smtp.sendmail("eva@kundin.example", ["support@shop.example"], MAIL)
        store.is_full = False
        smtp.sendmail("eva@kundin.example", ["support@shop.example"], MAIL)

    assert caught.value.smtp_code == 451
    assert len(store.kept) == 1


def test_a_mail_that_is_too_large_is_refused_for_good(listening: Listening, store: Store) -> None:
    with smtplib.SMTP("127.0.0.1", listening("smtp")) as smtp, pytest.raises(smtplib.SMTPSenderRefused) as caught:
        smtp.sendmail("eva@kundin.example", ["support@shop.example"], MAIL + b"x" * 60_000)

    assert caught.value.smtp_code == 552
    assert store.kept == []


def test_a_line_of_forty_kilobytes_is_no_reason_to_lose_a_customer(listening: Listening, store: Store) -> None:
    with smtplib.SMTP("127.0.0.1", listening("smtp")) as smtp:
        smtp.sendmail("eva@kundin.example", ["support@shop.example"], MAIL + b"x" * 40_000)

    assert len(store.kept) == 1


def test_lmtp_answers_for_each_recipient(listening: Listening, store: Store) -> None:
    with smtplib.LMTP("127.0.0.1", listening("lmtp")) as lmtp:
        lmtp.ehlo_or_helo_if_needed()
        lmtp.mail("eva@kundin.example")
        answers = [lmtp.rcpt(each)[0] for each in ("support@shop.example", "verkauf@shop.example", "x@shop.example")]
        first = lmtp.data(MAIL)
        second = lmtp.getreply()

    assert answers == [250, 250, 550]
    assert (first[0], second[0]) == (250, 451)
    assert [recipients for _, recipients in store.kept] == [["support@shop.example"]]


def test_a_protocol_nobody_speaks_is_refused() -> None:
    with pytest.raises(ValueError, match="uucp"):
        Listener("127.0.0.1", 0, "uucp", OURS.__contains__, Store())
