"""Ladders of escalation: the list, and the form that says in words what will happen. Below the settings."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.desk import rulebook
from app.errors import Refused
from app.finders import ladders, policies
from app.finders.ladders import LadderRow, Reachable
from app.web import ladder_form, ladder_words
from app.web.calendar_words import made_words
from app.web.door import person
from app.web.forms import AGAIN
from app.web.ladder_form import LadderForm
from app.web.numbers import row_number
from app.web.words import _

bp = Blueprint("ladders", __name__)


@bp.get("/ladders")
def index() -> str:
    known = ladders.reachable()
    rows = [(row, ladder_words.sentences(row.rungs, known, minutes=_example(row.id))) for row in ladders.ladders()]
    return render_template("settings/ladders.html", rows=rows)


@bp.get("/ladders/new")
def new() -> str:
    return _page(ladder_form.empty(), None, ladders.reachable())


@bp.post("/ladders")
def add() -> ResponseReturnValue:
    return _written(None)


@bp.get("/ladders/<int:ladder_id>")
def show(ladder_id: int) -> str:
    row = ladders.ladder(ladder_id)
    return _page(ladder_form.filled(row), row, ladders.reachable())


@bp.post("/ladders/<int:ladder_id>")
def change(ladder_id: int) -> ResponseReturnValue:
    return _written(ladders.ladder(ladder_id))


@bp.post("/ladders/rungs")
def rungs() -> str:
    """Show the form with one rung more or less; nothing is saved."""
    known = ladders.reachable()
    form = ladder_form.changed(request.form, known)
    if request.headers.get("HX-Request"):
        return render_template("settings/_rungs.html", **_shown(form, known))
    typed = request.form.get("ladder", "")
    row = ladders.ladder(row_number(typed)) if typed.isdecimal() else None
    return _page(form, row, known)


@bp.post("/ladders/preview")
def preview() -> str:
    """Say what the rungs in the form will do, while they are chosen."""
    known = ladders.reachable()
    form = ladder_form.read(request.form, known)
    typed = request.form.get("ladder", "")
    said = _said(form, known, row_number(typed) if typed.isdecimal() else 0)
    return render_template("settings/_ladder_sentences.html", sentences=said)


def _written(row: LadderRow | None) -> ResponseReturnValue:
    known = ladders.reachable()
    form = ladder_form.read(request.form, known)
    try:
        if form.is_good:
            name = form.head["name"][:80]
            id_ = row.id if row else None
            rulebook.write_ladder(id_, name=name, rungs=form.written, by_id=person().id, at=clock.now())
            flash(_("Gespeichert. Laufende Fristen steigen ab jetzt auf dieser Leiter weiter."))
            return redirect(url_for("settings.ladders.index"), 303)
    except Refused as refused:
        form.head.refuse(refused)
    return _page(form, row, known), AGAIN


def _example(ladder_id: int) -> int:
    """Return the minutes of the first policy that climbs this ladder, so that the sentences speak of real times."""
    running, _ended = policies.policies()
    found = next((row for row in running if row.ladder_id == ladder_id), None)
    return found.targets.get("first", {}).get("normal", ladder_words.EXAMPLE) if found else ladder_words.EXAMPLE


def _said(form: LadderForm, known: Reachable, ladder_id: int) -> list[str]:
    """Return the sentences; none while something is wrong."""
    if any(rung.errors for rung in form.rungs):
        return []
    return ladder_words.sentences(form.written, known, minutes=_example(ladder_id))


def _shown(form: LadderForm, known: Reachable) -> dict[str, object]:
    return {
        "form": form.head,
        "rungs": form.rungs,
        "fixed": ladder_words.fixed_words(),
        "ways": {**ladder_words.way_words(), **{f"webhook:{id_}": name for id_, name in known.webhooks.items()}},
        "also": ladder_words.also_choices(known),
    }


def _page(form: LadderForm, row: LadderRow | None, known: Reachable) -> str:
    said = _said(form, known, row.id if row else 0)
    return render_template(
        "settings/ladder.html", ladder=row, sentences=said, made_words=made_words, **_shown(form, known)
    )
