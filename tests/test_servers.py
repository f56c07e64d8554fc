"""The test servers keep their promises, so that a failing test means the product."""

from __future__ import annotations

import smtplib
import socket
import threading
from pathlib import Path

import psycopg
import pytest

from tests.servers.certificate import Certificate
from tests.servers.dovecot import Mailbox
from tests.servers.loopback import OutsideWorld
from tests.servers.postgresql import PostgreSQL
from tests.servers.redis import Redis
from tests.servers.smtp_sink import SmtpSink

MAIL = b"From: eva@kundin.example\r\nTo: shop@faden.example\r\nSubject: Wo?\r\nMessage-ID: <1@kundin.example>\r\n\r\nHallo\r\n"


def send(sink: SmtpSink, recipient: str = "shop@faden.example") -> None:
    with smtplib.SMTP(sink.host, sink.port, timeout=10) as client:
        client.sendmail("eva@kundin.example", [recipient], MAIL)


def test_a_copied_database_has_the_tables_of_its_template(postgresql: PostgreSQL) -> None:
    template = postgresql.create()
    with psycopg.connect(postgresql.url(template).replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE thread (number int)")
    copy = postgresql.create(template=template)
    with psycopg.connect(postgresql.url(copy).replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT count(*) FROM thread").fetchone() == (0,)
    postgresql.drop(copy)
    postgresql.drop(template)


def test_a_killed_redis_comes_back(redis_server: Redis) -> None:
    redis_server.kill()
    redis_server.start()
    assert redis_server.process.poll() is None


def test_a_delivered_mail_wakes_idle(mailbox: Mailbox) -> None:
    client = mailbox.connect()
    client.select_folder("INBOX")
    client.idle()
    uid = mailbox.deliver(MAIL)
    assert (1, b"EXISTS") in client.idle_check(timeout=10)
    client.idle_done()
    assert client.fetch([uid], ["RFC822"])[uid][b"RFC822"] == MAIL
    client.logout()


def test_killed_sessions_are_gone_without_a_goodbye(mailbox: Mailbox) -> None:
    client = mailbox.connect()
    assert mailbox.server.kill_connections() >= 1
    with pytest.raises(Exception, match=r"EOF|closed|reset|Broken pipe"):
        client.noop()
    client.shutdown()


def test_a_renumbered_inbox_keeps_its_mails_under_a_new_validity(mailbox: Mailbox) -> None:
    mailbox.deliver(MAIL)
    before = mailbox.uid_validity()
    assert mailbox.renumber() != before
    assert len(mailbox.uids()) == 1


def test_a_recreated_folder_has_a_new_validity(mailbox: Mailbox) -> None:
    mailbox.deliver(MAIL, folder="Shop")
    before = mailbox.uid_validity(folder="Shop")
    assert mailbox.recreate_folder("Shop") != before


def test_the_sink_keeps_what_it_accepts(sink: SmtpSink) -> None:
    send(sink)
    (mail,) = sink.wait_for(1)
    assert mail.message["Subject"] == "Wo?"
    assert sink.to("shop@faden.example") == [mail]


def test_the_sink_refuses_a_recipient(sink: SmtpSink) -> None:
    sink.behaviour.refuse["weg@kundin.example"] = "550 5.1.1 No such user"
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(sink, "weg@kundin.example")
    assert sink.received == []


def test_the_sink_drops_the_line_after_the_text(sink: SmtpSink) -> None:
    sink.behaviour.drops_after_content = True
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sink)
    (mail,) = sink.wait_for(1)
    assert not mail.was_confirmed


def test_the_sink_hangs_until_reset(sink: SmtpSink) -> None:
    sink.behaviour.hangs = True
    sender = threading.Thread(target=send, args=(sink,))
    sender.start()
    sink.wait_for(1)
    assert sender.is_alive()
    sink.reset()
    sender.join(5)
    assert not sender.is_alive()


def test_the_sink_asks_for_a_log_in_over_tls(tmp_path: Path) -> None:
    sink = SmtpSink(users={"shop": "geheim"}, certificate=Certificate(tmp_path), requires_tls=True)
    sink.start()
    with smtplib.SMTP(sink.host, sink.port, timeout=10) as client:
        client.starttls()
        with pytest.raises(smtplib.SMTPSenderRefused):
            client.sendmail("a@b.example", ["c@d.example"], MAIL)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("shop", "falsch")
        client.login("shop", "geheim")
        client.sendmail("a@b.example", ["c@d.example"], MAIL)
    sink.stop()
    assert len(sink.received) == 1


def test_no_test_reaches_the_outside_world() -> None:
    with pytest.raises(OutsideWorld):
        socket.create_connection(("192.0.2.1", 25), timeout=1)
    with pytest.raises(OutsideWorld):
        socket.getaddrinfo("imap.shop.example", 993)
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("imap.invalid", 993)
