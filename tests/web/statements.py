"""Counting what a page asks of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from app.db import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the SQL of the block; BEGIN and COMMIT are no questions and do not count."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement not in {"BEGIN", "BEGIN IMMEDIATE"}:
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)
