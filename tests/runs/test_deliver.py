"""From the outbox to the mail server: every way it can end is written on the row."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app import blobs, jobs, seal
from app import clock as business
from app.db import db
from app.desk import channels, proof_links, replies
from app.desk.outbox import Enclosure
from app.models import Channel, MessageState, Notification, NotificationState, ProblemSource, ProofLink
from app.runs import deliver
from channels.contract import Handle
from tests import world as cast
from tests.fixtures.databases import SECRET_KEY, Clock
from tests.runs.conftest import sending
from tests.servers import programs
from tests.servers.smtp_sink import SmtpSink


def answered(world: cast.World, *, enclosures: tuple[Enclosure, ...] = ()) -> int:
    """Queue Ada's answer to a new mail of Eva's and return the message's id."""
    filed = cast.hear(world, at=business.now())
    return replies.reply(
        cast.conversation_of(filed), text="Morgen.", enclosures=enclosures, by=world.ada, at=business.now()
    )


def channel(world: cast.World) -> Channel:
    db.session.expire_all()
    return db.session.get_one(Channel, world.channel)


def test_an_answer_goes_out_once_however_often_it_is_asked_for(world: cast.World, sink: SmtpSink) -> None:
    message_id = answered(world)
    for _twice in range(2):
        jobs.deliver(message_id)
    message = cast.message(message_id)
    assert (message.state, message.attempts) == (MessageState.SENT, 1)
    assert [mail.message["Message-ID"] for mail in sink.received] == [f"<{message.external_id}>"]


def test_files_travel_along(app: Flask, world: cast.World, sink: SmtpSink) -> None:
    digest = blobs.at(app.config["FADEN"].blobs_url).put(b"%PDF-1.7 Rechnung")
    enclosure = Enclosure(name="Rechnung.pdf", type="application/pdf", size=17, digest=digest)
    jobs.deliver(answered(world, enclosures=(enclosure,)))
    attached = [(part.get_filename(), part.get_content()) for part in sink.received[0].message.iter_attachments()]
    assert attached == [("Rechnung.pdf", b"%PDF-1.7 Rechnung")]


def test_a_missing_file_fails_the_answer_and_owes_it_again(world: cast.World, sink: SmtpSink) -> None:
    enclosure = Enclosure(name="Rechnung.pdf", type="application/pdf", size=17, digest="0" * 64)
    message_id = answered(world, enclosures=(enclosure,))
    jobs.deliver(message_id)
    message = cast.message(message_id)
    assert (message.state, message.fault) == (MessageState.FAILED, "rejected")
    assert "Rechnung.pdf" in message.fault_words
    assert sink.attempts == 0


def test_too_large_files_fail_the_answer(app: Flask, world: cast.World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "MOST_BYTES", 10)
    digest = blobs.at(app.config["FADEN"].blobs_url).put(b"eleven byte")
    message_id = answered(world, enclosures=(Enclosure(name="a", type="text/plain", size=11, digest=digest),))
    jobs.deliver(message_id)
    assert (cast.message(message_id).state, cast.message(message_id).fault) == (MessageState.FAILED, "too_long")


def test_a_cut_line_after_the_text_leaves_it_unsure(world: cast.World, sink: SmtpSink) -> None:
    sink.behaviour.drops_after_content = True
    message_id = answered(world)
    jobs.deliver(message_id)
    sink.behaviour.drops_after_content = False
    jobs.deliver(message_id)
    assert cast.message(message_id).state is MessageState.UNSURE
    assert sink.attempts == 1


def test_a_temporary_refusal_is_tried_again_later(world: cast.World, sink: SmtpSink, clock: Clock) -> None:
    clock.set("2026-11-23T09:00:00+01:00")
    sink.behaviour.refuse_content = "451 4.3.0 Later"
    message_id = answered(world)
    jobs.deliver(message_id)
    sink.behaviour.refuse_content = ""
    jobs.deliver(message_id)
    assert cast.message(message_id).state is MessageState.QUEUED
    clock.forward(minutes=1)
    jobs.deliver(message_id)
    assert cast.message(message_id).state is MessageState.SENT


def test_a_mail_server_that_is_away_shows_on_the_channel_until_it_is_back(world: cast.World, sink: SmtpSink) -> None:
    sink.stop()
    jobs.deliver(answered(world))
    assert channel(world).problem.startswith("Versand: ")
    sink.start()
    jobs.deliver(answered(world))
    assert channel(world).problem == ""


def test_sending_does_not_declare_hearing_well(world: cast.World) -> None:
    channels.report_problem(
        world.channel, words="Das Postfach ist nicht erreichbar.", source=ProblemSource.HEARING, at=business.now()
    )
    jobs.deliver(answered(world))
    assert channel(world).problem == "Das Postfach ist nicht erreichbar."


