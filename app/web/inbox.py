"""The list of a view: the page, its rows, and what a live signal changed in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from markupsafe import Markup

from app import clock
from app.errors import NotFound
from app.finders import inbox
from app.finders.inbox import Position, View
from app.finders.shell import Surroundings
from app.web.door import person
from app.web.formats import capped
from app.web.forms import without_nul
from app.web.frame import Place, around, social_places, view_place
from app.web.numbers import row_number
from app.web.rows import loose_rows, row_words
from app.web.words import _

bp = Blueprint("inbox", __name__)
FIXED = {"next", "unassigned", "mine", "overdue", "taking-part", "done", "social"}
MOST_CHIPS = 5
LONGEST_TAG = 60


@dataclass(slots=True, kw_only=True)
class Listing:
    """A list as its template shows it."""

    slug: str
    name: str = ""
    order_words: str = ""
    order_label: str = ""
    chips: list[Place] = field(default_factory=list)
    rows: Markup = field(default_factory=Markup)
    is_empty: bool = False
    more_url: str = ""
    rows_url: str = ""
    news_url: str = ""
    empty_words: str = ""
    empty_hint: str = ""
    empty_url: str = ""
    empty_action: str = ""


@bp.get("/")
def front() -> Response:
    return make_response(redirect(url_for("inbox.index", slug="next")))


@bp.get("/inbox/<slug>")
def index(slug: str) -> str:
    return render_template("inbox/index.html", listing=_listing(_view(slug)))


@bp.get("/inbox/<slug>/list")
def pane(slug: str) -> str:
    """The list beside a ticket that was opened by its address."""
    return render_template("inbox/_list.html", listing=_listing(_view(slug)))


@bp.get("/inbox/<slug>/rows")
def rows(slug: str) -> str:
    after, group = _position(request.args.get("after", ""))
    return render_template("inbox/_rows.html", listing=_page(_view(slug), after=after, group=group))


@bp.get("/inbox/<slug>/news")
def news(slug: str) -> str:
    """Those of the named tickets that are in this view, and the badges: what a live signal makes the script ask for."""
    view = _view(slug)
    numbers = [row_number(number) for number in request.args.get("tickets", "").split(",") if number.isdecimal()][:100]
    told = loose_rows(inbox.among(person(), view, numbers, now=clock.now()), view)
    return render_template("inbox/news.html", listing=Listing(slug=slug, rows=told, chips=_chips_of(view)))


def view_of(slug: str) -> View | None:
    """Return the view of this name, if it exists for the person who asks."""
    tag = re.fullmatch(rf"tag-(.{{1,{LONGEST_TAG}}})", slug)
    if tag:
        return View(kind="tag", tag=without_nul(tag[1]))
    team = re.fullmatch(r"team-(\d{1,9})", slug)
    view = View(kind="team", team_id=int(team[1])) if team else View(kind=slug)
    if (slug in FIXED or team) and inbox.may_see(person(), view):
        return view
    return None


def _view(slug: str) -> View:
    view = view_of(slug)
    if view is None:
        raise NotFound("Diese Ansicht gibt es nicht.")
    g.view = slug
    return view


def _position(text: str) -> tuple[Position | None, str]:
    """Read where the next page begins: instant, number and the group its last row stood in."""
    if not text:
        return None, ""
    try:
        at, number, group = text.split("~")
        return Position(_instant(at), row_number(number)), group
    except (ValueError, OverflowError):
        abort(404)


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at.astimezone(UTC)


def _path(view: View) -> str:
    return f"/inbox/{quote(view.slug, safe='')}"


def _page(view: View, *, after: Position | None = None, group: str = "") -> Listing:
    found, last = inbox.page(person(), view, now=clock.now(), after=after)
    told, group = row_words(found, view, after_group=group)
    listing = Listing(slug=view.slug, rows=told)
    if last:
        place = f"{last.at.isoformat()}~{last.number}~{group}"
        listing.more_url = f"{_path(view)}/rows?after={quote(place)}"
    elif not found and after is None:
        listing.is_empty = True
        _say_empty(listing)
    return listing


def _listing(view: View) -> Listing:
    listing = _page(view)
    listing.name = _name(view)
    listing.order_words = _("zuletzt zuerst") if view.is_done else _("Frist zuerst")
    listing.order_label = _("Anliegen, zuletzt erledigte zuerst") if view.is_done else _("Anliegen nach Frist")
    listing.rows_url = f"{_path(view)}/rows"
    listing.news_url = f"{_path(view)}/news"
    listing.chips = _chips_of(view)
    return listing


def _name(view: View) -> str:
    if view.tag:
        return _("Schlagwort „%(tag)s“", tag=view.tag)
    if view.team_id:
        return next((name for id_, name in around().teams if id_ == view.team_id), "")
    return {
        "next": _("Als Nächstes"),
        "unassigned": _("Nicht zugewiesen"),
        "mine": _("Meine"),
        "overdue": _("Überfällig"),
        "taking-part": _("Beteiligt"),
        "social": _("Social Media"),
        "done": _("Erledigt"),
    }[view.kind]


def _chips_of(view: View) -> list[Place]:
    if view.is_done or view.kind in {"overdue", "unassigned"}:
        return []
    found = around()
    return [
        view_place("next", _("Alle"), count=found.total("team")),
        view_place("mine", _("Meine"), count=found.counts.get(f"agent:{person().id}", 0)),
        *_asked(found),
        *_taking_part(found),
        *social_places(),
        *(
            view_place(f"team-{id_}", _of_team(name), count=found.counts.get(f"team:{id_}", 0))
            for id_, name in found.teams
        ),
    ][:MOST_CHIPS]


def _of_team(name: str) -> str:
    """Tell a team apart from the view that is called as it is."""
    return _("Team %(name)s", name=name) if name == _("Social Media") else name


def _asked(found: Surroundings) -> list[Place]:
    """Return the way to the hand-overs that wait for an answer; a telephone has no other."""
    asked = found.total("asked")
    return [Place(url_for("handovers.index"), _("Übergaben"), count=capped(asked))] if asked else []


def _taking_part(found: Surroundings) -> list[Place]:
    part = sum(found.counts.get(f"part:{id_}", 0) for id_ in person().team_ids)
    return [view_place("taking-part", _("Beteiligt"), count=part)] if part else []


def _say_empty(listing: Listing) -> None:
    """Say why the list is empty, and the one thing to do next."""
    listing.empty_words = {
        "mine": _("Sie haben nichts übernommen."),
        "unassigned": _("Alles ist verteilt."),
        "overdue": _("Nichts ist überfällig."),
        "social": _("Auf Social Media ist nichts offen."),
        "taking-part": _("An keinem offenen Anliegen eines anderen Teams ist Ihr Team beteiligt."),
        "done": _("Noch ist nichts erledigt."),
    }.get(listing.slug, _("Nichts offen."))
    if listing.slug.startswith("tag-"):
        listing.empty_words = _("Kein offenes Anliegen trägt dieses Schlagwort.")
    if listing.slug != "next":
        listing.empty_url, listing.empty_action = url_for("inbox.index", slug="next"), _("Als Nächstes öffnen")
    else:
        listing.empty_hint = _("Neue Anliegen erscheinen hier von selbst.")
