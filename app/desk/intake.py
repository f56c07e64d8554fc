"""Filing what a customer wrote: one commit from the first look for duplicates to the last line of the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from app.db import Afterwards, db, once_more, transaction
from app.desk import bounces, clocks, outbox, receipt, threading
from app.desk.writing import add, add_row, badges, record, recount, run
from app.models import (
    NOTHING_DUE,
    Channel,
    Conversation,
    Customer,
    Direction,
    Envelope,
    EnvelopeState,
    Identity,
    Message,
    MessageClass,
    MessageState,
    Priority,
    Ticket,
    TicketState,
)
from channels.contract import Contact, ContactType, Handle
from sla.obligations import Opening, kind_of
from sla.targets import route_of

REOPEN_WINDOW = timedelta(days=14)
"""A message later than this after the resolution asks for a first answer again."""
PREVIEW_LENGTH = 140


class Outcome(StrEnum):
    FILED = "filed"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What became of a contact."""

    outcome: Outcome
    ticket_id: int
    message_id: int


@dataclass(slots=True, kw_only=True)
class _Case:
    """Everything one filing works on; lives as long as its transaction."""

    contact: Contact
    envelope_id: int
    digest: str
    at: datetime
    channel: Row[Any]
    """The columns of `_CHANNEL`."""
    enclosures: tuple[outbox.Enclosure, ...]
    afterwards: Afterwards
    identity: Row[Any] | None = None
    """The columns of `_IDENTITY`; None for a person we have not met."""

    @property
    def needs_answer(self) -> bool:
        contact = self.contact
        is_blocked = self.identity is not None and self.identity.is_blocked
        return contact.type in {ContactType.MESSAGE, ContactType.UNKNOWN} and not (
            contact.is_automatic or contact.is_own or is_blocked
        )


@once_more
def receive(
    contact: Contact,
    *,
    channel_id: int,
    envelope_id: int,
    digest: str,
    enclosures: tuple[outbox.Enclosure, ...] = (),
    at: datetime,
) -> Filed:
    """File a contact under its ticket, or say where it is filed already.

    `digest` is the envelope's; `enclosures` are the contact's files, whose bytes are in the blob store already.
    Safe to repeat at any point: the database decides which of two filings was first.
    """
    with transaction() as afterwards:
        channel = run(_CHANNEL, channel=channel_id).one()
        earlier = threading.known(contact, digest=digest)
        twin = _twin(contact, channel_id, digest, earlier)
        if twin:
            _close_envelope(envelope_id, at)
            return Filed(outcome=Outcome.DUPLICATE, ticket_id=_ticket_id(twin.conversation_id), message_id=twin.id)
        case = _Case(
            contact=contact,
            envelope_id=envelope_id,
            digest=digest,
            at=at,
            channel=channel,
            enclosures=enclosures,
            afterwards=afterwards,
        )
        filed = _file(case, earlier)
        _close_envelope(envelope_id, at)
    return filed


def _twin(contact: Contact, channel_id: int, digest: str, earlier: list[threading.Known]) -> threading.Known | None:
    """Return the message this one repeats: same id, same sender, same text.

    The id alone does not do: some shops' forms send every mail with the same one.
    """
    own = {contact.external_id, threading.variant(contact.external_id, digest)}
    for message in earlier:
        if message.external_id in own and message.channel_id == channel_id and _is_same(message, contact):
            return message
    return None


def _is_same(message: threading.Known, contact: Contact) -> bool:
    if message.direction is Direction.OUT:
        return contact.is_own
    return message.author_address == contact.sender.value and message.text == contact.text


def _ticket_id(conversation_id: int) -> int:
    return db.session.scalars(select(Conversation.ticket_id).where(Conversation.id == conversation_id)).one()


_CHANNEL = select(
    Channel.id, Channel.kind, Channel.name, Channel.address, Channel.settings, Channel.team_id, Channel.is_demo
).where(Channel.id == bindparam("channel"))

_IDENTITY = select(Identity.id, Identity.customer_id, Identity.name, Identity.is_blocked, Identity.receipted_at).where(
    Identity.kind == bindparam("kind"), Identity.value == bindparam("value"), Identity.scope == bindparam("scope")
)

