"""Calls to be made: one view with everything whoever calls must know."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.desk import call_tasks as desk
from app.errors import Refused
from app.finders import call_tasks
from app.web.door import person
from app.web.forms import AGAIN
from app.web.words import _, said
from channels.numbers import shown

bp = Blueprint("call_tasks", __name__, url_prefix="/call-tasks")
SHOWN_FOR = timedelta(days=7)
"""How long a call that is done stays on the page."""


@bp.get("")
def index() -> str:
    return _page()


def _page(task_id: int = 0, error: str = "") -> str:
    return render_template(
        "call_tasks/index.html",
        tasks=call_tasks.undone(person()),
        done=call_tasks.done(person(), since=clock.now() - SHOWN_FOR),
        person=person(),
        shown=shown,
        refused_id=task_id,
        error=error,
    )


@bp.post("/<int:task_id>/take")
def take(task_id: int) -> ResponseReturnValue:
    """Say that one calls oneself."""
    return _given(task_id, person().id, _("Sie rufen zurück."))


@bp.post("/<int:task_id>/release")
def release(task_id: int) -> ResponseReturnValue:
    """Give it back to the team."""
    return _given(task_id, None, _("Der Rückruf ist wieder frei."))


def _given(task_id: int, agent_id: int | None, words: str) -> ResponseReturnValue:
    try:
        desk.give(call_tasks.task_id(person(), task_id), agent_id, by=person(), at=clock.now())
        flash(words)
    except Refused as refused:
        flash(said(refused), "error")
    return redirect(url_for("call_tasks.index"), 303)


@bp.post("/<int:task_id>/done")
def done(task_id: int) -> ResponseReturnValue:
    """Say that nobody has to call any more, and why."""
    try:
        reason = request.form.get("reason", "")
        desk.finish(call_tasks.task_id(person(), task_id), reason=reason, by=person(), at=clock.now())
    except Refused as refused:
        return make_response(_page(task_id, said(refused)), AGAIN)
    flash(_("Der Rückruf ist erledigt; unten lässt er sich wieder öffnen."))
    return redirect(url_for("call_tasks.index"), 303)


@bp.post("/<int:task_id>/reopen")
def reopen(task_id: int) -> ResponseReturnValue:
    desk.reopen(call_tasks.task_id(person(), task_id), by=person(), at=clock.now())
    flash(_("Der Rückruf ist wieder offen."))
    return redirect(url_for("call_tasks.index"), 303)
