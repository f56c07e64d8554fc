"""The overview as lines, one figure each: what the page shows, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from app.finders.board import Board, TeamFigures
from app.finders.board_causes import PARTS, UNNAMED
from app.finders.board_figures import NO_GIVER
from app.finders.board_handovers import HALF, MOST_OF_ALL, Pair
from app.finders.board_scope import Span
from app.finders.board_settled import Judged
from app.finders.board_standing import AGES, Standing

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is reckoned by spreadsheets (CWE-1236)."""


class Line(NamedTuple):
    """One figure; what does not narrow it is empty. `list` is where the API lists what was counted."""

    figure: str
    team: str = ""
    channel: str = ""
    hour: str = ""
    waiting: str = ""
    cause: str = ""
    value: str = ""
    unit: str = "count"
    list: str = ""


def as_csv(board: Board) -> str:
    """Return the lines as CSV (RFC 4180)."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(Line._fields)
    writer.writerows([_harmless(cell) for cell in line] for line in lines(board))
    return sheet.getvalue()


def list_of_owed(team_id: int | None = None) -> str:
    """Return the address of the API's list of what waits for an answer, what is due first at the beginning."""
    team = {"team": team_id} if team_id else {}
    return f"/api/v1/tickets?{urlencode({'state': 'open', 'sort': 'due', **team})}"


def list_of(figure: str, span: Span, **narrowed: object) -> str:
    """Return the address of the API's list of the tickets behind a figure; empty values do not narrow."""
    days = {"from": span.first_on.isoformat(), "to": span.last_on.isoformat()}
    asked = {name: value for name, value in narrowed.items() if value not in {"", None}}
    return f"/api/v1/board/tickets?{urlencode({'figure': figure, **days, **asked})}"


def lines(board: Board) -> Iterator[Line]:
    """Return every figure of the overview, the totals first."""
    yield Line("from", value=board.span.first_on.isoformat(), unit="date")
    yield Line("to", value=board.span.last_on.isoformat(), unit="date")
    yield Line("at", value=_instant(board.at), unit="instant")
    yield from _standing(board.total, "", board, board.asked_team)
    yield from _judged(board.answers.all, board)
    yield from _matters(board)
    counted = {
        "due_ahead": board.due_ahead,
        "breaches_ahead": board.missed_ahead,
        "promises_broken": board.promises.broken,
        "promises_due_today": board.promises.ahead,
    }
    for figure, count in counted.items():
        yield _counted(figure, count, board)
    for each in board.teams:
        yield from _team(each, board)
    for pair in board.handovers:
        yield from _handovers(pair, board)
    yield from _causes(board)
    yield from _channels(board)
    yield from _hours(board)
    for slot in board.slots:
        begins = _instant(slot.begins_at)
        missed = None if board.missed_ahead is None else slot.missed
        for figure, count in (("due_ahead", slot.due), ("breaches_ahead", missed)):
            yield _counted(figure, count, board, slot=begins)._replace(hour=begins)


def _counted(figure: str, count: int | None, board: Board, **narrowed: object) -> Line:
    """Tell a figure with its list; one that is not known has none."""
    where = "" if count is None else list_of(figure, board.span, **{"team": board.asked_team, **narrowed})
    return Line(figure, value=_known(count), list=where)


def _matters(board: Board) -> Iterator[Line]:
    of = board.matters
    counted = {
        "resolutions_running": of.running,
        "resolutions_overdue": of.overdue,
        "resolutions_held": of.held,
        "resolutions_missed": of.missed,
        "waiting_for_others": of.waiting,
    }
    for figure, count in counted.items():
        yield Line(figure, value=str(count), list=list_of(figure, board.span, team=board.asked_team))


def _causes(board: Board) -> Iterator[Line]:
    """Tell what was resolved, all of it and by cause, and how much of everybody each matter took."""
    for each, name in [(board.causes.all, ""), *((row, row.cause or UNNAMED) for row in board.causes.rows)]:
        where = list_of("resolved", board.span, team=board.asked_team, cause=name)
        yield Line("resolved", cause=name, value=str(each.matters), list=where)
        for part in PARTS:
            spread = getattr(each, part)
            yield Line(f"{part}_p50", cause=name, value=_known(spread.median), list=where)
            yield Line(f"{part}_most", cause=name, value=_known(spread.most), list=where)


