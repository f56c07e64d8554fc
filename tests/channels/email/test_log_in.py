"""Getting into a mailbox, or being told in words why not."""

from __future__ import annotations

import pytest

from channels.contract import ChannelFault
from tests.channels.email.boxes import Opened, connector, mail
from tests.servers.dovecot import Mailbox


def test_a_wrong_password_is_permanent_and_in_plain_words(mailbox: Mailbox) -> None:
    wrong = connector(mailbox, "falsch")

    with pytest.raises(ChannelFault, match="Kennwort prüfen") as caught:
        wrong.poller()

    assert caught.value.is_permanent
    line = wrong.check()[0]
    assert not line.is_ok
    assert mailbox.user in line.words
    assert "b'" not in line.words


def test_a_folder_that_does_not_exist_is_permanent(mailbox: Mailbox) -> None:
    with pytest.raises(ChannelFault, match="Ablage 1999") as caught:
        connector(mailbox, folder="Ablage 1999").poller()

    assert caught.value.is_permanent


def test_nobody_listening_may_pass(mailbox: Mailbox) -> None:
    with pytest.raises(ChannelFault, match="nicht erreichbar") as caught:
        connector(mailbox, imap_port=1).poller()

    assert not caught.value.is_permanent


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_log_in_over_tls(mailbox: Mailbox, opened: Opened, tls: str) -> None:
    mailbox.deliver(mail(1))
    port = mailbox.server.tls_port if tls == "tls" else mailbox.port
    secure = connector(mailbox, imap_tls=tls, imap_port=port, ca_file=str(mailbox.server.certificate.path))
    poller = opened(secure)

    assert len(list(poller.fetch({}))) == 1
    assert not poller.wait(within=1.5, stop=lambda: False)
    assert [line.is_ok for line in secure.check()[:3]] == [True, True, True]
    assert "1 Mails" in secure.check()[1].words


def test_a_certificate_nobody_vouches_for_is_not_trusted(mailbox: Mailbox) -> None:
    with pytest.raises(ChannelFault, match=r"nicht erreichbar.*CERTIFICATE_VERIFY_FAILED"):
        connector(mailbox, imap_tls="tls", imap_port=mailbox.server.tls_port).poller()


def test_without_imap_there_is_nothing_to_poll(mailbox: Mailbox) -> None:
    assert connector(mailbox, imap_host="").poller() is None
