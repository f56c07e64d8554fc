"""One filing: what was heard, where and when, and the columns that follow from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from app.db import Afterwards, db
from app.desk import belongings, keys, names, outbox, threading
from app.desk.writing import add, run
from app.models import (
    NOTHING_DUE,
    Channel,
    Conversation,
    Customer,
    Identity,
    MessageKind,
    Priority,
    Publicity,
    Ticket,
    TicketState,
)
from app.models.columns import BigId
from channels.contract import Contact, ContactType, Handle
from channels.registry import is_social
from routing.claims import name_key

PREVIEW_LENGTH = 140
LONGEST_ID = 500
KINDS = {
    ContactType.COMMENT: MessageKind.COMMENT,
    ContactType.POST: MessageKind.POST,
    ContactType.POSTBACK: MessageKind.POSTBACK,
    ContactType.UNKNOWN: MessageKind.UNKNOWN,
}
"""Every other type is a plain message."""
ANSWERED = frozenset({ContactType.MESSAGE, *KINDS})
"""What a person did who waits for somebody; a placeholder too, for nobody knows what they wanted."""


class Outcome(StrEnum):
    FILED = "filed"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What became of a contact; both ids are 0 for a message of ours that belongs to nothing we know yet."""

    outcome: Outcome
    ticket_id: int
    message_id: int


@dataclass(slots=True, kw_only=True)
class Case:
    """Everything one filing works on; lives as long as its transaction."""

    contact: Contact
    at: datetime
    channel: Row[Any]
    """The columns of `CHANNEL`."""
    afterwards: Afterwards
    envelope_id: int | None = None
    digest: str = ""
    enclosures: tuple[outbox.Enclosure, ...] = ()
    identity: Row[Any] | None = None
    """The columns of `_IDENTITY`; None for a person we have not met."""

    @property
    def needs_answer(self) -> bool:
        contact = self.contact
        is_blocked = self.identity is not None and self.identity.is_blocked
        return contact.type in ANSWERED and not (contact.is_automatic or contact.is_own or is_blocked)

    @property
    def is_mail(self) -> bool:
        return threading.is_mail(self.contact)


CHANNEL = select(
    Channel.id, Channel.kind, Channel.name, Channel.address, Channel.settings, Channel.team_id, Channel.is_demo
).where(Channel.id == bindparam("channel"))

_IDENTITY = select(
    Identity.id,
    Identity.customer_id,
    Identity.name,
    Identity.is_blocked,
    Identity.is_verified,
    Identity.evidence,
    Identity.receipted_at,
).where(Identity.kind == bindparam("kind"), Identity.value == bindparam("value"), Identity.scope == bindparam("scope"))
_IDENTITY_HELD = _IDENTITY.with_for_update(key_share=True)


def case_of(contact: Contact, *, channel_id: int, at: datetime, afterwards: Afterwards, **more: Any) -> Case:
    """Return the case of a contact on a channel; an id that is too long for us is cut the same way each time."""
    if len(contact.external_id) > LONGEST_ID:
        contact = replace(contact, external_id=contact.external_id[:LONGEST_ID])
    return Case(contact=contact, channel=run(CHANNEL, channel=channel_id).one(), at=at, afterwards=afterwards, **more)


def identity_of(sender: Handle, *, is_held: bool = False) -> Row[Any] | None:
    """Return the columns of the sender's address, None for somebody we have not met."""
    statement = _IDENTITY_HELD if is_held else _IDENTITY
    found: Row[Any] | None = run(statement, kind=sender.kind, value=sender.value[:254], scope=sender.scope[:64]).first()
    return found


def meet(case: Case) -> Row[Any]:
    """Write a person down whom we have not met; a mail address that nobody vouches for is only claimed."""
    sender = case.contact.sender
    tie, is_verified = keys.evidence(sender.kind, sender.value, is_vouched_for=case.contact.is_vouched_for)
    handle = str(case.contact.details.get("username") or "")
    known_id = keys.owner_by_number(sender.kind, sender.value)
    if known_id is None:
        customer_id = add(
            Customer,
            name=sender.name[:200],
            name_key=name_key(sender.name[:200]),
            created_at=case.at,
            is_demo=case.channel.is_demo,
        )
        names.begin(customer_id, sender.name, handle)
    else:
        customer_id, tie = known_id, keys.SAME_NUMBER
        names.learn(customer_id, sender.name, handle)
    add(
        Identity,
        customer_id=customer_id,
        kind=sender.kind,
        value=sender.value[:254],
        scope=sender.scope[:64],
        name=sender.name[:200],
        is_verified=is_verified,
        evidence=tie,
        created_at=case.at,
    )
    return run(_IDENTITY, kind=sender.kind, value=sender.value[:254], scope=sender.scope[:64]).one()  # type: ignore[no-any-return]


