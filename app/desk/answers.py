"""Answering a repeated request with the first one's answer.

The claim on a key is written in the very commit of the act it stands for: an act that stands has its claim, and one
that was rolled back has none. Of two at once the database lets one through; the other finds the claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, event, update
from sqlalchemy.orm import Session, SessionTransaction

from app.db import db, transaction
from app.desk.writing import upsert
from app.models import StoredAnswer

UNKNOWN = 0
"""Status of an act that stands while its answer is not written yet, or was lost with its process."""


class Taken(Exception):
    """Another request with the same key committed first; this act was rolled back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A key and what it was used for: `fingerprint` tells another request under the same key."""

    key: str
    fingerprint: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    fingerprint: str
    status: int
    body: Mapping[str, Any]


_claim: ContextVar[Claim | None] = ContextVar("claim", default=None)


def kept(key: str) -> Kept | None:
    """Return what the first request with this key was answered."""
    row = db.session.get(StoredAnswer, key)
    return Kept(fingerprint=row.fingerprint, status=row.status, body=row.body) if row else None


@contextmanager
def claimed(claim: Claim) -> Iterator[None]:
    """Let the next verb claim the key in its own commit; raises `Taken` from the verb when somebody was faster."""
    token = _claim.set(claim)
    try:
        yield
    finally:
        _claim.reset(token)


@event.listens_for(db.session, "after_begin")
def _write_claim(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    """Claim before the act locks anything else, so that two with the same key never wait for each other."""
    claim = _claim.get()
    if claim is None or not connection.get_execution_options().get("is_write"):
        return
    session.info["claimed"] = True
    written = connection.scalar(
        upsert(StoredAnswer)
        .values(key=claim.key, fingerprint=claim.fingerprint, status=UNKNOWN, body={}, at=claim.at)
        .on_conflict_do_nothing()
        .returning(StoredAnswer.key)
    )
    if written is None:
        raise Taken(claim.key)


@event.listens_for(db.session, "after_commit")
def _claim_stands(session: Session) -> None:
    """Forget the claim only now: a verb that is run a second time after a roll-back must claim again."""
    if session.info.pop("claimed", False):
        _claim.set(None)


@event.listens_for(db.session, "after_rollback")
def _claim_is_undone(session: Session) -> None:
    session.info.pop("claimed", None)


def keep(key: str, *, status: int, body: Mapping[str, Any]) -> None:
    """Write down the answer for whoever asks again."""
    with transaction():
        db.session.execute(update(StoredAnswer).where(StoredAnswer.key == key).values(status=status, body=dict(body)))


def forget(*, before: datetime) -> None:
    """Remove what was kept longer than anybody repeats a request."""
    with transaction():
        db.session.execute(delete(StoredAnswer).where(StoredAnswer.at < before))
