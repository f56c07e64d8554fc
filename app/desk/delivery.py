"""The path of an outgoing message: claimed, handed over without a transaction, settled.

queued -> sending -> sent
            |-> queued      a temporary fault; tried again later
            |-> failed      a permanent one, or no patience left; what it had answered is owed again
            '-> unsure      nobody knows whether it went out: a person decides, it is never sent twice by itself
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from app import queue
from app.db import Afterwards, database_now, db, once_more, transaction
from app.desk import (
    bounces,
    clocks,
    doubles,
    handover_clocks,
    matter_clocks,
    private_replies,
    promises,
    public_lines,
    settling,
    traces,
)
from app.desk.parcels import Parcel, parcel
from app.desk.saying import OWN_IDS
from app.desk.writing import badges, held_for, record, recount
from app.models import (
    IN_OUTBOX,
    Channel,
    Message,
    MessageClass,
    MessageState,
    Ticket,
)
from channels.contract import DeliveryError, DeliveryFault, Sent

BACKOFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""Waiting times after temporary faults; the last one repeats."""
PATIENCE = 20
"""Attempts, about four hours with these waiting times, after which a message that was never taken has failed."""
FINAL = frozenset({DeliveryFault.WINDOW_CLOSED, DeliveryFault.GONE, DeliveryFault.TOO_LONG})
"""Faults that no waiting mends, whatever else is said about them."""

LET_GO_WITHIN = timedelta(minutes=1)
"""How long the tick looks after a message whose time to be called back is over."""

CALLED_BACK = "called_back"
"""The fault of what its author took back before it left: it was never said."""
GIVEN_UP = "given_up"
"""The fault of what a person took for lost."""


def claim(message_id: int, *, at: datetime) -> Parcel | None:
    """Take a queued message for sending; None if another worker has it, it rests, or its channel is paused.

    None as well while its author may still call it back.
    """
    with transaction():
        claimed = db.session.scalar(
            update(Message)
            .where(
                Message.id == message_id,
                Message.state == MessageState.QUEUED,
                (Message.retry_at.is_(None)) | (Message.retry_at <= at),
                (Message.leaves_at.is_(None)) | (Message.leaves_at <= database_now()),
                Message.channel_id.in_(select(Channel.id).where(Channel.is_paused.is_(False))),
            )
            .values(state=MessageState.SENDING, claimed_at=database_now(), attempts=Message.attempts + 1)
            .returning(Message.id)
        )
        return parcel(message_id) if claimed else None


@once_more
def settle(message_id: int, sent: Sent, *, at: datetime) -> None:
    """The provider accepted the message at `at`; what it answers is judged by that instant.

    Where an echo has said so before, only what the answer of the platform adds is written down. What somebody had
    given up or queued anew meanwhile is out all the same.
    """
    with transaction() as afterwards:
        ticket = held_for(message_id)
        message, kind = db.session.execute(
            select(Message, Channel.kind)
            .join(Channel, Channel.id == Message.channel_id)
            .where(Message.id == message_id)
        ).one()
        if message.state is MessageState.FAILED and message.fault != GIVEN_UP:
            # A report that it came back was faster.
            return
        if message.state is not MessageState.SENT:
            message.details = {**message.details, "accepted_as": sent.external_id, "remark": sent.remark}
            external_id = message.external_id if kind in OWN_IDS else sent.external_id
            confirmed(message, ticket, external_id=external_id, sent_at=at, at=at, afterwards=afterwards)
        if kind not in OWN_IDS:
            _know_as(message, sent.external_id, at=at)
            _know_parts(message, sent, at=at)
            private_replies.learn(message, sent, at=at)


