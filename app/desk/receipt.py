"""The honest receipt: that the message is here, under which number, and by when somebody answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, update

from app.db import Afterwards
from app.desk import outbox
from app.desk.spoken import deadline, language_of
from app.desk.writing import run
from app.models import Identity, MessageClass, Ticket
from channels.contract import Contact, ContactType
from routing import receipts

TEXTS = {
    "de": (
        "Guten Tag,\n\n"
        "Ihre Nachricht ist da: Anliegen {number}.{promise}\n\n"
        "Wenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese E-Mail.\n\n"
        "Diese Bestätigung wurde automatisch verschickt.\n"
        "{shop}\n"
    ),
    "en": (
        "Hello,\n\n"
        "your message has arrived: request {number}.{promise}\n\n"
        "If you want to add something, just reply to this e-mail.\n\n"
        "This receipt was sent automatically.\n"
        "{shop}\n"
    ),
}

PROMISES = {"de": " Sie erhalten eine Antwort bis {due}.", "en": " You will have an answer by {due}."}
SUBJECTS = {"de": "Ihre Nachricht ist da", "en": "Your message has arrived"}


def is_allowed(contact: Contact, *, channel: Row[Any], identity: Row[Any], now: datetime) -> bool:
    """Say whether this sender may get a receipt now, for a ticket that the contact has just opened."""
    return receipts.may_receipt(
        is_new_ticket=True,
        is_automatic=contact.is_automatic,
        is_bounce=contact.type is ContactType.BOUNCE,
        sender_is_own=contact.is_own or contact.sender.value == channel.address,
        sender_address=contact.sender.value,
        last_receipt_at=identity.receipted_at,
        sent_at=contact.sent_at,
        now=now,
    )


def send(
    contact: Contact,
    *,
    ticket: Ticket,
    channel: Row[Any],
    conversation_id: int,
    identity_id: int,
    zone: ZoneInfo,
    at: datetime,
    afterwards: Afterwards,
) -> None:
    """Queue the receipt and remember it with the address."""
    language = str(contact.details.get("language", "de"))
    shop = str(channel.settings.get("from_name") or channel.name)
    # A time that has passed is no promise.
    due_at = ticket.due_at if ticket.due_at and ticket.due_at > at else None
    outbox.enqueue(
        channel,
        conversation_id=conversation_id,
        subject=receipt_subject(contact.subject, language=language),
        text=receipt_text(number=ticket.number, due_at=due_at, now=at, zone=zone, shop=shop, language=language),
        message_class=MessageClass.AUTO,
        at=at,
        afterwards=afterwards,
    )
    run(_RECEIPTED, identity=identity_id, now=at)


_RECEIPTED = (
    update(Identity.__table__)  # type: ignore[arg-type]
    .where(Identity.id == bindparam("identity"))
    .values(receipted_at=bindparam("now"))
)


def receipt_subject(subject: str, *, language: str) -> str:
    """Return the subject line; the ticket number is added where the mail is written."""
    words = SUBJECTS[language_of(language)]
    return f"{words}: {subject}" if subject else words


def receipt_text(
    *, number: int, due_at: datetime | None, now: datetime, zone: ZoneInfo, shop: str, language: str
) -> str:
    """Return the whole text; without a clock it promises no time."""
    known = language_of(language)
    promise = PROMISES[known].format(due=deadline(due_at, now=now, zone=zone, language=known)) if due_at else ""
    return TEXTS[known].format(number=number, promise=promise, shop=shop)
