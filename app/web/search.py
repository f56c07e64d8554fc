"""Finding a ticket: a page of its own, and the dialog that Strg+K opens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from flask import Blueprint, render_template, request

from app.finders import lookup, whereabouts
from app.finders.lookup import Hit
from app.finders.whereabouts import Found as Known
from app.web.door import person
from app.web.formats import formats, initials
from app.web.forms import without_nul
from app.web.words import _
from channels.numbers import shown as number_shown

bp = Blueprint("search", __name__)
LONGEST_QUERY = 200
MOST_PEOPLE = 8


class HitWords(NamedTuple):
    number: int
    url: str
    who: str
    subject: str
    words: str


class PersonWords(NamedTuple):
    url: str
    initials: str
    name: str
    by: str
    words: str


@dataclass(slots=True, kw_only=True)
class Found:
    q: str = ""
    people: list[PersonWords] = field(default_factory=list)
    hits: list[HitWords] = field(default_factory=list)
    is_cut: bool = False


@bp.get("/search")
def index() -> str:
    is_sheet = request.headers.get("HX-Request-Type") == "partial"
    return render_template("search/_sheet.html" if is_sheet else "search/index.html", found=_find())


@bp.get("/search/hits")
def hits() -> str:
    return render_template("search/_hits.html", found=_find())


def _find() -> Found:
    q = without_nul(request.args.get("q", "")).strip()[:LONGEST_QUERY]
    found, is_cut = lookup.tickets(person(), q)
    known = whereabouts.people(person(), q, zone=formats().zone, today=formats().today)
    people = [known_words(each) for each in known[:MOST_PEOPLE]]
    return Found(q=q, people=people, hits=[_told(hit) for hit in found], is_cut=is_cut or len(known) > MOST_PEOPLE)


def known_words(found: Known) -> PersonWords:
    """Return a person with what they were found by, or else an address of theirs."""
    by = found.by or found.address
    words = _("zuletzt %(when)s", when=formats().time(found.at))
    name = found.name or shown(found.address) or _("Unbekannt")
    return PersonWords(f"/customers/{found.id}", initials(name), name, shown(by), words)


def _told(hit: Hit) -> HitWords:
    states = {
        "open": _("offen"),
        "waiting": _("wartet auf Kundschaft"),
        "resolved": _("erledigt"),
        "joined": _("verbunden"),
    }
    words = f"{states[hit.state.value]} · {formats().time(hit.updated_at)}"
    return HitWords(hit.number, f"/tickets/{hit.number}", hit.customer_name, hit.subject, words)


def shown(value: str) -> str:
    """Return an address as people read it: a telephone number in its groups."""
    return number_shown(value) if value.startswith("+") else value
