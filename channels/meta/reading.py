"""Reading JSON that strangers sent: whatever is missing or of another type is empty, and nothing raises."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from channels import payload
from channels.contract import Unreadable

MOST_TEXT = 100_000
MOST_ID = 180
MOST_NAME = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(2004, 2, 4, tzinfo=UTC)
"""Facebook's first day: an instant before it is a slip of somebody's."""
_SECONDS_BELOW = 100_000_000_000
"""Larger figures are milliseconds; as seconds they would lie in the year 5138."""


def decoded(raw: bytes) -> dict[str, Any]:
    """Return the JSON object; raises `Unreadable` if it is none."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"Das ist kein JSON: {type(error).__name__}") from error
    return mapping(found)


def mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[dict[str, Any]]:
    """Return the objects of a list; everything else in it is left out."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def words(value: object, *, most: int = MOST_TEXT) -> str:
    """Return a text, also of a whole number, as a database takes it: no NUL, no half characters."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)[:most]
    return payload.words(value)[:most]


def identifier(value: object) -> str:
    """Return an id as text; one that is too long for a key is shortened, and stays the same each time."""
    found = words(value).strip()
    if len(found) <= MOST_ID:
        return found
    return f"{found[:100]}~{digest(found)}"


def digest(*parts: str) -> str:
    """Return 32 letters that stand for these texts."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def moment(value: object) -> datetime | None:
    """Return an instant given in seconds, in milliseconds or in ISO 8601; None if it cannot be one."""
    found = words(value, most=40).strip()
    if re.fullmatch(r"[0-9]{1,14}", found):
        number = int(found)
        at = _EPOCH + timedelta(milliseconds=number if number >= _SECONDS_BELOW else number * 1000)
    else:
        try:
            at = datetime.fromisoformat(found)
            at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            return None
    return at if at >= _EARLIEST else None


def instant(*values: object, received_at: datetime) -> datetime:
    """Return the first of these that is an instant, never after the receipt; the receipt if none is."""
    for value in values:
        found = moment(value)
        if found is not None:
            return min(found, received_at)
    return received_at


def facts(source: Mapping[str, Any], *names: str) -> dict[str, object]:
    """Return the plain values that are there by these names; ids become texts."""
    found: dict[str, object] = {}
    for name in names:
        value = source.get(name)
        kept = value if isinstance(value, bool) else words(value, most=1000)
        if kept != "":
            found[name] = kept
    return found
