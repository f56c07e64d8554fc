"""Putting a contact where it belongs, inside the transaction of whoever heard it: person, ticket, message, clock."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from app.db import db
from app.desk import aims, belongings, changes, clocks, elsewhere, matter_clocks, outbox, receipt, settling, threading
from app.desk.cases import (
    Case,
    Filed,
    Outcome,
    columns_of,
    identity_of,
    meet,
    new_conversation,
    new_ticket,
    preview,
    publicity,
    ticket_of,
)
from app.desk.writing import add, add_row, badges, record, recount
from app.models import (
    Conversation,
    Direction,
    Message,
    MessageClass,
    MessageState,
    Ticket,
    TicketState,
)
from channels.contract import ContactType
from sla.obligations import Opening
from sla.targets import route_of


def file_by_key(case: Case) -> Filed:
    """File what came on a platform that names its threads.

    The sender's row is held from here on: two messages of one person are filed one after the other, so that they
    cannot open two tickets.
    """
    contact = case.contact
    case.identity = identity_of(contact.sender, is_held=True)
    earlier = threading.known(contact, digest=case.digest)
    twin = next((m for m in earlier if m.external_id == contact.external_id and m.channel_id == case.channel.id), None)
    if twin:
        changes.put_before(contact, twin.id, at=case.at, afterwards=case.afterwards)
        return Filed(outcome=Outcome.DUPLICATE, ticket_id=ticket_of(twin.conversation_id), message_id=twin.id)
    conversation_id = threading.on_platform(
        contact,
        earlier,
        channel_id=case.channel.id,
        identity_id=case.identity.id if case.identity else None,
        is_asking=case.needs_answer,
    )
    return go_on(case, conversation_id, earlier) if conversation_id else begin(case, earlier)


def begin(case: Case, earlier: list[threading.Known]) -> Filed:
    """Open a ticket of its own for the contact, with its clock and its receipt."""
    contact = case.contact
    case.identity = case.identity or meet(case)
    route = route_of(case.channel.kind, is_public=contact.is_public).value
    ticket = new_ticket(case, case.identity)
    aimed = aims.aim_of(ticket, route, at=contact.sent_at) if case.needs_answer else None
    opening = _clock(case, ticket, aimed)
    ticket.clocked_at = contact.sent_at if matter_clocks.is_meant(aimed) else None
    ticket.id = add_row(ticket)
    conversation_id = new_conversation(case, ticket, case.identity)
    message_id = _append(case, conversation_id, earlier)
    record("opened", ticket_id=ticket.id, at=case.at, message_id=message_id, afterwards=case.afterwards)
    if aimed and opening:
        _owe_for(case, ticket, aimed, opening, conversation_id, message_id, route)
        if case.is_mail:
            _receipt(case, ticket, conversation_id, case.identity, aimed)
    if aimed and ticket.clocked_at:
        matter_clocks.begin(ticket, aimed, at=ticket.clocked_at)
    recount((), badges(ticket))
    return Filed(outcome=Outcome.FILED, ticket_id=ticket.id, message_id=message_id)


def go_on(case: Case, conversation_id: int, earlier: list[threading.Known]) -> Filed:
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
    if case.needs_answer:
        _owe(case, ticket, conversation, message_id)
    if not case.is_mail:
        _hear(case, conversation, ticket)
    ticket.updated_at = case.at
    recount(before, badges(ticket))
    return Filed(outcome=Outcome.FILED, ticket_id=ticket.id, message_id=message_id)


def _hear(case: Case, conversation: Conversation, ticket: Ticket) -> None:
    """Keep what the platform says now; a message that comes late tells old facts, and may have its answer already."""
    contact = case.contact
    if conversation.heard_at is None or contact.sent_at >= conversation.heard_at:
        conversation.heard_at, conversation.details = contact.sent_at, dict(contact.details)
    if case.needs_answer and (answer := elsewhere.first_since(conversation.id, since=contact.sent_at)):
        elsewhere.count(ticket, *answer)


def _owe(case: Case, ticket: Ticket, conversation: Conversation, message_id: int) -> None:
    """Write down that the message is to be answered, and by when; nothing where no policy holds."""
    route = route_of(case.channel.kind, is_public=conversation.is_public).value
    aimed = aims.aim_of(ticket, route, at=case.contact.sent_at)
    opening = _clock(case, ticket, aimed, conversation)
    if aimed and opening:
        _owe_for(case, ticket, aimed, opening, conversation.id, message_id, route)
    matter_clocks.heard(ticket, aimed, at=case.contact.sent_at)


def _owe_for(
    case: Case, ticket: Ticket, aimed: aims.Aim, opening: Opening, conversation_id: int, message_id: int, route: str
) -> None:
    clocks.owe(
        aimed,
        opening,
        conversation_id=conversation_id,
        message_id=message_id,
        route=route,
        heard_at=case.at,
        channel_id=case.channel.id,
        team_id=ticket.team_id,
    )


def _clock(
    case: Case, ticket: Ticket, aimed: aims.Aim | None, conversation: Conversation | None = None
) -> Opening | None:
    """Start the message's clock in the ticket's cache; None where nothing is owed."""
    if aimed is None:
        return None
    kind = clocks.kind_on(ticket, conversation)
    opening = clocks.reckon(aimed, kind=kind, priority=ticket.priority, at=case.contact.sent_at)
    clocks.tighten(ticket, opening)
    return opening


def _take_up(case: Case, ticket: Ticket) -> None:
    """Make it our turn; a late return after the resolution starts with a first answer again."""
    contact = case.contact
    if ticket.closed_at is not None:
        is_anew = contact.sent_at - ticket.closed_at > threading.REOPEN_WINDOW
        if is_anew:
            settling.begin_anew(ticket)
            ticket.clocked_at = None
        ticket.closed_at = ticket.resolved_at = None
        why = {settling.ANEW: True} if is_anew else {}
        record("reopened", ticket_id=ticket.id, at=case.at, afterwards=case.afterwards, by="customer", **why)
    ticket.state, ticket.compared_at = TicketState.OPEN, None
    if case.is_mail or contact.sent_at >= ticket.preview_at:
        ticket.preview, ticket.preview_at = preview(contact.text), contact.sent_at
        ticket.channel_kind, ticket.publicity = case.channel.kind, publicity(contact)


def _append(case: Case, conversation_id: int, earlier: list[threading.Known]) -> int:
    contact = case.contact
    is_taken = any(m.external_id == contact.external_id and m.channel_id == case.channel.id for m in earlier)
    values = columns_of(case, conversation_id)
    if is_taken:
        values["external_id"] = threading.variant(contact.external_id, case.digest)
    if not (case.needs_answer or contact.is_automatic or contact.is_own):
        values["details"] = {**values["details"], "is_unasked": True}
    message_id = add(
        Message,
        **values,
        direction=Direction.IN,
        state=MessageState.RECEIVED,
        message_class=MessageClass.CONTACT,
        is_automatic=contact.is_automatic or contact.is_own,
        is_bounce=contact.type is ContactType.BOUNCE,
        author_address=contact.sender.value[:254],
    )
    outbox.attach(message_id, case.enclosures)
    if not case.is_mail:
        belongings.bring(case.contact, message_id, case.channel.id, case.identity, at=case.at, then=case.afterwards)
    return message_id


def _receipt(case: Case, ticket: Ticket, conversation_id: int, identity: Row[Any], aimed: aims.Aim) -> None:
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
