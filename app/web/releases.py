"""Releases: the list of what waits, and the doors that let an answer go, give it back or take it back."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import releases as desk
from app.errors import NotFound, Refused
from app.finders import releases
from app.finders.releases import Standing
from app.web.door import person
from app.web.forms import without_nul
from app.web.numbers import row_number
from app.web.release_words import line
from app.web.ticket import query
from app.web.words import said
from app.web.writing import form_again

bp = Blueprint("releases", __name__)


@bp.get("/releases")
def index() -> str:
    """What waits on the tickets one may see, the oldest first."""
    return _index()


def _index(*, number: int = 0, error: str = "") -> str:
    """Write the list; `error` says why an answer on the ticket of this number could not be let go from here."""
    g.view = "releases"
    lines = [line(each) for each in releases.listed(person())]
    return render_template("releases/index.html", lines=lines, number=number, error=error)


@bp.post("/releases/<int:release_id>/release")
def release(release_id: int) -> ResponseReturnValue:
    """Let an answer go; `seen` is the newest message that whoever presses the button has before them."""
    number, seen = _of(release_id).ticket, request.form.get("seen", type=row_number)
    try:
        desk.release(release_id, last_seen_id=seen, by=person(), at=clock.now())
    except Refused as refused:
        if request.form.get("from") != "list":
            raise
        return _index(number=number, error=said(refused)), 422
    return _shown(number)


@bp.post("/releases/<int:release_id>/withdrawal")
def withdraw(release_id: int) -> ResponseReturnValue:
    _of(release_id)
    return _shown(desk.withdraw(release_id, by=person(), at=clock.now()))


@bp.get("/releases/<int:release_id>/refusal")
def refusal(release_id: int) -> str:
    return _refusal(_of(release_id))


@bp.post("/releases/<int:release_id>/refusal")
def decline(release_id: int) -> ResponseReturnValue:
    """Give an answer back, and say why."""
    found = _of(release_id)
    try:
        number = desk.decline(
            release_id, reason=without_nul(request.form.get("reason", "")), by=person(), at=clock.now()
        )
    except Refused as refused:
        if refused.code:
            raise
        words = said(refused)
        return form_again(lambda: _refusal(found, error=words))
    return _shown(number)


def _refusal(found: Standing, *, error: str = "") -> str:
    return render_template(
        "releases/_refusal.html",
        number=found.ticket,
        text=found.text,
        url=f"/releases/{found.id}/refusal{query()}",
        longest=desk.LONGEST_REASON,
        error=error,
    )


def _of(release_id: int) -> Standing:
    """Return a release whose conversation this person may see; raises `NotFound`."""
    found = releases.one(release_id)
    if found is None:
        raise NotFound("Diese Freigabe gibt es nicht.")
    access.conversation(person(), found.conversation)
    return found


def _shown(number: int) -> Response:
    """Show the ticket; from the list of releases, the list again."""
    if request.form.get("from") == "list":
        return make_response(redirect(url_for("releases.index"), 303))
    return make_response(redirect(f"/tickets/{number}{query()}", 303))
