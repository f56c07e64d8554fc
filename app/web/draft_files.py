"""The doors of a draft's files: uploaded as soon as they are chosen, taken out again, read by their author."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import draft_files as desk
from app.desk.drafts import Begun
from app.errors import NotFound, Refused
from app.finders import drafts
from app.web.door import person
from app.web.draft_words import file_words
from app.web.drafts import begun
from app.web.enclosing import enclosures
from app.web.files import stored
from app.web.numbers import row_number
from app.web.words import said

bp = Blueprint("draft_files", __name__)


@bp.post("/tickets/<int:number>/drafts/reply/files")
def add(number: int) -> ResponseReturnValue:
    """Keep files that were chosen, or take those in again that were thrown away a moment ago."""
    ticket_id = access.ticket(person(), number).id
    again = [row_number(each) for each in request.form.getlist("again") if each.isdecimal()]
    try:
        if again:
            desk.bring_back(ticket_id, again, _bare(ticket_id), by=person(), at=clock.now())
        else:
            desk.add(ticket_id, enclosures(), _bare(ticket_id), by=person(), at=clock.now())
    except Refused as refused:
        return render_template("ticket/_problem.html", words=said(refused)), 422
    return _list(ticket_id)


@bp.delete("/tickets/<int:number>/drafts/reply/files/<int:file_id>")
def remove(number: int, file_id: int) -> ResponseReturnValue:
    """Take a file out of one's draft."""
    ticket_id = access.ticket(person(), number).id
    desk.remove(ticket_id, file_id, by=person())
    return _list(ticket_id)


@bp.get("/draft-files/<int:file_id>")
def read(file_id: int) -> ResponseReturnValue:
    found = access.draft_file(person(), file_id)
    return stored(found.digest, found.name, found.type)


def keep_sent(number: int) -> None:
    """Keep the files of an answer that was refused: a form without a script cannot hold them."""
    sent = enclosures()
    try:
        ticket_id = access.ticket(person(), number).id
        if sent:
            desk.add(ticket_id, sent, _bare(ticket_id), by=person(), at=clock.now())
    except (Refused, NotFound):
        return  # The page says already why it was refused.


def _bare(ticket_id: int) -> Begun:
    """Return the draft that begins with a file: the way that the form is on, and no text yet."""
    return begun(ticket_id, text="")


def _list(ticket_id: int) -> ResponseReturnValue:
    own = drafts.of(ticket_id, person(), now=clock.now()).own
    return make_response(render_template("ticket/_draft_files.html", files=file_words(ticket_id, own)))
