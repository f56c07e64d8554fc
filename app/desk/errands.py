"""Calls of a platform that follow from what was filed or decided: asked for in that commit, made by a worker later.

queued -> running -> done
             |-> queued     it did not work; tried again later
             '-> failed     it never will, or no patience is left
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, update

from app import queue
from app.db import Afterwards, database_now, db, transaction
from app.desk.accounts import account_of
from app.desk.writing import run, upsert
from app.models import (
    UNDONE,
    Attachment,
    Channel,
    Errand,
    ErrandKind,
    ErrandState,
    Identity,
    Message,
)
from channels.contract import Account, Handle

BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900, 3600))
"""Waiting times after faults; the last one repeats."""
PATIENCE = 8
"""Attempts, about four hours with these waiting times."""
REPEATABLE = (ErrandKind.HIDE, ErrandKind.SHOW)
"""What a person may ask for again; everything else is asked once for each row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A claimed errand with everything the connector needs."""

    id: int
    kind: ErrandKind
    subject_id: int
    account: Account
    handle: Handle | None = None
    external_id: str = ""
    """Of the post that is wanted, or the message that is to be hidden."""
    url: str = ""


def ask(
    kind: ErrandKind,
    *,
    channel_id: int,
    subject_id: int,
    key: str = "",
    details: Mapping[str, object] | None = None,
    at: datetime,
    afterwards: Afterwards,
) -> None:
    """Ask for a call of the platform inside the caller's transaction; what was asked for before is not asked twice.

    Hiding and showing may be asked for again and again: of one message the newest wish counts.
    """
    is_repeatable = kind in REPEATABLE
    errand_id = run(
        _asking(db.engine.dialect.name, again=is_repeatable),
        key=(key or f"{'hide' if is_repeatable else kind.value}:{subject_id}")[:120],
        kind=kind,
        channel_id=channel_id,
        subject_id=subject_id,
        details=dict(details or {}),
        state=ErrandState.QUEUED,
        created_at=at,
    ).scalar()
    if errand_id is not None:
        afterwards.append(lambda: queue.errand_later(errand_id))


@cache
def _asking(_dialect: str, *, again: bool) -> Any:
    columns = ("key", "kind", "channel_id", "subject_id", "details", "state", "created_at")
    statement = upsert(Errand).values({name: bindparam(name, type_=Errand.__table__.c[name].type) for name in columns})
    statement = statement.values(attempts=0, fault_words="")
    if not again:
        return statement.on_conflict_do_nothing(index_elements=["key"]).returning(Errand.id)
    anew = {name: statement.excluded[name] for name in ("kind", "details", "state", "attempts", "fault_words")}
    return statement.on_conflict_do_update(index_elements=["key"], set_={**anew, "retry_at": None}).returning(Errand.id)


def claim(errand_id: int, *, at: datetime) -> Task | None:
    """Take an errand that is due; None if another worker has it, it rests, or its channel is paused."""
    with transaction():
        claimed = db.session.scalar(
            update(Errand)
            .where(
                Errand.id == errand_id,
                Errand.state == ErrandState.QUEUED,
                (Errand.retry_at.is_(None)) | (Errand.retry_at <= at),
                Errand.channel_id.in_(select(Channel.id).where(Channel.is_paused.is_(False))),
            )
            .values(state=ErrandState.RUNNING, claimed_at=database_now(), attempts=Errand.attempts + 1)
            .returning(Errand.id)
        )
        return _task(errand_id) if claimed else None


def _task(errand_id: int) -> Task:
    errand, channel = db.session.execute(
        select(Errand, Channel).join(Channel, Channel.id == Errand.channel_id).where(Errand.id == errand_id)
    ).one()
    subject = _subject(errand)
    return Task(id=errand.id, kind=errand.kind, subject_id=errand.subject_id, account=account_of(channel), **subject)


def _subject(errand: Errand) -> dict[str, Any]:
    """Return what the errand is about, in the platform's words; nothing where the row is gone."""
    if errand.kind is ErrandKind.PROFILE:
        person = db.session.get(Identity, errand.subject_id)
        return {"handle": _handle(person)} if person else {}
    if errand.kind is ErrandKind.MEDIA:
        file = db.session.get(Attachment, errand.subject_id)
        return {"url": file.source_url} if file else {}
    message = db.session.get(Message, errand.subject_id)
    if message is None:
        return {}
    is_parent = errand.kind is ErrandKind.PARENT
    return {
        "external_id": message.details.get("parent", {}).get("external_id", "") if is_parent else message.external_id
    }


def _handle(person: Identity) -> Handle:
    return Handle(kind=person.kind, value=person.value, name=person.name, scope=person.scope)


def is_undone(kind: ErrandKind, subject_id: int) -> bool:
    """Say whether a platform is still to be asked for this."""
    asked = select(Errand.id).where(UNDONE, Errand.key == f"{kind.value}:{subject_id}")
    return db.session.scalars(asked).first() is not None


def finish(task_id: int) -> bool:
    """Mark an errand as done inside the caller's transaction; False if somebody asked for the opposite meanwhile."""
    done = db.session.scalar(
        update(Errand)
        .where(Errand.id == task_id, Errand.state == ErrandState.RUNNING)
        .values(state=ErrandState.DONE, retry_at=None, fault_words="")
        .returning(Errand.id)
    )
    return done is not None


def put_off(task_id: int, *, words: str, is_permanent: bool, at: datetime) -> bool:
    """Write down, inside the caller's transaction, that it did not work; True if it will not be tried again."""
    errand = db.session.get(Errand, task_id)
    if errand is None or errand.state is not ErrandState.RUNNING:
        return False
    errand.fault_words = words[:500]
    if is_permanent or errand.attempts >= PATIENCE:
        errand.state = ErrandState.FAILED
        return True
    errand.state = ErrandState.QUEUED
    errand.retry_at = at + BACKOFF[min(errand.attempts, len(BACKOFF)) - 1]
    return False


def lose_track(*, lease: float) -> None:
    """Queue errands again whose claim is older than the lease (seconds, database time): twice does no harm."""
    with transaction():
        now = db.session.execute(select(database_now())).scalar_one()
        db.session.execute(
            update(Errand)
            .where(UNDONE, Errand.state == ErrandState.RUNNING, Errand.claimed_at < now - timedelta(seconds=lease))
            .values(state=ErrandState.QUEUED)
        )


def waiting(*, at: datetime, limit: int = 500) -> list[int]:
    """Return queued errands whose time has come, the oldest first; the queue may have forgotten them."""
    return list(
        db.session.scalars(
            select(Errand.id)
            .join(Channel, Channel.id == Errand.channel_id)
            .where(
                UNDONE,
                Errand.state == ErrandState.QUEUED,
                (Errand.retry_at.is_(None)) | (Errand.retry_at <= at),
                Channel.is_paused.is_(False),
            )
            .order_by(Errand.id)
            .limit(limit)
        )
    )