def _team(figures: TeamFigures, board: Board) -> Iterator[Line]:
    name, id_ = figures.team.name or "(none)", figures.team.id
    per_hour = figures.ahead.per_hour
    ahead = {"due_ahead": figures.ahead.due_count, "breaches_ahead": figures.ahead.missed_count}
    yield from _standing(figures.standing, name, board, id_)
    yield from _judged(figures.judged, board, team=name, team_id=id_)
    for figure, count in ahead.items():
        line = _counted(figure, count, board, team=id_)._replace(team=name)
        yield line if id_ else line._replace(list="")
    yield Line("answers_per_hour", team=name, value="" if per_hour is None else f"{per_hour:.2f}", unit="per hour")


def _standing(figures: Standing, team: str, board: Board, narrow: int | str | None) -> Iterator[Line]:
    """Tell how a team stands; what lies in no team (`narrow` None) has no list of its own."""

    def where(figure: str, **more: object) -> str:
        return "" if narrow is None else list_of(figure, board.span, team=narrow, **more)

    for figure in ("open", "owed", "overdue", "due_in_hour", "public_unanswered"):
        yield Line(figure, team=team, value=str(getattr(figures, figure)), list=where(figure))
    for figure, oldest in (
        ("oldest_unanswered", figures.oldest_unanswered_at),
        ("oldest_public", figures.oldest_public_at),
    ):
        told, listed = (_instant(oldest), where(figure)) if oldest else ("", "")
        yield Line(f"{figure}_at", team=team, value=told, unit="instant", list=listed)
    for age, count in zip(AGES, figures.waiting, strict=True):
        yield Line("waiting", team=team, waiting=age, value=str(count), list=where("owed", waiting=age))


def _handovers(pair: Pair, board: Board) -> Iterator[Line]:
    name = f"{pair.giver or NO_GIVER} > {pair.receiver}"
    teams = {"from_team": pair.giver or NO_GIVER, "to_team": pair.receiver}
    counts = (pair.waiting, pair.accepted, pair.late, pair.declined, pair.returned)
    for figure, count in zip(("waiting", "accepted", "late", "declined", "returned"), counts, strict=True):
        yield _counted(f"handovers_{figure}", count, board, **teams)._replace(team=name)
    yield Line("handover_p50", team=name, value=_known(pair.percentile(HALF)), unit="seconds")
    yield Line("handover_p90", team=name, value=_known(pair.percentile(MOST_OF_ALL)), unit="seconds")


def _channels(board: Board) -> Iterator[Line]:
    for channel, judged in sorted(board.answers.by(lambda row: row.channel).items()):
        yield from _judged(judged, board, channel=channel)
    for channel, first in sorted(board.answers.first.items()):
        yield _counted("first_answers", first.count, board, channel=channel)._replace(channel=channel)
        yield Line("first_answer_p50", channel=channel, value=_known(first.p50_seconds), unit="seconds")
        yield Line("first_answer_p90", channel=channel, value=_known(first.p90_seconds), unit="seconds")


def _hours(board: Board) -> Iterator[Line]:
    for hour, judged in sorted(board.answers.by(lambda row: row.hour).items()):
        yield from _judged(judged, board, hour=str(hour))
    for (channel, hour), judged in sorted(board.answers.by(lambda row: (row.channel, row.hour)).items()):
        yield from _judged(judged, board, channel=channel, hour=str(hour))


def _judged(
    judged: Judged, board: Board, *, team: str = "", team_id: int | None = 0, channel: str = "", hour: str = ""
) -> Iterator[Line]:
    """Tell both figures; answers on tickets without a team have no list of their own."""
    narrowed = {"team": team_id or board.asked_team, "channel": channel, "hour": hour}
    for figure, count in (("held", judged.held), ("missed", judged.missed)):
        where = "" if team_id is None else list_of(figure, board.span, **narrowed)
        yield Line(figure, team, channel, hour, value=str(count), list=where)


def _known(value: int | None) -> str:
    return "" if value is None else str(value)


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
