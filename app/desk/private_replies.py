"""Answering a public contact in private: a conversation of its own on the same ticket, one answer a contact."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.desk import recipients, saying
from app.desk.saying import Heard, Talk, refusal
from app.desk.writing import add
from app.models import Conversation, Identity, Message, MessageState
from channels.contract import Handle, Sent
from channels.speaking import Obstacle

EVIDENCE = "private Antwort auf eigenen Kommentar"
_STANDING = (MessageState.QUEUED, MessageState.SENDING, MessageState.SENT, MessageState.UNSURE)


def begin(talk: Talk, heard: Heard | None, *, is_once: bool, at: datetime) -> int:
    """Return the private conversation for an answer to this public contact.

    Raises `Refused` for a second answer where the platform takes one only. The ticket is held, so of two who press
    at once the second one finds the first one's message.
    """
    if heard is None:
        raise refusal(Obstacle(code="reply_not_allowed"))
    if is_once and _is_spent(heard, talk):
        raise refusal(Obstacle(code="private_reply_spent"))
    found = saying.with_one_person(
        db.session.scalars(
            select(Conversation)
            .join(Identity, Identity.id == Conversation.identity_id)
            .where(
                Conversation.ticket_id == talk.ticket.id,
                Conversation.channel_id == talk.channel.id,
                Conversation.is_public.is_(False),
                Identity.customer_id == talk.identity.customer_id,
            )
            .order_by(Conversation.id.desc())
        )
    )
    if found is not None:
        return found.id
    return add(
        Conversation,
        ticket_id=talk.ticket.id,
        home_ticket_id=talk.conversation.home_ticket_id,
        channel_id=talk.channel.id,
        identity_id=talk.identity.id,
        subject=talk.conversation.subject,
        created_at=at,
    )


def _is_spent(heard: Heard, talk: Talk) -> bool:
    """Say whether a private answer to this contact is on its way or out; one that failed may be tried anew."""
    earlier = (
        select(Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(
            Identity.customer_id == talk.identity.customer_id,
            Conversation.channel_id == talk.channel.id,
            Message.answers_id == heard.id,
            Message.is_public.is_(False),
            Message.state.in_(_STANDING),
        )
        .limit(1)
    )
    return db.session.scalars(earlier).first() is not None


def learn(message: Message, sent: Sent, *, at: datetime) -> None:
    """Write down whom a message reached and what later answers must know; the same again changes nothing."""
    conversation = db.session.get_one(Conversation, message.conversation_id)
    # Where they have spoken it is known with whom we speak.
    is_open = conversation.heard_at is None and not conversation.is_public
    if sent.recipient is not None and is_open:
        known = db.session.get_one(Identity, conversation.identity_id)
        evidence = EVIDENCE if message.answers_id else f"angeschrieben als {known.value}"
        conversation.identity_id = _identity_id(sent.recipient, known=known, evidence=evidence, at=at)
    if sent.conversation_key and not conversation.external_key:
        conversation.external_key = sent.conversation_key[:254]
    if sent.details:
        told = _answered(message) or conversation
        told.details = {**told.details, **sent.details}


def _answered(message: Message) -> Conversation | None:
    """Return the conversation of the contact that a message answers, which is another one for a private answer."""
    if message.answers_id is None:
        return None
    return db.session.scalars(
        select(Conversation)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Message.id == message.answers_id)
    ).first()


def _identity_id(handle: Handle, *, known: Identity, evidence: str, at: datetime) -> int:
    """Return the identity the platform names; a new one belongs to whom we wrote, for the platform has led us there.

    One that is known already stays with its customer: that two are one person is for a person to say.
    """
    value = handle.value[:254]
    found = db.session.scalars(
        select(Identity).where(Identity.kind == handle.kind, Identity.value == value, Identity.scope == handle.scope)
    ).first()
    if found is not None:
        if found.customer_id != known.customer_id:
            recipients.give_way(known, found)
        return found.id
    return add(
        Identity,
        customer_id=known.customer_id,
        kind=handle.kind,
        value=value,
        scope=handle.scope,
        name=(handle.name or known.name)[:200],
        evidence=evidence[:200],
        created_at=at,
    )
