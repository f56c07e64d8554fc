"""The screen on a wall: read by its address alone, or by a lead who looks at it; and the screens that hang."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from app import clock
from app.desk import wallboards as desk
from app.errors import Refused
from app.finders import wall, wallboards
from app.finders.board_scope import Scope, scope, scope_of_screen, span
from app.web.door import person, require_lead, settings
from app.web.forms import AGAIN, Form, without_nul
from app.web.frame import around
from app.web.language import LANGUAGES
from app.web.numbers import row_number
from app.web.security import guesses
from app.web.wall_words import shown
from app.web.words import _, tongue

bp = Blueprint("wall", __name__)
THEMES = frozenset({"light", "dark"})
LONGEST_SECRET = 64


@bp.get("/wall/<secret>")
@guesses
def show(secret: str) -> Response:
    """The figures for whoever knows the address: no log-in, no session, and no way on from here."""
    found = wallboards.screen(secret) if len(secret) <= LONGEST_SECRET else None
    if found is None:
        abort(404)
    desk.saw(found.id, found.seen_at, at=clock.now())
    return _screen(scope_of_screen(found.team_id), found.name)


@bp.get("/board/wall")
def look() -> Response:
    """The same for a lead who is logged in, of the teams they chose on the overview."""
    require_lead()
    return _screen(scope(person(), without_nul(request.args.get("team", ""))[:254]), "")


def _screen(seen: Scope, name: str) -> Response:
    language, theme = request.args.get("lang", ""), request.args.get("theme", "")
    g.tongue = language if language in LANGUAGES else tongue()
    now = clock.now()
    today = span(None, None, now=now, zone=ZoneInfo(settings().time_zone))
    with force_locale(g.tongue):
        told = shown(wall.wall(seen, today, now=now), name)
        page = render_template("wall/index.html", shown=told, theme=theme if theme in THEMES else "")
    answer = make_response(page)
    # The address is the key: it must reach no other site and no search engine.
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.get("/board/screens")
def screens() -> str:
    require_lead()
    return _list(Form())


@bp.post("/board/screens")
def hang() -> ResponseReturnValue:
    """Give a screen an address; it is shown this once."""
    form = Form.of(request.form, "name", "team")
    team_id = row_number(form["team"]) if form["team"].isdecimal() else None
    try:
        secret = desk.hang(form["name"], team_id=team_id, by=require_lead(), at=clock.now())
    except Refused as refused:
        form.refuse(refused)
        return _list(form), AGAIN
    return _list(Form(), address=settings().base_url.rstrip("/") + url_for("wall.show", secret=secret))


@bp.post("/board/screens/<int:wallboard_id>/end")
def end(wallboard_id: int) -> ResponseReturnValue:
    desk.end(wallboard_id, by=require_lead(), at=clock.now())
    flash(_("Die Adresse führt nirgends mehr hin."))
    return redirect(url_for("wall.screens"), 303)


def _list(form: Form, *, address: str = "") -> str:
    mine = [each for each in around().teams if person().is_admin or each[0] in person().team_ids]
    everything = [("", _("Alle Teams"))] if person().is_admin else []
    return render_template(
        "board/screens.html",
        hung=wallboards.hung(person()),
        form=form,
        teams=[*everything, *mine],
        address=address,
    )
