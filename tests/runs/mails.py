"""Mails of customers, and what has become of them."""

from __future__ import annotations

import smtplib
from datetime import datetime
from email.message import EmailMessage

from app.db import db
from app.models import Conversation, Direction, Envelope, EnvelopeState, Message
from tests.world import MONDAY_NINE

ADDRESS = "service@nordlicht.example"


def mail(
    number: int | str,
    *,
    to: str = ADDRESS,
    sender: str = "eva@kundin.example",
    text: str = "",
    at: datetime = MONDAY_NINE,
) -> bytes:
    """Return a mail whose Message-ID is `m<number>@kundin.example`."""
    message = EmailMessage()
    message["From"] = f"Eva Kundin <{sender}>"
    message["To"] = to
    message["Subject"] = f"Frage {number}"
    message["Message-ID"] = f"<{message_id(number)}>"
    message["Date"] = at
    message.set_content(text or f"Guten Tag, das ist die Frage {number}.")
    return message.as_bytes()


def message_id(number: int | str) -> str:
    return f"m{number}@kundin.example"


def hand_in(
    port: int, raw: bytes, *, to: tuple[str, ...] = (ADDRESS,), sender: str = "eva@kundin.example", lmtp: bool = False
) -> dict[str, tuple[int, bytes]]:
    """Bring a mail to our own port; returns the refused recipients."""
    with (smtplib.LMTP if lmtp else smtplib.SMTP)("127.0.0.1", port, timeout=20) as client:
        if lmtp:
            client.ehlo_or_helo_if_needed()
        return client.sendmail(sender, list(to), raw)


def filed() -> list[str]:
    """Return the Message-IDs of everything that was filed, in order."""
    db.session.rollback()
    found = db.session.query(Message.external_id).filter(Message.direction == Direction.IN).order_by(Message.id)
    return [row.external_id for row in found]


def ticket_of(message_id: int) -> int:
    """Return the number of the matter a message belongs to."""
    message = db.session.get_one(Message, message_id)
    return db.session.get_one(Conversation, message.conversation_id).ticket_id


def is_filed(*numbers: int | str) -> bool:
    """Say whether exactly these mails are filed, each once, and none is waiting."""
    waiting = db.session.query(Envelope).filter(Envelope.state != EnvelopeState.FILED).count()
    return sorted(filed()) == sorted(map(message_id, numbers)) and not waiting
