"""Who reads along and who writes: a browser says so every ten seconds while its ticket can be seen."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app import access, clock, live, presence
from app.desk import visits
from app.web.door import person
from app.web.faces import faces

bp = Blueprint("presence", __name__)


@bp.post("/tickets/<int:number>/presence")
def come(number: int) -> ResponseReturnValue:
    """Say that one is here, or with `gone` that one is not any more; the answer shows who else is."""
    ticket_id, me = access.ticket(person(), number).id, person()
    if request.form.get("gone"):
        presence.go(ticket_id, me.id)
        _tell(ticket_id)
        return "", 204
    is_news = presence.come(ticket_id, me.id, name=me.name, is_writing=request.form.get("writes") == "1")
    visits.note(ticket_id, by=me, at=clock.now())
    if is_news:
        _tell(ticket_id)
    return _shown(ticket_id)


@bp.get("/tickets/<int:number>/presence")
def shown(number: int) -> str:
    return _shown(access.ticket(person(), number).id)


def _shown(ticket_id: int) -> str:
    return render_template("ticket/_faces.html", faces=faces(presence.of([ticket_id]).get(ticket_id, [])))


def _tell(ticket_id: int) -> None:
    """Tell the browsers of everybody who may see the ticket; it is no event and leaves no trace."""
    live.publish(live.Signal(id=0, kind="presence", ticket=ticket_id))
