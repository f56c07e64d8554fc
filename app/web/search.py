"""Finding a ticket: a page of its own, and the dialog that Strg+K opens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from flask import Blueprint, render_template, request

from app.finders import lookup
from app.finders.lookup import Hit
from app.web.door import person
from app.web.formats import formats
from app.web.forms import without_nul
from app.web.words import _

bp = Blueprint("search", __name__)
LONGEST_QUERY = 200


class HitWords(NamedTuple):
    number: int
    url: str
    who: str
    subject: str
    words: str


@dataclass(slots=True, kw_only=True)
class Found:
    q: str = ""
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
    return Found(q=q, hits=[_told(hit) for hit in found], is_cut=is_cut)


def _told(hit: Hit) -> HitWords:
    states = {
        "open": _("offen"),
        "waiting": _("wartet auf Kundschaft"),
        "resolved": _("erledigt"),
        "joined": _("verbunden"),
    }
    words = f"{states[hit.state.value]} · {formats().time(hit.updated_at)}"
    return HitWords(hit.number, f"/tickets/{hit.number}", hit.customer_name, hit.subject, words)
