"""A claimed message with everything a connector needs to hand it over."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from app import seal
from app.db import db
from app.desk.accounts import account_of
from app.desk.saying import NEWEST_FIRST, OWN_IDS, exchange_of
from app.models import Attachment, Channel, Conversation, Direction, Identity, Message, MessageState
from channels.contract import Account, Exchange, Outgoing
from routing import reply_token

MOST_REFERENCES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A claimed message with everything needed to hand it over; `enclosures` are (name, type, digest)."""

    message_id: int
    account: Account
    outgoing: Outgoing
    enclosures: tuple[tuple[str, str, str], ...]


def parcel(message_id: int) -> Parcel:
    """Read a message for handing over; raises `seal.SealBroken` if the key of the secrets is another one."""
    message, conversation, channel, identity = db.session.execute(
        select(Message, Conversation, Channel, Identity)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Channel, Channel.id == Message.channel_id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(Message.id == message_id)
    ).one()
    if channel.kind in OWN_IDS:
        references = _references(conversation.id, before=message_id)
        exchange = exchange_of(conversation, identity, newest_id=references[-1] if references else "")
    else:
        references, exchange = (), _exchange(message, conversation, identity)
    outgoing = Outgoing(
        external_id=str(message.details.get("own_id") or message.external_id),
        recipient=exchange.recipient,
        text=message.text,
        subject=message.subject,
        replies_to=exchange.newest_id,
        references=references,
        reply_token=reply_token.sign(conversation.id, key=seal.token_keys()[0]),
        ticket_number=conversation.ticket_id,
        is_automatic=message.is_automatic,
        author_name=message.author_name,
        sent_at=message.sent_at,
        is_public=message.is_public,
        exchange=exchange,
        is_unsure=bool(message.details.get("may_have_arrived")),
    )
    enclosures = _enclosures(message_id) if message.attachment_count else ()
    return Parcel(message_id=message_id, account=account_of(channel), outgoing=outgoing, enclosures=enclosures)


def _exchange(message: Message, conversation: Conversation, identity: Identity) -> Exchange:
    """Return the conversation the platform is to see: for a private answer to a public contact that is the public one.

    A message that answers none in particular goes to the newest one of the customer.
    """
    answered = aliased(Message)
    found = db.session.execute(
        select(answered, Conversation, Identity)
        .join(Conversation, Conversation.id == answered.conversation_id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(
            answered.id == message.answers_id
            if message.answers_id
            else and_(
                answered.conversation_id == conversation.id,
                answered.direction == Direction.IN,
                answered.is_bounce.is_(False),
            )
        )
        .order_by(answered.sent_at.desc(), answered.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return exchange_of(conversation, identity, newest_id="")
    heard, where, whom = found
    facts = {} if _is_newest(heard) else heard.details
    heard_at = heard.sent_at if where.is_public else None
    return exchange_of(where, whom, newest_id=heard.external_id, details=facts, heard_at=heard_at)


def _is_newest(heard: Message) -> bool:
    newest = (
        select(Message.id)
        .where(
            Message.conversation_id == heard.conversation_id,
            Message.direction == Direction.IN,
            Message.is_bounce.is_(False),
        )
        .order_by(*NEWEST_FIRST)
        .limit(1)
    )
    return db.session.scalars(newest).first() == heard.id


def _references(conversation_id: int, *, before: int) -> tuple[str, ...]:
    """Return the newest ids of the thread, the oldest first; what did not go out is not part of it."""
    found = db.session.scalars(
        select(Message.external_id)
        .where(
            Message.conversation_id == conversation_id,
            Message.id < before,
            Message.is_bounce.is_(False),
            Message.state.in_([MessageState.RECEIVED, MessageState.SENT]),
        )
        .order_by((Message.direction == Direction.IN).desc(), Message.id.desc())
        .limit(MOST_REFERENCES)
    )
    return tuple(reversed(list(found)))


def _enclosures(message_id: int) -> tuple[tuple[str, str, str], ...]:
    found = db.session.execute(
        select(Attachment.name, Attachment.type, Attachment.digest)
        .where(Attachment.message_id == message_id)
        .order_by(Attachment.id)
    )
    return tuple((name, type_, digest) for name, type_, digest in found)