def confirmed(
    message: Message, ticket: Ticket, *, external_id: str, sent_at: datetime, at: datetime, afterwards: Afterwards
) -> None:
    """Inside a verb that holds the ticket: a message of ours is out since `sent_at`, known over there by this id."""
    _know_as(message, external_id, at=at)
    was_lost = message.state in promises.LOST
    message.state, message.sent_at, message.retry_at = MessageState.SENT, sent_at, None
    message.fault = message.fault_words = ""
    db.session.flush()
    if message.message_class in settling.COUNTED:
        _settle_clocks(ticket, message, was_lost=was_lost, at=sent_at)
    _reached(message.channel_id, at=at)
    record("sent", ticket_id=ticket.id, at=at, message_id=message.id, afterwards=afterwards)
    public_lines.follow(message, at=at, afterwards=afterwards)


def _know_as(message: Message, external_id: str, *, at: datetime) -> None:
    """Take the platform's id once; ours stays with the message, and leaves a trace by which parts of it are known."""
    is_known = not external_id or external_id == message.external_id or "own_id" in message.details
    if is_known or not doubles.absorb(message, external_id=external_id[:500]):
        return
    traces.is_new(f"own:{message.external_id}", channel_id=message.channel_id, at=at)
    message.details = {**message.details, "own_id": message.external_id}
    message.external_id = external_id[:500]


def _know_parts(message: Message, sent: Sent, *, at: datetime) -> None:
    """Remember what else the platform made of the message, so that no echo of it is taken for another answer."""
    parts = sent.details.get("parts")
    for part in parts if isinstance(parts, list) else []:
        if part != message.external_id:
            doubles.absorb(message, external_id=str(part)[:500])
            traces.is_new(f"said:{part}", channel_id=message.channel_id, at=at)


def _settle_clocks(ticket: Ticket, message: Message, *, was_lost: bool, at: datetime) -> None:
    """Judge what the message answers, also if it had been taken for lost meanwhile."""
    before = badges(ticket)
    settling.stand(ticket, message, was_lost=was_lost)
    settling.settle(message.id, at=at)
    handover_clocks.settle(ticket, message.id, at=at)
    db.session.flush()
    if message.message_class is MessageClass.SUBSTANTIVE:
        ticket.answered_at = max(message.stored_at, ticket.answered_at or message.stored_at)
    clocks.renew(ticket)
    if was_lost:
        matter_clocks.said(ticket, message.id, at=message.stored_at)
    recount(before, badges(ticket))


def _reached(channel_id: int, *, at: datetime) -> None:
    db.session.execute(update(Channel).where(Channel.id == channel_id).values(reached_at=at))


@once_more
def fail(message_id: int, error: DeliveryError, *, at: datetime) -> None:
    """Write down why a message did not go out, and what follows: again later, failed, or unsure."""
    with transaction() as afterwards:
        ticket = held_for(message_id)
        message = db.session.get_one(Message, message_id)
        if message.state is not MessageState.SENDING:
            return
        message.fault, message.fault_words = error.fault.value, error.words[:500]
        rests_until = _rests_until(message, error, at=at)
        if error.fault is DeliveryFault.UNSURE:
            _lose(message, MessageState.UNSURE, ticket, at=at, afterwards=afterwards)
        elif rests_until is not None:
            message.state, message.retry_at = MessageState.QUEUED, rests_until
            message.attempts -= 1
        elif error.is_permanent or error.fault in FINAL or message.attempts >= PATIENCE:
            _lose(message, MessageState.FAILED, ticket, at=at, afterwards=afterwards)
        else:
            wait = BACKOFF[min(message.attempts, len(BACKOFF)) - 1]
            message.state = MessageState.QUEUED
            message.retry_at = at + (timedelta(seconds=error.retry_within) if error.retry_within else wait)
            if error.fault is DeliveryFault.REJECTED:
                # A platform that stumbled may have taken it all the same: the connector looks before it says it again.
                message.details = {**message.details, "may_have_arrived": True}


def _rests_until(message: Message, error: DeliveryError, *, at: datetime) -> datetime | None:
    """Return until when a message waits for its channel, whose fault it is; no attempt counts then."""
    if error.fault is DeliveryFault.UNAUTHORISED:
        # It is let go as soon as the channel was mended (`outbox.release`).
        return at + BACKOFF[-1]
    kind = db.session.get_one(Channel, message.channel_id).kind
    if error.fault is not DeliveryFault.RATE_LIMITED or kind in OWN_IDS:
        # A mail server that slows us down may mean one recipient only.
        return None
    until = at + (timedelta(seconds=error.retry_within) if error.retry_within else BACKOFF[-1])
    _rest_channel(message, until=until)
    return until


