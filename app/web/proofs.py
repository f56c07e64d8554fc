"""The page behind a link we mailed to a customer: was it you? It knows no log-in and tells nothing of anybody."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, make_response, render_template, request

from app import clock
from app.desk import proof_links
from app.errors import DeskError
from app.web.security import answers_of_strangers

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


def _page(what: str, status: int = HTTPStatus.OK) -> Response:
    response = make_response(render_template("proof/page.html", what=what), status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
