"""SMTP against a real server that refuses, hangs up and drops the line."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from channels.contract import Account, DeliveryError, DeliveryFault, Handle, Outgoing
from channels.email.connector import EmailConnector
from tests.channels.email.test_composing import ANSWER
from tests.servers.certificate import Certificate
from tests.servers.smtp_sink import SmtpSink

EVA = "eva@kundin.example"


def connector(sink: SmtpSink, password: str = "", **settings: object) -> EmailConnector:
    known = {"smtp_host": sink.host, "smtp_port": sink.port, "smtp_tls": "none", "from_name": "Muster-Shop"}
    account = Account(
        id=1, kind="email", name="E-Mail", address="support@shop.example",
        settings=known | settings, secrets={"smtp_password": password},
    )  # fmt: skip
    return EmailConnector(account)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[SmtpSink]:
    """A server that wants STARTTLS and a log-in."""
    server = SmtpSink(users={"shop": "richtig"}, certificate=Certificate(tmp_path), requires_tls=True)
    server.start()
    yield server
    server.stop()


def test_an_answer_goes_out_once_with_our_return_path(sink: SmtpSink) -> None:
    sent = connector(sink).send(ANSWER)

    [received] = sink.wait_for(1)
    assert (received.sender, received.recipients) == ("support@shop.example", (EVA,))
    assert received.message.get_content().splitlines()[2:] == [".die Ware kommt.", "From hier an gilt es."]
    assert sent.external_id == ANSWER.external_id
    assert sent.remark.startswith("250")


def test_automatic_mail_has_no_return_path(sink: SmtpSink) -> None:
    connector(sink).send(replace(ANSWER, is_automatic=True))

    assert sink.wait_for(1)[0].sender in {"", "<>"}


@pytest.mark.parametrize(
    ("reply", "fault", "is_permanent", "retry_within"),
    [
        ("550 5.1.1 No such user", DeliveryFault.REJECTED, True, None),
        ("552 5.2.2 Mailbox full", DeliveryFault.REJECTED, True, None),
        ("450 4.2.0 Greylisted, try again in 300 seconds", DeliveryFault.RATE_LIMITED, False, 300.0),
        ("451 4.3.0 Disk is full", DeliveryFault.UNREACHABLE, False, None),
        ("421 4.7.28 Too many messages", DeliveryFault.RATE_LIMITED, False, None),
        ("530 5.7.0 Authentication required", DeliveryFault.UNAUTHORISED, True, None),
    ],
)
def test_a_refused_recipient_has_a_word_and_the_servers_own(
    sink: SmtpSink, reply: str, fault: DeliveryFault, retry_within: float | None, *, is_permanent: bool
) -> None:
    sink.behaviour.refuse["*"] = reply

    with pytest.raises(DeliveryError) as caught:
        connector(sink).send(ANSWER)

    error = caught.value
    assert (error.fault, error.is_permanent, error.retry_within) == (fault, is_permanent, retry_within)
    assert reply in error.words
    assert EVA in error.words
    assert sink.attempts == 0


@pytest.mark.parametrize(
    ("reply", "fault", "is_permanent"),
    [
        ("552 5.3.4 Message too big", DeliveryFault.TOO_LONG, True),
        ("554 5.7.1 Spam", DeliveryFault.REJECTED, True),
        ("451 4.3.0 Later", DeliveryFault.UNREACHABLE, False),
    ],
)
def test_a_refused_text_is_no_doubt(sink: SmtpSink, reply: str, fault: DeliveryFault, *, is_permanent: bool) -> None:
    sink.behaviour.refuse_content = reply

    with pytest.raises(DeliveryError) as caught:
        connector(sink).send(ANSWER)

    assert (caught.value.fault, caught.value.is_permanent) == (fault, is_permanent)


def test_a_line_cut_after_the_text_leaves_it_unsure(sink: SmtpSink) -> None:
    sink.behaviour.drops_after_content = True

    with pytest.raises(DeliveryError) as caught:
        connector(sink).send(ANSWER)

    assert caught.value.fault == DeliveryFault.UNSURE
    assert sink.attempts == 1


def test_a_server_that_never_answers_the_text_leaves_it_unsure(sink: SmtpSink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.email.smtp._ANSWER_WITHIN", 0.5)
    sink.behaviour.hangs = True

    with pytest.raises(DeliveryError) as caught:
        connector(sink).send(ANSWER)

    assert caught.value.fault == DeliveryFault.UNSURE


def test_a_refused_empty_return_path_is_replaced_by_our_address(sink: SmtpSink) -> None:
    sink.behaviour.refuse_sender = "550 5.7.60 Client may not send as this sender"

    with pytest.raises(DeliveryError) as caught:
        connector(sink).send(replace(ANSWER, is_automatic=True))

    assert (caught.value.fault, caught.value.is_permanent) == (DeliveryFault.UNAUTHORISED, True)
    assert "support@shop.example" in caught.value.words


def test_nobody_listening_may_pass(sink: SmtpSink) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with pytest.raises(DeliveryError) as caught:
        connector(sink, smtp_port=port).send(ANSWER)

    assert (caught.value.fault, caught.value.is_permanent) == (DeliveryFault.UNREACHABLE, False)
    assert "nicht erreichbar" in caught.value.words


@pytest.mark.parametrize("value", ["ohne-klammeraffe", "eva@", "@kundin.example", "e\nva@kundin.example", ""])
def test_what_is_no_address_is_not_tried(sink: SmtpSink, value: str) -> None:
    outgoing: Outgoing = replace(ANSWER, recipient=Handle(kind="email", value=value))

    with pytest.raises(DeliveryError) as caught:
        connector(sink).send(outgoing)

    assert (caught.value.fault, caught.value.is_permanent) == (DeliveryFault.REJECTED, True)


def test_log_in_over_starttls(guarded: SmtpSink, tmp_path: Path) -> None:
    ready = {"smtp_tls": "starttls", "smtp_user": "shop", "ca_file": str(tmp_path / "certificate.pem")}

    connector(guarded, "richtig", **ready).send(ANSWER)

    assert len(guarded.wait_for(1)) == 1
    line = connector(guarded, "richtig", **ready).check()[-1]
    assert line.is_ok
    assert line.words == "Angemeldet als shop, verschlüsselt."


def test_a_wrong_password_is_unauthorised(guarded: SmtpSink, tmp_path: Path) -> None:
    wrong = connector(
        guarded, "falsch", smtp_tls="starttls", smtp_user="shop", ca_file=str(tmp_path / "certificate.pem")
    )

    with pytest.raises(DeliveryError) as caught:
        wrong.send(ANSWER)

    assert (caught.value.fault, caught.value.is_permanent) == (DeliveryFault.UNAUTHORISED, True)
    assert "Anmeldung abgelehnt" in caught.value.words
    assert not wrong.check()[-1].is_ok


def test_a_certificate_nobody_vouches_for_is_not_trusted(guarded: SmtpSink) -> None:
    with pytest.raises(DeliveryError) as caught:
        connector(guarded, "richtig", smtp_tls="starttls", smtp_user="shop").send(ANSWER)

    assert caught.value.fault == DeliveryFault.UNREACHABLE
    assert "verschlüsselte Verbindung" in caught.value.words


def test_encryption_that_is_not_offered_stops_before_the_password(sink: SmtpSink) -> None:
    with pytest.raises(DeliveryError) as caught:
        connector(sink, "geheim", smtp_tls="starttls", smtp_user="shop").send(ANSWER)

    assert (caught.value.fault, caught.value.is_permanent) == (DeliveryFault.UNAUTHORISED, True)
    assert sink.attempts == 0
