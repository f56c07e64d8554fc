"""The four charts of the overview: each with its finding in words and a table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from app.finders.board import Board, TeamFigures
from app.finders.board_ahead import Slot
from app.finders.board_settled import FirstAnswers, Judged
from app.finders.board_standing import AGES
from app.web import charts
from app.web.board_lists import ages, list_url
from app.web.charts import Bars, Reaches, Took
from app.web.formats import formats
from app.web.kinds import Look, look_of
from app.web.words import _, tongue

USUAL_HOURS = range(8, 18)
GRAVE = 20
"""Percent of the answers of an hour that were late: from here on a cell stands out."""


class Cell(NamedTuple):
    """What stands in a cell, and where what it counted is listed."""

    words: str
    url: str = ""


class Sheet(NamedTuple):
    """What a chart shows, as a table."""

    heads: list[str]
    rows: list[list[Cell]]


class Hit(NamedTuple):
    """What can be pressed in a chart, from where on and how wide, and where it leads."""

    x: float
    width: float
    url: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadChart:
    words: str
    finding: str
    bars: Bars
    hits: list[Hit]
    """Each quarter of an hour in which something is due."""
    times: list[tuple[float, str]]
    line_words: str
    sheet: Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingChart:
    words: str
    finding: str
    rows: list[tuple[str, list[tuple[charts.Bar, str]], int]]
    legend: list[str]
    height: int
    sheet: Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceChart:
    finding: str
    looks: list[Look]
    reaches: Reaches
    marks: list[tuple[float, str]]
    ends: list[str]
    height: int
    sheet: Sheet


class Share(NamedTuple):
    """How many percent of an hour's answers were late; `shade` is 0 to 4, or `late`; no words where nobody wrote."""

    words: str
    shade: str
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursChart:
    hours: list[int]
    rows: list[tuple[Look, list[Share]]]


def ahead(board: Board) -> AheadChart:
    """Draw what falls due in the next four hours against what the teams get done."""
    known = [each.ahead.per_hour for each in board.teams if each.ahead.per_hour is not None]
    pace_ = sum(known) / 4 if known else None
    missed, slots = board.missed_ahead, board.slots
    words = _("Fällige Antworten je 15 Min. gegen das, was die Teams zuletzt schafften.")
    if missed is None:
        words = _("Fällige Antworten je 15 Min. Für eine Prognose fehlt noch Erfahrung.")
    elif missed:
        words += " " + _("Schraffiert: voraussichtlich verletzt (%(count)s).", count=missed)
    times = [formats().of_day(slot.begins_at) for slot in slots]
    urls = [_slot_url(board, "due_ahead", slot, slot.due) for slot in slots]
    missed_urls = [_slot_url(board, "breaches_ahead", slot, slot.missed) for slot in slots]
    finding = _(
        "%(due)s Antworten sind bis %(until)s Uhr fällig, voraussichtlich %(missed)s zu spät.",
        due=board.due_ahead,
        until=formats().of_day(board.at + timedelta(hours=4)),
        missed=missed or 0,
    )
    return AheadChart(
        words=words,
        finding=finding,
        bars=charts.standing_bars([(slot.due, slot.missed) for slot in slots], line=pace_),
        hits=[
            Hit(x, charts.width_of(len(slots)), url, _("%(time)s Uhr: %(count)s fällig", time=time, count=slot.due))
            for x, slot, time, url in zip(charts.places(len(slots)), slots, times, urls, strict=True)
            if url
        ],
        times=list(zip(charts.places(len(slots)), times, strict=True))[::4],
        line_words=_("Kapazität %(count)s je 15 Min.", count=_short(pace_ or 0)),
        sheet=Sheet(
            [_("Beginn"), _("Fällig"), _("Voraussichtlich verletzt")],
            [
                [Cell(at), Cell(str(slot.due), url), Cell("–" if missed is None else str(slot.missed), late)]
                for at, slot, url, late in zip(times, slots, urls, missed_urls, strict=True)
            ],
        ),
    )


def _slot_url(board: Board, figure: str, slot: Slot, count: int) -> str:
    if not count:
        return ""
    return list_url(board, figure, slot=slot.begins_at.strftime("%Y-%m-%dT%H:%MZ"))


def decimal(number: float) -> str:
    """Return a number with one digit behind the sign of its language."""
    words = f"{number:.1f}"
    return words.replace(".", ",") if tongue() == "de" else words


def _short(number: float) -> str:
    return decimal(number) if number < 10 else f"{number:.0f}"


