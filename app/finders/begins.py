"""Finding rows by the beginning of a text, on an index, on both databases."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_

from app.db import db

_AFTER_ALL = "\U0010ffff"


def begins(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Return the condition that a column begins with a text, letter for letter.

    PostgreSQL reads it from an index for patterns; SQLite, whose LIKE knows no capitals, from the range it means.
    """
    if db.engine.dialect.name == "postgresql":
        return column.startswith(text, autoescape=True)
    return and_(column >= text, column < text + _AFTER_ALL)
