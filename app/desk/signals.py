"""What a platform tells besides messages: where somebody came from, who holds a thread, that our access is gone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from app.db import Afterwards, db, once_more, transaction
from app.desk import aside, channels, signed_links, threading, traces
from app.desk.writing import record
from app.models import Conversation, Ticket
from app.models import ProblemSource as Source
from channels.contract import Signal, SignalType

KINDS = {
    SignalType.REFERRAL: "referred",
    SignalType.HANDOVER: "thread_moved",
    SignalType.ACCOUNT: "channel_told",
    SignalType.POLICY: "channel_told",
    SignalType.ASTRAY: "channel_told",
}
"""The kind of the event, by the type of the signal."""


@once_more
def apply(signal: Signal, *, channel_id: int, at: datetime) -> None:
    """Write down what the platform told; a repeated report changes nothing, an alarm turns the channel red."""
    with transaction() as afterwards:
        if not traces.is_new(signal.external_id, channel_id=channel_id, at=at):
            return
        source = Source.POLICY if signal.type is SignalType.POLICY else Source.PLATFORM
        if signal.is_alarm:
            words = signal.words or "Die Plattform meldet eine Störung."
            channels.down(channel_id, words=words, source=source, code=signal.code, at=at, afterwards=afterwards)
        elif source is Source.POLICY:
            channels.up(channel_id, source=source, at=at, afterwards=afterwards)
        write(signal, channel_id=channel_id, at=at, afterwards=afterwards)


def write(signal: Signal, *, channel_id: int, at: datetime, afterwards: Afterwards) -> None:
    """Put it on the timeline of its conversation, inside the caller's transaction; or wait for that conversation."""
    conversation = _conversation(signal, channel_id=channel_id) if signal.conversation_key else None
    if conversation is None and signal.conversation_key:
        aside.keep(signal, channel_id=channel_id, conversation_key=signal.conversation_key, at=at)
        return
    if conversation and signal.type is SignalType.REFERRAL and conversation.heard_at:
        # Who follows one of our links acts, and platforms count their windows from there.
        conversation.heard_at = max(conversation.heard_at, signal.sent_at)
    if conversation and signed_links.is_one(str(signal.details.get("ref") or ""), at=at):
        # It proves who they are, whether or not they write now.
        conversation.details = {**conversation.details, "referral": {"ref": signal.details["ref"]}}
        db.session.execute(update(Ticket).where(Ticket.id == conversation.ticket_id).values(compared_at=None))
    record(
        KINDS[signal.type],
        ticket_id=conversation.ticket_id if conversation else None,
        at=at,
        afterwards=afterwards,
        words=signal.words[:500],
        **({} if conversation else {"channel": channel_id}),
    )


def _conversation(signal: Signal, *, channel_id: int) -> Conversation | None:
    return db.session.scalars(
        select(Conversation)
        .where(
            Conversation.channel_id == channel_id,
            Conversation.external_key == signal.conversation_key[:254],
            threading.HAS_KEY,
        )
        .order_by(Conversation.id.desc())
        .limit(1)
    ).first()
