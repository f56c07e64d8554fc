"""Which messages of customers had no substantive answer yet; a holding reply never ends that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class _Message:
    conversation: str
    at: datetime
    believed_until: datetime | None = None
    """Until then it was taken for answered by a message that never arrived."""
    closed_at: datetime | None = None
    """It lies on a ticket that was resolved then."""


class Waiting:
    """The messages that wait; it knows by `homes` on which ticket each conversation lies at the moment."""

    __slots__ = ("_homes", "_messages")

    def __init__(self, homes: Mapping[str, str]) -> None:
        self._homes = homes
        self._messages: list[_Message] = []

    def add(self, conversation: str, at: datetime) -> None:
        self._messages.append(_Message(conversation, at))

    def now(self) -> tuple[tuple[str, datetime], ...]:
        """Return conversation and instant of each message that waits on a ticket that is open."""
        return tuple((each.conversation, each.at) for each in self._messages if each.closed_at is None)

    def _on(self, ticket: str) -> Iterator[_Message]:
        return (each for each in self._messages if self._homes.get(each.conversation, "") == ticket)

    def _keep(self, ticket: str, *, until: datetime | None, at: datetime | None) -> None:
        """Drop what is on the ticket: up to an instant, and not what is believed answered then."""
        self._messages = [
            each
            for each in self._messages
            if self._homes.get(each.conversation, "") != ticket
            or (until is not None and each.at > until)
            or (at is not None and each.believed_until is not None and each.believed_until > at)
        ]

    def answer(self, ticket: str, until: datetime) -> None:
        """Nobody waits any more who had written by then."""
        if self._messages:
            self._keep(ticket, until=until, at=None)

    def waive(self, ticket: str, at: datetime) -> None:
        self._keep(ticket, until=None, at=at)

    def believe(self, ticket: str, until: datetime, failed_at: datetime) -> None:
        for each in self._on(ticket):
            if each.at <= until:
                each.believed_until = failed_at

    def close(self, ticket: str, at: datetime) -> None:
        for each in self._on(ticket):
            if each.closed_at is None and (each.believed_until is None or each.believed_until <= at):
                each.closed_at = at

    def reopen(self, ticket: str, closed_at: datetime) -> None:
        for each in self._on(ticket):
            if each.closed_at == closed_at:
                each.closed_at = None

    def drop_closed(self, ticket: str) -> None:
        """What a resolution had waived stays waived."""
        self._messages = [
            each
            for each in self._messages
            if each.closed_at is None or self._homes.get(each.conversation, "") != ticket
        ]
