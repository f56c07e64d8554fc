"""Numbers of rows in addresses and forms, none of which a database would choke on."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter

HIGHEST = 2**53 - 1
"""No row will ever have it."""
_LONGEST = 20


class RowNumber(IntegerConverter):
    """A row's number in an address; anything that no row can have does not exist."""

    regex = r"[0-9]{1,16}"

    def __init__(self, map_: Any) -> None:
        super().__init__(map_, max=HIGHEST)


def row_number(text: str) -> int:
    """Read a number somebody sent; raises `ValueError` for anything else. One that is too high names no row."""
    return max(0, min(int(text[:_LONGEST]), HIGHEST))
