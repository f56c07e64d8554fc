"""A mailbox of Dovecot's as the connector knows it, and the smallest mail."""

from __future__ import annotations

from collections.abc import Callable

from channels.contract import Account
from channels.email.connector import EmailConnector
from channels.email.imap import MailboxPoller
from tests.servers.dovecot import Mailbox

Opened = Callable[[EmailConnector], MailboxPoller]


def mail(number: int, text: str = "Test") -> bytes:
    return f"From: eva@kundin.example\r\nSubject: Mail {number}\r\nMessage-ID: <m{number}@kundin.example>\r\n\r\n{text}\r\n".encode()


def connector(mailbox: Mailbox, password: str = "", **settings: object) -> EmailConnector:
    known = {"imap_host": mailbox.host, "imap_port": mailbox.port, "imap_tls": "none", "imap_user": mailbox.user}
    account = Account(
        id=1, kind="email", name="E-Mail", address="support@shop.example",
        settings=known | settings, secrets={"imap_password": password or mailbox.password},
    )  # fmt: skip
    return EmailConnector(account)
