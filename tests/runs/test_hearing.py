"""A real mailbox through the listener: nothing is missed, nothing comes twice, and every fault passes by itself."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from flask import Flask

from app.db import db
from app.desk import channels, parts
from app.models import Channel
from app.runs import asking, hearing, listen
from tests import world as cast
from tests.runs.conftest import Listen
from tests.runs.conftest import hearing as hearing_settings
from tests.runs.mails import ADDRESS, is_filed, mail
from tests.servers.dovecot import Mailbox
from tests.servers.smtp_sink import SmtpSink
from tests.waiting import until

ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look and try again soon; the order of the steps stays. Nobody else asks how the channel is."""
    monkeypatch.setattr(hearing, "PAUSES", (0.1, 0.2, 0.4))
    monkeypatch.setattr(hearing, "PAUSE_IF_PERMANENT", 0.5)
    monkeypatch.setattr(listen, "LOOK_EVERY", 0.2)
    monkeypatch.setattr(asking, "FIRST_AFTER", 3600.0)


@pytest.fixture
def heard(app: Flask, mailbox: Mailbox) -> cast.World:
    """A shop that hears this test's mailbox."""
    return cast.build(
        settings={**hearing_settings(mailbox), "receipt": False}, secrets={"imap_password": mailbox.password}
    )


def change(world: cast.World, mailbox: Mailbox, *, password: str) -> None:
    settings = {**hearing_settings(mailbox), "receipt": False}
    secrets = {"imap_password": password}
    channels.change(
        world.channel, name="Service", address=ADDRESS, settings=settings, secrets=secrets, team_id=world.care
    )


def problem() -> str:
    db.session.rollback()
    return db.session.query(Channel.problem).scalar() or ""


def sessions(mailbox: Mailbox) -> list[int]:
    """Return who is logged in to the server; this test is the only one on it."""
    return [session.pid for session in mailbox.server.sessions()]


def is_idle(mailbox: Mailbox) -> Callable[[], bool]:
    """Return whether the listener has nothing left to do: its cursor stands behind the last mail."""
    last = max(mailbox.uids(), default=0)

    def look() -> bool:
        db.session.rollback()
        row = db.session.query(Channel).one()
        db.session.refresh(row)
        return row.reached_at is not None and row.cursor.get("last_uid", 0) == last

    return look


def test_a_mail_is_filed_when_it_arrives_and_not_when_it_is_looked_for(
    heard: cast.World, mailbox: Mailbox, start_listener: Listen
) -> None:
    mailbox.deliver(mail(1))
    start_listener()
    until(lambda: is_filed(1), within=20)
    until(is_idle(mailbox))
    arrived = time.monotonic()
    mailbox.deliver(mail(2))
    until(lambda: is_filed(1, 2), within=30)
    assert time.monotonic() - arrived < 15


@ONE
def test_a_mail_that_was_read_elsewhere_is_heard_all_the_same(
    heard: cast.World, mailbox: Mailbox, start_listener: Listen
) -> None:
    mailbox.mark_read(mailbox.deliver(mail(1)))
    start_listener()
    until(lambda: is_filed(1), within=20)
    assert mailbox.uids() == [1]


@ONE
def test_many_mails_come_in_order_and_once(heard: cast.World, mailbox: Mailbox, start_listener: Listen) -> None:
    for number in range(60):
        mailbox.deliver(mail(number))
    start_listener()
    until(lambda: is_filed(*range(60)), within=60)
    assert is_idle(mailbox)()


@ONE
@pytest.mark.parametrize("how", ["killed", "kicked"])
def test_a_broken_connection_is_made_anew(
    heard: cast.World, mailbox: Mailbox, start_listener: Listen, how: str
) -> None:
    start_listener()
    until(is_idle(mailbox), within=20)
    if how == "killed":
        assert mailbox.server.kill_connections()
    else:
        mailbox.server.kick(mailbox.user)
    mailbox.deliver(mail(1))
    until(lambda: is_filed(1), within=20)
    assert problem() == ""


@ONE
def test_a_renumbered_mailbox_brings_nothing_twice(heard: cast.World, mailbox: Mailbox, start_listener: Listen) -> None:
    for number in (1, 2):
        mailbox.deliver(mail(number))
    start_listener()
    until(lambda: is_filed(1, 2), within=20)
    mailbox.renumber()
    mailbox.deliver(mail(3))
    until(lambda: is_filed(1, 2, 3), within=20)


@ONE
def test_a_server_that_was_away_is_named_and_then_heard_again(
    heard: cast.World, mailbox: Mailbox, start_listener: Listen
) -> None:
    start_listener()
    until(is_idle(mailbox), within=20)
    mailbox.server.stop()
    try:
        until(lambda: "nicht erreichbar" in problem(), within=20, what="the problem on the channel")
    finally:
        mailbox.server.start()
    mailbox.deliver(mail(1))
    until(lambda: is_filed(1), within=20)
    until(lambda: problem() == "", within=30, what="the channel being well again")


@ONE
def test_a_wrong_password_stands_on_the_channel_until_it_is_mended(
    heard: cast.World, mailbox: Mailbox, start_listener: Listen
) -> None:
    change(heard, mailbox, password="falsch")
    mailbox.deliver(mail(1))
    start_listener()
    until(lambda: "Kennwort" in problem(), within=20, what="the problem on the channel")
    assert is_filed()
    change(heard, mailbox, password=mailbox.password)
    until(lambda: is_filed(1), within=20)
    until(lambda: problem() == "", within=30)


@ONE
def test_a_paused_channel_is_not_heard(heard: cast.World, mailbox: Mailbox, start_listener: Listen) -> None:
    start_listener()
    until(is_idle(mailbox), within=20)
    channels.pause(heard.channel, is_paused=True)
    until(lambda: not sessions(mailbox), within=30, what="the listener hanging up")
    mailbox.deliver(mail(1))
    assert is_filed()
    channels.pause(heard.channel, is_paused=False)
    until(lambda: is_filed(1), within=20)


@ONE
def test_a_second_listener_takes_over(heard: cast.World, mailbox: Mailbox, start_listener: Listen) -> None:
    first = start_listener()
    until(is_idle(mailbox), within=20)
    start_listener()
    first.stop()
    mailbox.deliver(mail(1))
    until(lambda: is_filed(1), within=20)


@ONE
def test_the_lease_of_a_listener_that_died_runs_out(
    heard: cast.World, mailbox: Mailbox, start_listener: Listen
) -> None:
    parts.lease(f"listen:{heard.channel}", owner="dead", within=1.5)
    mailbox.deliver(mail(1))
    start_listener()
    assert is_filed()
    until(lambda: is_filed(1), within=20)


@ONE
def test_a_channel_that_pushes_needs_no_mailbox(world: cast.World, start_listener: Listen, sink: SmtpSink) -> None:
    start_listener().stop()
    assert problem() == ""
