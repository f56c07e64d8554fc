"""The overview in words and shapes: what its templates show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import url_for

from app.finders.board import Board, TeamFigures
from app.finders.board_handovers import HALF, percentile
from app.finders.board_promises import PromiseDue
from app.finders.board_scope import DAY
from app.finders.board_settled import Judged
from app.finders.tickets import TicketRow
from app.web.board_cause_words import CausePanel, causes
from app.web.board_charts import AheadChart, HoursChart, PaceChart, WaitingChart, ahead, decimal, hours, pace, waiting
from app.web.board_handover_words import HandoverPanel, handovers, within
from app.web.board_lists import list_url
from app.web.door import person
from app.web.formats import Badge, formats
from app.web.frame import Place, around
from app.web.kinds import Look, look_of, voice_of
from app.web.words import _, tongue


class Figure(NamedTuple):
    """One of the large numbers; `state` is late or soon where it burns."""

    name: str
    value: str
    detail: str = ""
    state: str = ""
    url: str = ""
    unit: str = ""


class TeamLine(NamedTuple):
    """One team; each count with where it is listed, if it is."""

    name: str
    url: str
    counts: list[tuple[str, str]]


class Urgent(NamedTuple):
    number: int
    who: str
    subject: str
    team: str
    look: Look
    badge: Badge
    due_at: datetime


class PromiseLine(NamedTuple):
    number: int
    words: str
    who: str
    owner: str
    holder: str
    look: Look
    badge: Badge
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Everything the page shows."""

    is_empty: bool
    figures: list[Figure]
    teams: list[TeamLine]
    urgent: list[Urgent]
    promises: list[PromiseLine]
    handovers: HandoverPanel
    causes: CausePanel
    ahead: AheadChart
    waiting: WaitingChart
    pace: PaceChart
    hours: HoursChart


@dataclass(slots=True)
class Chosen:
    """What can be narrowed, and what is chosen."""

    teams: list[Place] = field(default_factory=list)
    days: list[Place] = field(default_factory=list)
    sheet_url: str = ""
    wall_url: str = ""
    words: str = ""


def told(board: Board, urgent: list[TicketRow]) -> Told:
    """Say what the page shows of the figures."""
    return Told(
        is_empty=not any(
            (board.total.open, board.answers.rows, board.handovers, board.causes.rows, board.promises.first)
        ),
        figures=_figures(board),
        teams=[_team(each, board) for each in board.teams],
        urgent=[_urgent(row) for row in urgent],
        promises=[_promise(each) for each in board.promises.first],
        handovers=handovers(board),
        causes=causes(board),
        ahead=ahead(board),
        waiting=waiting(board),
        pace=pace(board),
        hours=hours(board),
    )


def _figures(board: Board) -> list[Figure]:
    judged, promises = board.answers.all, board.promises
    return [
        *_of_now(board),
        Figure(
            _("Fristen gehalten"),
            _share(judged),
            _of(judged),
            unit="%" if judged.count else "",
            url=_list(board, "answered", judged.count),
        ),
        Figure(
            _("Öffentlich unbeantwortet"),
            str(board.total.public_unanswered),
            _waits(board, board.total.oldest_public_at) or _("Beiträge und Kommentare"),
            url=_list(board, "public_unanswered", board.total.public_unanswered),
        ),
        Figure(
            _("Zusagen heute"),
            str(promises.broken + promises.ahead),
            _("%(count)s gebrochen", count=promises.broken),
            url=_list(board, "promises", promises.broken + promises.ahead),
        ),
        *_of_matters(board),
    ]


def _of_now(board: Board) -> list[Figure]:
    now = board.total
    waits = _waits(board, now.oldest_unanswered_at) if now.overdue else ""
    owed = _("%(count)s warten auf Antwort", count=now.owed)
    late, soon = ("late" if now.overdue else ""), ("soon" if now.due_in_hour else "")
    hour = _list(board, "due_in_hour", now.due_in_hour)
    return [
        Figure(_("Überfällig"), str(now.overdue), waits, late, _list(board, "overdue", now.overdue)),
        Figure(_("Fällig in 60 Min."), str(now.due_in_hour), "", soon, hour),
        Figure(_("Offen"), str(now.open), owed, url=_list(board, "open", now.open)),
    ]


def _list(board: Board, figure: str, count: int, **narrowed: object) -> str:
    """Return where a figure is listed; nothing for one that counted nothing."""
    return list_url(board, figure, **narrowed) if count else ""


def _waits(board: Board, since: datetime | None) -> str:
    return _("am längsten: %(span)s", span=formats().span(board.at - since)) if since else ""


