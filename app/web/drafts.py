"""Keeping what somebody has begun to write: asked for by the script, a second after the last key."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import drafts
from app.errors import NotFound
from app.web.door import person
from app.web.forms import without_nul
from app.web.numbers import row_number

bp = Blueprint("drafts", __name__)
LONGEST_WEIGHT = 80
MOST_WAYS = 10


@bp.put("/tickets/<int:number>/drafts/<kind>")
def keep(number: int, kind: str) -> ResponseReturnValue:
    """Keep a draft in place of the earlier one; 409 with its text where another device has written since."""
    ticket_id, now = access.ticket(person(), number).id, clock.now()
    written = begun(ticket_id, text=without_nul(request.form.get("text", "")), kind=kind)
    newer = drafts.keep(ticket_id, kind, written, built_on=built_on(), by=person(), at=now)
    return _kept(newer, now)


def _kept(newer: str | None, at: datetime) -> Response:
    response = make_response(newer or "", 204 if newer is None else 409)
    response.mimetype = "text/plain"
    response.headers["X-Faden-At"] = at.isoformat()
    return response


def begun(ticket_id: int, *, text: str, kind: str = "reply") -> drafts.Begun:
    """Return what stands in the form, with the way that it is on; raises `NotFound` for one that lies elsewhere."""
    opens = without_nul(request.form.get("opens", ""))[:LONGEST_WEIGHT]
    also = [each[:LONGEST_WEIGHT] for each in request.form.getlist("also")[:MOST_WAYS]]
    details = {"weight": without_nul(request.form.get("weight", ""))[:LONGEST_WEIGHT], "opens": opens}
    return drafts.Begun(
        text=text,
        conversation_id=_conversation(ticket_id) if kind == "reply" and not opens else None,
        is_public=request.form.get("public") == "1",
        seen_id=request.form.get("seen", type=row_number) or None,
        details={**details, "also": [without_nul(each) for each in also], "line": "unlined" not in request.form},
    )


def built_on() -> datetime:
    """Return when the state was kept that the browser goes on from; one that knows of none has read nothing."""
    try:
        at = datetime.fromisoformat(request.form.get("base", ""))
    except ValueError:
        return drafts.NEVER
    return at if at.tzinfo else drafts.NEVER


@bp.delete("/tickets/<int:number>/drafts/<kind>")
def forget(number: int, kind: str) -> ResponseReturnValue:
    """Throw a draft away; 409 with its text where another device has written since.

    The script keeps the text for as long as that can be undone.
    """
    ticket_id, now = access.ticket(person(), number).id, clock.now()
    base = built_on() if "base" in request.form else None
    return _kept(drafts.forget(ticket_id, kind, built_on=base, by=person()), now)


def _conversation(ticket_id: int) -> int:
    found = access.conversation(person(), request.form.get("conversation", 0, row_number))
    if found.ticket_id != ticket_id:
        raise NotFound("Dieser Gesprächsfaden gehört zu einem anderen Anliegen.")
    return found.id
