"""What people say about a ticket: its tags and how much it is pressing."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import priority, tags
from app.errors import Refused
from app.finders import labels, policies
from app.web.door import person
from app.web.forms import without_nul
from app.web.ticket import query
from app.web.words import said
from app.web.writing import form_again, shown

bp = Blueprint("tagging", __name__)
MOST_OFFERED = 12
LONGEST = 200


@bp.get("/tickets/<int:number>/tags")
def choose(number: int) -> str:
    """Show the dialog that puts a tag on a ticket."""
    return _form(access.ticket(person(), number).id)


@bp.post("/tickets/<int:number>/tags")
def add(number: int) -> ResponseReturnValue:
    """Put a tag on a ticket; a policy that asks for it pulls its deadlines forward."""
    ticket_id, typed = access.ticket(person(), number).id, _typed()
    try:
        tags.add(ticket_id, name=typed, by=person(), at=clock.now())
    except Refused as refused:
        words = said(refused)
        return form_again(lambda: _form(ticket_id, typed=typed, error=words))
    return shown(number)


@bp.post("/tickets/<int:number>/tags/removal")
def remove(number: int) -> ResponseReturnValue:
    """Take a tag off a ticket; what it had pulled forward is due as before."""
    tags.remove(access.ticket(person(), number).id, name=_typed(), by=person(), at=clock.now())
    return shown(number)


@bp.post("/tickets/<int:number>/priority")
def prioritise(number: int) -> ResponseReturnValue:
    """Say how much a matter is pressing; its open deadlines follow, and none turns red by it."""
    wanted = request.form.get("priority", "")
    priority.change(access.ticket(person(), number).id, priority=wanted, by=person(), at=clock.now())
    return shown(number)


def _typed() -> str:
    return without_nul(request.form.get("name", "")).strip()[:LONGEST]


def _form(number: int, *, typed: str = "", error: str = "") -> str:
    there = set(labels.tags_of(number))
    known = [name for name in policies.known_tags() if name not in there]
    return render_template(
        "ticket/_tags.html",
        number=number,
        url=f"/tickets/{number}/tags{query()}",
        undo_url=f"/tickets/{number}/tags/removal{query()}",
        known=known,
        offered=known[:MOST_OFFERED],
        typed=typed,
        error=error,
    )
