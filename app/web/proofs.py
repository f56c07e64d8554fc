"""Asking the owner of an address whether they wrote: sending the link, and the page behind it.

That page knows no log-in and tells nothing of anybody.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import proof_links, suggestions
from app.errors import DeskError
from app.finders import acquaintance
from app.web.door import person
from app.web.forms import without_nul
from app.web.numbers import row_number
from app.web.security import answers_of_strangers
from app.web.ticket import query

bp = Blueprint("proofs", __name__)


@bp.get("/proof/<secret>")
@answers_of_strangers
def ask(secret: str) -> Response:
    """Only ask: programs that look behind links must not answer for anybody."""
    return _page("ask") if proof_links.is_open(secret, at=clock.now()) else _page("over", HTTPStatus.GONE)


@bp.post("/proof/<secret>")
@answers_of_strangers
def answer(secret: str) -> Response:
    """Take the answer, once."""
    is_me = request.form.get("answer") == "yes"
    try:
        (proof_links.confirm if is_me else proof_links.deny)(secret, at=clock.now())
    except DeskError:
        return _page("over", HTTPStatus.GONE)
    return _page("thanks" if is_me else "no_thanks")


@bp.post("/tickets/<int:number>/suggestions/<int:suggestion>/proof")
def ask_owner(number: int, suggestion: int) -> ResponseReturnValue:
    """Ask whoever wrote the matter that may be the same, at the address we know of them."""
    ticket_id = access.ticket(person(), number).id
    other_id = suggestions.other(ticket_id, suggestion)
    proof_links.send_to_other(ticket_id, other_id, by=person(), at=clock.now())
    return redirect(f"/tickets/{number}{query()}", 303)


@bp.post("/customers/<int:customer>/proof")
def ask_other(customer: int) -> ResponseReturnValue:
    """Ask the owner of an order the person has named, or somebody who may be the same."""
    owner_id = access.customer(person(), customer)
    ticket_id = acquaintance.newest_matter(person(), owner_id)
    if order := without_nul(request.form.get("order", "")).strip():
        proof_links.send_for_order(ticket_id, order, by=person(), at=clock.now())
    else:
        other_id = access.customer(person(), request.form.get("other", 0, row_number))
        proof_links.send_to_person(ticket_id, other_id, by=person(), at=clock.now())
    return redirect(url_for("customers.show", customer=owner_id), 303)


def _page(what: str, status: int = HTTPStatus.OK) -> Response:
    response = make_response(render_template("proof/page.html", what=what), status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
