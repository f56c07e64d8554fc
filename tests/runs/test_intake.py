"""From raw bytes to a ticket: what is kept, what is filed, what is parked and why, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import event

from app import blobs
from app.db import db
from app.desk import channels
from app.desk.intake import Outcome
from app.models import Attachment, Channel, Envelope, EnvelopeState, Event, Message, MessageClass, Ticket
from app.runs import intake
from channels.contract import Raw
from tests import world as cast
from tests.runs.mails import ADDRESS, mail, message_id
from tests.world import MONDAY_NINE, World, message, ticket

MOST_STATEMENTS = 20


def take(world: World, *raws: bytes) -> list[intake.Understood]:
    return list(
        intake.take_in_and_file(world.channel, [Raw(content=raw, source="Test") for raw in raws], at=MONDAY_NINE)
    )


def envelope(envelope_id: int) -> Envelope:
    db.session.expire_all()
    return db.session.get_one(Envelope, envelope_id)


def only_envelope() -> Envelope:
    db.session.expire_all()
    return db.session.query(Envelope).one()


def set_receipts(world: World, *, wanted: bool) -> None:
    channel = db.session.get_one(Channel, world.channel)
    channel.settings = {**channel.settings, "receipt": wanted}
    db.session.commit()


@contextmanager
def counting() -> Iterator[list[str]]:
    """Collect every statement that goes to the database; PostgreSQL's driver begins unseen, so BEGIN never counts."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_raw_mails_are_kept_before_they_are_understood(world: World, folder: Path) -> None:
    raws = [
        Raw(content=mail(1), source="IMAP INBOX 7/1", cursor={"uid": 1}),
        Raw(content=mail(2), source="IMAP", cursor={"uid": 2}),
    ]
    first, second = intake.take_in(world.channel, raws, at=MONDAY_NINE)
    assert blobs.at((folder / "blobs").as_uri()).get(first.digest) == mail(1)
    assert [envelope(each.id).state for each in (first, second)] == [EnvelopeState.STORED] * 2
    assert db.session.get_one(Channel, world.channel).cursor == {"uid": 2}


def test_what_is_stored_is_filed_from_the_store(world: World) -> None:
    (stored,) = intake.take_in(world.channel, [Raw(content=mail(1), source="Test")], at=MONDAY_NINE)
    filed = intake.file_envelope(stored.id, at=MONDAY_NINE)
    assert filed is not None
    assert message(filed.message_id).external_id == message_id(1)
    assert envelope(stored.id).state is EnvelopeState.FILED


def test_the_same_bytes_twice_are_one_message(world: World) -> None:
    (first,) = take(world, mail(1))
    (again,) = take(world, mail(1))
    assert again.filed is not None
    assert first.filed is not None
    assert again.filed.outcome is Outcome.DUPLICATE
    assert again.filed.message_id == first.filed.message_id
    assert db.session.query(Envelope).count() == 1


def test_another_copy_of_a_mail_is_a_duplicate_with_an_envelope_of_its_own(world: World) -> None:
    first, copy = take(world, mail(1), b"Received: from elsewhere\r\n" + mail(1))
    assert copy.filed is not None
    assert first.filed is not None
    assert copy.filed.outcome is Outcome.DUPLICATE
    assert copy.filed.ticket_id == first.filed.ticket_id
    assert db.session.query(Envelope).filter(Envelope.state == EnvelopeState.FILED).count() == 2


def test_a_batch_keeps_its_order(world: World) -> None:
    filed = [each.filed for each in take(world, *(mail(number) for number in range(5)))]
    assert [message(each.message_id).external_id for each in filed if each] == [message_id(n) for n in range(5)]


def test_attachments_and_inline_pictures_are_kept(world: World, folder: Path) -> None:
    raw = EmailMessage()
    raw["From"], raw["To"], raw["Message-ID"] = "eva@kundin.example", ADDRESS, "<bild@kundin.example>"
    raw.set_content("Sehen Sie selbst.")
    raw.add_alternative('<p>Sehen Sie selbst: <img src="cid:foto"></p>', subtype="html")
    raw.get_payload()[1].add_related(b"PNG", "image", "png", cid="<foto>", filename="foto.png")  # type: ignore[index, union-attr]
    raw.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="Lieferschein Köln.pdf")
    (understood,) = take(world, raw.as_bytes())
    assert understood.filed is not None
    kept = db.session.query(Attachment).order_by(Attachment.id).all()
    assert [(each.name, each.is_inline, each.message_id) for each in kept] == [
        ("foto.png", True, understood.filed.message_id),
        ("Lieferschein Köln.pdf", False, understood.filed.message_id),
    ]
    store = blobs.at((folder / "blobs").as_uri())
    assert [store.get(each.digest) for each in kept] == [b"PNG", b"%PDF-1.4"]


