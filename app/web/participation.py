"""Letting a team take part in a ticket beside the one that holds the ball, and no longer."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import participation
from app.errors import DeskError, NotFound, Refused
from app.finders import participation as finder
from app.web.door import person
from app.web.numbers import row_number
from app.web.ticket import query
from app.web.words import said

bp = Blueprint("participation", __name__)
NOBODY = 0


@bp.get("/tickets/<int:number>/teams")
def ask(number: int) -> str:
    return _form(access.ticket(person(), number).id)


@bp.post("/tickets/<int:number>/teams")
def invite(number: int) -> ResponseReturnValue:
    """Let one more team take part."""
    ticket_id = access.ticket(person(), number).id
    try:
        participation.invite(ticket_id, team_id=_team(), by=person(), at=clock.now())
    except (Refused, NotFound) as refused:
        response = make_response(_form(ticket_id, error=refused), 422)
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#sheet", "innerHTML"
        return response
    return redirect(f"/tickets/{ticket_id}{query()}", 303)


@bp.post("/tickets/<int:number>/teams/removal")
def leave(number: int) -> ResponseReturnValue:
    """Let a team take part no longer; whoever does not see the ticket any more is shown the list."""
    ticket_id = access.ticket(person(), number).id
    participation.leave(ticket_id, team_id=_team(), by=person(), at=clock.now())
    try:
        access.ticket(person(), ticket_id)
    except NotFound:
        return _list()
    return redirect(f"/tickets/{ticket_id}{query()}", 303)


def _list() -> Response:
    address = url_for("inbox.index", slug="next")
    if not request.headers.get("HX-Request"):
        return make_response(redirect(address, 303))
    response = make_response("", 200)
    response.headers["HX-Redirect"] = address
    return response


def _team() -> int:
    return request.form.get("team", NOBODY, row_number)


def _form(number: int, *, error: DeskError | None = None) -> str:
    return render_template(
        "ticket/_team.html",
        number=number,
        url=f"/tickets/{number}/teams{query()}",
        undo_url=f"/tickets/{number}/teams/removal{query()}",
        teams=finder.teams_beside(number),
        error=said(error) if error else "",
    )
