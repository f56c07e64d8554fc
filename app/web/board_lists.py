"""The list behind a figure of the overview, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import quote_plus

from app.finders.board import Board
from app.finders.board_ahead import SLOT
from app.finders.board_causes import UNNAMED
from app.finders.board_figures import (
    ANSWERS,
    CLOCKS,
    HANDED,
    NO_GIVER,
    OVER,
    PROMISED,
    SPANNED,
    Behind,
    Figure,
    Found,
    Narrowed,
)
from app.finders.board_scope import Span
from app.finders.board_standing import AGES
from app.web.formats import formats
from app.web.kinds import Look, look_of
from app.web.words import _


class BehindRow(NamedTuple):
    """One line; without a number it may not be opened, and `subject` says where it lies now."""

    number: int | None
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
    """Return where the tickets behind a figure are listed; written by hand, for a page has a hundred of them."""
    asked: dict[str, object] = {"figure": figure, "from": board.span.first_on, "to": board.span.last_on}
    if board.asked_team:
        asked["team"] = board.asked_team
    asked.update(narrowed)
    return "/board/tickets?" + "&".join([f"{name}={_quoted(value)}" for name, value in asked.items()])


def _quoted(value: object) -> str:
    words = str(value)
    return words if words.isascii() and words.replace("-", "").replace("_", "").isalnum() else quote_plus(words)


def behind_words(found: Found, figure: Figure, span: Span, narrowed: Narrowed) -> BehindTold:
    """Say what the list shows."""
    columns, cells = _columns(figure)
    rows = [_row(each, cells(each)) for each in found.rows]
    told = [*([_days(span)] if figure in SPANNED else []), *_narrowed(narrowed)]
    return BehindTold(_headings()[figure], " · ".join(told), columns, rows, found.is_cut)


def _headings() -> dict[Figure, str]:
    return {
        Figure.HELD: _("Rechtzeitig beantwortet"),
        Figure.MISSED: _("Zu spät beantwortet"),
        Figure.ANSWERED: _("Beantwortet"),
        Figure.FIRST: _("Erste Antworten"),
        Figure.OPEN: _("Offen"),
        Figure.OWED: _("Warten auf Antwort"),
        Figure.OLDEST: _("Wartet am längsten"),
        Figure.OVERDUE: _("Überfällig"),
        Figure.DUE_IN_HOUR: _("Fällig in 60 Min."),
        Figure.DUE_AHEAD: _("Fällig in den nächsten 4 Stunden"),
        Figure.BREACHES: _("In den nächsten 4 Stunden voraussichtlich zu spät"),
        Figure.PUBLIC: _("Öffentlich unbeantwortet"),
        Figure.OLDEST_PUBLIC: _("Wartet öffentlich am längsten"),
        Figure.THIRD: _("Warten auf Dritte"),
        Figure.PROMISES: _("Zusagen bis heute Abend"),
        Figure.PROMISES_BROKEN: _("Gebrochene Zusagen"),
        Figure.PROMISES_AHEAD: _("Heute noch fällige Zusagen"),
        Figure.RESOLVED: _("Erledigt"),
        Figure.RUNNING: _("Erledigung läuft"),
        Figure.LATE: _("Erledigung überfällig"),
        Figure.ENDED_HELD: _("Rechtzeitig erledigt"),
        Figure.ENDED_MISSED: _("Zu spät erledigt"),
        Figure.ASKED: _("Wartende Übergaben"),
        Figure.ACCEPTED: _("Angenommene Übergaben"),
        Figure.ACCEPTED_LATE: _("Zu spät angenommene Übergaben"),
        Figure.DECLINED: _("Abgelehnte Übergaben"),
        Figure.RETURNED: _("Zurückgekommene Übergaben"),
    }


def _narrowed(narrowed: Narrowed) -> Iterator[str]:
    if narrowed.channel:
        yield look_of(narrowed.channel).name
    if narrowed.hour is not None:
        yield _("angefragt %(hour)s bis %(next)s Uhr", hour=narrowed.hour, next=narrowed.hour + 1)
    if narrowed.waiting in AGES:
        yield _("seit %(span)s", span=ages()[AGES.index(narrowed.waiting)])
    if narrowed.slot is not None:
        ends = formats().of_day(narrowed.slot + SLOT)
        yield _("fällig %(begins)s bis %(ends)s Uhr", begins=formats().of_day(narrowed.slot), ends=ends)
    if narrowed.giver or narrowed.receiver:
        yield way(narrowed.giver.replace(NO_GIVER, ""), narrowed.receiver)
    if narrowed.cause:
        yield _("Ohne Angabe") if narrowed.cause == UNNAMED else _("Ursache: %(cause)s", cause=narrowed.cause)


def ages() -> list[str]:
    """Return the classes of waiting in words, shortest first."""
    return [_("< 1 Std."), _("1–4 Std."), _("4–24 Std."), _("1–3 Tage"), _("> 3 Tage")]


def _days(span: Span) -> str:
    words = formats()
    first, last = (words.full(at).split(", ")[1] for at in (span.begins_at, span.ends_at - timedelta(hours=1)))
    return first if first == last else _("%(first)s bis %(last)s", first=first, last=last)


def _columns(figure: Figure) -> tuple[list[str], Callable[[Behind], list[str]]]:
    """Return the heads of the columns of a list, and how a row fills them."""
    if figure in ANSWERS | (CLOCKS & SPANNED):
        return _of_answers(figure)
    if figure in HANDED:
        return _of_handovers(figure)
    if figure is Figure.RESOLVED:
        return [_("Erledigt"), _("Ursache"), _("Personen"), _("Teams"), _("Nachrichten")], _done
    if figure is Figure.THIRD:
        return [_("Seit"), _("Frist"), _("Wartet auf")], _waiting_for
    if figure in PROMISED:
        return [_("Zugesagt"), _("Fällig"), _("Zusage")], _waiting_for
    return [_("Seit"), _("Frist")], _since


def _of_answers(figure: Figure) -> tuple[list[str], Callable[[Behind], list[str]]]:
    ended = _("Erledigt") if figure in CLOCKS else _("Beantwortet")
    heads = [ended, _("Frist"), _("Gebraucht"), _("Ziel")]
    return ([*heads, _("Urteil")], _with_verdict) if figure in {Figure.ANSWERED, Figure.FIRST} else (heads, _judged)


def _of_handovers(figure: Figure) -> tuple[list[str], Callable[[Behind], list[str]]]:
    heads, used = [_("Angefragt"), _("Annehmen bis")], [_("Gebraucht")]
    more = [_("Von → an"), _("Grund")]
    return ([*heads, *used, *more], _handed) if figure in OVER else ([*heads, *more], _asked)


def _since(each: Behind) -> list[str]:
    words = formats()
    return [words.full(each.at) if each.at else "–", words.full(each.due_at) if each.due_at else "–"]


def _waiting_for(each: Behind) -> list[str]:
    return [*_since(each), each.words or "–"]


def _judged(each: Behind) -> list[str]:
    used, target = timedelta(seconds=each.elapsed_seconds or 0), timedelta(minutes=each.target_minutes or 0)
    return [*_since(each), formats().span(used), formats().span(target)]


def _with_verdict(each: Behind) -> list[str]:
    return [*_judged(each), _("gehalten") if each.verdict == "met" else _("verfehlt")]


def _handed(each: Behind) -> list[str]:
    at, due, *more = _asked(each)
    used = "–" if each.elapsed_seconds is None else formats().span(timedelta(seconds=each.elapsed_seconds))
    return [at, due, used, *more]


def _asked(each: Behind) -> list[str]:
    return [*_since(each), way(each.from_team or "", each.to_team or ""), each.words or "–"]


def way(giver: str, receiver: str) -> str:
    """Say from which team to which something is handed over."""
    return f"{giver or _('Ohne Team')} → {receiver}"


def _done(each: Behind) -> list[str]:
    counts = ["–" if count is None else str(count) for count in (each.people, each.teams, each.contacts)]
    return [_since(each)[0], each.words or "–", *counts]


def _row(each: Behind, cells: list[str]) -> BehindRow:
    team, look = each.team or _("Ohne Team"), look_of(each.channel)
    if each.number is None:
        return BehindRow(None, "–", lying_with(each.lies_with or ""), team, look, cells)
    who, subject = each.customer_name or _("Unbekannt"), each.subject or _("Ohne Betreff")
    return BehindRow(each.number, who, subject, team, look, cells)


def lying_with(team: str) -> str:
    """Say where a ticket lies that one may not open."""
    return _("liegt jetzt bei %(team)s", team=team) if team else _("liegt jetzt anderswo")
