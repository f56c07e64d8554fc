"""The promises of tickets: given, replaced, kept, let go of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from sla.events import Promised, Released, Restored, Said
from sla.standing import Promise, PromiseState


class Promises:
    """What was promised so far; it knows by `homes` on which ticket each conversation lies at the moment."""

    __slots__ = ("_believed", "_homes", "given")

    def __init__(self, homes: Mapping[str, str]) -> None:
        self._homes = homes
        self.given: list[Promise] = []
        self._believed: dict[int, datetime] = {}

    def _owed_on(self, ticket: str) -> Iterator[tuple[int, Promise]]:
        for index, promise in enumerate(self.given):
            if promise.is_owed and self._homes.get(promise.conversation, "") == ticket:
                yield index, promise

    def give(self, event: Said | Promised, due_at: datetime) -> None:
        """Write one down; whatever was promised on the ticket before is replaced by it."""
        ticket = self._homes.get(event.conversation, "")
        for index, promise in self._owed_on(ticket):
            self.given[index] = replace(promise, ending=PromiseState.REPLACED, ended_at=event.at)
        self.given.append(
            Promise(due_at=due_at, given_at=event.at, conversation=event.conversation, message=event.message)
        )

    def answer(self, ticket: str, event: Said) -> None:
        """A substantive message does what was promised before it."""
        if not self.given:
            return
        for index, promise in self._owed_on(ticket):
            if promise.given_at < event.at:
                done_at = event.accepted_at or event.at
                self.given[index] = replace(promise, answered_at=done_at, answered_by=event.message)

    def believe(self, ticket: str, event: Said) -> None:
        """Until its failure is known, a message is taken for what was promised."""
        if event.failed_at is not None:
            for index, promise in self._owed_on(ticket):
                if promise.given_at < event.at:
                    self._believed[index] = event.failed_at

    def is_owed(self, ticket: str, at: datetime) -> bool:
        """Say whether anything is promised there that no message is believed then to have done."""
        return any(at >= self._believed.get(index, at) for index, _ in self._owed_on(ticket))

    def release(self, event: Released) -> None:
        for index, promise in enumerate(self.given):
            if promise.message == event.message and promise.is_owed:
                self.given[index] = replace(promise, ending=PromiseState.WAIVED, ended_at=event.at)

    def restore(self, event: Restored) -> None:
        for index, promise in enumerate(self.given):
            if promise.message == event.message and promise.ending is PromiseState.WAIVED:
                self.given[index] = replace(promise, ending=None, ended_at=None)

    def close(self, ticket: str, at: datetime) -> None:
        """Let go of what is promised on a ticket that is resolved."""
        for index, promise in self._owed_on(ticket):
            believed_until = self._believed.get(index)
            if believed_until is None or believed_until <= at:
                self.given[index] = replace(promise, ending=PromiseState.WAIVED, ended_at=at, is_resolved_away=True)

    def reopen(self, ticket: str, closed_at: datetime) -> None:
        """Bring back exactly what `close` had let go of then."""
        for index, promise in enumerate(self.given):
            is_ours = promise.is_resolved_away and promise.ended_at == closed_at
            if is_ours and self._homes.get(promise.conversation, "") == ticket:
                self.given[index] = replace(promise, ending=None, ended_at=None, is_resolved_away=False)
