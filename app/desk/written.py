"""What every writer of a policy, a calendar or a ladder does: find the row, refuse a name twice, note what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import select

from app.db import db
from app.errors import NotFound, Refused
from app.models import Calendar, Ladder, Policy

Row = TypeVar("Row", Calendar, Policy, Ladder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of one entry: `differing` are the fields with their values before and after."""

    id: int
    is_new: bool = False
    differing: Mapping[str, tuple[object, object]] = field(default_factory=dict)


def differing_from(row: object, wanted: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    """Return the fields that would change, with their values before and after."""
    return {key: (getattr(row, key), value) for key, value in wanted.items() if getattr(row, key) != value}


def named(kind: type[Row], id_: int | None, name: str) -> Row | None:
    """Return the row that is to be written, None for a new one; raises `Refused` if another has its name."""
    taken = db.session.scalar(select(kind.id).where(kind.name == name)) if name else None
    if taken is not None and taken != id_:
        raise Refused("„%(name)s“ gibt es schon.", field="name", name=name)
    if id_ is None:
        return None
    row = db.session.get(kind, id_, with_for_update=True)
    if row is None:
        raise NotFound("Das gibt es nicht mehr.")
    return row
