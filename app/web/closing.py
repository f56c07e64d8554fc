"""Done, and not done after all; closing asks who takes an open promise, and why it came to this."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import closing as desk
from app.desk import status
from app.errors import Refused
from app.finders import closing as finder
from app.finders import promises, releases, ticket
from app.web.door import person
from app.web.formats import formats
from app.web.forms import without_nul
from app.web.numbers import row_number
from app.web.release_words import line
from app.web.ticket import query
from app.web.words import said
from app.web.writing import form_again, shown

bp = Blueprint("closing", __name__)
ASKED = frozenset({"promise_open", "cause_wanted", "release_waiting"})
"""Codes of a refusal that only asks for more."""
OWN = "own"


@bp.post("/tickets/<int:number>/resolution")
def resolve(number: int) -> ResponseReturnValue:
    """Close the ticket, or ask what must be known before."""
    try:
        terms, ticket_id = _terms(), access.ticket(person(), number).id
        status.resolve(ticket_id, terms=terms, is_asking=True, by=person(), at=clock.now())
    except Refused as refused:
        words = "" if refused.code in ASKED else said(refused)
        return form_again(lambda: dialog(number, error=words))
    return shown(number)


@bp.post("/tickets/<int:number>/reopening")
def reopen(number: int) -> ResponseReturnValue:
    status.reopen(access.ticket(person(), number).id, by=person(), at=clock.now())
    return shown(number)


def _terms() -> desk.Terms:
    """Read what the dialog says; the plain button says nothing."""
    cause = request.form.get("cause")
    if cause == OWN:
        # An empty field beside words of one's own is no "rather not": that has a choice of its own.
        cause = without_nul(request.form.get("cause_words", "")) or " "
    return desk.Terms(
        promised=desk.Promised(_word("promised", {each.value for each in desk.Promised})),
        owner_id=request.form.get("to", 0, row_number) or None,
        reason=without_nul(request.form.get("reason", "")),
        cause=cause,
        withdraws=request.form.get("waiting") == "withdraw",
    )


def _word(name: str, allowed: set[str]) -> str:
    written = request.form.get(name, "")
    return written if written in allowed else ""


def dialog(number: int, *, error: str = "") -> str:
    """Write the form that asks; what was typed stays."""
    head = ticket.head(person(), number)
    words = formats()
    people = [(one.id, one.name) for one in ticket.colleagues(head.team_id) if one.id != person().id]
    return render_template(
        "ticket/_closing.html",
        number=head.number,
        url=f"/tickets/{head.number}/resolution{query()}",
        undo_url=f"/tickets/{head.number}/reopening{query()}",
        promises=[(words.when(each.due), each.owner_name, each.text) for each in promises.owed_on(head.number)],
        waiting=[line(each) for each in releases.on_ticket(head.number)],
        people=people,
        causes=finder.causes(head.team_id) if finder.asks_cause(head.team_id) else None,
        used=finder.used(head.team_id),
        cause=request.form.get("cause", finder.cause_of(head.number)),
        kept=request.form,
        error=error,
    )
