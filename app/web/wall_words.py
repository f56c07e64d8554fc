"""What a screen on a wall shows, in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from app import clock
from app.finders.board_handovers import Waiting
from app.finders.board_promises import PromiseDue
from app.finders.wall import LINES, Due, Wall
from app.web.board_charts import decimal
from app.web.formats import Badge, formats
from app.web.kinds import look_of, voice_of
from app.web.words import _


class Number(NamedTuple):
    """One of the four; `state` is late, soon, ok or met and chooses shape and fill."""

    name: str
    value: str
    detail: str
    state: str
    glyph: str


class Line(NamedTuple):
    """One row: how it stands, what it is, and whose or where."""

    badge: Badge
    words: str
    where: str


class Column(NamedTuple):
    name: str
    lines: list[Line]
    nothing: str


class Shown(NamedTuple):
    """Everything on the screen; `stale` is said once the figures are too old, `clock` while a test clock is set."""

    heading: str
    time: str
    stale: str
    clock: str
    numbers: list[Number]
    columns: list[Column]


def shown(wall: Wall, name: str) -> Shown:
    """Say what the screen shows; `name` is its own, if it has one."""
    time = formats().of_day(wall.at)
    return Shown(
        heading=name or _heading(wall),
        time=time,
        stale=_("Stand %(time)s, Verbindung fehlt", time=time),
        clock=_("Testuhr") if clock.is_moved() else "",
        numbers=_numbers(wall),
        columns=[
            Column(_("Als Nächstes fällig"), [_due(each) for each in wall.dues], _("Keine Frist läuft.")),
            Column(_("Zusagen und Übergaben"), _agreed(wall), _("Nichts ist zugesagt, nichts wartet auf Annahme.")),
        ],
    )


def _heading(wall: Wall) -> str:
    return _("Alle Teams") if wall.is_all else ", ".join(wall.teams)


def _numbers(wall: Wall) -> list[Number]:
    now, judged = wall.total, wall.judged
    oldest = now.oldest_unanswered_at
    longest = _("am längsten: %(span)s", span=formats().span(wall.at - oldest)) if oldest else ""
    unassigned = _("%(count)s ohne Bearbeiter", count=wall.unassigned) if wall.unassigned else ""
    share, of = "–", _("noch keine Antworten")
    if judged.count:
        share = f"{decimal(100 * judged.held / judged.count)} %" if judged.missed else "100 %"
        of = _("%(held)s von %(count)s Antworten", held=judged.held, count=judged.count)
    late, soon = ("late" if now.overdue else "ok"), ("soon" if now.due_in_hour else "ok")
    return [
        Number(_("Überfällig"), _count(now.overdue), longest, late, "sla-late"),
        Number(_("Fällig in 60 Min."), _count(now.due_in_hour), unassigned, soon, "sla-soon"),
        Number(_("Offen"), _count(now.open), _("%(count)s warten auf Antwort", count=now.owed), "ok", "ring-5"),
        Number(_("Fristen gehalten"), share, of, "met", "sla-met"),
    ]


def _count(number: int) -> str:
    return formats().count(number)


def _due(due: Due) -> Line:
    badge = formats().badge(due.due_at, due.soon_at, due.since)
    return Line(badge, f"#{due.number} {due.team or _('Ohne Team')}", look_of(due.channel).name)


def _agreed(wall: Wall) -> list[Line]:
    """Mix promises and hand-overs by the time at which somebody must act."""
    far = wall.at + timedelta(days=1)
    found = [(each.due_at, _promise(each)) for each in wall.promises]
    found += [(each.due_at or far, _handover(each, wall.at)) for each in wall.handovers]
    return [line for _at, line in sorted(found, key=lambda pair: pair[0])[:LINES]]


def _promise(promise: PromiseDue) -> Line:
    badge = formats().badge(promise.due_at, None, None)
    name = voice_of(promise.channel, is_public=promise.is_public).name
    words = _("Zusage #%(number)s %(channel)s", number=promise.number, channel=name)
    return Line(badge, words, promise.team or _("Ohne Team"))


def _handover(waiting: Waiting, now: datetime) -> Line:
    badge = Badge("ok", "swap", _("seit %(span)s", span=formats().tight(now - waiting.since)), 0)
    if waiting.due_at:
        badge = formats().badge(waiting.due_at, None, waiting.since)
    return Line(badge, _("Übergabe #%(number)s", number=waiting.number), f"→ {waiting.receiver}")
