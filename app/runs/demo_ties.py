"""What hangs on rows that go: it goes with them where it cannot stand without them, and forgets them where it can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Table, delete, select, update

from app.db import Base, db

AT_ONCE = 500
"""Ids named in one statement; SQLite takes 32,766."""


def untie(removed: dict[str, int], row: type[Base] | Table, ids: Iterable[int]) -> None:
    """Prepare rows for their removal; counts by table what had to go with them."""
    table = row if isinstance(row, Table) else Base.metadata.tables[row.__tablename__]
    wanted = sorted(set(ids))
    for column in _ties(table):
        for start in range(0, len(wanted), AT_ONCE):
            _untie(removed, column, wanted[start : start + AT_ONCE])


def _ties(table: Table) -> Iterator[Column[Any]]:
    """Yield the columns of other tables that name rows of this one; what the database itself removes is left out."""
    for other in Base.metadata.sorted_tables:
        for column in other.c:
            if any(key.column.table is table and key.ondelete is None for key in column.foreign_keys):
                yield column


def _untie(removed: dict[str, int], column: Column[Any], ids: Sequence[int]) -> None:
    table = column.table
    if column.nullable:
        db.session.execute(update(table).where(column.in_(ids)).values({column.name: None}))
        return
    gone = list(db.session.scalars(select(table.c.id).where(column.in_(ids))))
    if gone:
        untie(removed, table, gone)
        db.session.execute(delete(table).where(column.in_(ids)))
        removed[table.name] = removed.get(table.name, 0) + len(gone)
