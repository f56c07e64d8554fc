"""Mail that is brought to our own ports: accepted for our addresses only, and only once it is stored."""

from __future__ import annotations

import dataclasses
import smtplib
import socket
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.config import Settings
from app.db import db
from app.desk import channels
from app.models import Envelope
from app.runs import listen
from tests import world as cast
from tests.runs.conftest import Listen
from tests.runs.mails import ADDRESS, hand_in, is_filed, mail
from tests.servers import programs
from tests.servers.postgresql import PostgreSQL
from tests.waiting import until

ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def smtp_port() -> int:
    return programs.free_port()


@pytest.fixture
def lmtp_port() -> int:
    return programs.free_port()


@pytest.fixture
def settings(settings: Settings, smtp_port: int, lmtp_port: int) -> Settings:
    """Settings of a shop with both ports."""
    return dataclasses.replace(settings, smtp_listen=f"127.0.0.1:{smtp_port}", lmtp_listen=f"127.0.0.1:{lmtp_port}")


@pytest.fixture
def opened(world: cast.World, start_listener: Listen, smtp_port: int, lmtp_port: int) -> cast.World:
    """A shop whose ports are open."""
    start_listener()
    until(lambda: programs.is_listening(smtp_port) and programs.is_listening(lmtp_port), within=20)
    return world


def answer(port: int, *to: str) -> int:
    """Return the code the server answers to a mail."""
    try:
        hand_in(port, mail(1), to=to or (ADDRESS,))
    except smtplib.SMTPRecipientsRefused as refused:
        return int(next(iter(refused.recipients.values()))[0])
    except smtplib.SMTPResponseException as refused:
        return refused.smtp_code
    return 250


def envelopes() -> int:
    db.session.rollback()
    return db.session.query(Envelope).count()


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_a_mail_is_stored_when_it_is_accepted_and_filed_soon(
    opened: cast.World, smtp_port: int, lmtp_port: int, protocol: str
) -> None:
    is_lmtp = protocol == "lmtp"
    assert hand_in(lmtp_port if is_lmtp else smtp_port, mail(1), lmtp=is_lmtp) == {}
    assert envelopes() == 1
    until(lambda: is_filed(1))


@ONE
def test_a_mail_that_is_brought_twice_is_filed_once(opened: cast.World, smtp_port: int) -> None:
    for number in (1, 1, 2):
        hand_in(smtp_port, mail(number))
    until(lambda: is_filed(1, 2))


@ONE
def test_the_part_behind_a_plus_belongs_to_the_address(opened: cast.World, smtp_port: int) -> None:
    hand_in(smtp_port, mail(1), to=("Service+abc@Nordlicht.example",))
    until(lambda: is_filed(1))


@ONE
@pytest.mark.parametrize("to", ["fremd@nordlicht.example", "service@anderswo.example", "service"])
def test_a_foreign_address_is_refused(opened: cast.World, smtp_port: int, to: str) -> None:
    assert answer(smtp_port, to) == 550
    assert envelopes() == 0


@ONE
def test_the_address_of_a_paused_channel_is_refused(opened: cast.World, smtp_port: int) -> None:
    channels.pause(opened.channel, is_paused=True)
    assert answer(smtp_port) == 550


@ONE
def test_a_mail_to_two_channels_is_filed_on_both(opened: cast.World, smtp_port: int) -> None:
    channels.add(
        "email",
        name="Retoure",
        address="retoure@nordlicht.example",
        settings={"receipt": False},
        secrets={},
        team_id=opened.returns,
    )
    hand_in(smtp_port, mail(1), to=(ADDRESS, "retoure@nordlicht.example", "fremd@nordlicht.example"))
    until(lambda: is_filed(1, 1))
    assert {each.channel_id for each in db.session.query(Envelope)} > {opened.channel}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_while_the_database_is_down_the_sender_is_asked_to_come_back(
    opened: cast.World, smtp_port: int, postgresql: PostgreSQL
) -> None:
    with smtplib.SMTP("127.0.0.1", smtp_port, timeout=20) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("eva@kundin.example")
        assert client.rcpt(ADDRESS)[0] == 250
        # This cluster writes its log lazily and is stopped at once.
        db.session.execute(text("CHECKPOINT"))
        db.session.rollback()
        postgresql.stop()
        try:
            assert client.data(mail(1))[0] == 451
            assert answer(smtp_port) == 451
        finally:
            postgresql.start()
    until(lambda: hand_in(smtp_port, mail(1)) == {})
    until(lambda: is_filed(1))


@ONE
def test_a_full_disk_refuses_for_now(
    opened: cast.World, smtp_port: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A blob store that cannot be written to stands for the disk."""
    folder = Path(settings.data_dir / "blobs")
    folder.mkdir(exist_ok=True)
    folder.rename(folder.with_name("blobs.full"))
    folder.write_text("no folder")
    assert answer(smtp_port) == 451
    folder.unlink()
    folder.with_name("blobs.full").rename(folder)
    hand_in(smtp_port, mail(1))
    until(lambda: is_filed(1))


@ONE
def test_a_port_that_is_taken_is_opened_as_soon_as_it_is_free(
    app: Flask,
    world: cast.World,
    start_listener: Listen,
    smtp_port: int,
    lmtp_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listen, "OPEN_EVERY", 0.1)
    monkeypatch.setattr(listen, "LOOK_EVERY", 0.1)
    with socket.create_server(("127.0.0.1", smtp_port)):
        start_listener()
        until(lambda: programs.is_listening(lmtp_port), within=20)
    until(lambda: programs.is_listening(smtp_port), within=20)
    hand_in(smtp_port, mail(1))
    until(lambda: is_filed(1))