def _of_matters(board: Board) -> list[Figure]:
    """Return what whole matters come to, where the shop aims for resolutions or waits for anybody."""
    of = board.matters
    found = []
    half = percentile(sorted(seconds for pair in board.handovers for seconds in pair.seconds), HALF)
    if half is not None:
        count = sum(pair.accepted for pair in board.handovers)
        detail = _("Median bis zur Annahme, %(count)s angenommen", count=count)
        found.append(Figure(_("Übergaben"), within(half), detail, url=_list(board, "handovers_accepted", count)))
    if of.running or of.held or of.missed:
        ended = _("%(held)s gehalten, %(missed)s verfehlt", held=of.held, missed=of.missed)
        running = Figure(
            _("Erledigung läuft"), str(of.running), ended, url=_list(board, "resolutions_running", of.running)
        )
        url = _list(board, "resolutions_overdue", of.overdue)
        overdue = Figure(_("Erledigung überfällig"), str(of.overdue), ended, "late", url)
        found.append(overdue if of.overdue else running)
    if of.waiting:
        where = list_url(board, "waiting_for_others")
        found.append(Figure(_("Warten auf Dritte"), str(of.waiting), _("Paketdienst, Lieferant, Werkstatt"), url=where))
    return found


def _share(judged: Judged) -> str:
    if not judged.count:
        return "–"
    return decimal(100 * judged.held / judged.count) if judged.missed else "100"


def _of(judged: Judged) -> str:
    if not judged.count:
        return _("noch keine Antworten")
    return _("%(held)s von %(count)s Antworten", held=judged.held, count=judged.count)


def _team(figures: TeamFigures, board: Board) -> TeamLine:
    now, future = figures.standing, figures.ahead
    id_, oldest = figures.team.id, now.oldest_unanswered_at
    counted = {
        "open": now.open,
        "owed": now.owed,
        "overdue": now.overdue,
        "due_in_hour": now.due_in_hour,
        "public_unanswered": now.public_unanswered,
        "held": figures.judged.held,
        "missed": figures.judged.missed,
        "breaches_ahead": future.missed_count,
    }
    cells = [
        ("–" if count is None else str(count), _list(board, figure, count or 0, team=id_) if id_ else "")
        for figure, count in counted.items()
    ]
    longest = formats().tight(board.at - oldest) if oldest else "–"
    cells.insert(2, (longest, _list(board, "oldest_unanswered", now.owed, team=id_) if id_ else ""))
    url = url_for("inbox.index", slug=f"team-{id_}") if id_ else ""
    return TeamLine(figures.team.name or _("Ohne Team"), url, cells)


def _urgent(row: TicketRow) -> Urgent:
    due_at = row.due_at or row.queue_at
    badge = formats().badge(due_at, None, row.oldest_unanswered_at)
    who, team = row.customer_name or _("Unbekannt"), row.team or ""
    return Urgent(row.number, who, row.subject, team, look_of(row.channel_kind), badge, due_at)


def _promise(promise: PromiseDue) -> PromiseLine:
    badge = formats().badge(promise.due_at, None, None)
    look = voice_of(promise.channel, is_public=promise.is_public)
    words = promise.text or _("Zusage ohne Worte")
    who, holder = promise.customer_name, promise.assignee or ""
    return PromiseLine(promise.number, words, who, promise.owner, holder, look, badge, promise.due_at)


def chosen(board: Board, team: str) -> Chosen:
    """Return the ways to other teams and days; each keeps what is chosen beside it."""
    first_on, last_on = board.span.first_on, board.span.last_on
    days: dict[str, Any] = {"from": first_on.isoformat(), "to": last_on.isoformat()}
    return Chosen(
        teams=_teams(board, team, days),
        days=_days(board, team),
        sheet_url=url_for("board.sheet", **_asked(team, days)),
        wall_url=url_for("wall.look", **_asked(team, {})),
        words=_("%(first)s bis %(last)s", first=_date(board.span.begins_at), last=_date(board.span.ends_at - DAY / 2)),
    )


def _asked(team: str, days: dict[str, Any]) -> dict[str, Any]:
    return {**days, **({"team": team} if team else {})}


def _teams(board: Board, team: str, days: dict[str, Any]) -> list[Place]:
    known = [each for each in around().teams if person().is_admin or each[0] in person().team_ids]
    if len(known) < 2:
        return []
    places = [Place(url_for("board.index", **days), _("Alle Teams"), is_current=not team)]
    shown = {each.team.id for each in board.teams} if team else set()
    return places + [
        Place(url_for("board.index", team=id_, **days), name, is_current=id_ in shown) for id_, name in known
    ]


def _days(board: Board, team: str) -> list[Place]:
    today = formats().today
    named: Sequence[tuple[str, int]] = ((_("Heute"), 1), (_("7 Tage"), 7), (_("28 Tage"), 28))
    return [
        Place(
            url_for("board.index", **_asked(team, {"from": str(today - timedelta(days=count - 1)), "to": str(today)})),
            name,
            is_current=board.span.last_on == today and (today - board.span.first_on).days == count - 1,
        )
        for name, count in named
    ]


def _date(at: datetime) -> str:
    local = at.astimezone(formats().zone)
    return f"{local.day:02d}.{local.month:02d}.{local.year}" if tongue() == "de" else f"{local:%d/%m/%Y}"
