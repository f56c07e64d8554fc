"""What the contract checks need of e-mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime

from channels.contract import Account
from channels.testing import MUST_NOT_BE_TOLD, Sample

ACCOUNT = Account(
    id=1,
    kind="email",
    name="E-Mail",
    address="support@shop.example",
    settings={"imap_host": "127.0.0.1", "smtp_host": "127.0.0.1"},
    secrets={"imap_password": MUST_NOT_BE_TOLD, "smtp_password": MUST_NOT_BE_TOLD},
)


def message(external_id: str, text: str, sent_at: datetime, *, sender: str = "Eva <eva@kundin.example>") -> bytes:
    """Return a mail as it lies in the mailbox."""
    head = {
        "From": sender,
        "To": "support@shop.example",
        "Subject": "Meine Bestellung",
        "Message-ID": f"<{external_id}@kundin.example>",
        "Date": format_datetime(sent_at),
        "Content-Type": "text/plain; charset=utf-8",
    }
    return ("\r\n".join(f"{name}: {value}" for name, value in head.items()) + f"\r\n\r\n{text}\r\n").encode()


def _nobody() -> Account:
    closed = {"imap_port": 9, "imap_tls": "none", "smtp_port": 9, "smtp_tls": "none"}
    return replace(ACCOUNT, settings={**ACCOUNT.settings, **closed})


SAMPLE = Sample(account=ACCOUNT, message=message, nobody=_nobody())
