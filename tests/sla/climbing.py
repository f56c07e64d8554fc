"""A slow second way to climb a ladder: it asks at every tick how much time has passed, and knows no rungs' instants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import strategies as st

from sla.hours import BusinessHours

A_MOMENT = timedelta(microseconds=1)


@dataclass
class SlowClock:
    """One clock, with everything that its ladder says written out."""

    hours: BusinessHours
    opened_at: datetime
    within: timedelta
    percents: Sequence[int]
    every: timedelta | None = None
    most: int = 0
    recipients: Sequence[BusinessHours] = ()
    fired: list[str] = field(default_factory=list)
    superseded: list[str] = field(default_factory=list)

    def passed(self, at: datetime) -> Iterable[str]:
        """Yield every rung whose time is up at an instant, the lowest first."""
        spent = self.hours.between(self.opened_at, at)
        yield from (str(percent) for percent in sorted(set(self.percents)) if spent >= self.within * percent / 100)
        if at < self.opened_at or self.hours.between(self.opened_at, at + A_MOMENT) <= self.within:
            return
        yield "breach"
        for count in range(1, self.most + 1):
            if any(self.worked(one, at) >= self.every * count for one in self.recipients if self.every):
                yield f"repeat{count}"

    def worked(self, recipient: BusinessHours, at: datetime) -> timedelta:
        """Return how long a recipient has worked since the breach."""
        since = self.hours.due(self.opened_at, self.within)
        while self.hours.between(self.opened_at, since + A_MOMENT) <= self.within:
            since = self.hours.next_opening(since)
        return recipient.between(since, at)

    def tick(self, at: datetime) -> None:
        """Look once: the highest rung that is new fires, those below it are superseded."""
        new = [rung for rung in self.passed(at) if rung not in {*self.fired, *self.superseded}]
        if new:
            self.fired.append(new[-1])
            self.superseded.extend(new[:-1])


@st.composite
def written_ladders(draw: st.DrawFn) -> list[dict[str, object]]:
    """Draw the rungs of a ladder as they are written down, in any order."""
    percents = draw(st.lists(st.integers(1, 100), max_size=4))
    rungs: list[dict[str, object]] = [{"at": percent, "to": ["lead"], "via": ["mail"]} for percent in percents]
    breach: dict[str, object] = {"at": "breach", "to": ["lead"], "via": ["mail"]}
    if draw(st.booleans()):
        breach["repeat"] = {"every": draw(st.integers(20, 600)), "most": draw(st.integers(1, 4))}
    rungs.append(breach)
    return draw(st.permutations(rungs))