def _rest_channel(message: Message, *, until: datetime) -> None:
    """A platform takes so much in a while: nothing more of the sort is tried until then."""
    others = (
        update(Message)
        .where(
            IN_OUTBOX,
            Message.state == MessageState.QUEUED,
            Message.channel_id == message.channel_id,
            Message.is_public == message.is_public,
            (Message.retry_at.is_(None)) | (Message.retry_at < until),
        )
        .values(retry_at=until)
    )
    db.session.execute(others, execution_options={"synchronize_session": False})


@once_more
def lose_track(message_id: int, *, at: datetime) -> None:
    """A claim was never settled: the worker died, perhaps after the message had gone out."""
    with transaction() as afterwards:
        ticket = held_for(message_id)
        message = db.session.get_one(Message, message_id)
        if message.state is MessageState.SENDING:
            message.fault = DeliveryFault.UNSURE.value
            message.fault_words = "Der Versand wurde unterbrochen."
            _lose(message, MessageState.UNSURE, ticket, at=at, afterwards=afterwards)


def _lose(message: Message, state: MessageState, ticket: Ticket, *, at: datetime, afterwards: Afterwards) -> None:
    message.state = state
    db.session.flush()
    before = badges(ticket)
    if message.message_class in settling.COUNTED:
        bounces.owe_again(message.id, ticket=ticket)
    record(
        state.value, ticket_id=ticket.id, at=at, message_id=message.id, afterwards=afterwards, words=message.fault_words
    )
    recount(before, badges(ticket))


def lost(*, lease: float, limit: int = 500) -> list[int]:
    """Return messages whose claim is older than the lease (seconds, database time)."""
    now = db.session.execute(select(database_now())).scalar_one()
    return list(
        db.session.scalars(
            select(Message.id)
            .where(
                IN_OUTBOX, Message.state == MessageState.SENDING, Message.claimed_at < now - timedelta(seconds=lease)
            )
            .order_by(Message.id)
            .limit(limit)
        )
    )


def waiting(*, at: datetime, limit: int = 500) -> list[int]:
    """Return queued messages whose time has come, the oldest first; the queue may have forgotten them."""
    return list(
        db.session.scalars(
            select(Message.id)
            .join(Channel, Channel.id == Message.channel_id)
            .where(
                IN_OUTBOX,
                Message.state == MessageState.QUEUED,
                (Message.retry_at.is_(None)) | (Message.retry_at <= at),
                (Message.leaves_at.is_(None)) | (Message.leaves_at <= database_now()),
                Channel.is_paused.is_(False),
            )
            .order_by(Message.id)
            .limit(limit)
        )
    )


def leaving(*, limit: int = 500) -> list[tuple[int, float]]:
    """Return messages that wait until nobody may call them back any more, and how many seconds still (database time).

    Those whose time is just over are among them until a worker has claimed them; the first to leave comes first.
    What lies longer waits for its channel, and the sweep finds it.
    """
    now = db.session.execute(select(database_now())).scalar_one()
    rows = db.session.execute(
        select(Message.id, Message.leaves_at)
        .where(
            IN_OUTBOX,
            Message.state == MessageState.QUEUED,
            Message.leaves_at > now - LET_GO_WITHIN,
            Message.claimed_at.is_(None),
        )
        .order_by(Message.leaves_at)
        .limit(limit)
    )
    return [(id_, (leaves_at - now).total_seconds()) for id_, leaves_at in rows if leaves_at]


def deliver_again(message_ids: list[int]) -> None:
    """Hand messages to the workers once more; the rows decide, so a double hand-over is harmless."""
    for message_id in message_ids:
        queue.deliver_later(message_id)
