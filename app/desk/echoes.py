"""Our own messages as the platform hears them: one we sent ourselves is confirmed, any other was said elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select

from app.db import db
from app.desk import aside, belongings, delivery, elsewhere, threading, traces
from app.desk.cases import Case, Filed, Outcome, columns_of, identity_of, ticket_of
from app.desk.writing import add, badges, held_by, record, recount
from app.models import Direction, Message, MessageClass, MessageState, Ticket

UNDER_WAY = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNSURE)
"""States in which a message of ours may have arrived without our knowing; of a queued one an earlier attempt may."""
_LINK = re.compile(r"https?://\S+")


def file_own(case: Case) -> Filed:
    """File a message of ours: it never opens a ticket, it answers what was open when it was written.

    Where no conversation is known yet it is put aside until the customer's first message is here.
    """
    contact, channel_id = case.contact, case.channel.id
    earlier = threading.known(contact, digest=case.digest)
    twin = next((m for m in earlier if m.external_id == contact.external_id and m.channel_id == channel_id), None)
    if twin:
        return Filed(outcome=Outcome.DUPLICATE, ticket_id=ticket_of(twin.conversation_id), message_id=twin.id)
    ours = next((m for m in earlier if m.external_id == contact.own_id and m.channel_id == channel_id), None)
    if ours is None and _is_part(contact.external_id, contact.own_id, channel_id=channel_id):
        return Filed(outcome=Outcome.DUPLICATE, ticket_id=0, message_id=0)
    conversation_id = ours.conversation_id if ours else _conversation(case, earlier)
    if conversation_id is None:
        return _put_aside(case)
    ticket = held_by(conversation_id)
    message = db.session.get(Message, ours.id) if ours else _same_words(case, conversation_id)
    if message is None:
        return _file_elsewhere(case, ticket, conversation_id)
    outcome = Outcome.DUPLICATE if message.state is MessageState.SENT else Outcome.FILED
    if outcome is Outcome.FILED:
        delivery.confirmed(
            message,
            ticket,
            external_id=contact.external_id,
            sent_at=max(contact.sent_at, message.stored_at),
            at=case.at,
            afterwards=case.afterwards,
        )
    return Filed(outcome=outcome, ticket_id=ticket.id, message_id=message.id)


def _is_part(external_id: str, own_id: str, *, channel_id: int) -> bool:
    """Say whether it is part of a message that is out: a platform may take text and files as several."""
    marks = [f"said:{external_id}", *([f"own:{own_id}"] if own_id else [])]
    return any(traces.is_known(mark, channel_id=channel_id) for mark in marks)


def _conversation(case: Case, earlier: Sequence[threading.Known]) -> int | None:
    to = identity_of(case.contact.recipient) if case.contact.recipient else None
    return threading.of_own(case.contact, earlier, channel_id=case.channel.id, identity_id=to.id if to else None)


def _put_aside(case: Case) -> Filed:
    contact = case.contact
    if contact.is_public or not contact.conversation_key:
        waits = {"about": contact.replies_to[0] if contact.replies_to else ""}
    else:
        waits = {"conversation_key": contact.conversation_key}
    if any(waits.values()):
        aside.keep(contact, channel_id=case.channel.id, at=case.at, **waits)
    return Filed(outcome=Outcome.FILED, ticket_id=0, message_id=0)


def _same_words(case: Case, conversation_id: int) -> Message | None:
    """Return the message of ours on its way whose text this is; links do not count, for platforms shorten them."""
    wanted = _bare(case.contact.text)
    under_way = db.session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.direction == Direction.OUT,
            Message.state.in_(UNDER_WAY),
            Message.attempts > 0,
            # The text may have arrived without its files.
            Message.attachment_count == 0,
        )
        .order_by(Message.id)
    )
    return next((message for message in under_way if _bare(message.text) == wanted), None)


def _bare(text: str) -> str:
    return " ".join(_LINK.sub("", text).split())


def _file_elsewhere(case: Case, ticket: Ticket, conversation_id: int) -> Filed:
    """Write down what one of us said with another tool; everything asked before counts as answered then."""
    contact = case.contact
    before = badges(ticket)
    values = columns_of(case, conversation_id)
    values["author_name"] = values["author_name"] or case.channel.name
    message_id = add(
        Message,
        **values,
        direction=Direction.OUT,
        state=MessageState.SENT,
        message_class=MessageClass.AUTO if contact.is_automatic else MessageClass.SUBSTANTIVE,
        is_elsewhere=True,
        is_automatic=contact.is_automatic,
        author_address=case.channel.address,
    )
    belongings.bring(contact, message_id, case.channel.id, None, at=case.at, then=case.afterwards)
    if not contact.is_automatic:
        elsewhere.count(ticket, message_id, contact.sent_at)
    record("elsewhere", ticket_id=ticket.id, at=case.at, message_id=message_id, afterwards=case.afterwards)
    ticket.updated_at = case.at
    recount(before, badges(ticket))
    return Filed(outcome=Outcome.FILED, ticket_id=ticket.id, message_id=message_id)
