"""Many rungs at once: which teams are told of all of them in one, as the database has it, whoever fires them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from app.db import UtcDateTime
from app.desk.writing import run
from app.models import Firing
from app.models.columns import BigId

MOST = 10
"""Of one team within `WITHIN`; what is more comes in one digest."""
WITHIN = timedelta(minutes=1)


def _recent(is_theirs: ColumnElement[bool]) -> Any:
    found = (
        select(Firing.id)
        .where(
            is_theirs,
            Firing.at > bindparam("since", type_=UtcDateTime()),
            Firing.at <= bindparam("at", type_=UtcDateTime()),
            Firing.is_superseded.is_(False),
        )
        .limit(bindparam("most"))
    )
    return select(func.count()).select_from(found.subquery())


_OF_TEAM = _recent(Firing.team_id == bindparam("team", type_=BigId))
_OF_NONE = _recent(Firing.team_id.is_(None))
"""Two statements, because neither database looks for "the same or both nothing" along an index."""

ASKED = 100
"""Rows asked for at once: of more PostgreSQL would rather read whole tables."""


def teams_of(asked: Any, ids: Sequence[int]) -> Counter[int | None]:
    """Count rows by their team; `asked` selects the team of each of its `ids`."""
    found: Counter[int | None] = Counter()
    for start in range(0, len(ids), ASKED):
        found.update(run(asked, ids=ids[start : start + ASKED]).scalars())
    return found


class Crowd:
    """Counts what fires of each team within one transaction, on top of what the database says has fired.

    Tickets without a team are a group of their own.
    """

    def __init__(self, *, most: int, at: datetime, crowded: frozenset[int | None] = frozenset()) -> None:
        self._most, self._at, self._crowded = most, at, crowded
        self._fired: dict[int | None, int] = {}

    def takes(self, team_id: int | None) -> bool:
        """Count one more of the team and say whether it belongs into the digest."""
        if team_id not in self._fired:
            self._fired[team_id] = recently(team_id, at=self._at, most=self._most)
        self._fired[team_id] += 1
        return team_id in self._crowded or self._fired[team_id] > self._most


def recently(team_id: int | None, *, at: datetime, most: int) -> int:
    """Return how many rungs of the team fired within the last minute; it stops counting above `most`."""
    asked, theirs = (_OF_NONE, {}) if team_id is None else (_OF_TEAM, {"team": team_id})
    return int(run(asked, **theirs, since=at - WITHIN, at=at, most=most + 1).scalar_one())
