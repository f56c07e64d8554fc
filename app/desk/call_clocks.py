"""What a call means for the clocks: reached is an answer, missed is owed, everything else changes nothing.

A call is weighed anew whenever more is known of it, and the same facts always weigh the same: a late answer settles
what a hang-up had made us owe, and a person's word that nobody was reached takes an answer back.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.desk import aims, clocks, handover_clocks, matter_clocks, settling
from app.models import (
    Call,
    CallOutcome,
    CallState,
    Conversation,
    Identity,
    Message,
    MessageClass,
    Obligation,
    ObligationState,
    Ticket,
)
from sla.targets import Route

OVER = frozenset({CallState.MISSED, CallState.VOICEMAIL, CallState.ENDED})


def is_reached(call: Call) -> bool:
    """Say whether the customer was spoken to: a person's word stands above the machine's.

    A machine cannot tell a customer from their mailbox: where the other side picked up, it counts as reached until
    somebody says otherwise.
    """
    return call.outcome is CallOutcome.REACHED if call.outcome else call.answered_at is not None


def weigh(call: Call, ticket: Ticket, message: Message, *, at: datetime) -> None:
    """Bring the clocks of the ticket in line with what is known of the call; the ticket's row is held."""
    was_reached = message.message_class is MessageClass.SUBSTANTIVE
    if is_reached(call) and not was_reached:
        _answer(call, ticket, message, at=at)
    elif not is_reached(call):
        message.message_class = MessageClass.AUTO if call.is_outgoing else MessageClass.CONTACT
        db.session.flush()
        if was_reached:
            _take_back(ticket, message)
        if call.state in OVER and not call.is_outgoing:
            _owe(call, ticket, message, at=at)
    clocks.renew(ticket)
    matter_clocks.follow(ticket, at=at)


def _answer(call: Call, ticket: Ticket, message: Message, *, at: datetime) -> None:
    spoken_at = call.answered_at or at
    message.message_class = MessageClass.SUBSTANTIVE
    db.session.flush()
    settling.answer(ticket.id, message.id, at=spoken_at)
    settling.settle(message.id, at=spoken_at)
    handover_clocks.settle(ticket, message.id, at=spoken_at)
    ticket.answered_at = max(ticket.answered_at or spoken_at, spoken_at)


def _take_back(ticket: Ticket, message: Message) -> None:
    settling.unsettle(message.id, ticket_id=ticket.id)
    handover_clocks.unsettle(message.id, ticket=ticket)
    ticket.answered_at = settling.last_answer(ticket.id)


def _owe(call: Call, ticket: Ticket, message: Message, *, at: datetime) -> None:
    """Owe a call back from the ring on; several missed calls of one caller are still one."""
    is_owed = select(Obligation.id).where(
        (Obligation.message_id == message.id)
        | (
            (Obligation.conversation_id == message.conversation_id)
            & (Obligation.state == ObligationState.OPEN)
            & Obligation.answered_by_id.is_(None)
        )
    )
    aimed = aims.aim_of(ticket, Route.PHONE.value, at=call.rang_at)
    if aimed is None or _is_blocked(call) or db.session.scalar(is_owed.limit(1)):
        return
    kind = clocks.kind_on(ticket, db.session.get_one(Conversation, message.conversation_id))
    opening = clocks.reckon(aimed, kind=kind, priority=ticket.priority, at=call.rang_at)
    clocks.owe(
        aimed,
        opening,
        conversation_id=message.conversation_id,
        message_id=message.id,
        route=Route.PHONE.value,
        heard_at=at,
        channel_id=message.channel_id,
        team_id=ticket.team_id,
    )


def _is_blocked(call: Call) -> bool:
    blocked = select(Identity.id).where(
        Identity.kind == "phone", Identity.value == call.number, Identity.is_blocked.is_(True)
    )
    return bool(call.number) and db.session.scalar(blocked) is not None
