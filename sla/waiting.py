"""Which messages of customers had no substantive answer yet; a holding reply never ends that."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class _Message:
    conversation: str
    at: datetime
    name: str = ""
    believed_until: datetime | None = None
    """Until then it was taken for answered by a message that never arrived."""
    closed_at: datetime | None = None
    """It lies on a ticket that was resolved then."""
    waived_at: datetime | None = None


class Waiting:
    """The messages that wait; it knows by `homes` on which ticket each conversation lies at the moment."""

    __slots__ = ("_homes", "_messages")

    def __init__(self, homes: Mapping[str, str]) -> None:
        self._homes = homes
        self._messages: list[_Message] = []

    def add(self, conversation: str, at: datetime, name: str = "") -> None:
        self._messages.append(_Message(conversation, at, name))

    def move(self, names: Collection[str], *, to: str) -> None:
        """Let messages lie in another conversation from now on."""
        for each in self._messages:
            if each.name in names:
                each.conversation = to

    def now(self) -> tuple[tuple[str, datetime], ...]:
        """Return conversation and instant of each message that waits on a ticket that is open."""
        return tuple(
            (each.conversation, each.at) for each in self._messages if each.closed_at is None and each.waived_at is None
        )

    def _on(self, ticket: str) -> Iterator[_Message]:
        return (each for each in self._messages if self._homes.get(each.conversation, "") == ticket)

    def answer(self, ticket: str, until: datetime) -> None:
        """Nobody waits any more who had written by then; what was waived stays waived."""
        if self._messages:
            self._messages = [
                each
                for each in self._messages
                if each.at > until
                or each.waived_at is not None
                or each.closed_at is not None
                or self._homes.get(each.conversation, "") != ticket
            ]

    def waive(self, ticket: str, at: datetime) -> None:
        for each in self._on(ticket):
            is_believed = each.believed_until is not None and each.believed_until > at
            if each.waived_at is None and each.closed_at is None and not is_believed:
                each.waived_at = at

    def waived_at(self, ticket: str) -> datetime | None:
        """Return when something was waived last."""
        return max((each.waived_at for each in self._on(ticket) if each.waived_at), default=None)

    def unwaive(self, ticket: str, waived_at: datetime) -> None:
        for each in self._on(ticket):
            if each.waived_at == waived_at:
                each.waived_at = None

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