def vouch(case: Case) -> None:
    """Keep that the sender's domain vouches for the address; a later mail for which nobody does takes nothing back.

    An address that one of us typed has been written from now, which is what ties any other one to its customer.
    """
    if case.identity is None or case.identity.is_verified:
        return
    if case.contact.is_vouched_for:
        run(_VOUCHED_FOR, identity=case.identity.id)
    elif case.identity.evidence == keys.TYPED and not case.contact.is_automatic:
        run(_WRITTEN_FROM, identity=case.identity.id)


_VOUCHED_FOR = (
    update(Identity.__table__)  # type: ignore[arg-type]
    .where(Identity.id == bindparam("identity", type_=BigId))
    .values(is_verified=True, evidence=keys.VOUCHED_FOR)
)
_WRITTEN_FROM = (
    update(Identity.__table__)  # type: ignore[arg-type]
    .where(Identity.id == bindparam("identity", type_=BigId))
    .values(evidence=keys.WROTE)
)


def new_ticket(case: Case, identity: Row[Any]) -> Ticket:
    contact = case.contact
    return Ticket(
        subject=contact.subject[:300] or preview(contact.text),
        state=TicketState.OPEN if case.needs_answer else TicketState.WAITING,
        priority=Priority.NORMAL,
        team_id=case.channel.team_id,
        customer_id=identity.customer_id,
        created_at=case.at,
        updated_at=case.at,
        queue_at=NOTHING_DUE,
        customer_name=(identity.name or contact.sender.name or belongings.readable(contact.sender.value))[:200],
        preview=preview(contact.text),
        preview_at=contact.sent_at,
        channel_kind=case.channel.kind,
        publicity=publicity(contact),
        channel_count=1,
        is_social=is_social(case.channel.kind),
    )


def publicity(contact: Contact) -> Publicity | None:
    """Return how public the contact is, as the list of tickets shows it."""
    if contact.listening_term:
        return Publicity.OVERHEARD
    return Publicity.PUBLIC if contact.is_public else None


def new_conversation(case: Case, ticket: Ticket, identity: Row[Any]) -> int:
    contact = case.contact
    return add(
        Conversation,
        ticket_id=ticket.id,
        home_ticket_id=ticket.id,
        channel_id=case.channel.id,
        identity_id=identity.id,
        external_key=contact.conversation_key[:254],
        subject=contact.subject[:300],
        is_public=contact.is_public,
        heard_at=None if case.is_mail else contact.sent_at,
        details={} if case.is_mail else dict(contact.details),
        created_at=case.at,
    )


def columns_of(case: Case, conversation_id: int) -> dict[str, Any]:
    """Return the columns of a message that say what was said, whoever said it."""
    contact = case.contact
    return {
        "conversation_id": conversation_id,
        "channel_id": case.channel.id,
        "envelope_id": case.envelope_id,
        "external_id": contact.external_id,
        "kind": KINDS.get(contact.type, MessageKind.MESSAGE),
        "is_public": contact.is_public,
        "author_name": contact.sender.name[:200],
        "subject": contact.subject[:300],
        "text": contact.text,
        "quoted_text": contact.quoted_text,
        "html": contact.html,
        "has_quote": bool(contact.quoted_text),
        "has_html": bool(contact.html),
        "attachment_count": len(case.enclosures) + len(contact.remote),
        "details": belongings.facts(contact),
        "sent_at": contact.sent_at,
        "stored_at": case.at,
    }


def preview(text: str) -> str:
    """Return the beginning of a text in one line."""
    return " ".join(text[: PREVIEW_LENGTH * 3].split())[:PREVIEW_LENGTH]


def ticket_of(conversation_id: int) -> int:
    return db.session.scalars(select(Conversation.ticket_id).where(Conversation.id == conversation_id)).one()
