"""Hiding a public comment: only for a reason of the closed list, and never for good."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import moderation
from app.errors import Refused
from app.web.door import person
from app.web.ticket import query
from app.web.words import _, said

bp = Blueprint("moderation", __name__)


@bp.get("/messages/<int:message_id>/hiding")
def ask(message_id: int) -> str:
    return _form(message_id, error="")


@bp.post("/messages/<int:message_id>/hiding")
def hide(message_id: int) -> ResponseReturnValue:
    number = _number_of(message_id)
    try:
        moderation.hide(message_id, reason=request.form.get("reason", ""), by=person(), at=clock.now())
    except Refused as refused:
        response = make_response(_form(message_id, error=said(refused)), 422)
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#sheet", "innerHTML"
        return response
    return redirect(f"/tickets/{number}{query()}", 303)


@bp.post("/messages/<int:message_id>/showing")
def show(message_id: int) -> ResponseReturnValue:
    number = _number_of(message_id)
    moderation.show(message_id, by=person(), at=clock.now())
    return redirect(f"/tickets/{number}{query()}", 303)


def _form(message_id: int, *, error: str) -> str:
    message = access.message(person(), message_id)
    return render_template(
        "ticket/_hiding.html",
        who=message.author_name or _("Unbekannt"),
        text=message.text,
        url=f"/messages/{message_id}/hiding{query()}",
        undo_url=f"/messages/{message_id}/showing{query()}",
        reasons=[(slug, _(words)) for slug, words in moderation.REASONS.items()],
        error=error,
    )


def _number_of(message_id: int) -> int:
    message = access.message(person(), message_id)
    return access.conversation(person(), message.conversation_id).ticket_id
