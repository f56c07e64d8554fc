"""One round of the tick: all that is due, some rungs of each ladder in turn, then what is told of many in one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, zip_longest

from app import clock
from app.desk import clock_rungs, crowding, digests, escalation, handover_returns, promise_rungs, waking
from app.desk.rungs import Load, fire_all
from app.runs.rounds import one_round

BATCH = 25
"""Rungs that share a commit; a row that cannot be fired is fired alone in the next try, and then rests."""
LIMIT = 1000
"""Of one ladder in one round."""
REST = 60.0
"""Seconds for which a row that could not be fired is left alone, so that it does not hold up the others."""

Teams = frozenset[int | None]


@dataclass(frozen=True, slots=True)
class Ladder:
    """What the tick climbs: its name, what is due by now, of which teams that is, and how some of it is fired."""

    name: str
    due: Callable[..., list[int]]
    teams: Callable[[Sequence[int]], Counter[int | None]]
    fire: Callable[[Sequence[int], datetime, int, Teams], object]


def _by(load: Load) -> Callable[[Sequence[int], datetime, int, Teams], object]:
    return lambda ids, at, most, crowded: fire_all(load, ids, at=at, most=most, crowded=crowded)


def _give_back(ids: Sequence[int], at: datetime, _most: int, _crowded: Teams) -> None:
    for handover_id in ids:
        handover_returns.fire(handover_id, at=at)


LADDERS = (
    Ladder("obligation", escalation.due, escalation.teams, _by(escalation.load)),
    Ladder("promise", promise_rungs.due, promise_rungs.teams, _by(promise_rungs.load)),
    Ladder("clock", clock_rungs.due, clock_rungs.teams, _by(clock_rungs.load)),
    Ladder("handover", handover_returns.due, lambda _ids: Counter(), _give_back),
)

Batch = tuple[Ladder, tuple[int, ...]]


class Climb:
    """Remembers between the rounds which rows rest."""

    def __init__(self, *, most: int = crowding.MOST) -> None:
        self._most = most
        self._resting: dict[tuple[str, int], float] = {}

    def round(self, *, goes_on: Callable[[], bool] = lambda: True) -> bool:
        """Fire what is due, as long as `goes_on` says so after each commit; False where nothing could be fired."""
        now = time.monotonic()
        self._resting = {row: until for row, until in self._resting.items() if until > now}
        found = [(ladder, self._due(ladder)) for ladder in LADDERS]
        crowded = self._crowded(found)
        for batch in _in_turn(found):
            if not self._fired(batch, crowded):
                return False
            if not goes_on():
                return True
        if all(len(ids) < LIMIT for _, ids in found):
            self._tell_of_many()
        return True

    def _due(self, ladder: Ladder) -> list[int]:
        """Return what is due and does not rest, so that many that rest keep nobody waiting."""
        resting = {id_ for name, id_ in self._resting if name == ladder.name}
        found = ladder.due(at=clock.now(), limit=LIMIT + len(resting))
        return [id_ for id_ in found if id_ not in resting][:LIMIT]

    def _crowded(self, found: Sequence[tuple[Ladder, list[int]]]) -> Teams:
        """Return the teams of which more is due, with what fired just now, than each is told of by itself."""
        if sum(len(ids) for _, ids in found) <= self._most:
            return frozenset()
        due: Counter[int | None] = Counter()
        for ladder, ids in found:
            due += ladder.teams(ids) if ids else Counter()
        at = clock.now()
        return frozenset(
            team for team, count in due.items() if count + crowding.recently(team, at=at, most=self._most) > self._most
        )

    def _fired(self, batch: Batch, crowded: Teams) -> bool:
        """Fire some together, or each alone where that fails; False where no other could be fired either."""
        ladder, ids = batch
        if len(ids) > 1:
            with one_round(f"{len(ids)} rungs of {ladder.name} together") as together:
                ladder.fire(ids, clock.now(), self._most, crowded)
            if not together.is_unexpected:
                return together.went_well
        return all(self._fired_alone(ladder, id_, crowded) for id_ in ids)

    def _fired_alone(self, ladder: Ladder, id_: int, crowded: Teams) -> bool:
        with one_round(f"firing {ladder.name} {id_}") as this:
            ladder.fire((id_,), clock.now(), self._most, crowded)
        if this.is_unexpected:
            self._resting[ladder.name, id_] = time.monotonic() + REST
        return this.went_well or this.is_unexpected

    def _tell_of_many(self) -> None:
        """Write the digests whose crowd is complete, and wake what waited for its reader's hours."""
        at = clock.now()
        for team_id in digests.ready(at=at, most=self._most):
            with one_round(f"the digest of team {team_id}"):
                digests.write(team_id, at=at)
        if waking.due(at=at):
            with one_round("words that waited"):
                waking.wake(at=at, most=self._most)


def _in_turn(found: Sequence[tuple[Ladder, list[int]]]) -> Iterator[Batch]:
    """Take a batch of each ladder in turn, so that a flood on one keeps nobody of another waiting."""
    queues = [
        [(ladder, tuple(ids[start : start + BATCH])) for start in range(0, len(ids), BATCH)] for ladder, ids in found
    ]
    return (batch for batch in chain.from_iterable(zip_longest(*queues)) if batch is not None)
