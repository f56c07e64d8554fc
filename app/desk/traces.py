"""Telling a repeated report from a new one, by the database's own unique key."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam

from app.db import db
from app.desk.writing import run, upsert
from app.models import Trace


def is_new(external_id: str, *, channel_id: int, at: datetime) -> bool:
    """Leave a trace of a report inside the caller's transaction; False if it left one before."""
    left = run(_leaving(db.engine.dialect.name), channel_id=channel_id, external_id=external_id[:500], at=at)
    return left.first() is not None


def is_known(external_id: str, *, channel_id: int) -> bool:
    """Say whether a trace was left, without leaving one."""
    return db.session.get(Trace, (channel_id, external_id[:500])) is not None


@cache
def _leaving(_dialect: str) -> Any:
    columns = Trace.__table__.c
    values = {name: bindparam(name, type_=columns[name].type) for name in ("channel_id", "external_id", "at")}
    return upsert(Trace).values(values).on_conflict_do_nothing().returning(Trace.external_id)
