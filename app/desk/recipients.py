"""Whom a first message goes to: an identity we know, or an address somebody typed."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import func, or_, select

from app.db import db
from app.desk import keys
from app.desk.writing import add
from app.errors import NotFound, Refused
from app.models import Channel, Customer, Distinction, Identity, Merge, ProofLink, Ticket
from routing.addresses import normalise

CLAIMED = keys.TYPED
"""Somebody of us said so; nothing has proved it."""
_NAME_ON_X = re.compile(r"@[A-Za-z0-9_]{1,15}")


def recipient(channel: Channel, *, to: str, identity_id: int | None, ticket: Ticket | None, at: datetime) -> Identity:
    """Return the identity meant; a typed one that is new becomes the ticket's customer's, or a new customer's.

    Whether the platform lets us write to them is the connector's to say. Raises `Refused` beside the field for an
    address this kind of channel cannot have, `NotFound` for an identity that is no address on this channel.
    """
    if identity_id is not None:
        return _known(channel, identity_id)
    value = _typed(channel.kind, to)
    found = _called(channel, value)
    if found is not None:
        return found
    customer_id = ticket.customer_id if ticket else add(Customer, name="", created_at=at, is_demo=channel.is_demo)
    identity = Identity(
        customer_id=customer_id, kind=channel.kind, value=value, evidence=CLAIMED, created_at=at, is_verified=False
    )
    db.session.add(identity)
    db.session.flush()
    return identity


def give_way(claimed: Identity, found: Identity) -> None:
    """Inside a verb: what somebody typed turned out to be an identity we know, and its customer has nothing else.

    Tickets that were begun with the typed name then belong to whom we know.
    """
    others = db.session.scalar(
        select(func.count()).where(Identity.customer_id == claimed.customer_id, Identity.id != claimed.id)
    )
    if others or claimed.evidence != CLAIMED or _has_history(claimed.customer_id):
        return
    stranger = db.session.get_one(Customer, claimed.customer_id)
    for ticket in db.session.scalars(select(Ticket).where(Ticket.customer_id == stranger.id)):
        ticket.customer_id, ticket.customer_name = found.customer_id, (found.name or found.value)[:200]
    claimed.customer_id = found.customer_id
    db.session.flush()
    db.session.delete(stranger)
    db.session.flush()


def _has_history(customer_id: int) -> bool:
    """Say whether somebody has merged this customer or told them apart: then they stay, whatever they are called."""
    merged = select(Merge.id).where(or_(Merge.kept_id == customer_id, Merge.absorbed_id == customer_id))
    apart = select(Distinction.id).where(or_(Distinction.one_id == customer_id, Distinction.other_id == customer_id))
    asked = select(ProofLink.id).where(ProofLink.customer_id == customer_id)
    return db.session.scalar(select(or_(merged.exists(), apart.exists(), asked.exists()))) is True


def _known(channel: Channel, identity_id: int) -> Identity:
    found = db.session.get(Identity, identity_id)
    if found is None or found.kind != channel.kind or found.scope not in {"", channel.address}:
        raise NotFound("Diese Adresse gibt es auf diesem Kanal nicht.")
    return found


def _called(channel: Channel, value: str) -> Identity | None:
    return db.session.scalars(
        select(Identity)
        .where(Identity.kind == channel.kind, Identity.value == value, Identity.scope.in_(["", channel.address]))
        .order_by(Identity.scope.desc())
    ).first()


def _typed(kind: str, to: str) -> str:
    """Return the one spelling of what was typed."""
    words = to.strip()
    if kind == "email":
        address = normalise(words)
        if "@" not in address:
            raise Refused("Bitte geben Sie eine E-Mail-Adresse an.", field="to")
        return address
    if kind == "x" and not words.isdecimal():
        if not _NAME_ON_X.fullmatch(words):
            raise Refused("Bitte geben Sie einen Namen auf X an, z. B. @name.", field="to")
        return words.lower()
    if not words:
        raise Refused("Bitte sagen Sie, an wen die Nachricht gehen soll.", field="to")
    return words[:254]
