"""„Warum diese Frist?": every clock of a ticket with its reckoning, in the sheet or as a page that can be printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request

from app import access, clock
from app.desk.aims import hours_of
from app.finders import explanations
from app.web.door import person
from app.web.formats import Badge, formats
from app.web.ticket import is_fragment
from app.web.words import _, tongue
from sla.explained import Line, explained
from sla.explanation import Ended, Explanation
from sla.wording import tongue as speech

bp = Blueprint("reasons", __name__)
MOST_OVER = 20
"""So many clocks that are over are told; the newest ones."""
OVER = frozenset({Ended.MET, Ended.WAIVED, Ended.REPLACED})


class Told(NamedTuple):
    """One clock as the sheet shows it."""

    key: str
    name: str
    badge: Badge
    lines: tuple[Line, ...]
    is_open: bool
    """It was asked for, or it is the most urgent: its text is unfolded."""


@bp.get("/tickets/<int:number>/clocks")
def show(number: int) -> str:
    """Explain what runs on the ticket, and what is over; `clock` unfolds one of them."""
    ticket = access.ticket(person(), number)
    zone = ZoneInfo(current_app.config["FADEN"].time_zone)
    found = explanations.on_ticket(ticket.id, hours_of=hours_of, zone=zone, now=clock.now())
    told = _told(found, asked=request.args.get("clock", ""))
    template = "ticket/_why.html" if is_fragment() else "ticket/why.html"
    return render_template(template, number=ticket.id, subject=ticket.subject, clocks=told)


def _told(found: Mapping[str, Explanation], *, asked: str) -> list[Told]:
    """Order them: what runs and is due first at the beginning, then what is over, the newest first."""
    running = sorted((item for item in found.items() if not _is_over(item[1])), key=_urgency)
    over = sorted((item for item in found.items() if _is_over(item[1])), key=lambda item: item[1].start.at)
    ordered = [*running, *reversed(over[-MOST_OVER:])]
    unfolded = asked if asked in found else (ordered[0][0] if ordered else "")
    return [
        Told(key, _name(why), _badge(why), explained(why, language=tongue()), key == unfolded) for key, why in ordered
    ]


def _is_over(why: Explanation) -> bool:
    return why.ending.state in OVER


def _urgency(item: tuple[str, Explanation]) -> tuple[bool, float]:
    due_at = item[1].due_at
    return due_at is None, due_at.timestamp() if due_at else 0.0


def _name(why: Explanation) -> str:
    words = speech(tongue(), why.zone)
    name = words.say(why.subject)
    return f"{name} ({words.say(why.start.route)})" if why.start.route else name


def _badge(why: Explanation) -> Badge:
    if _is_over(why):
        if why.ending.state is Ended.MET and why.ending.is_late:
            return Badge("late", "sla-late", _("verletzt"), 100)
        words = _("gehalten") if why.ending.state is Ended.MET else _("entfallen")
        return Badge("met", "sla-met", words, 100)
    if why.due_at is None:
        return Badge("rest", "sla-rest", _("ruht"), 0)
    return formats().badge(why.due_at, None, why.start.at)
