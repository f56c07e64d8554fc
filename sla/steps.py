"""The steps of an escalation ladder as they are written down, and when one clock comes to each of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby

from sla.hours import BusinessHours
from sla.ladder import BREACH, Rung

_NOTHING = timedelta(0)
_TARGET = re.compile(r"assignee|owner|deputy|leads?|(?:leads|team|agent):[1-9]\d*")
_WAY = re.compile(r"inbox|mail|push|call|webhook:[1-9]\d*")
_REPEAT = "repeat"
_BREACH_LEVEL = 1000
USUAL_WAYS = ("inbox", "mail")
MOST_REPEATS = 99


class StepsError(ValueError):
    """A ladder that cannot be climbed, with the reason."""


@dataclass(frozen=True, slots=True)
class Step:
    """Whom one step tells, and how; `percent` is None from the breach on."""

    percent: int | None
    to: tuple[str, ...]
    via: tuple[str, ...]
    is_repeated: bool = False

    @property
    def name(self) -> str:
        return BREACH if self.percent is None else str(self.percent)


@dataclass(frozen=True, slots=True)
class Steps:
    """A whole ladder, the lowest step first; those told again are told `most` times more, `every` so much."""

    steps: tuple[Step, ...]
    every: timedelta | None = None
    most: int = 0

    @property
    def percents(self) -> tuple[int, ...]:
        return tuple(percent for percent, _ in groupby(step.percent for step in self.steps) if percent is not None)

    def of(self, rung: str) -> tuple[Step, ...]:
        """Return what is done on a rung; a repetition does what its own step of the breach did."""
        if rung.startswith(_REPEAT):
            return tuple(step for step in self.steps if step.is_repeated)
        return tuple(step for step in self.steps if step.name == rung)

    def rungs(
        self, hours: BusinessHours, *, since: datetime, within: timedelta, used: timedelta = _NOTHING
    ) -> tuple[Rung, ...]:
        """Place the rungs up to the breach in business time; `used` was spent of the target before `since`."""
        percents = (
            Rung(str(percent), hours.due(since, max(within * percent / 100 - used, _NOTHING)))
            for percent in self.percents
        )
        return (*percents, Rung(BREACH, hours.breach(since, max(within - used, _NOTHING))))

    def next_after(
        self, fired: str, hours: BusinessHours, *, since: datetime, within: timedelta, used: timedelta = _NOTHING
    ) -> Rung | None:
        """Return the rung above the last fired one; of repetitions it says the breach, which is never too late."""
        rungs = self.rungs(hours, since=since, within=within, used=used)
        if level_of(fired) >= _BREACH_LEVEL:
            return Rung(BREACH, rungs[-1].at) if level_of(fired) < _BREACH_LEVEL + self.most else None
        return next(rung for rung in rungs if level_of(rung.name) > level_of(fired))

    def repeated(self, breach_at: datetime, recipients: Sequence[BusinessHours]) -> tuple[Rung, ...]:
        """Place the repetitions: each when the first recipient is to hear it again, in their own hours.

        A recipient is told of the breach as soon as they work, and again after each `every` of their own time.
        """
        if self.every is None or not recipients:
            return ()
        return tuple(
            Rung(f"{_REPEAT}{count}", min(again_at(hours, breach_at, self.every * count) for hours in recipients))
            for count in range(1, self.most + 1)
        )


def again_at(hours: BusinessHours, breach_at: datetime, after: timedelta) -> datetime:
    """Return when somebody with these hours hears again of what was breached."""
    return hours.due(hours.next_opening(breach_at), after)


def level_of(rung: str) -> int:
    """Order the rungs of every ladder: percents, the breach, its repetitions; an unknown name is the lowest."""
    if rung == BREACH:
        return _BREACH_LEVEL
    if rung.startswith(_REPEAT) and rung.removeprefix(_REPEAT).isdecimal():
        return _BREACH_LEVEL + int(rung.removeprefix(_REPEAT))
    return int(rung) if rung.isdecimal() else 0


def count_of(rung: str) -> int:
    """Count a repetition from 1; 0 for every other rung."""
    return max(level_of(rung) - _BREACH_LEVEL, 0)


def to_climb(rungs: Sequence[Rung], fired: str, at: datetime) -> tuple[tuple[Rung, ...], Rung | None]:
    """Return the rungs above the fired one that have passed, the lowest first, and the one to wait for.

    The last of the passed ones is fired, those before it are superseded.
    """
    unfired = [rung for rung in rungs if level_of(rung.name) > level_of(fired)]
    passed = tuple(rung for rung in unfired if rung.at <= at)
    ahead = [rung for rung in unfired if rung.at > at]
    return passed, min(ahead, key=lambda rung: rung.at, default=None)


def read_steps(written: Sequence[Mapping[str, object]]) -> Steps:
    """Read the rungs of a ladder; raises `StepsError` with what is wrong with them.

    A rung is `{"at": 75 | "breach", "to": [...], "via": [...], "repeat": {"every": minutes, "most": times}}`.
    """
    return _read(json.dumps(written))


@lru_cache(maxsize=256)
def _read(written: str) -> Steps:
    entries = json.loads(written)
    read = [_step(entry) for entry in entries]
    repeats = {_repeat(entry["repeat"]) for entry in entries if entry.get("repeat")}
    if len(repeats) > 1:
        raise StepsError("a ladder repeats itself in one rhythm only")
    every, most = next(iter(repeats), (None, 0))
    return Steps(tuple(sorted(read, key=lambda step: level_of(step.name))), every, most)


def _step(entry: object) -> Step:
    if not isinstance(entry, dict):
        raise StepsError(f"{entry!r} is no rung")
    percent = _percent(entry.get("at"))
    if entry.get("repeat") and percent is not None:
        raise StepsError("only a breach is repeated")
    return Step(
        percent=percent,
        to=_words(entry.get("to", ()), _TARGET, "nobody is called"),
        via=_words(entry.get("via") or USUAL_WAYS, _WAY, "there is no way called"),
        is_repeated=bool(entry.get("repeat")),
    )


def _percent(at: object) -> int | None:
    if at == BREACH:
        return None
    number = str(at).removesuffix("%").strip()
    if isinstance(at, bool) or not number.isdecimal() or not 1 <= int(number) <= 100:
        raise StepsError(f"{at!r} is neither a percentage from 1 to 100 nor {BREACH!r}")
    return int(number)


def _words(written: object, allowed: re.Pattern[str], complaint: str) -> tuple[str, ...]:
    if not isinstance(written, (list, tuple)):
        raise StepsError(f"{written!r} is no list")
    for word in written:
        if not isinstance(word, str) or not allowed.fullmatch(word):
            raise StepsError(f"{complaint} {word!r}")
    return tuple(dict.fromkeys(written))


def _repeat(written: object) -> tuple[timedelta, int]:
    every, most = (written.get("every"), written.get("most", 1)) if isinstance(written, dict) else (None, None)
    if not isinstance(every, int) or isinstance(every, bool) or every < 1:
        raise StepsError("a repetition needs a number of minutes, at least 1")
    if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= MOST_REPEATS:
        raise StepsError(f"a repetition happens from 1 to {MOST_REPEATS} times")
    return timedelta(minutes=every), most


DEFAULT = Steps((Step(75, ("leads",), USUAL_WAYS), Step(None, ("leads",), USUAL_WAYS)))
"""What holds where no ladder was set."""
