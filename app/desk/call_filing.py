"""A call's line on the timeline: the message it is, the ticket it lies under, and what it says."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.db import Afterwards, db
from app.desk import call_clocks, callers, clocks, matter_clocks
from app.desk.writing import add, badges, record, recount
from app.models import (
    Call,
    CallOutcome,
    CallState,
    Channel,
    Direction,
    Identity,
    Message,
    MessageClass,
    MessageKind,
    MessageState,
    Ticket,
)

NOTED = "noted"
"""Key in the details of a message whose text a person has written."""


def append(
    call: Call,
    ticket: Ticket,
    channel: Channel,
    identity: Identity,
    *,
    is_new: bool,
    note: str = "",
    at: datetime,
    afterwards: Afterwards,
) -> None:
    """Put the call onto a ticket whose row is held, and weigh it; `note` is what a person says about it."""
    before = () if is_new else badges(ticket)
    call.conversation_id = callers.conversation_on(ticket, channel, identity, at=at)
    call.message_id = add(
        Message,
        conversation_id=call.conversation_id,
        channel_id=channel.id,
        external_id=f"call:{call.root_id}",
        direction=Direction.OUT if call.is_outgoing else Direction.IN,
        state=MessageState.SENT if call.is_outgoing else MessageState.RECEIVED,
        message_class=MessageClass.AUTO if call.is_outgoing else MessageClass.CONTACT,
        kind=MessageKind.CALL,
        author_name="" if call.is_outgoing else identity.name,
        author_address=channel.address if call.is_outgoing else identity.value,
        text=words(call),
        sent_at=call.rang_at,
        stored_at=call.answered_at or at,
    )
    kind = "opened" if is_new else "called"
    _write(call, ticket, note, kind=kind, before=before, at=at, afterwards=afterwards)


def rewrite(call: Call, ticket: Ticket, *, note: str = "", at: datetime, afterwards: Afterwards) -> None:
    """Bring a call that is filed already up to what is known of it now."""
    _write(call, ticket, note, kind="called", before=badges(ticket), at=at, afterwards=afterwards)


def _write(
    call: Call, ticket: Ticket, note: str, *, kind: str, before: tuple[str, ...], at: datetime, afterwards: Afterwards
) -> None:
    message = db.session.get_one(Message, call.message_id)
    message.author_id = call.agent_id if call.is_outgoing else message.author_id
    if note:
        message.text, message.details = note, {**message.details, NOTED: True}
    elif not message.details.get(NOTED):
        message.text = words(call)
    _take_up(call, ticket, at=at, afterwards=afterwards)
    call_clocks.weigh(call, ticket, message, at=at)
    if ticket.assignee_id is None and call.agent_id and call_clocks.is_reached(call):
        ticket.assignee_id = call.agent_id
    ticket.subject = ticket.subject or words(call)
    ticket.updated_at, ticket.channel_kind, ticket.publicity = at, "phone", None
    ticket.preview, ticket.preview_at = " ".join(message.text.split())[:140], call.rang_at
    record(
        kind,
        ticket_id=ticket.id,
        at=at,
        actor_id=call.agent_id,
        message_id=message.id,
        afterwards=afterwards,
        call=call.id,
    )
    recount(before, badges(ticket))


def _take_up(call: Call, ticket: Ticket, *, at: datetime, afterwards: Afterwards) -> None:
    """Open a resolved ticket again for a call that nobody took."""
    is_missed = call.state in {CallState.MISSED, CallState.VOICEMAIL} and not call.is_outgoing
    if ticket.closed_at is None or not is_missed or call_clocks.is_reached(call):
        return
    ticket.closed_at = ticket.resolved_at = None
    clocks.renew(ticket)
    matter_clocks.follow(ticket, at=at)
    record("reopened", ticket_id=ticket.id, at=at, afterwards=afterwards, by="customer")


def words(call: Call) -> str:
    """Say in one line what a call was; it stands in the list until somebody writes a note."""
    if call.outcome is CallOutcome.VOICEMAIL or (call.outcome is None and call.state is CallState.VOICEMAIL):
        return "Auf die Mailbox gesprochen" if call.is_outgoing else "Anruf auf der Mailbox"
    if call_clocks.is_reached(call):
        who = "Angerufen und erreicht" if call.is_outgoing else "Telefonat"
        return who + _length(call)
    return "Angerufen, nicht erreicht" if call.is_outgoing else "Verpasster Anruf"


def _length(call: Call) -> str:
    if call.answered_at is None or call.ended_at is None or call.ended_at <= call.answered_at:
        return ""
    minutes, seconds = divmod(int((call.ended_at - call.answered_at) / timedelta(seconds=1)), 60)
    return f", {minutes} Min. {seconds} Sek." if minutes else f", {seconds} Sek."
