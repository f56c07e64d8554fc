"""One failed round ends no loop: whatever goes wrong is logged, and the loop goes on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

log = logging.getLogger(__name__)
EXPECTED = (OperationalError, InterfaceError, RedisError, OSError)
"""What a server that is away for a while looks like; such and a missing table are a line in the log, no traceback."""


class Round:
    """One round of a loop; `error` is what went wrong, if anything."""

    error: Exception | None = None

    @property
    def went_well(self) -> bool:
        return self.error is None

    @property
    def is_unexpected(self) -> bool:
        """Say whether trying the same again is unlikely to help: no server was away, the thing itself is wrong."""
        return self.error is not None and not isinstance(self.error, EXPECTED)

    @property
    def words(self) -> str:
        """What went wrong, for a person."""
        return f"{type(self.error).__name__}: {cause(self.error)}"[:300] if self.error else ""


@contextmanager
def one_round(what: str, *, passes: type[Exception] | tuple[type[Exception], ...] = ()) -> Iterator[Round]:
    """Let nothing that goes wrong inside end the loop around it, except `passes`: log it and say so in the round."""
    this = Round()
    try:
        yield this
    except passes:
        raise
    except Exception as error:
        this.error = error
        if isinstance(error, (*EXPECTED, ProgrammingError)):
            log.warning("%s: %s", what, cause(error))
        else:
            log.exception("%s", what)


def cause(error: BaseException) -> str:
    """Return the first line of what a driver said, without the statement it was asked to run."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0] or type(error).__name__
