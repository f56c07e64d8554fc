"""Wait for a condition instead of for a length of time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 30.0
"""Seconds; a busy machine is no fault, and what never comes true costs them only once."""


def until(condition: Callable[[], T], *, within: float = PATIENCE, what: str = "the condition") -> T:
    """Return the first true answer of `condition`; fails the test after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {within:g} s (last answer: {answer!r})")
        time.sleep(0.01)
