"""Finding the conversation an inbound contact belongs to, among the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, or_, select, text

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
REOPEN_WINDOW = timedelta(days=14)
"""A message later than this after the resolution asks for a first answer again."""


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
    is_public: bool


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
        Conversation.is_public,
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
    if contact.own_id:
        ids.add(contact.own_id)
    rows = run(_KNOWN, ids=list(ids))
    return [Known(**row) for row in rows.mappings()]


def is_mail(contact: Contact) -> bool:
    """Say whether references, tokens and numbers lead to its conversation, and not a key of the platform's."""
    return contact.sender.kind == "email" and not contact.conversation_key


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
    theirs = (
        select(Conversation.id)
        .join(Ticket, Ticket.id == Conversation.ticket_id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(Identity.customer_id == customer_id)
        .order_by(Conversation.id.desc())
    )
    named = or_(Ticket.id.in_(numbers), Conversation.home_ticket_id.in_(numbers))
    found = db.session.scalars(theirs.where(named)).all()
    if not found:
        # Nothing is left of what was begun under the number: it leads on to where that went.
        onward = select(Ticket.joined_into_id).where(Ticket.id.in_(numbers), Ticket.joined_into_id.is_not(None))
        found = db.session.scalars(theirs.where(Ticket.id.in_(onward))).all()
    return tuple(NumberClue(conversation_id=id_, sender_belongs=True) for id_ in found)


HAS_KEY = text("conversation.external_key <> ''")
"""The condition of the partial index on the key, for every question that should use it."""

_KEYED = (
    select(Conversation.id, Ticket.closed_at)
    .join(Ticket, Ticket.id == Conversation.ticket_id)
    .where(
        Conversation.channel_id == bindparam("channel"),
        Conversation.external_key == bindparam("key"),
        HAS_KEY,
        Conversation.is_public == bindparam("is_public"),
    )
    .order_by(Conversation.id.desc())
    .limit(1)
)
_KEYED_WITH = _KEYED.where(Conversation.identity_id == bindparam("identity"))
_NAMED = (
    select(Conversation.id, Ticket.closed_at)
    .join(Ticket, Ticket.id == Conversation.ticket_id)
    .where(Conversation.id == bindparam("conversation"))
)


def on_platform(
    contact: Contact, earlier: Sequence[Known], *, channel_id: int, identity_id: int | None, is_asking: bool
) -> int | None:
    """Return the conversation that a contact of a platform continues, None if it begins one.

    A message it answers decides, whoever wrote that; then the platform's thread, in which each person has a
    conversation of their own. One whose ticket was resolved too long ago is over for somebody who asks anew.
    """
    found = _by_answer(contact, earlier, channel_id=channel_id)
    if found is None or (is_asking and _is_over(found, contact.sent_at)):
        found = _by_key(contact, channel_id=channel_id, identity_id=identity_id) or _by_root(
            contact, channel_id=channel_id
        )
    return None if found is None or (is_asking and _is_over(found, contact.sent_at)) else int(found.id)


def of_own(contact: Contact, earlier: Sequence[Known], *, channel_id: int, identity_id: int | None) -> int | None:
    """Return the conversation in which we said something with another tool, None if we know none.

    A post of ours that answers nobody belongs to nobody: all who comment on it have matters of their own.
    """
    if contact.is_public and not contact.replies_to:
        return None
    found = _by_answer(contact, earlier, channel_id=channel_id)
    if found is None:
        found = _by_key(contact, channel_id=channel_id, identity_id=identity_id, is_anybodys=contact.recipient is None)
    return int(found.id) if found else None


def _by_answer(contact: Contact, earlier: Sequence[Known], *, channel_id: int) -> Row[Any] | None:
    """Follow what the platform says the contact answers; a private word never continues a public thread."""
    known_ = {
        message.external_id: message.conversation_id
        for message in earlier
        if message.channel_id == channel_id and message.is_public == contact.is_public
    }
    named = next((known_[id_] for id_ in contact.replies_to if id_ in known_), None)
    found: Row[Any] | None = run(_NAMED, conversation=named).one() if named else None
    return found


def _by_root(contact: Contact, *, channel_id: int) -> Row[Any] | None:
    """Let the beginning of a public thread join the answer that came before it, whoever wrote that."""
    is_root = contact.is_public and contact.external_id == contact.conversation_key
    return _by_key(contact, channel_id=channel_id, identity_id=None, is_anybodys=True) if is_root else None


def _by_key(
    contact: Contact, *, channel_id: int, identity_id: int | None, is_anybodys: bool = False
) -> Row[Any] | None:
    place = {"channel": channel_id, "key": contact.conversation_key[:254], "is_public": contact.is_public}
    if not contact.conversation_key or (identity_id is None and not is_anybodys):
        return None
    found: Row[Any] | None = (
        run(_KEYED, **place).first() if identity_id is None else run(_KEYED_WITH, **place, identity=identity_id).first()
    )
    return found


def _is_over(found: Row[Any], sent_at: datetime) -> bool:
    return found.closed_at is not None and sent_at - found.closed_at > REOPEN_WINDOW