_FILED = (
    update(Envelope.__table__)  # type: ignore[arg-type]
    .where(Envelope.id == bindparam("envelope"))
    .values(state=EnvelopeState.FILED, filed_at=bindparam("now"), problem="")
)


def _close_envelope(envelope_id: int, at: datetime) -> None:
    run(_FILED, envelope=envelope_id, now=at)


def _file(case: _Case, earlier: list[threading.Known]) -> Filed:
    case.identity = _identity(case.contact.sender)
    known_customer = case.identity.customer_id if case.identity else None
    returned = bounces.returned(case.contact, earlier)
    conversation_id = (
        returned.conversation_id
        if returned
        else threading.conversation_of(case.contact, earlier, customer_id=known_customer)
    )
    filed = _continue(case, conversation_id, earlier) if conversation_id else _open(case, earlier)
    if returned and case.contact.bounce and case.contact.bounce.has_failed:
        bounces.came_back(
            returned.id,
            ticket_id=filed.ticket_id,
            words=case.contact.bounce.reason,
            at=case.at,
            afterwards=case.afterwards,
        )
    return filed


def _identity(sender: Handle) -> Row[Any] | None:
    found: Row[Any] | None = run(_IDENTITY, kind=sender.kind, value=sender.value[:254], scope=sender.scope).first()
    return found


def _meet(case: _Case) -> Row[Any]:
    """Write a person down whom we have not met; a mail address is only claimed, so it is not verified."""
    sender = case.contact.sender
    customer_id = add(Customer, name=sender.name[:200], created_at=case.at, is_demo=case.channel.is_demo)
    add(
        Identity,
        customer_id=customer_id,
        kind=sender.kind,
        value=sender.value[:254],
        scope=sender.scope,
        name=sender.name[:200],
        evidence="wrote to us",
        created_at=case.at,
    )
    return run(_IDENTITY, kind=sender.kind, value=sender.value[:254], scope=sender.scope).one()  # type: ignore[no-any-return]


def _open(case: _Case, earlier: list[threading.Known]) -> Filed:
    """Open a ticket of its own for the contact, with its clock and its receipt."""
    contact = case.contact
    case.identity = case.identity or _meet(case)
    route = route_of(case.channel.kind, is_public=contact.is_public).value
    aimed = clocks.aim(route, case.channel.team_id) if case.needs_answer else None
    ticket = _new_ticket(case, case.identity)
    opening = _clock(case, ticket, aimed)
    ticket.id = add_row(ticket)
    conversation_id = add(
        Conversation,
        ticket_id=ticket.id,
        home_ticket_id=ticket.id,
        channel_id=case.channel.id,
        identity_id=case.identity.id,
        external_key=contact.conversation_key[:254],
        subject=contact.subject[:300],
        is_public=contact.is_public,
        created_at=case.at,
    )
    message_id = _append(case, conversation_id, earlier)
    record("opened", ticket_id=ticket.id, at=case.at, message_id=message_id, afterwards=case.afterwards)
    if aimed and opening:
        clocks.owe(
            aimed, opening, conversation_id=conversation_id, message_id=message_id, route=route, heard_at=case.at
        )
        _receipt(case, ticket, conversation_id, case.identity, aimed)
    recount((), badges(ticket))
    return Filed(outcome=Outcome.FILED, ticket_id=ticket.id, message_id=message_id)


def _new_ticket(case: _Case, identity: Row[Any]) -> Ticket:
    contact = case.contact
    return Ticket(
        subject=contact.subject[:300] or _preview(contact),
        state=TicketState.OPEN if case.needs_answer else TicketState.WAITING,
        priority=Priority.NORMAL,
        team_id=case.channel.team_id,
        customer_id=identity.customer_id,
        created_at=case.at,
        updated_at=case.at,
        queue_at=NOTHING_DUE,
        customer_name=(identity.name or contact.sender.name or contact.sender.value)[:200],
        preview=_preview(contact),
        preview_at=contact.sent_at,
        channel_kind=case.channel.kind,
        channel_count=1,
    )


