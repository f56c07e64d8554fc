"""Where the next page begins, sealed: a cursor cannot be read, made up or used for another list."""

from __future__ import annotations

from datetime import datetime

from app import seal
from app.errors import Refused
from app.finders.tickets import Position


def after_ticket(sort: str, position: Position | None) -> str | None:
    """Return the cursor of a page of tickets; None at the end."""
    if position is None:
        return None
    at, number, is_closed = position
    return _sealed(sort, f"{at.isoformat()} {number} {int(is_closed)}")


def ticket_position(sort: str, cursor: str) -> Position | None:
    """Return where the page begins; None at the start. Raises `Refused`."""
    if not cursor:
        return None
    at, number, is_closed = _opened(sort, cursor).split(" ")
    return Position(datetime.fromisoformat(at), int(number), is_closed == "1")


def before_row(of: str, row_id: int) -> str | None:
    """Return the cursor of a list that goes from the newest row to the oldest; None at the end."""
    return _sealed(of, str(row_id)) if row_id else None


def row_position(of: str, cursor: str) -> int:
    """Return the id the page begins before, 0 at the start. Raises `Refused`."""
    return int(_opened(of, cursor)) if cursor else 0


def _sealed(of: str, place: str) -> str:
    return seal.seal({"of": of, "place": place}).decode()


def _opened(of: str, cursor: str) -> str:
    try:
        opened = seal.unseal(cursor.encode())
    except seal.SealBroken:
        opened = {}
    if opened.get("of") != of:
        raise Refused("Dieser Cursor gehört nicht zu dieser Liste.", field="cursor")
    return opened["place"]
