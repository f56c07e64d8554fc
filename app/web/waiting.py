"""Waiting for somebody else: the form that asks for whom, and the doors that begin and end it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import waiting
from app.errors import Refused
from app.finders import ticket as finder
from app.web.door import person
from app.web.forms import without_nul
from app.web.ticket import query
from app.web.words import said

bp = Blueprint("waiting", __name__)


@bp.get("/tickets/<int:number>/waiting")
def form(number: int) -> str:
    return _form(number)


@bp.post("/tickets/<int:number>/waiting")
def begin(number: int) -> ResponseReturnValue:
    """Note whom the ticket waits for; an empty name ends the waiting."""
    ticket_id = access.ticket(person(), number).id
    whom = without_nul(request.form.get("for", ""))
    try:
        if request.form.get("ends"):
            waiting.no_more(ticket_id, by=person(), at=clock.now())
        else:
            waiting.wait_for(ticket_id, whom, by=person(), at=clock.now())
    except Refused as refused:
        answer: Response = make_response(_form(number, whom=whom, error=said(refused)), 422)
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#sheet", "innerHTML"
        return answer
    return redirect(f"/tickets/{ticket_id}{query()}", 303)


def _form(number: int, *, whom: str = "", error: str = "") -> str:
    head = finder.head(person(), number)
    return render_template(
        "ticket/_waiting.html",
        number=head.number,
        url=f"/tickets/{head.number}/waiting{query()}",
        before=head.waits_for,
        whom=whom or head.waits_for,
        error=error,
    )
