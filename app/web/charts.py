"""Where the shapes of the overview's charts stand; the templates draw them, the style sheet colours them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

LEFT, RIGHT, TOP, BOTTOM = 26.0, 636.0, 12.0, 162.0
"""The field of the bars, in units of the drawing."""
STEPS = 3
"""Lines above the ground line."""
LABEL = 118.0
LINE = 34
"""Width of the names beside lying bars and spans, and the height of one line."""
END = 352.0


class Tick(NamedTuple):
    """A line of the grid and what stands beside it."""

    at: float
    words: str


class Bar(NamedTuple):
    """A piece of a bar; `words` only where they fit."""

    x: float
    y: float
    width: float
    height: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """Standing bars in two parts: what will be done, and on top of it what will be missed."""

    done: list[Bar] = field(default_factory=list)
    missed: list[Bar] = field(default_factory=list)
    grid: list[Tick] = field(default_factory=list)
    line: float | None = None


def standing_bars(pairs: Sequence[tuple[int, int]], *, line: float | None = None) -> Bars:
    """Draw each (all, missed of them) as one bar; a `line` goes across, where it is not too high."""
    step = max(1, math.ceil(max((count for count, _missed in pairs), default=0) / STEPS))
    unit = (BOTTOM - TOP) / (step * STEPS)
    place = (RIGHT - LEFT) / max(1, len(pairs))
    found = Bars(grid=[Tick(BOTTOM - step * n * unit, str(step * n)) for n in range(STEPS + 1)])
    if line is not None and line <= step * STEPS:
        found = Bars(grid=found.grid, line=round(BOTTOM - line * unit, 1))
    for position, (count, missed) in enumerate(pairs):
        x, width = round(LEFT + position * place + 3, 1), round(place - 6, 1)
        top = BOTTOM - (count - missed) * unit
        if count > missed:
            found.done.append(Bar(x, round(top, 1), width, round(BOTTOM - top, 1)))
        if missed:
            found.missed.append(Bar(x, round(top - missed * unit, 1), width, round(missed * unit, 1)))
    return found


def places(count: int) -> list[float]:
    """Return where so many standing bars begin."""
    return [round(LEFT + position * (RIGHT - LEFT) / max(1, count) + 3, 1) for position in range(count)]


def width_of(count: int) -> float:
    """Return how wide each of so many standing bars is."""
    return round((RIGHT - LEFT) / max(1, count) - 6, 1)


def lying_bars(rows: Sequence[Sequence[int]], *, widest: float = 200.0) -> list[list[Bar]]:
    """Draw each row as one bar of pieces, the longest row over the whole width; empty pieces keep their place."""
    most = max((sum(row) for row in rows), default=0) or 1
    found = []
    for line, row in enumerate(rows):
        x, bars = LABEL, []
        for count in row:
            width = count / most * widest
            bars.append(Bar(round(x, 1), line * LINE + 4, round(max(0.0, width - 1), 1), 24, _fitting(count, width)))
            x += width
        found.append(bars)
    return found


def _fitting(count: int, width: float) -> str:
    return str(count) if count and width > 8 * len(str(count)) + 6 else ""


class Took(NamedTuple):
    """Seconds that half and nine tenths of the answers took at most, and what was aimed for, if that is one figure."""

    median: int
    ninetieth: int
    target: int | None
    is_late: bool


class Reach(NamedTuple):
    """A span on a scale from the median to the ninetieth of a hundred, with its target; None where it has none."""

    y: float
    begins: float
    ends: float
    target: float | None
    is_late: bool


MARKS = (60, 300, 900, 3600, 14_400, 86_400, 345_600)
"""Seconds that may stand below the scale."""


@dataclass(frozen=True, slots=True)
class Reaches:
    rows: list[Reach]
    marks: list[tuple[float, int]]
    """Place and seconds."""


def reaches(rows: Sequence[Took]) -> Reaches:
    """Draw spans of seconds on a logarithmic scale that holds them all."""
    values = [max(1, seconds) for row in rows for seconds in row[:3] if seconds is not None]
    low = max((mark for mark in MARKS if mark <= min(values, default=60)), default=MARKS[0])
    high = max(max(values, default=3600), low * 4)

    def place(seconds: int) -> float:
        share = math.log(max(seconds, low) / low) / math.log(high / low)
        return round(LABEL + 4 + share * (END - LABEL - 84), 1)

    drawn = [
        Reach(
            line * 25 + 16.0,
            place(row.median),
            place(row.ninetieth),
            None if row.target is None else place(row.target),
            row.is_late,
        )
        for line, row in enumerate(rows)
    ]
    return Reaches(drawn, [(place(mark), mark) for mark in MARKS if low <= mark <= high])


STRIP_LEFT, STRIP_RIGHT, STACK = 8.0, 632.0, 4
MINUTES = (0, 5, 10, 20, 30, 60, 120, 240, 480, 1440)
"""Minutes that may stand below a strip."""


class Dot(NamedTuple):
    x: float
    y: float
    is_late: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """Minutes as dots; `median` is where the line stands that halves them."""

    dots: list[Dot]
    marks: list[Tick]
    median: float | None


def strip(minutes: Sequence[tuple[int, bool]], *, median: float | None) -> Strip:
    """Draw each (minutes, whether that was too late) on a scale of square roots; what is equal stacks up to four."""
    most = max([*(each for each, _late in minutes), MINUTES[1], median or 0])
    unit = (STRIP_RIGHT - STRIP_LEFT) / math.sqrt(most)
    stacked = Counter[int]()
    dots = []
    for each, is_late in sorted(minutes):
        stacked[each] += 1
        if stacked[each] <= STACK:
            dots.append(Dot(round(STRIP_LEFT + math.sqrt(each) * unit, 1), 46.0 - stacked[each] * 9, is_late))
    marks: list[Tick] = []
    for mark in MINUTES:
        x = round(STRIP_LEFT + math.sqrt(mark) * unit, 1)
        if mark <= most and (not marks or x - marks[-1].at > 40):
            marks.append(Tick(x, str(mark)))
    line = None if median is None else round(STRIP_LEFT + math.sqrt(median) * unit, 1)
    return Strip(dots, marks, line)
