"""How hand-overs arrive, in words and dots: the strip of minutes, the pairs of teams, and what waits now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from app.finders.board import Board
from app.finders.board_figures import NO_GIVER
from app.finders.board_handovers import HALF, MOST_OF_ALL, Pair, Waiting, percentile
from app.web import charts
from app.web.board_lists import list_url, way
from app.web.charts import Strip
from app.web.formats import Badge, formats
from app.web.words import _

A_MINUTE = 60


class PairLine(NamedTuple):
    """One pair of teams; each cell with where it is listed, if it counted anything."""

    name: str
    cells: list[tuple[str, str]]


class WaitingLine(NamedTuple):
    number: int
    may_open: bool
    name: str
    badge: Badge


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverPanel:
    """Without a strip nothing was accepted in these days."""

    finding: str
    strip: Strip | None
    pairs: list[PairLine]
    waiting: list[WaitingLine]


def handovers(board: Board) -> HandoverPanel:
    """Say how long hand-overs took until they were accepted, and which wait."""
    taken = [(seconds // A_MINUTE, False) for pair in board.handovers for seconds in _in_time(pair)]
    taken += [(seconds // A_MINUTE, True) for pair in board.handovers for seconds in pair.late_seconds]
    every = sorted(seconds for pair in board.handovers for seconds in pair.seconds)
    half, late = percentile(every, HALF), sum(pair.late for pair in board.handovers)
    finding = _("%(count)s angenommen, Median %(median)s, %(late)s zu spät", count=len(every), median="–", late=late)
    if half is not None:
        finding = _(
            "%(count)s angenommen, Median %(median)s, %(late)s zu spät",
            count=len(every),
            median=within(half),
            late=late,
        )
    return HandoverPanel(
        finding=finding,
        strip=charts.strip(taken, median=(half or 0) / A_MINUTE) if taken else None,
        pairs=[_pair(each, board) for each in board.handovers],
        waiting=[_waiting(each) for each in board.waiting],
    )


def _in_time(pair: Pair) -> list[int]:
    """Return what was accepted in time: all but the late ones, of which the same number of seconds may be both."""
    left = list(pair.seconds)
    for seconds in pair.late_seconds:
        left.remove(seconds)
    return left


def _pair(pair: Pair, board: Board) -> PairLine:
    teams = {"from_team": pair.giver or NO_GIVER, "to_team": pair.receiver}

    def cell(figure: str, count: int, words: str = "") -> tuple[str, str]:
        return words or str(count), list_url(board, f"handovers_{figure}", **teams) if count else ""

    waits = str(pair.waiting)
    if pair.waiting_since:
        waits = _(
            "%(count)s, seit %(span)s", count=pair.waiting, span=formats().tight(formats().now - pair.waiting_since)
        )
    spans = [(within(pair.percentile(percent)), "") for percent in (HALF, MOST_OF_ALL)]
    counts = [("late", pair.late), ("declined", pair.declined), ("returned", pair.returned)]
    first = [cell("waiting", pair.waiting, waits), cell("accepted", pair.accepted)]
    return PairLine(way(pair.giver, pair.receiver), [*first, *spans, *(cell(*each) for each in counts)])


def _waiting(each: Waiting) -> WaitingLine:
    since = formats().tight(formats().now - each.since)
    badge = Badge("ok", "ring-5", since, 0)
    if each.due_at:
        badge = formats().badge(each.due_at, None, each.since)._replace(words=since)
    return WaitingLine(each.number, each.may_open, way(each.giver or "", each.receiver), badge)


def within(seconds: int | None) -> str:
    """Return service time for a cell."""
    return "–" if seconds is None else formats().tight(timedelta(seconds=seconds))
