"""Asking the owner of an address whether it was them who wrote: a link in a mail to that address, and what it proves.

The link is made when its mail goes out; the database holds only its digest. Nothing is proved by fetching it, which
mail scanners do, but by the answer somebody gives behind it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, update

from app import seal
from app.access import Person, owner_of
from app.db import db, once_more, transaction
from app.desk import distinctions, outbox, proof_letters, proofs
from app.desk.staff import Staff
from app.desk.telling import tell
from app.desk.writing import add, held, record
from app.errors import NotFound, Refused
from app.models import Channel, Conversation, Identity, Message, MessageClass, Order, ProofLink, Reference, Ticket
from routing.addresses import normalise
from routing.claims import reference
from routing.identity import Proof

GOOD_FOR = timedelta(days=7)


@once_more
def send(ticket_id: int, *, address: str, order_id: int | None = None, by: Person, at: datetime) -> int:
    """Mail a link to an address we know, so that its owner can say that they wrote this ticket; returns its id.

    The mail goes the way the shop has written to this address before, else by the mail channel of the ticket's team;
    it touches no clock. Raises `Refused` where there is no way, or a link is on its way already.
    """
    with transaction() as afterwards:
        ticket = held(ticket_id)
        customer_id = owner_of(ticket.customer_id)
        to = normalise(address)[:254]
        _refuse_pointless(customer_id, to, at=at)
        talk = proof_letters.conversation_with(to, ticket=ticket, order_id=order_id, at=at, afterwards=afterwards)
        channel = db.session.get_one(Channel, talk.channel_id)
        message_id = outbox.enqueue(
            channel,
            conversation_id=talk.id,
            **proof_letters.letter(channel, talk),
            message_class=MessageClass.AUTO,
            at=at,
            afterwards=afterwards,
        )
        link_id = add(
            ProofLink,
            digest=_digest(_secret(seal.token_keys()[0], _nonce(message_id))),
            customer_id=customer_id,
            ticket_id=ticket_id,
            order_id=order_id,
            address=to,
            message_id=message_id,
            sent_by_id=by.id,
            sent_at=at,
            expires_at=at + GOOD_FOR,
        )
        whom = proof_letters.masked(to)
        record("proof_asked", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards, address=whom)
    return link_id


def send_to_other(ticket_id: int, other_id: int, *, by: Person, at: datetime) -> int:
    """Ask the owner of another ticket, at the address we know of them, whoever may see that one; as `send`."""
    other = db.session.get(Ticket, other_id)
    if other is None:
        raise NotFound("Anliegen %(number)s gibt es nicht.", number=other_id)
    return send_to_person(ticket_id, other.customer_id, by=by, at=at)


def send_to_person(ticket_id: int, customer_id: int, *, by: Person, at: datetime) -> int:
    """Ask somebody who may be the same person, at the address we know of them; as `send`."""
    return send(ticket_id, address=proof_letters.address_of(owner_of(customer_id)), by=by, at=at)


def send_for_order(ticket_id: int, number: str, *, by: Person, at: datetime) -> int:
    """Ask at the address on an order that the writer has named; as `send`."""
    found = db.session.execute(
        select(Order.id, Order.email)
        .join(Reference, Reference.value == Order.number)
        .join(Conversation, Conversation.id == Reference.conversation_id)
        .join(Ticket, Ticket.id == Conversation.ticket_id)
        .where(
            Ticket.customer_id == select(Ticket.customer_id).where(Ticket.id == ticket_id).scalar_subquery(),
            Order.number == reference(number),
            Order.email != "",
        )
    ).first()
    if found is None:
        raise Refused("Zu dieser Bestellung kennen wir keine Adresse.", field="order", code="no_address")
    return send(ticket_id, address=found.email, order_id=found.id, by=by, at=at)


def _refuse_pointless(customer_id: int, to: str, *, at: datetime) -> None:
    owner_id = db.session.scalar(select(Identity.customer_id).where(Identity.kind == "email", Identity.value == to))
    if owner_id is not None and owner_of(owner_id) == customer_id:
        raise Refused("Diese Adresse gehört schon zu dieser Person.", code="known_already")
    waiting = select(ProofLink.id).where(
        ProofLink.customer_id == customer_id,
        ProofLink.address == to,
        ProofLink.answered_at.is_(None),
        ProofLink.expires_at > at,
    )
    if db.session.scalars(waiting).first():
        raise Refused("An diese Adresse ist schon ein Bestätigungslink unterwegs.", code="asked_already")


def written(message_id: int, text: str, *, base_url: str) -> str:
    """Return the text of a message with the link it asks by, for sending; any other text as it is."""
    if proof_letters.PLACE not in text:
        return text
    digest = db.session.scalar(select(ProofLink.digest).where(ProofLink.message_id == message_id))
    secrets = (_secret(key, _nonce(message_id)) for key in seal.token_keys())
    fitting = next((secret for secret in secrets if _digest(secret) == digest), None)
    return text.replace(proof_letters.PLACE, f"{base_url}/proof/{fitting}") if fitting else text


def is_open(secret: str, *, at: datetime) -> bool:
    """Say whether a link waits for its answer; one that is forged, too old or used does not."""
    return db.session.scalar(select(ProofLink.id).where(_is_open(secret, at))) is not None


@once_more
def confirm(secret: str, *, at: datetime) -> None:
    """The owner of the address wrote to us: both are one person, and their matters are compared anew."""
    with transaction() as afterwards:
        link = _answered(secret, is_confirmed=True, at=at)
        owner_id = _owner(link.address)
        if owner_id is None:
            raise NotFound("Diese Adresse kennen wir nicht mehr.")
        evidence = {"link": link.id}
        proofs.joined(owner_id, _writer(link), proof=Proof.ONE_CLICK, evidence=evidence, at=at, afterwards=afterwards)
        owned = update(Identity).where(Identity.kind == "email", Identity.value == link.address)
        db.session.execute(owned.values(is_verified=True, evidence=Proof.ONE_CLICK.value))


@once_more
def deny(secret: str, *, at: datetime) -> None:
    """The owner of the address did not write to us: they are two people, and whoever answers hears of it."""
    with transaction() as afterwards:
        link = _answered(secret, is_confirmed=False, at=at)
        owner_id = _owner(link.address)
        if owner_id is not None:
            distinctions.told_apart(owner_of(owner_id), _writer(link), by=None, at=at, afterwards=afterwards)
        ticket = db.session.get(Ticket, link.ticket_id) if link.ticket_id else None
        if ticket is None:
            return
        record("proof_denied", ticket_id=ticket.id, at=at, afterwards=afterwards, link=link.id)
        staff = Staff(at)
        people = staff.who(["assignee"], team_id=ticket.team_id, assignee_id=ticket.assignee_id)
        words = proof_letters.warning(ticket)
        tell(
            people,
            key=f"proof:{link.id}",
            kind="proof_denied",
            ticket=ticket,
            words=words,
            at=at,
            afterwards=afterwards,
        )


def _writer(link: ProofLink) -> int:
    """Return who wrote what the link asks about, as people are merged now; a merge may have been taken back since."""
    wrote = db.session.scalar(select(Ticket.customer_id).where(Ticket.id == link.ticket_id)) if link.ticket_id else None
    return owner_of(wrote or link.customer_id)


def _owner(address: str) -> int | None:
    return db.session.scalar(select(Identity.customer_id).where(Identity.kind == "email", Identity.value == address))


def _answered(secret: str, *, is_confirmed: bool, at: datetime) -> ProofLink:
    """Inside a verb, before anything else: take the one answer a link has; who comes second finds it used."""
    answer = update(ProofLink).where(_is_open(secret, at)).values(answered_at=at, is_confirmed=is_confirmed)
    link = db.session.scalars(answer.returning(ProofLink)).first()
    if link is None:
        raise NotFound("Dieser Link gilt nicht mehr.")
    return link


def _is_open(secret: str, at: datetime) -> ColumnElement[bool]:
    return and_(ProofLink.digest == _digest(secret), ProofLink.answered_at.is_(None), ProofLink.expires_at > at)


def _nonce(message_id: int) -> str:
    return db.session.scalars(select(Message.external_id).where(Message.id == message_id)).one()


def _secret(key: bytes, nonce: str) -> str:
    made = hmac.digest(key, b"proof link 1:" + nonce.encode(), "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
