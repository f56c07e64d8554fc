"""Calling code of others that has to read what strangers sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def attempted(call: Callable[[], T], otherwise: Callable[[Exception], T]) -> T:
    """Return what the call returns; whatever it raises becomes what `otherwise` makes of it.

    This is the one place in the channels that catches everything: a parser of somebody else's must not be able to
    stop the intake with an exception nobody thought of.
    """
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - see above
        return otherwise(error)
