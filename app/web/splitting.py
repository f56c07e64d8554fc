"""Taking messages out of a matter, and putting them back."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import splitting
from app.errors import NotFound, Refused
from app.finders import matters
from app.web.door import person
from app.web.formats import formats
from app.web.numbers import row_number
from app.web.ticket import query
from app.web.words import _, said

bp = Blueprint("splitting", __name__)


@bp.get("/messages/<int:message_id>/split")
def ask(message_id: int) -> str:
    access.message(person(), message_id)
    return _form(message_id)


@bp.post("/messages/<int:message_id>/split")
def split(message_id: int) -> ResponseReturnValue:
    """Take the chosen messages of its conversation out; they are shown where they lie then."""
    access.message(person(), message_id)
    chosen = [row_number(each) for each in request.form.getlist("message") if each.isdecimal()]
    try:
        for each in chosen:
            access.message(person(), each)
        into = _into()
        names = matters.two_people(matters.lies(message_id)[2], into) if into else None
        if names and not request.form.get("sure"):
            return _again(_form(message_id, chosen=chosen, people=names))
        number = splitting.split(chosen, into=into, by=person(), at=clock.now())
    except (Refused, NotFound) as refused:
        return _again(_form(message_id, chosen=chosen, error=said(refused)))
    return redirect(f"/tickets/{number}{query()}", 303)


def _again(form: str) -> Response:
    response = make_response(form, 422)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#sheet", "innerHTML"
    return response


@bp.post("/messages/<int:message_id>/split/undo")
def unsplit(message_id: int) -> ResponseReturnValue:
    """Put back everything that was taken out together with this message."""
    access.message(person(), message_id)
    conversation_id, came_from, _ticket_id = matters.lies(message_id)
    if came_from is not None:
        access.ticket(person(), came_from)
    number = splitting.unsplit(conversation_id, by=person(), at=clock.now())
    return redirect(f"/tickets/{number}{query()}", 303)


def _into() -> int | None:
    """Return the ticket that was chosen, None for one of its own."""
    wanted = request.form.get("into", "").strip().lstrip("#")
    if request.form.get("where") != "other":
        return None
    if not wanted.isdecimal():
        raise Refused("Bitte geben Sie die Nummer eines Anliegens ein.", field="into")
    return access.ticket(person(), row_number(wanted)).id


def _form(
    message_id: int, *, chosen: list[int] | None = None, people: tuple[str, str] | None = None, error: str = ""
) -> str:
    words = formats()
    found = matters.words_beside(message_id)
    return render_template(
        "ticket/_split.html",
        url=f"/messages/{message_id}/split{query()}",
        undo_url=f"/messages/{message_id}/split/undo{query()}",
        messages=[
            (each.id, " ".join(each.text.split())[:120] or _("Ohne Text"), words.when(each.sent_at)) for each in found
        ],
        chosen=chosen or [message_id],
        into=request.form.get("into", ""),
        people=people,
        error=error,
    )
