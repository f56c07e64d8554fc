"""Mails as they arrive, each odd in one way, and what they mean."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels.contract import ContactType, Unreadable
from tests.channels.email.world import FIXTURES, NOW, fixture, heard

TEN = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
EVA = "eva@kundin.example"
EXPECTED: dict[str, dict[str, object]] = {
    "answer_above_a_quotation": {
        "external_id": "antwort-1@kundin.example", "sender.value": EVA, "sender.name": "Eva Kunde", "sent_at": TEN,
        "subject": "AW: Ihre Bestellung [#48211]", "tokens": ("t0ken7",), "ticket_numbers": (48211,),
        "replies_to": ("faden.2@shop.example", "faden.1@shop.example", "erste@kundin.example"),
        "text": "Danke, die Nummer ist 4711.\n\nViele Grüße\nEva", "type": ContactType.MESSAGE,
        "quoted_text": "Am 16.11.2026 um 09:12 schrieb Ada Berger, Muster-Shop\n<support@shop.example>:\n"
        "> Guten Tag Frau Kunde,\n> wie lautet die Bestellnummer?",
        "is_automatic": False, "is_own": False, "html": "", "warnings": (),
        "recipients": ("support+t0ken7@shop.example",),
    },
    "outlook_header_block": {"text": "Die Rechnung fehlt noch immer."},
    "answers_between_the_lines": {"quoted_text": ""},
    "raw_latin1_headers": {
        "sender.name": "Jürgen Größer", "subject": "Rücksendung für Töpfe", "text": "Ist das so recht? Grüße",
    },
    "encoded_word_cut_inside_a_letter": {"sender.name": "Größe ü", "subject": "Größe und Färbe"},
    "name_with_a_bare_comma": {"sender.value": EVA, "sender.name": "Kunde, Eva"},
    "encoded_word_inside_the_address": {"sender.value": "=?utf-8?q?ada?q?agent?=@shop.example"},
    "contact_form_in_our_own_name": {"sender.value": EVA, "sender.name": "Eva Kunde", "is_own": False},
    "reply_to_somebody_else": {"sender.value": EVA},
    "no_from_at_all": {
        "sender.value": EVA, "warnings": ("Die Mail hat keinen lesbaren Absender; genommen wurde Reply-To.",),
    },
    "nobody_wrote_it": {"warnings": ("Die Mail nennt keinen Absender.",)},
    "date_in_the_future": {"sent_at": NOW},
    "date_nobody_can_read": {"sent_at": NOW},
    "multipart_without_boundary": {"text": "Der Text ist trotzdem da."},
    "text_before_the_headers": {"sender.value": EVA, "subject": "Spät", "text": "Test"},
    "header_wrapped_without_a_space": {"sender.value": EVA, "subject": "Umbruch", "text": "Test"},
    "html_only_with_a_picture": {
        "text": "Schönes Bild:", "html": '<p>Schönes <b>Bild</b>:<br><img src="cid:bild1@kundin"></p>',
    },
    "charset_nobody_knows": {"text": "Größere Töpfe für 20 €"},
    "utf8_declared_as_latin1": {"text": "Größere Töpfe für 20 €"},
    "nul_bytes": {"subject": "Nullstelle", "text": "vornach"},
    "out_of_office": {"is_automatic": True, "type": ContactType.MESSAGE},
    "person_whose_server_suppresses_answers": {"is_automatic": False},
    "newsletter": {"is_automatic": True},
    "person_through_our_own_group": {"is_automatic": False},
    "delivery_confirmed": {"type": ContactType.RECEIPT, "bounce": None, "is_automatic": True},
    "read_receipt": {"type": ContactType.RECEIPT, "bounce": None, "is_automatic": True},
    "abuse_report": {"type": ContactType.MESSAGE, "bounce": None, "is_automatic": True},
    "recipients_in_groups": {
        "recipients": ("a@laden.example", "b@laden.example", "support+tok3n@shop.example"), "tokens": ("Tok3n",),
    },
    "our_own_copy": {"is_own": True, "ticket_numbers": (12,)},
    "calendar_invitation": {"text": "Geht Dienstag?", "html": "<p>Geht Dienstag?</p>"},
    "html_and_text_then_a_footer": {
        "text": "Der Text.\n\nGesendet <über> eine Liste.",
        "html": '<p>Der <i>Text</i>.</p>\n<div style="white-space: pre-wrap">Gesendet &lt;über&gt; eine Liste.</div>',
    },
    "signature_below_two_dashes": {"text": "Wo bleibt es?\n\n-- \nEva Kunde\nKundenweg 1", "quoted_text": ""},
    "only_unix_line_ends": {"sender.value": EVA, "text": "zwei\nZeilen"},
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_a_mail_is_understood(name: str) -> None:
    contact = heard(fixture(name))

    found = {}
    for field in EXPECTED[name]:
        value: object = contact
        for step in field.split("."):
            value = getattr(value, step)
        found[field] = value
    assert found == EXPECTED[name]


@pytest.mark.parametrize(
    ("name", "recipients", "message_id", "status", "is_permanent"),
    [
        ("bounce_of_our_answer", ("weg@kundin.example",), "faden.77@shop.example", "5.1.1", True),
        ("bounce_with_headers_only", ("weg@kundin.example",), "faden.77@shop.example", "5.2.2", False),
        ("delivery_is_delayed", ("weg@kundin.example",), "faden.77@shop.example", "4.4.1", False),
        ("bounce_in_prose", ("weg@kundin.example",), "", "5.1.1", True),
    ],
)
def test_a_delivery_report_names_what_came_back(
    name: str, recipients: tuple[str, ...], message_id: str, status: str, *, is_permanent: bool
) -> None:
    contact = heard(fixture(name))

    assert contact.type == ContactType.BOUNCE
    assert contact.is_automatic
    assert contact.bounce is not None
    bounce = contact.bounce
    assert (bounce.recipients, bounce.message_id, bounce.status) == (recipients, message_id, status)
    assert bounce.is_permanent is is_permanent


def test_attachments_get_names_that_are_safe_to_save() -> None:
    contact = heard(fixture("attachments_with_odd_names"))

    assert [(each.name, each.content) for each in contact.attachments] == [
        ("Rechnung für März.pdf", b"%PDF"),
        ("passwd", b"geheim"),
        ("Foto Übersicht.jpg", b"\xff\xd8\xff\xe0\x00\x10"),
        ("Anhang-4", b"\x00\x01\x02\x03\x04"),
    ]
    assert contact.text == "Anbei."


def test_a_picture_in_the_text_is_an_inline_attachment() -> None:
    contact = heard(fixture("html_only_with_a_picture"))

    [picture] = contact.attachments
    assert (picture.name, picture.content_id, picture.is_inline) == ("Anhang-1.png", "bild1@kundin", True)


def test_a_mail_inside_a_mail_is_a_file_named_by_its_subject() -> None:
    contact = heard(fixture("mail_inside_a_mail"))

    [inner] = contact.attachments
    assert (inner.name, inner.type) == ("Großes Angebot.eml", "message/rfc822")
    assert heard(inner.content).text == "Kaufen Sie!"
    assert contact.text == "Sehen Sie selbst."


def test_a_mail_without_message_id_always_gets_the_same_one() -> None:
    first, second = heard(fixture("no_message_id")), heard(fixture("no_message_id"))

    assert first.external_id == second.external_id
    assert first.external_id.endswith("@synthetic.invalid")
    assert heard(fixture("no_message_id") + b"mehr").external_id != first.external_id


def test_two_mails_without_sender_are_not_one_person() -> None:
    raw = fixture("nobody_wrote_it")

    first, second = heard(raw), heard(raw.replace(b"<nb@", b"<nb2@"))

    assert first.sender.value != second.sender.value
    assert first.sender.value.endswith("@sender.invalid")


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", fixture("not_a_mail")])
def test_what_is_no_mail_is_refused_with_a_reason(raw: bytes) -> None:
    with pytest.raises(Unreadable, match="keine E-Mail"):
        heard(raw)


def test_every_fixture_has_its_test() -> None:
    source = Path(__file__).read_text()

    assert [path.stem for path in FIXTURES.glob("*.eml") if f'"{path.stem}"' not in source] == []
