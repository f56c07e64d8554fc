"""The mail that asks the owner of an address whether they wrote to us: where it lies, and what it says.

It names neither the one who wrote, nor an order, nor anything that was written.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import Afterwards, db
from app.desk import names
from app.desk.spoken import language_of
from app.desk.telling import Words
from app.desk.writing import add, record
from app.errors import Refused
from app.models import NOTHING_DUE, Channel, Conversation, Customer, Identity, Order, Priority, Ticket, TicketState
from routing.claims import name_key

PLACE = "[Ihr persönlicher Link]"
"""Stands in the stored text where the link goes when the mail is sent."""
_TEXTS = {
    "de": (
        "Haben Sie uns geschrieben?",
        (
            "Guten Tag,\n\n"
            "jemand hat uns auf einem anderen Weg geschrieben, und wir vermuten, dass Sie das waren. Bitte sagen Sie "
            "es uns über diesen Link, dann bearbeiten wir beides zusammen:\n\n"
            f"{PLACE}\n\n"
            "Er gilt sieben Tage und nur einmal. Waren Sie es nicht, sagen Sie auch das über den Link: Dann erfährt "
            "niemand etwas über Sie.\n\n"
            "Diese Nachricht wurde automatisch verschickt.\n"
            "{shop}\n"
        ),
    ),
    "en": (
        "Did you write to us?",
        (
            "Hello,\n\n"
            "somebody has written to us on another channel, and we think that it was you. Please tell us by this "
            "link, then we look after both together:\n\n"
            f"{PLACE}\n\n"
            "It is good for seven days and only once. If it was not you, say so by the link, too: then nobody learns "
            "anything about you.\n\n"
            "This message was sent automatically.\n"
            "{shop}\n"
        ),
    ),
}
_WARNINGS = {
    "de": (
        "Nicht dieselbe Person: Anliegen {number}",
        (
            "Wem die Adresse gehört, der hat uns nicht geschrieben. Bitte nennen Sie in diesem Anliegen nichts über "
            "die Bestellung."
        ),
    ),
    "en": (
        "Not the same person: request {number}",
        "The owner of the address did not write to us. Please tell nothing of the order in this request.",
    ),
}


def conversation_with(
    address: str, *, ticket: Ticket, order_id: int | None, at: datetime, afterwards: Afterwards
) -> Conversation:
    """Return where a mail to this address lies: on a matter of its owner, never on the one it is about."""
    identity = _identity(address, order_id, is_demo=_is_demo(ticket), at=at)
    known = (
        select(Conversation)
        .join(Channel, Channel.id == Conversation.channel_id)
        .where(
            Conversation.identity_id == identity.id,
            Channel.kind == "email",
            Channel.is_paused.is_(False),
            Conversation.ticket_id != ticket.id,
        )
        .order_by(Conversation.id.desc())
    )
    return db.session.scalars(known).first() or _begin(identity, ticket, at=at, afterwards=afterwards)


def letter(channel: Channel, talk: Conversation) -> dict[str, Any]:
    """Return subject and text, in the language of the address's owner."""
    language = db.session.scalar(
        select(Customer.language)
        .join(Identity, Identity.customer_id == Customer.id)
        .where(Identity.id == talk.identity_id)
    )
    subject, text = _TEXTS[language_of(language or "de")]
    shop = str(channel.settings.get("from_name") or channel.name)
    return {"subject": subject, "text": text.replace("{shop}", shop)}


def masked(address: str) -> str:
    """Return an address of which one can tell which is meant, but not write to it: `k…@web.example`."""
    local, _, host = address.rpartition("@")
    return f"{local[:1]}…@{host}"


def warning(ticket: Ticket) -> Words:
    """Return what whoever answers is told once the owner of the address has said no."""

    def words(language: str) -> tuple[str, str]:
        subject, text = _WARNINGS[language_of(language)]
        return subject.format(number=ticket.id), text

    return words


def _identity(address: str, order_id: int | None, *, is_demo: bool, at: datetime) -> Identity:
    """Return the address; one that we know from an order only belongs to somebody new."""
    found = db.session.scalars(select(Identity).where(Identity.kind == "email", Identity.value == address)).first()
    if found is not None:
        return found
    order = db.session.get(Order, order_id) if order_id else None
    if order is None or order.email != address:
        raise Refused("Diese Adresse kennen wir nicht.", field="address")
    owner_id = add(Customer, name=order.name, name_key=name_key(order.name), created_at=at, is_demo=is_demo)
    names.begin(owner_id, order.name)
    identity_id = add(
        Identity, customer_id=owner_id, kind="email", value=address, name=order.name, evidence="order", created_at=at
    )
    return db.session.get_one(Identity, identity_id)


def _begin(identity: Identity, ticket: Ticket, *, at: datetime, afterwards: Afterwards) -> Conversation:
    """Open a closed matter for a mail that belongs to none: it is in nobody's list unless its owner answers."""
    channel = _channel(ticket)
    owner = db.session.get_one(Customer, identity.customer_id)
    own = Ticket(
        subject=_TEXTS["de"][0],
        state=TicketState.RESOLVED,
        priority=Priority.NORMAL,
        team_id=channel.team_id,
        customer_id=owner.id,
        customer_name=(owner.name or identity.value)[:200],
        created_at=at,
        updated_at=at,
        resolved_at=at,
        closed_at=at,
        preview_at=at,
        queue_at=NOTHING_DUE,
        channel_kind=channel.kind,
    )
    db.session.add(own)
    db.session.flush()
    # Whoever reads the log back must find it closed.
    record("resolved", ticket_id=own.id, at=at, afterwards=afterwards)
    talk = Conversation(
        ticket_id=own.id,
        home_ticket_id=own.id,
        channel_id=channel.id,
        identity_id=identity.id,
        subject=own.subject,
        created_at=at,
    )
    db.session.add(talk)
    db.session.flush()
    return talk


def _channel(ticket: Ticket) -> Channel:
    """Return the mail channel to ask by: one the matter lies on, its team's, or any."""
    on_it = select(Conversation.channel_id).where(Conversation.ticket_id == ticket.id)
    found = db.session.scalars(
        select(Channel)
        .where(Channel.kind == "email", Channel.is_paused.is_(False))
        .order_by(Channel.id.in_(on_it).desc(), (Channel.team_id == (ticket.team_id or 0)).desc(), Channel.id)
    ).first()
    if found is None:
        raise Refused("Es gibt keinen Kanal, der Mails verschicken kann.")
    return found


def _is_demo(ticket: Ticket) -> bool:
    return db.session.get_one(Customer, ticket.customer_id).is_demo


def address_of(customer_id: int) -> str:
    """Return the mail address somebody is best reached by; raises `Refused` where we know none."""
    mails = select(Identity.value).where(Identity.customer_id == customer_id, Identity.kind == "email")
    found = db.session.scalars(mails.order_by(Identity.is_verified.desc(), Identity.id.desc())).first()
    if found is None:
        raise Refused("Von der anderen Person ist keine E-Mail-Adresse bekannt.", code="no_address")
    return found
