"""Reading JSON that strangers wrote: every value has the expected type afterwards, or is empty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Tree = Mapping[str, Any]
MOST_LETTERS = 100_000
_EARLIEST = datetime(2005, 1, 1, tzinfo=UTC)
_HALF = re.compile(r"[\ud800-\udfff]")
_OLD_FORMAT = "%a %b %d %H:%M:%S %z %Y"


def tree(value: object) -> Tree:
    """Return an object; one that only wraps another in `{"data": ...}` is unwrapped."""
    found = value if isinstance(value, dict) else {}
    return found["data"] if set(found) == {"data"} and isinstance(found["data"], dict) else found


def several(value: object) -> list[Any]:
    """Return a list; nothing in it is looked at yet."""
    return value if isinstance(value, list) else []


def trees(value: object) -> list[Tree]:
    """Return the objects of a list, or the one object that stands in its place."""
    return [tree(each) for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]


def words(value: object) -> str:
    """Return a text without what no database takes: half characters and NUL."""
    found = value[:MOST_LETTERS] if isinstance(value, str) else ""
    return _HALF.sub("\ufffd", found).replace("\x00", "")


def identifier(*values: object) -> str:
    """Return the first usable id; a number, which JSON allows, becomes the same text."""
    for value in values:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        found = str(value) if is_number and abs(int(str(value))) < 10**30 else words(value)
        if found and len(found) <= 100 and found.isprintable():
            return found
    return ""


def instant(value: object, *, received_at: datetime) -> datetime:
    """Return a platform's time, never after the receipt, which also stands in where it tells none.

    ISO 8601, milliseconds as a number or a string, or the old format of Twitter (`Wed Nov 21 00:13:13 +0000 2018`).
    """
    try:
        if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()):
            found = datetime.fromtimestamp(int(value) / 1000, UTC)
        elif isinstance(value, str) and value[:1].isalpha():
            found = datetime.strptime(value, _OLD_FORMAT).astimezone(UTC)
        else:
            read = datetime.fromisoformat(str(value))
            found = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return received_at
    return min(found, received_at) if found > _EARLIEST else received_at
