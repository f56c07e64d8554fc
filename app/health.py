"""How the running parts are, by their signs of life in the database and by asking the queue; and the channels."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app import queue
from app.db import database_now, db
from app.models import UNFILED, Channel, Envelope, EnvelopeState, Heartbeat

log = logging.getLogger(__name__)
SILENT_AFTER = {"worker": 60.0, "listen": 60.0, "tick": 30.0}
"""Seconds without a sign of life after which a part counts as gone."""

OK = "ok"
NO_ANSWER = "does not answer"


class Incoming(NamedTuple):
    """What came to a channel: `pending` is stored and not filed yet, `refused` were calls with a wrong signature."""

    id: int
    name: str
    kind: str
    pending: int
    refused: int
    problem: str
    token_expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """Each part with `ok` or what is wrong with it, in a few words for an operator; the channels for information."""

    parts: dict[str, str] = field(default_factory=dict)
    channels: list[Incoming] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        return all(words == OK for words in self.parts.values())


def look() -> Health:
    """Ask every part; a database that does not answer leaves the others unknown.

    Why it does not answer stands in the log only: the words name its address and user, and strangers read these here.
    """
    queue_words = OK if queue.is_alive() else NO_ANSWER
    try:
        ages, channels = _ages(), incoming()
    except SQLAlchemyError as error:
        log.error("the database does not answer: %s", str(getattr(error, "orig", error)).strip().partition("\n")[0])  # noqa: TRY400 - the cause is a sentence, the traceback holds the statement
        unknown = dict.fromkeys(SILENT_AFTER, "unknown while the database is down")
        return Health({"database": NO_ANSWER, "queue": queue_words, **unknown})
    finally:
        db.session.rollback()
    parts = {"database": OK, "queue": queue_words, **{part: _words(part, ages) for part in SILENT_AFTER}}
    return Health(parts, channels)


def incoming() -> list[Incoming]:
    """Return what came to each channel, by name; what waits is counted within its partial index."""
    stored = (
        select(Envelope.channel_id, func.count())
        .where(UNFILED, Envelope.state == EnvelopeState.STORED)
        .group_by(Envelope.channel_id)
    )
    pending = {channel_id: int(count) for channel_id, count in db.session.execute(stored)}
    rows = db.session.execute(
        select(
            Channel.id,
            Channel.name,
            Channel.kind,
            Channel.refused_count,
            Channel.problem,
            Channel.token_expires_at,
        ).order_by(Channel.name)
    )
    return [Incoming(row.id, row.name, row.kind, pending.get(row.id, 0), *row[3:]) for row in rows]


def _ages() -> dict[str, float]:
    """Return the seconds since the last sign of life of each part; `listen:3` speaks for `listen`."""
    rows = db.session.execute(select(Heartbeat.part, Heartbeat.at, database_now()))
    ages: dict[str, float] = {}
    for name, at, now in rows:
        part = str(name).partition(":")[0]
        age = _seconds(at, now)
        ages[part] = min(age, ages.get(part, age))
    return ages


def _seconds(earlier: datetime, later: datetime) -> float:
    return max(0.0, (later - earlier).total_seconds())


def _words(part: str, ages: dict[str, float]) -> str:
    if part not in ages:
        return "has not started"
    return OK if ages[part] <= SILENT_AFTER[part] else f"silent for {ages[part]:.0f} s"
