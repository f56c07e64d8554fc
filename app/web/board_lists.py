"""The list behind a figure of the overview, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from flask import url_for

from app.finders.board import Board
from app.finders.board_lists import MOST, Behind, Figure
from app.finders.board_scope import Span
from app.web.formats import formats
from app.web.kinds import Look, look_of
from app.web.words import _


class BehindRow(NamedTuple):
    number: int
    who: str
    subject: str
    team: str
    look: Look
    cells: list[str]


class BehindTold(NamedTuple):
    """A heading, the columns after those of every list, and the rows."""

    heading: str
    question: str
    columns: list[str]
    rows: list[BehindRow]
    is_cut: bool


def list_url(board: Board, figure: str, **narrowed: object) -> str:
    """Return where the tickets behind a figure are listed."""
    days: dict[str, Any] = {"from": board.span.first_on, "to": board.span.last_on}
    team = {"team": board.asked_team} if board.asked_team else {}
    return url_for("board.behind", figure=figure, **{**team, **days, **narrowed})


def behind_words(found: list[Behind], figure: Figure, span: Span, *, channel: str, hour: int | None) -> BehindTold:
    """Say what the list shows."""
    narrowed = [look_of(channel).name] if channel else []
    if hour is not None:
        narrowed.append(_("angefragt %(hour)s bis %(next)s Uhr", hour=hour, next=hour + 1))
    headings = {
        Figure.HELD: _("Rechtzeitig beantwortet"),
        Figure.MISSED: _("Zu spät beantwortet"),
        Figure.PUBLIC: _("Öffentlich unbeantwortet"),
        Figure.THIRD: _("Warten auf Dritte"),
    }
    columns = [_("Beantwortet"), _("Frist"), _("Gebraucht"), _("Ziel")]
    if figure in {Figure.PUBLIC, Figure.THIRD}:
        columns = [_("Seit"), _("Frist"), _("Wartet auf")][: 3 if figure is Figure.THIRD else 2]
    else:
        narrowed.insert(0, _days(span))
    rows = [_row(each, figure) for each in found]
    return BehindTold(headings[figure], " · ".join(narrowed), columns, rows, len(found) == MOST)


def _days(span: Span) -> str:
    words = formats()
    first, last = (words.full(at).split(", ")[1] for at in (span.begins_at, span.ends_at - timedelta(hours=1)))
    return first if first == last else _("%(first)s bis %(last)s", first=first, last=last)


def _row(each: Behind, figure: Figure) -> BehindRow:
    words = formats()
    cells = [words.full(each.at), words.full(each.due_at) if each.due_at else "–"]
    if figure in {Figure.HELD, Figure.MISSED}:
        used = timedelta(seconds=each.elapsed_seconds or 0)
        cells += [words.span(used), words.span(timedelta(minutes=each.target_minutes or 0))]
    elif figure is Figure.THIRD:
        cells.append(each.words)
    who, team = each.customer_name or _("Unbekannt"), each.team or _("Ohne Team")
    return BehindRow(each.number, who, each.subject or _("Ohne Betreff"), team, look_of(each.channel), cells)
