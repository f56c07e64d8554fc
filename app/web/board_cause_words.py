"""Where it pinches, in words: the causes of what was resolved, and what each matter took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from app.finders.board import Board
from app.finders.board_causes import UNNAMED, Caused, Spread
from app.web.board_lists import list_url
from app.web.words import _

WIDEST = 160.0


class CauseLine(NamedTuple):
    """One cause; `width` is that of its bar."""

    name: str
    url: str
    matters: int
    width: float
    cells: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CausePanel:
    finding: str
    all: CauseLine | None
    """None where nothing was resolved."""
    rows: list[CauseLine]


def causes(board: Board) -> CausePanel:
    """Say why matters came, the most frequent cause first, and how many of us each of them took."""
    found = board.causes
    most = max((each.matters for each in found.rows), default=1)
    rows = [_line(each, board, most) for each in found.rows]
    everything = _line(found.all, board, most)._replace(
        name=_("Alle Ursachen"), url=list_url(board, "resolved"), width=0
    )
    return CausePanel(finding=_finding(board), all=everything if found.all.matters else None, rows=rows)


def _finding(board: Board) -> str:
    named = [each for each in board.causes.rows if each.cause]
    if not named:
        return _("%(count)s Anliegen erledigt, noch keine Ursache genannt", count=board.causes.all.matters)
    return _(
        "%(count)s Anliegen erledigt, am häufigsten: %(cause)s (%(first)s)",
        count=board.causes.all.matters,
        cause=named[0].cause,
        first=named[0].matters,
    )


def _line(each: Caused, board: Board, most: int) -> CauseLine:
    cells = [_spread(spread) for spread in (each.people, each.teams, each.contacts, each.channels)]
    width = round(each.matters / most * WIDEST, 1)
    url = list_url(board, "resolved", cause=each.cause or UNNAMED)
    return CauseLine(each.cause or _("Ohne Angabe"), url, each.matters, width, cells)


def _spread(spread: Spread) -> str:
    """Return median and maximum of one cell."""
    if spread.median is None:
        return "–"
    return _("%(median)s, max. %(most)s", median=spread.median, most=spread.most)