def test_what_cannot_be_read_is_parked_and_does_not_stop_the_rest(world: World) -> None:
    before, broken, after = take(world, mail(1), b"", mail(2))
    assert before.filed
    assert after.filed
    assert broken.filed is None
    parked = db.session.query(Envelope).filter(Envelope.state == EnvelopeState.PARKED).one()
    assert parked.problem == broken.reason != ""
    assert db.session.query(Event).filter(Event.kind == "parked").count() == 1


def test_an_envelope_whose_bytes_are_gone_is_parked_with_the_reason(world: World, folder: Path) -> None:
    (stored,) = intake.take_in(world.channel, [Raw(content=mail(1), source="Test")], at=MONDAY_NINE)
    (folder / "blobs" / stored.digest[:2] / stored.digest[2:]).unlink()
    assert intake.file_envelope(stored.id, at=MONDAY_NINE) is None
    assert "fehlen im Speicher" in only_envelope().problem


def test_a_wrong_setting_parks_the_mail_until_it_is_put_right(world: World) -> None:
    channels.change(
        world.channel,
        name="Service",
        address=ADDRESS,
        settings={"smtp_tls": "vielleicht"},
        secrets={},
        team_id=world.care,
    )
    (parked,) = take(world, mail(1))
    assert parked.filed is None
    assert "smtp_tls" in only_envelope().problem
    channels.change(world.channel, name="Service", address=ADDRESS, settings={}, secrets={}, team_id=world.care)
    filed = intake.file_envelope(only_envelope().id, at=MONDAY_NINE)
    assert filed is not None
    assert only_envelope().state is EnvelopeState.FILED
    assert only_envelope().problem == ""


@pytest.mark.parametrize(
    "raw",
    [
        b"From: eva@kundin.example\r\nSubject: a\0b\r\n\r\nText mit \0 darin",
        b"From: eva@kundin.example\r\nSubject: \xff\xfe\xed\xa0\x80\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xed\xa0\x80\xff",
        b"From: eva@kundin.example\r\nSubject: " + b"sehr lang " * 30_000 + b"\r\n\r\nText",
        b"From: eva@kundin.example\r\n" + b"X-Viele: Kopfzeilen\r\n" * 20_000 + b"\r\nText",
        b"From: eva@kundin.example\r\nDate: Mon, 32 Foo 99999 99:99:99 +9999\r\n\r\nText",
        b"Subject: ohne Absender\r\n\r\nText",
        b"From: eva@kundin.example\r\nSubject: Anliegen 999999999 #99999999999999999999\r\n\r\nText",
        b"From: eva@kundin.example\r\nReferences: " + b"<a@b.example> " * 50_000 + b"\r\n\r\nText",
        b"From: eva@kundin.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n",
    ],
    ids=[
        "nul",
        "surrogates",
        "long subject",
        "many headers",
        "odd date",
        "no sender",
        "numbers",
        "references",
        "cut off",
    ],
)
def test_hostile_mails_are_filed_all_the_same(world: World, raw: bytes) -> None:
    (understood,) = take(world, raw)
    assert understood.filed is not None, understood.reason
    assert ticket(understood.filed.ticket_id).id == understood.filed.ticket_id


def test_a_mail_without_id_is_recognised_when_it_comes_again(world: World) -> None:
    raw = b"From: eva@kundin.example\r\nSubject: Hallo\r\n\r\nText"
    (first,) = take(world, raw)
    db.session.query(Envelope).update({Envelope.digest: "0" * 64})
    db.session.commit()
    (again,) = take(world, raw)
    assert again.filed is not None
    assert first.filed is not None
    assert again.filed.message_id == first.filed.message_id


def test_two_forms_that_send_one_id_are_two_messages_however_often_they_come(world: World) -> None:
    one, other = mail(1, text="Erste Anfrage"), mail(1, text="Zweite Anfrage")
    first = [each.filed.message_id for each in take(world, one, other) if each.filed]
    again = [each.filed.message_id for each in take(world, one, other) if each.filed]
    assert len(set(first)) == 2
    assert again == first


def test_a_new_mail_costs_at_most_twenty_statements(world: World) -> None:
    set_receipts(world, wanted=True)
    take(world, mail("warm", sender="warm@kundin.example"))
    raw = mail(1)
    with counting() as statements:
        (understood,) = take(world, raw)
    assert understood.filed is not None
    assert db.session.query(Message).filter(Message.message_class == MessageClass.AUTO).count() <= 2
    assert len(statements) <= MOST_STATEMENTS, statements


def test_a_reply_costs_at_most_twenty_statements(world: World) -> None:
    take(world, mail(1))
    raw = mail(2).replace(b"Message-ID:", f"In-Reply-To: <{message_id(1)}>\nMessage-ID:".encode(), 1)
    with counting() as statements:
        (understood,) = take(world, raw)
    assert understood.filed is not None
    assert db.session.query(Ticket).count() == 1
    assert len(statements) <= MOST_STATEMENTS, statements


def test_the_counters_are_right_after_a_batch(world: World) -> None:
    take(world, *(mail(number, sender=f"kundin{number}@kundin.example") for number in range(10)))
    assert cast.counters() == cast.counted()