def test_with_another_key_the_answer_waits_and_the_channel_says_so(world: cast.World, sink: SmtpSink) -> None:
    set_up(world, sink, secrets={"smtp_password": "geheim"})
    message_id = answered(world)
    seal.use(["ein-anderer-schluessel-" + "1" * 32])
    jobs.deliver(message_id)
    assert cast.message(message_id).state is MessageState.QUEUED
    assert "another key" in channel(world).problem
    seal.use([SECRET_KEY])
    jobs.deliver(message_id)
    assert cast.message(message_id).state is MessageState.SENT


def test_an_answer_waits_for_a_channel_that_is_set_up_wrong_and_goes_out_once_it_is_mended(
    world: cast.World, sink: SmtpSink
) -> None:
    set_up(world, sink, smtp_port="quark")
    message_id = answered(world)
    jobs.deliver(message_id)
    assert cast.message(message_id).state is MessageState.QUEUED
    assert "smtp_port" in cast.message(message_id).fault_words
    assert "smtp_port" in channel(world).problem
    set_up(world, sink)
    jobs.deliver(message_id)
    assert cast.message(message_id).state is MessageState.SENT
    assert channel(world).problem == ""


def test_a_server_that_lets_us_wait_holds_up_no_other_channel(
    world: cast.World, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "SLOW", 0.0)
    monkeypatch.setattr(deliver, "_resting_until", {})
    set_up(world, sink, smtp_port=programs.free_port())
    first, second = answered(world), answered(world)
    for message_id in (first, second):
        jobs.deliver(message_id)
    assert (cast.message(first).attempts, cast.message(second).attempts) == (1, 0)
    monkeypatch.setattr(deliver, "_resting_until", {})
    set_up(world, sink)
    jobs.deliver(second)
    assert cast.message(second).state is MessageState.SENT


def test_a_paused_channel_sends_nothing(world: cast.World, sink: SmtpSink) -> None:
    message_id = answered(world)
    channels.pause(world.channel, is_paused=True)
    jobs.deliver(message_id)
    assert cast.message(message_id).state is MessageState.QUEUED
    assert sink.attempts == 0


def set_up(world: cast.World, sink: SmtpSink, *, secrets: dict[str, str] | None = None, **changes: object) -> None:
    channels.change(
        world.channel,
        name="Service",
        address="service@nordlicht.example",
        settings={**sending(sink), **changes},
        secrets=secrets or {},
        team_id=world.care,
    )


def notified(world: cast.World) -> int:
    """Queue a notification to Cleo and return its id."""
    row = Notification(
        key="test:1",
        kind="breached",
        agent_id=world.cleo.id,
        subject="Überfällig",
        text="Eva wartet.",
        at=business.now(),
    )
    db.session.add(row)
    db.session.commit()
    return row.id


def notification(notification_id: int) -> Notification:
    db.session.expire_all()
    return db.session.get_one(Notification, notification_id)


def test_a_lead_is_told_by_mail(world: cast.World, sink: SmtpSink) -> None:
    notification_id = notified(world)
    for _twice in range(2):
        jobs.notify(notification_id)
    assert notification(notification_id).state is NotificationState.SENT
    assert [mail.recipients for mail in sink.received] == [("cleo@nordlicht.example",)]


def test_without_a_mail_channel_a_notification_waits(world: cast.World) -> None:
    channels.pause(world.channel, is_paused=True)
    notification_id = notified(world)
    jobs.notify(notification_id)
    assert notification(notification_id).state is NotificationState.QUEUED
    assert "keinen Kanal" in notification(notification_id).fault_words


def test_a_confirmation_link_stands_in_the_mail_that_leaves_and_nowhere_else(world: cast.World, sink: SmtpSink) -> None:
    at = business.now()
    cast.hear(world, at=at)
    stranger = Handle(kind="email", value="eva.k@post.example", name="Eva K.")
    asked = cast.hear(world, cast.contact(sender=stranger, sent_at=at), at=at).ticket_id
    link_id = proof_links.send(asked, address="eva@kundin.example", by=world.ada, at=at)
    message_id = db.session.get_one(ProofLink, link_id).message_id or 0

    jobs.deliver(message_id)

    (mail,) = [each for each in sink.received if "eva@kundin.example" in each.recipients]
    assert mail.message["Auto-Submitted"]
    secret = re.search(r"/proof/(\S+)", mail.message.get_content())
    assert secret is not None
    assert proof_links.is_open(secret[1], at=at)
    assert secret[1] not in cast.message(message_id).text