def _continue(case: _Case, conversation_id: int, earlier: list[threading.Known]) -> Filed:
    """Append the contact to its conversation; a closed ticket opens again if an answer is needed."""
    conversation, ticket = db.session.execute(
        select(Conversation, Ticket)
        .join(Ticket, Ticket.id == Conversation.ticket_id)
        .where(Conversation.id == conversation_id)
        .with_for_update(of=Ticket, key_share=True)
    ).one()
    before = badges(ticket)
    if case.needs_answer:
        _take_up(case, ticket)
    message_id = _append(case, conversation_id, earlier)
    record("received", ticket_id=ticket.id, at=case.at, message_id=message_id, afterwards=case.afterwards)
    route = route_of(case.channel.kind, is_public=conversation.is_public).value
    aimed = clocks.aim(route, ticket.team_id) if case.needs_answer else None
    opening = _clock(case, ticket, aimed)
    if aimed and opening:
        clocks.owe(
            aimed, opening, conversation_id=conversation_id, message_id=message_id, route=route, heard_at=case.at
        )
    ticket.updated_at = case.at
    recount(before, badges(ticket))
    return Filed(outcome=Outcome.FILED, ticket_id=ticket.id, message_id=message_id)


def _clock(case: _Case, ticket: Ticket, aimed: clocks.Aim | None) -> Opening | None:
    """Start the message's clock in the ticket's cache; None where nothing is owed."""
    if aimed is None:
        return None
    kind = kind_of(answered_substantively_since_reopen=ticket.answered_at is not None, conversation_held=False)
    opening = clocks.reckon(aimed, kind=kind, priority=ticket.priority, at=case.contact.sent_at)
    clocks.tighten(ticket, opening)
    return opening


def _take_up(case: _Case, ticket: Ticket) -> None:
    """Make it our turn; a late return after the resolution starts with a first answer again."""
    if ticket.closed_at is not None:
        if case.contact.sent_at - ticket.closed_at > REOPEN_WINDOW:
            ticket.answered_at = None
        ticket.closed_at = ticket.resolved_at = None
        record("reopened", ticket_id=ticket.id, at=case.at, afterwards=case.afterwards, by="customer")
    ticket.state = TicketState.OPEN
    ticket.preview, ticket.preview_at = _preview(case.contact), case.contact.sent_at
    ticket.channel_kind = case.channel.kind


def _append(case: _Case, conversation_id: int, earlier: list[threading.Known]) -> int:
    contact = case.contact
    is_taken = any(m.external_id == contact.external_id and m.channel_id == case.channel.id for m in earlier)
    message_id = add(
        Message,
        conversation_id=conversation_id,
        channel_id=case.channel.id,
        envelope_id=case.envelope_id,
        external_id=threading.variant(contact.external_id, case.digest) if is_taken else contact.external_id[:500],
        direction=Direction.IN,
        state=MessageState.RECEIVED,
        message_class=MessageClass.CONTACT,
        is_automatic=contact.is_automatic or contact.is_own,
        is_bounce=contact.type is ContactType.BOUNCE,
        author_name=contact.sender.name[:200],
        author_address=contact.sender.value[:254],
        subject=contact.subject[:300],
        text=contact.text,
        quoted_text=contact.quoted_text,
        html=contact.html,
        has_quote=bool(contact.quoted_text),
        has_html=bool(contact.html),
        attachment_count=len(case.enclosures),
        details={"warnings": list(contact.warnings)} if contact.warnings else {},
        sent_at=contact.sent_at,
        stored_at=case.at,
    )
    outbox.attach(message_id, case.enclosures)
    return message_id


def _preview(contact: Contact) -> str:
    return " ".join(contact.text[: PREVIEW_LENGTH * 3].split())[:PREVIEW_LENGTH]


def _receipt(case: _Case, ticket: Ticket, conversation_id: int, identity: Row[Any], aimed: clocks.Aim) -> None:
    """Queue the one automatic mail of a new ticket, if its sender may get one."""
    if case.channel.settings.get("receipt", True) and receipt.is_allowed(
        case.contact, channel=case.channel, identity=identity, now=case.at
    ):
        receipt.send(
            case.contact,
            ticket=ticket,
            channel=case.channel,
            conversation_id=conversation_id,
            identity_id=identity.id,
            zone=aimed.zone,
            at=case.at,
            afterwards=case.afterwards,
        )
