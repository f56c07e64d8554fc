"""Raw input: stored before it is understood, parked when it cannot be, tried again on request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import bindparam, func, select, update

from app import queue
from app.access import Person
from app.db import db, once_more, transaction
from app.desk.writing import record, run, upsert
from app.models import UNFILED, Channel, Envelope, EnvelopeState


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Raw input whose bytes are in the blob store already, or small enough to lie in its row (`content`)."""

    digest: str
    size: int
    source: str = ""
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An envelope as the filing needs it; `is_new` is False when the same bytes had come before."""

    id: int
    digest: str
    is_new: bool
    state: EnvelopeState


def store(
    channel_id: int, arrivals: Sequence[Arrival], *, at: datetime, cursor: Mapping[str, object] | None = None
) -> list[Stored]:
    """Keep the arrivals and move the channel's cursor in one commit; after it the other side may forget them."""
    with transaction():
        new = _insert(channel_id, arrivals, at=at)
        if cursor is None:
            run(_HEARD, channel=channel_id, now=at)
        else:
            run(_HEARD_AND_MOVED, channel=channel_id, now=at, position=dict(cursor))
        known = _known(channel_id, [arrival.digest for arrival in arrivals if arrival.digest not in new])
    return [
        Stored(id=new[a.digest], digest=a.digest, is_new=True, state=EnvelopeState.STORED)
        if a.digest in new
        else Stored(id=known[a.digest][0], digest=a.digest, is_new=False, state=known[a.digest][1])
        for a in arrivals
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class HookCall:
    """What a platform told us, to be kept.

    `is_news` also writes down that the channel was heard, which calls that come in numbers need not all do.
    """

    channel_id: int
    arrival: Arrival
    is_news: bool
    at: datetime


@once_more
def keep(calls: Sequence[HookCall]) -> None:
    """Keep calls in one commit and have them filed; the same bytes once more are not kept again.

    In one order by channel and digest, so that two processes with the same calls cannot wait for each other.
    """
    with transaction() as afterwards:
        for channel_id in sorted({call.channel_id for call in calls}):
            mine = sorted(
                (call for call in calls if call.channel_id == channel_id), key=lambda call: call.arrival.digest
            )
            if _insert(channel_id, [call.arrival for call in mine], at=mine[0].at):
                afterwards.append(partial(queue.file_soon, channel_id))
        for channel_id in sorted({call.channel_id for call in calls if call.is_news}):
            run(_KEPT, channel=channel_id, now=calls[0].at)


_KEPT = (
    update(Channel.__table__)  # type: ignore[arg-type]
    .where(Channel.id == bindparam("channel"))
    .values(heard_at=bindparam("now"))
)
_HEARD = (
    update(Channel.__table__)  # type: ignore[arg-type]
    .where(Channel.id == bindparam("channel"))
    .values(heard_at=bindparam("now"), reached_at=bindparam("now"))
)
_HEARD_AND_MOVED = _HEARD.values(cursor=bindparam("position"))


def _insert(channel_id: int, arrivals: Sequence[Arrival], *, at: datetime) -> dict[str, int]:
    rows = {
        arrival.digest: {
            "channel_id": channel_id,
            "digest": arrival.digest,
            "size": arrival.size,
            "content": arrival.content,
            "source": arrival.source[:200],
            "state": EnvelopeState.STORED,
            "received_at": at,
        }
        for arrival in arrivals
    }
    if not rows:
        return {}
    given = list(rows.values())
    found = db.session.connection().execute(_keeping(db.engine.dialect.name), given if len(given) > 1 else given[0])
    return {digest: int(id_) for digest, id_ in found}


@cache
def _keeping(_dialect: str) -> Any:
    """Build the insert once per database; an envelope that is there already is not returned."""
    return (
        upsert(Envelope)
        .on_conflict_do_nothing(index_elements=["channel_id", "digest"])
        .returning(Envelope.digest, Envelope.id)
    )


def _known(channel_id: int, digests: Sequence[str]) -> dict[str, tuple[int, EnvelopeState]]:
    if not digests:
        return {}
    found = db.session.execute(
        select(Envelope.digest, Envelope.id, Envelope.state).where(
            Envelope.channel_id == channel_id, Envelope.digest.in_(digests)
        )
    )
    return {digest: (id_, state) for digest, id_, state in found}


def close(envelope_id: int, *, at: datetime) -> None:
    """Everything that was in it is filed."""
    with transaction():
        db.session.execute(
            update(Envelope)
            .where(Envelope.id == envelope_id)
            .values(state=EnvelopeState.FILED, filed_at=at, problem="")
        )


def waiting(channel_id: int, *, limit: int) -> list[tuple[int, bytes | None]]:
    """Return what a channel has stored and nobody has filed, the oldest first, with the bytes that are in the row."""
    found = db.session.execute(
        select(Envelope.id, Envelope.content)
        .where(UNFILED, Envelope.state == EnvelopeState.STORED, Envelope.channel_id == channel_id)
        .order_by(Envelope.id)
        .limit(limit)
    )
    return [(id_, content) for id_, content in found]


def channels_waiting() -> list[int]:
    """Return the channels that have stored something which nobody has filed."""
    stored = select(Envelope.channel_id).where(UNFILED, Envelope.state == EnvelopeState.STORED).distinct()
    return list(db.session.scalars(stored))


def begin_attempt(envelope_id: int) -> int | None:
    """Count an attempt before it is made, so that one that kills the process is counted, too; None if none is due."""
    with transaction():
        return db.session.scalar(
            update(Envelope)
            .where(Envelope.id == envelope_id, Envelope.state == EnvelopeState.STORED)
            .values(attempts=Envelope.attempts + 1)
            .returning(Envelope.attempts)
        )


def take_back_attempt(envelope_id: int) -> None:
    """Forget an attempt that failed for reasons that do not lie in the envelope."""
    with transaction():
        db.session.execute(
            update(Envelope)
            .where(Envelope.id == envelope_id, Envelope.state == EnvelopeState.STORED, Envelope.attempts > 0)
            .values(attempts=Envelope.attempts - 1)
        )


def park(envelope_id: int, *, reason: str, at: datetime) -> None:
    """Put raw input aside that could not be filed; the reason is a sentence for a person."""
    with transaction() as afterwards:
        parked = db.session.scalar(
            update(Envelope)
            .where(Envelope.id == envelope_id, Envelope.state != EnvelopeState.FILED)
            .values(state=EnvelopeState.PARKED, problem=reason[:500], attempts=Envelope.attempts + 1)
            .returning(Envelope.id)
        )
        if parked:
            record("parked", ticket_id=None, at=at, afterwards=afterwards, envelope=envelope_id, reason=reason[:500])


def unpark(envelope_id: int, *, by: Person, at: datetime) -> bool:
    """Give parked input back to the filing; False when somebody did so before."""
    with transaction() as afterwards:
        freed = db.session.scalar(
            update(Envelope)
            .where(Envelope.id == envelope_id, Envelope.state == EnvelopeState.PARKED)
            .values(state=EnvelopeState.STORED, problem="", attempts=0)
            .returning(Envelope.id)
        )
        if freed:
            record("unparked", ticket_id=None, at=at, actor_id=by.id, afterwards=afterwards, envelope=envelope_id)
    return freed is not None


def parked_count() -> int:
    """Count what is parked, for the badge; the partial index holds nothing else worth counting."""
    return db.session.scalar(select(func.count()).where(UNFILED, Envelope.state == EnvelopeState.PARKED)) or 0
