"""Where a conversation lay when: an answer settles what lay on the same ticket as it was given, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from sqlalchemy import select

from app.db import db
from app.desk.catching_up import MOVES
from app.models import Event, Obligation

_EVER = datetime.min.replace(tzinfo=UTC)


class Given(Protocol):
    """Something said at an instant in a conversation."""

    @property
    def at(self) -> datetime: ...

    @property
    def conversation_id(self) -> int: ...


Said = TypeVar("Said", bound=Given)


class Together:
    """The conversations of a ticket, and under which tickets each has lain before; read once a conversation."""

    def __init__(self, ticket_id: int) -> None:
        self._ticket_id = ticket_id
        self._paths: dict[int, list[tuple[datetime, int]]] = {}

    def said_on(self, owed: Obligation, said: Sequence[Said]) -> list[Said]:
        """Return what was said while its conversation and that of the obligation lay on one ticket."""
        here = owed.conversation_id
        return [
            each
            for each in said
            if each.conversation_id == here or self._lay(each.conversation_id, each.at) == self._lay(here, each.at)
        ]

    def _lay(self, conversation_id: int, at: datetime) -> int:
        if conversation_id not in self._paths:
            self._paths[conversation_id] = self._path(conversation_id)
        return next(number for since, number in self._paths[conversation_id] if since <= at)

    def _path(self, conversation_id: int) -> list[tuple[datetime, int]]:
        """Return under which ticket it lay since when, the newest first."""
        path: list[tuple[datetime, int]] = []
        number, before = self._ticket_id, 0
        while number:
            came = self._arrival(conversation_id, number, before)
            path.append((came.at if came else _EVER, number))
            number, before = (came.details[MOVES[came.kind]], came.id) if came else (0, 0)
        return path

    @staticmethod
    def _arrival(conversation_id: int, number: int, before: int) -> Event | None:
        arrivals = select(Event).where(Event.ticket_id == number, Event.kind.in_(MOVES)).order_by(Event.id.desc())
        if before:
            arrivals = arrivals.where(Event.id < before)
        return next(
            (each for each in db.session.scalars(arrivals) if conversation_id in each.details["conversations"]), None
        )
