"""Our own mails: what a customer's mailer reads, and what nobody can smuggle in."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default

import pytest

from channels.contract import Handle, Outgoing, OutgoingAttachment
from channels.email.compose import composed
from channels.email.settings import EmailSettings
from tests.channels.email.world import heard

SETTINGS = EmailSettings(address="support@shop.example", from_name="Muster-Shop")
ANSWER = Outgoing(
    external_id="faden.7@shop.example",
    recipient=Handle(kind="email", value="eva@kundin.example", name="Eva Größe"),
    text="Guten Tag Frau Größe,\n\n.die Ware kommt.\nFrom hier an gilt es.",
    subject="Wo bleibt mein Paket?",
    replies_to="erste@kundin.example",
    references=("ganz-alt@kundin.example",),
    reply_token="t0ken",
    ticket_number=48211,
    author_name="Ada Berger",
    sent_at=datetime(2026, 11, 16, 9, 0, tzinfo=UTC),
)


def read(outgoing: Outgoing) -> EmailMessage:
    return email.message_from_bytes(composed(outgoing, SETTINGS), policy=default)


def test_an_answer_carries_its_thread() -> None:
    mail = read(ANSWER)

    assert mail["From"] == '"Ada Berger, Muster-Shop" <support@shop.example>'
    assert mail["To"] == "Eva Größe <eva@kundin.example>"
    assert mail["Subject"] == "Re: Wo bleibt mein Paket? [#48211]"
    assert mail["Message-ID"] == "<faden.7@shop.example>"
    assert mail["In-Reply-To"] == "<erste@kundin.example>"
    assert mail["References"] == "<ganz-alt@kundin.example> <erste@kundin.example>"
    assert mail["Reply-To"] == "Muster-Shop <support+t0ken@shop.example>"
    assert mail["Date"] == "Mon, 16 Nov 2026 09:00:00 +0000"
    assert mail["Auto-Submitted"] is None
    assert mail.get_content().splitlines() == ANSWER.text.splitlines()


def test_automatic_mail_says_so() -> None:
    mail = read(replace(ANSWER, is_automatic=True))

    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Precedence"] == "auto_reply"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("AW: Frage", "AW: Frage [#48211]"),
        ("Re: Frage [#48211]", "Re: Frage [#48211]"),
        ("", "Re: [#48211]"),
        ("Größe " * 30, "Re: " + ("Größe " * 30).strip() + " [#48211]"),
        ("=?utf-8?Q?kein_Wort?=", "Re: =?utf-8?Q?kein_Wort?= [#48211]"),
    ],
)
def test_the_subject_stays_readable(subject: str, expected: str) -> None:
    assert heard(composed(replace(ANSWER, subject=subject), SETTINGS)).subject == expected


def test_a_first_message_from_us_answers_nothing() -> None:
    mail = read(replace(ANSWER, replies_to="", references=(), ticket_number=None))

    assert mail["Subject"] == "Wo bleibt mein Paket?"
    assert mail["In-Reply-To"] is None
    assert mail["References"] is None


def test_no_value_can_add_a_header_or_a_recipient() -> None:
    evil = "x\r\nBcc: alle@kunden.example\r\n\r\n<b>Text</b>"
    outgoing = replace(
        ANSWER,
        subject=evil,
        author_name=evil,
        reply_token=evil,
        replies_to=evil,
        references=(evil,),
        recipient=Handle(kind="email", value="eva@kundin.example\r\nBcc: alle@kunden.example", name=evil),
        attachments=(OutgoingAttachment(name=evil, type=evil, content=b"x"),),
    )

    mail = read(outgoing)

    assert mail["Bcc"] is None
    assert mail.is_multipart()
    assert [part["Bcc"] for part in mail.iter_parts()] == [None, None]


def test_long_threads_keep_their_first_and_their_latest_ids_as_they_are() -> None:
    ids = tuple(f"{number:04}.{'x' * 90}@sehr-langer-name.kundin.example" for number in range(60))

    raw = composed(replace(ANSWER, references=ids, replies_to=ids[-1]), SETTINGS)

    contact = heard(raw)
    assert contact.replies_to[0] == ids[-1]
    assert contact.replies_to[-1] == ids[0]
    assert len(contact.replies_to) == 20
    assert b"=?utf-8" not in raw.partition(b"\nReferences:")[2].partition(b"\n\n")[0].split(b"Subject")[0]
    assert max(map(len, raw.split(b"\r\n"))) < 998


def test_what_we_write_is_what_we_would_hear() -> None:
    attachments = (
        OutgoingAttachment(name="Rechnung März.pdf", type="application/pdf", content=b"%PDF\x00\xff"),
        OutgoingAttachment(name="Mail.eml", type="message/rfc822", content=b"From: x@y.example\n\nx"),
    )

    contact = heard(composed(replace(ANSWER, attachments=attachments, text="Zeile €\n" + "x" * 2000), SETTINGS))

    assert contact.text == "Zeile €\n" + "x" * 2000
    assert [(each.name, each.content) for each in contact.attachments] == [
        ("Rechnung März.pdf", b"%PDF\x00\xff"),
        ("Mail.eml", b"From: x@y.example\n\nx"),
    ]
    assert contact.is_own


@pytest.mark.parametrize("name", ["Eva", "Eva Größe", ""])
def test_an_address_with_umlauts_in_its_domain_stands_in_the_form_every_server_reads(name: str) -> None:
    recipient = Handle(kind="email", value="eva@müller.example", name=name)

    mail = read(replace(ANSWER, recipient=recipient))

    assert mail["To"].addresses[0].addr_spec == "eva@xn--mller-kva.example"
    assert mail["To"].addresses[0].display_name == name
    assert b"<eva@xn--mller-kva.example>" in composed(replace(ANSWER, recipient=recipient), SETTINGS) or not name
