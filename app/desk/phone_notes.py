"""What a person writes down about a call: during it, after it, or of one that no telephone system has told us of."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import seal
from app.access import Person
from app.db import Afterwards, db, once_more, transaction
from app.desk import (
    call_clocks,
    call_filing,
    call_tasks,
    callers,
    clocks,
    handover_clocks,
    matter_clocks,
    promises,
    settling,
)
from app.desk.writing import HOLD, badges, held, held_by, record, recount
from app.errors import NotFound, Refused
from app.models import Call, CallOutcome, CallState, Channel, Message, MessageClass, Ticket
from channels.numbers import e164

KIND = "phone"
NAME = "Telefon"
LONGEST_TEXT = 20_000
_STATES = {
    CallOutcome.REACHED: CallState.ENDED,
    CallOutcome.NOT_REACHED: CallState.MISSED,
    CallOutcome.VOICEMAIL: CallState.VOICEMAIL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says about a call; `number` as they typed it, empty where it is withheld."""

    number: str
    is_outgoing: bool
    outcome: CallOutcome
    text: str
    promise_at: datetime | None = None
    customer_id: int | None = None
    """Whose number it is if nobody has it yet; None: the customer's, where only one is on the ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    ticket_id: int
    conversation_id: int
    message_id: int
    call_id: int


@once_more
def note(said: Said, *, ticket_id: int | None, call_id: int | None = None, by: Person, at: datetime) -> Noted:
    """Write a phone note onto a ticket, without one onto a new one; returns where it lies.

    Reached is a substantive answer; a voicemail is none. `call_id` is the call it is about; a missed one stays as it
    is, for a note on it tells of another call.
    """
    text = said.text.replace("\0", "").strip()
    if len(text) > LONGEST_TEXT:
        raise Refused("Der Text ist zu lang: höchstens %(most)s Zeichen.", field="text", most=LONGEST_TEXT)
    with transaction() as afterwards:
        channel = _channel(call_id, ticket_id)
        call = _call(said, call_id, channel, ticket_id)
        call.outcome, call.agent_id = said.outcome, by.id
        owner_id = said.customer_id or (callers.only_customer(ticket_id) if ticket_id else None)
        ticket = _filed(call, channel, ticket_id, text, owner_id=owner_id, at=at, afterwards=afterwards)
        if said.is_outgoing or said.outcome is CallOutcome.REACHED:
            call_tasks.called(ticket.id, by=by, at=at, afterwards=afterwards)
        if said.promise_at:
            _promise(call, ticket, said.promise_at, text, by=by, at=at, afterwards=afterwards)
        return Noted(
            ticket_id=ticket.id,
            conversation_id=call.conversation_id or 0,
            message_id=call.message_id or 0,
            call_id=call.id,
        )


def _channel(call_id: int | None, ticket_id: int | None) -> Channel:
    """Return the call's own channel, else the team's, else any telephone; a shop without one gets one for its notes."""
    if call_id is not None:
        own = select(Channel).join(Call, Call.channel_id == Channel.id).where(Call.id == call_id)
        if (found := db.session.scalars(own).first()) is None:
            raise NotFound("Diesen Anruf gibt es nicht.")
        return found
    team_id = db.session.scalar(select(Ticket.team_id).where(Ticket.id == ticket_id)) if ticket_id else None
    phones = list(db.session.scalars(select(Channel).where(Channel.kind == KIND).order_by(Channel.id)))
    if phones:
        return next((phone for phone in phones if phone.team_id == team_id), phones[0])
    is_taken = db.session.scalar(select(Channel.id).where(Channel.name == NAME)) is not None
    channel = Channel(
        kind=KIND,
        name=f"{NAME} 2" if is_taken else NAME,
        address="",
        settings={"provider": "none"},
        secrets=seal.seal({}),
        team_id=team_id,
    )
    db.session.add(channel)
    db.session.flush()
    return channel


def _call(said: Said, call_id: int | None, channel: Channel, ticket_id: int | None) -> Call:
    """Return the call the note is about with its row held; one that only the note knows of is new."""
    country = str(channel.settings.get("country") or "DE")
    number = e164(said.number, country=country)
    if said.number.strip() and not number:
        raise Refused("„%(number)s“ ist keine Telefonnummer.", field="number", number=said.number.strip()[:60])
    if call_id is not None:
        call = db.session.get_one(Call, call_id, with_for_update=HOLD)
        if not _is_another(call, ticket_id):
            return call
        number = number or call.number
    call = Call(
        channel_id=channel.id,
        root_id=f"note-{uuid.uuid4().hex}",
        legs={},
        number=number,
        own_number=channel.address[:32],
        state=_STATES[said.outcome],
        is_outgoing=said.is_outgoing,
    )
    db.session.add(call)
    return call


def _is_another(call: Call, ticket_id: int | None) -> bool:
    """Say whether a note tells of another call than this one: a missed one was owed where it lies, and stays there."""
    is_missed = not call.is_outgoing and call.state in {CallState.MISSED, CallState.VOICEMAIL}
    return is_missed and call.conversation_id is not None and held_by(call.conversation_id).id != ticket_id


def _filed(
    call: Call,
    channel: Channel,
    ticket_id: int | None,
    text: str,
    *,
    owner_id: int | None,
    at: datetime,
    afterwards: Afterwards,
) -> Ticket:
    """Put the call where the note says it belongs, with its row still unwritten, elsewhere or right already."""
    if call.rang_at is None:
        call.rang_at = call.ended_at = at
        call.answered_at = at if call_clocks.is_reached(call) else None
        db.session.flush()
    identity = callers.identity_of(call, at=at, is_demo=channel.is_demo, customer_id=owner_id)
    if call.message_id and call.conversation_id:
        ticket = held_by(call.conversation_id)
        if ticket_id in {None, ticket.id}:
            call_filing.rewrite(call, ticket, note=text, at=at, afterwards=afterwards)
            return ticket
        _take_away(call, ticket, afterwards=afterwards, at=at)
        target = held(ticket_id)
        call.conversation_id = callers.conversation_on(target, channel, identity, at=at)
        db.session.get_one(Message, call.message_id).conversation_id = call.conversation_id
        db.session.flush()
        call_filing.rewrite(call, target, note=text, at=at, afterwards=afterwards)
        return target
    ticket = held(ticket_id) if ticket_id else callers.new_ticket(identity, channel, at=at)
    call_filing.append(
        call, ticket, channel, identity, is_new=ticket_id is None, note=text, at=at, afterwards=afterwards
    )
    return ticket


def _take_away(call: Call, ticket: Ticket, *, afterwards: Afterwards, at: datetime) -> None:
    """Undo on the ticket it was thought to belong to what the call had settled there."""
    message = db.session.get_one(Message, call.message_id)
    before = badges(ticket)
    if message.message_class is MessageClass.SUBSTANTIVE:
        message.message_class = MessageClass.CONTACT
        db.session.flush()
        settling.unsettle(message.id, ticket_id=ticket.id)
        handover_clocks.unsettle(message.id, ticket=ticket)
        ticket.answered_at = settling.last_answer(ticket.id)
        clocks.renew(ticket)
        matter_clocks.unsaid(ticket, message.id)
    record("called", ticket_id=ticket.id, at=at, afterwards=afterwards, call=call.id)
    recount(before, badges(ticket))


def _promise(
    call: Call, ticket: Ticket, due_at: datetime, text: str, *, by: Person, at: datetime, afterwards: Afterwards
) -> None:
    before = badges(ticket)
    promises.take_up(ticket, by=by, at=at, afterwards=afterwards)
    promises.give(
        call.conversation_id or 0,
        ticket=ticket,
        message_id=call.message_id,
        given=promises.Given(due_at=due_at, text=text),
        by=by,
        at=at,
        afterwards=afterwards,
    )
    clocks.renew(ticket)
    matter_clocks.follow(ticket, at=at)
    recount(before, badges(ticket))