def waiting(board: Board) -> WaitingChart:
    """Draw how long the customers of each team have waited."""
    legend = ages()
    teams = [(each.team.name or _("Ohne Team"), each.standing) for each in board.teams]
    drawn = charts.lying_bars([standing.waiting for _name, standing in teams])
    urls = [_waiting_urls(board, each) for each in board.teams]
    words = _("%(count)s Anliegen warten auf Antwort, nach Wartezeit der Kundschaft", count=board.total.owed)
    oldest = board.total.oldest_unanswered_at
    finding = words
    if oldest:
        finding = _("%(words)s, am längsten %(span)s", words=words, span=formats().span(board.at - oldest))
    return WaitingChart(
        words=words,
        finding=finding,
        rows=[
            (name, list(zip(bars, of, strict=True)), now.owed)
            for (name, now), bars, of in zip(teams, drawn, urls, strict=True)
        ],
        legend=legend,
        height=len(teams) * charts.LINE,
        sheet=Sheet(
            [_("Team"), *legend],
            [
                [Cell(name), *(Cell(str(count), url) for count, url in zip(now.waiting, of, strict=True))]
                for (name, now), of in zip(teams, urls, strict=True)
            ],
        ),
    )


def _waiting_urls(board: Board, figures: TeamFigures) -> list[str]:
    """Return where each class of waiting of a team is listed; nothing where none waits, or in no team."""
    return [
        list_url(board, "owed", team=figures.team.id, waiting=age) if count and figures.team.id else ""
        for age, count in zip(AGES, figures.standing.waiting, strict=True)
    ]


def pace(board: Board) -> PaceChart:
    """Draw how long the first answers took on each kind of channel."""
    first = {kind: each for kind, each in sorted(board.answers.first.items()) if each.p50_seconds is not None}
    drawn = charts.reaches([_span(each) for each in first.values()])
    judged = board.answers.by(lambda row: row.channel)
    heads = [_("Kanal"), _("Gehalten"), _("Verfehlt"), _("Median"), _("P90")]
    rows = []
    for kind in sorted(judged):
        each, count = board.answers.first_of(kind), judged[kind]
        counts = [
            Cell(str(number), list_url(board, figure, channel=kind) if number else "")
            for figure, number in (("held", count.held), ("missed", count.missed))
        ]
        rows.append([Cell(look_of(kind).name), *counts, Cell(_took(each.p50_seconds)), Cell(_took(each.p90_seconds))])
    slowest = max(first, key=lambda kind: first[kind].p90_seconds or 0, default="")
    finding = ""
    if slowest:
        took = _took(first[slowest].p90_seconds)
        finding = _("Am langsamsten: %(channel)s, 90 Prozent binnen %(span)s", channel=look_of(slowest).name, span=took)
    return PaceChart(
        finding=finding,
        looks=[look_of(kind) for kind in first],
        reaches=drawn,
        marks=[(place, _took(seconds)) for place, seconds in drawn.marks],
        ends=[_took(each.p90_seconds) for each in first.values()],
        height=len(first) * 25 + 24,
        sheet=Sheet(heads, rows),
    )


def _span(first: FirstAnswers) -> Took:
    """Call a channel late where more than a tenth of its first answers were."""
    is_late = first.missed * 10 > first.count
    return Took(first.p50_seconds or 0, first.p90_seconds or 0, first.target_seconds, is_late)


def _took(seconds: int | None) -> str:
    return "–" if seconds is None else formats().tight(timedelta(seconds=seconds))


def hours(board: Board) -> HoursChart:
    """Colour the hours of the day by how many of their answers were late."""
    judged = board.answers.by(lambda row: (row.channel, row.hour))
    seen = {hour for _kind, hour in judged}
    hours_ = list(range(min({*seen, USUAL_HOURS[0]}), max({*seen, USUAL_HOURS[-1]}) + 1))
    kinds = sorted({kind for kind, _hour in judged})
    rows = [(look_of(kind), [_cell(judged.get((kind, hour)), hour, kind, board) for hour in hours_]) for kind in kinds]
    return HoursChart(hours=hours_, rows=rows)


def _cell(judged: Judged | None, hour: int, kind: str, board: Board) -> Share:
    if judged is None:
        return Share("", "none", "")
    percent = round(100 * judged.missed / judged.count)
    shade = "late" if percent >= GRAVE else str(min(4, (percent + 4) // 5))
    title = _("%(hour)s Uhr: %(missed)s von %(count)s zu spät", hour=hour, missed=judged.missed, count=judged.count)
    return Share(str(percent), shade, title, list_url(board, "answered", channel=kind, hour=hour))
