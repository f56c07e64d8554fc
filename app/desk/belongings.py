"""What comes with a contact besides its words: facts, files that still lie with the platform, what has to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, update

from app.db import Afterwards, db
from app.desk import errands, names, threading
from app.desk.writing import add
from app.models import Attachment, Customer, ErrandKind, Identity, Ticket
from channels.contract import Contact, Handle, Parent, RemoteAttachment
from routing.claims import name_key

UNKNOWN_AUTHOR = "unknown:"
"""How the value of somebody begins whom the platform does not name."""
NAMED_BY_ADDRESS = frozenset({"email", "phone"})
"""Kinds of addresses that say who it is by themselves; no platform is asked for a name."""

FETCHED = frozenset({"image", "video", "audio", "file", "sticker"})
"""Types of attachments that are files; the others are words and links, shown and never fetched."""


def readable(value: str) -> str:
    """Return an address as people may read it; nothing for somebody who has none."""
    return "" if value.startswith(UNKNOWN_AUTHOR) else value


def facts(contact: Contact) -> dict[str, Any]:
    """Return what a message remembers beside its words."""
    found: dict[str, Any] = {} if threading.is_mail(contact) else dict(contact.details)
    if contact.warnings:
        found["warnings"] = list(contact.warnings)
    if contact.listening_term:
        found["term"] = contact.listening_term
    if contact.is_standby:
        found["standby"] = True
    if contact.parent:
        found["parent"] = parent_facts(contact.parent)
    return found


def parent_facts(parent: Parent) -> dict[str, Any]:
    """Return the post that a message answers, as JSON."""
    counted = {} if parent.replies is None else {"replies": parent.replies}
    return {
        "external_id": parent.external_id,
        "author": parent.author.name if parent.author else "",
        "author_value": readable(parent.author.value) if parent.author else "",
        "text": parent.text,
        "sent_at": parent.sent_at.isoformat() if parent.sent_at else None,
        "url": parent.url,
        **counted,
    }


def bring(
    contact: Contact, message_id: int, channel_id: int, identity: Row[Any] | None, *, at: datetime, then: Afterwards
) -> None:
    """Write down the files of a message that lie with the platform, and ask for whatever it did not tell."""
    for remote in contact.remote:
        attachment_id = add(Attachment, message_id=message_id, **_file(remote))
        if remote.url and remote.type in FETCHED:
            errands.ask(ErrandKind.MEDIA, channel_id=channel_id, subject_id=attachment_id, at=at, afterwards=then)
    if contact.parent and contact.parent.external_id and not contact.parent.text:
        errands.ask(ErrandKind.PARENT, channel_id=channel_id, subject_id=message_id, at=at, afterwards=then)
    if identity is None or identity.name:
        return
    if contact.sender.name:
        name(identity.id, contact.sender)
    elif contact.sender.kind not in NAMED_BY_ADDRESS and readable(contact.sender.value):
        errands.ask(ErrandKind.PROFILE, channel_id=channel_id, subject_id=identity.id, at=at, afterwards=then)


def _file(remote: RemoteAttachment) -> Mapping[str, Any]:
    return {
        "name": remote.name[:255],
        "type": remote.media_type[:127] or "application/octet-stream",
        "size": remote.size or 0,
        "digest": "",
        "kind": remote.type[:24] or "file",
        "source_url": remote.url,
        "details": dict(remote.details),
    }


def name(identity_id: int, handle: Handle) -> list[int]:
    """Give a person the name the platform tells, wherever none stands yet; returns the tickets that show it now."""
    words = handle.name[:200]
    customer_id = db.session.scalar(
        update(Identity)
        .where(Identity.id == identity_id, Identity.name == "")
        .values(name=words)
        .returning(Identity.customer_id)
    )
    if customer_id is None:
        return []
    names.learn(customer_id, words)
    db.session.execute(
        update(Customer)
        .where(Customer.id == customer_id, Customer.name == "")
        .values(name=words, name_key=name_key(words))
    )
    nameless = {"", readable(handle.value)[:200]}
    return list(
        db.session.scalars(
            update(Ticket)
            .where(Ticket.customer_id == customer_id, Ticket.customer_name.in_(nameless))
            .values(customer_name=words)
            .returning(Ticket.id)
        )
    )
