"""Calls that come at the same time share one commit: a disk syncs a few hundred times a second, not once for each."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from app.desk import envelopes
from app.desk.envelopes import HookCall
from app.runs.rounds import cause

log = logging.getLogger(__name__)
AT_ONCE = 100


class NotKept(Exception):
    """The commit that a call shared with others came to nothing."""


@dataclass(slots=True)
class _Waiting:
    call: HookCall
    is_done: bool = False
    is_kept: bool = False


class Keeper:
    """Keeps calls of many threads: whoever comes first writes for everybody who came meanwhile."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._mutex = threading.Lock()
        self._writing = threading.Lock()

    def keep(self, call: HookCall) -> None:
        """Return once the call is committed; raises `NotKept`, or what the database raises."""
        mine = _Waiting(call)
        with self._mutex:
            self._waiting.append(mine)
        while not mine.is_done:
            with self._writing:
                if not mine.is_done:
                    self._write(self._taken())
        if not mine.is_kept:
            raise NotKept

    def _taken(self) -> list[_Waiting]:
        with self._mutex:
            taken, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        return taken

    def _write(self, batch: list[_Waiting]) -> None:
        """Commit them together, or each by itself where one of them cannot be kept."""
        try:
            envelopes.keep([each.call for each in batch])
            for each in batch:
                each.is_kept = True
        except DBAPIError as error:
            if len(batch) == 1 or error.connection_invalidated:
                raise
            for each in batch:
                self._write_alone(each)
        finally:
            for each in batch:
                each.is_done = True

    def _write_alone(self, waiting: _Waiting) -> None:
        try:
            envelopes.keep([waiting.call])
            waiting.is_kept = True
        except DBAPIError as error:
            log.error("a call of channel %s cannot be kept: %s", waiting.call.channel_id, cause(error))  # noqa: TRY400
