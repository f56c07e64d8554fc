"""Letting answers go whose author can no longer call them back.

One question a second over the outbox alone, and another at the very moment when the next answer may leave. Nothing is
lost with the one who asks: the time stands in the row, and the sweep finds whatever was not handed over.
"""

from __future__ import annotations

from app.desk import delivery

EVERY = 1.0
"""Seconds between two looks where nothing leaves earlier."""
SHORTEST = 0.02


class Gate:
    """Hands each answer over once; a worker that is busy finds one job for it, not one a second."""

    def __init__(self) -> None:
        self._let_go: set[int] = set()

    def open(self) -> float:
        """Hand over what may leave by now, and return in how many seconds to look again."""
        waiting = delivery.leaving()
        free = [id_ for id_, seconds in waiting if seconds <= 0]
        delivery.deliver_again([id_ for id_ in free if id_ not in self._let_go])
        self._let_go = set(free)
        return min([EVERY, *(max(seconds, SHORTEST) for _id, seconds in waiting if seconds > 0)])
