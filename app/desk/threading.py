"""Finding the conversation an inbound contact belongs to, among the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select

from app import seal
from app.db import db
from app.desk.writing import run
from app.models import Conversation, Direction, Identity, Message, Ticket
from channels.contract import Contact
from routing import reply_token
from routing.threads import Clues, NumberClue, choose

MOST_REFERENCES = 40
"""A mail may name thousands; the nearest ones decide."""
MOST_NUMBERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A message we have already, as far as it decides about duplicates and threads."""

    id: int
    external_id: str
    channel_id: int
    conversation_id: int
    direction: Direction
    author_address: str
    text: str
    identity_value: str


_KNOWN = (
    select(
        Message.id,
        Message.external_id,
        Message.channel_id,
        Message.conversation_id,
        Message.direction,
        Message.author_address,
        Message.text,
        Identity.value.label("identity_value"),
    )
    .join(Conversation, Conversation.id == Message.conversation_id)
    .join(Identity, Identity.id == Conversation.identity_id)
    .where(Message.external_id.in_(bindparam("ids", expanding=True)))
)


def variant(external_id: str, digest: str) -> str:
    """Return the id for a message whose own id another one has already; the same bytes always get the same."""
    return f"{external_id[:430]}+{digest}"


def known(contact: Contact, *, digest: str) -> list[Known]:
    """Return the messages that the contact repeats or refers to, in one query; `digest` is its envelope's."""
    own = {contact.external_id, variant(contact.external_id, digest)}
    ids = {*own, *contact.replies_to[:MOST_REFERENCES]} - {""}
    if contact.bounce and contact.bounce.message_id:
        ids.add(contact.bounce.message_id)
    rows = run(_KNOWN, ids=list(ids))
    return [Known(**row) for row in rows.mappings()]


def conversation_of(contact: Contact, earlier: Sequence[Known], *, customer_id: int | None) -> int | None:
    """Return the conversation the contact continues, None if it opens a matter of its own.

    A reference counts if it names a message of ours, whose id only its recipients know, or if the sender took part
    in the conversation; anybody may write an id into a header.
    """
    by_reference = _by_reference(contact, earlier)
    by_token = None if by_reference else _by_token(contact.tokens)
    by_number = () if by_reference or by_token else _by_number(contact, customer_id)
    choice = choose(Clues(by_reference=by_reference, by_token=by_token, by_number=by_number))
    return choice.conversation_id if choice else None


def _by_reference(contact: Contact, earlier: Sequence[Known]) -> tuple[int, ...]:
    trusted = {
        message.external_id: message.conversation_id
        for message in earlier
        if message.direction is Direction.OUT
        or contact.sender.value in {message.author_address, message.identity_value}
    }
    return tuple(trusted[id_] for id_ in contact.replies_to if id_ in trusted)


def _by_token(tokens: Sequence[str]) -> int | None:
    keys = seal.token_keys()
    for token in tokens:
        conversation_id = reply_token.verify(token, keys=keys)
        if conversation_id and db.session.get(Conversation, conversation_id):
            return conversation_id
    return None


def _by_number(contact: Contact, customer_id: int | None) -> tuple[NumberClue, ...]:
    """Look the numbers of the subject up, only for a sender we know: nobody else can belong to a ticket."""
    if customer_id is None or not contact.ticket_numbers:
        return ()
    numbers = contact.ticket_numbers[:MOST_NUMBERS]
    rows = db.session.execute(
        select(Conversation.id)
        .join(Ticket, Ticket.id == Conversation.ticket_id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(
            or_(Ticket.id.in_(numbers), Conversation.home_ticket_id.in_(numbers)),
            Identity.customer_id == customer_id,
        )
        .order_by(Conversation.id.desc())
    )
    return tuple(NumberClue(conversation_id=row.id, sender_belongs=True) for row in rows)
