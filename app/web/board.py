"""The overview by which leads steer: the page, and the same figures as CSV."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for

from app import clock
from app.desk.aims import hours_of
from app.errors import Refused
from app.finders import board as boards
from app.finders import board_figures, board_lists, tickets
from app.finders.board import Board
from app.finders.board_scope import DAY, Span, span
from app.finders.board_table import as_csv
from app.web.board_lists import behind_words
from app.web.board_words import chosen, told
from app.web.door import person, require_lead
from app.web.forms import without_nul
from app.web.words import _

bp = Blueprint("board", __name__)
MOST_URGENT = 5
FIGURES = frozenset(board_figures.Figure)
BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for something else."""


@bp.get("/board")
def index() -> str:
    require_lead()
    found, team = _board()
    wanted = tickets.Wanted(team=team, sort="due")
    rows, _more = tickets.page(person(), wanted, limit=MOST_URGENT)
    urgent = [row for row in rows if row.due_at is not None]
    return render_template("board/index.html", board=told(found, urgent), chosen=chosen(found, team))


@bp.get("/board/tickets")
def behind() -> str:
    """The tickets behind one figure."""
    require_lead()
    figure = board_figures.Figure(request.args["figure"]) if request.args.get("figure") in FIGURES else abort(404)
    narrowed = board_figures.Narrowed(
        team=_word("team"),
        channel=_word("channel"),
        hour=request.args.get("hour", type=int),
        waiting=_word("waiting"),
        cause=_word("cause"),
        slot=_instant("slot"),
        giver=_word("from_team"),
        receiver=_word("to_team"),
    )
    found = board_lists.behind(person(), figure, _span(), narrowed, now=clock.now(), hours_of=hours_of)
    return render_template("board/behind.html", told=behind_words(found, figure, _span(), narrowed), back_url=_back())


def _instant(name: str) -> datetime | None:
    """Read an instant out of the address; what is none does not exist."""
    text = request.args.get(name, "")
    try:
        found = datetime.fromisoformat(text) if text else None
        return (found.astimezone(UTC) + DAY - DAY) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        abort(404)


def _back() -> str:
    days: dict[str, Any] = {name: request.args[name] for name in ("from", "to", "team") if request.args.get(name)}
    return url_for("board.index", **days)


def _word(name: str) -> str:
    return without_nul(request.args.get(name, ""))[:254]


@bp.get("/board.csv")
def sheet() -> Response:
    """The figures of the page, one a line."""
    require_lead()
    found, _team = _board()
    name = f"{_('Übersicht')}-{found.span.first_on}-{found.span.last_on}.csv"
    answer = Response(BYTE_ORDER_MARK + as_csv(found), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _board() -> tuple[Board, str]:
    team = _word("team")
    return boards.board(person(), _span(), team=team, now=clock.now(), hours_of=hours_of), team


def _span() -> Span:
    """Read the days out of the address; what cannot be days does not exist."""
    zone = ZoneInfo(current_app.config["FADEN"].time_zone)
    try:
        return span(_day("from"), _day("to"), now=clock.now(), zone=zone)
    except (Refused, ValueError):
        abort(404)


def _day(name: str) -> date | None:
    text = request.args.get(name, "")
    return date.fromisoformat(text) if text else None
