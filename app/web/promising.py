"""Promises on a ticket: the panel in the composer, the dialog of one promise, and what needs no answer."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import holding, promise_acts, waiver
from app.errors import NotFound, Refused
from app.finders import promises, promising, ticket
from app.web.door import person
from app.web.formats import formats
from app.web.forms import without_nul
from app.web.numbers import row_number
from app.web.promise_field import OWN, in_a_field, shown_own
from app.web.promise_words import holding_effect, time_choices
from app.web.ticket import query
from app.web.words import _, said
from app.web.writing import form_again, shown

bp = Blueprint("promising", __name__)


@bp.get("/tickets/<int:number>/weight")
def panel(number: int) -> str:
    """The times of a promise, and what a holding reply on the chosen way will do."""
    head = ticket.head(person(), number)
    found = access.conversation(person(), request.args.get("conversation", 0, row_number))
    if found.ticket_id != head.number:
        raise NotFound("Dieser Gesprächsfaden gehört zu einem anderen Anliegen.")
    is_public, now = request.args.get("public") == "1", clock.now()
    outlook = holding.outlook(head.number, found.id, is_public=is_public, at=now)
    owed, team = promising.open_on(head.number), head.team_name or _("kein Team")
    return render_template(
        "ticket/_weight.html",
        **_times(outlook, request.args.get("promise", "")),
        earliest=in_a_field(now),
        effect=holding_effect(outlook, owed, conversation=found.id, since=head.oldest_unanswered_at, team=team),
    )


def _times(outlook: holding.Outlook, chosen: str) -> dict[str, object]:
    """Return the usual times, and one's own where none of them is the chosen one."""
    choices = time_choices(outlook.choices, chosen)
    is_own = bool(chosen) and not any(each.is_chosen for each in choices)
    return {"choices": choices, "own": shown_own(chosen) if is_own else "", "is_own": is_own, "is_none": not chosen}


@bp.get("/tickets/<int:number>/promises/<int:promise_id>")
def dialog(number: int, promise_id: int) -> str:
    return _dialog(number, promise_id)


def _dialog(number: int, promise_id: int, *, error: str = "", reason: str = "") -> str:
    head = ticket.head(person(), number)
    promise = next((each for each in promises.on_ticket(head.number) if each.id == promise_id), None)
    if promise is None:
        raise NotFound("Diese Zusage gibt es nicht.")
    url = f"/tickets/{head.number}/promises/{promise_id}"
    people = [(one.id, one.name) for one in ticket.colleagues(head.team_id) if one.id != promise.owner_id]
    return render_template(
        "ticket/_promise.html",
        promise=promise,
        until=formats().when(promise.due),
        owner_url=f"{url}/owner{query()}",
        waiver_url=f"{url}/waiver{query()}",
        owing_url=f"{url}/owing{query()}",
        people=sorted(people, key=lambda one: one[0] != person().id),
        me=person().id,
        reason=reason,
        error=error,
    )


def _of_ticket(number: int, promise_id: int) -> int:
    """Return the promise if it is part of this ticket, which one may see."""
    ticket_id = access.ticket(person(), number).id
    if all(each.id != promise_id for each in promises.on_ticket(ticket_id)):
        raise NotFound("Diese Zusage gibt es nicht.")
    return promise_id


@bp.post("/tickets/<int:number>/promises/<int:promise_id>/owner")
def pass_on(number: int, promise_id: int) -> ResponseReturnValue:
    """Let somebody else stand for a promise."""
    try:
        to = request.form.get("to", 0, row_number)
        promise_acts.pass_on(_of_ticket(number, promise_id), to=to, by=person(), at=clock.now())
    except Refused as refused:
        words = said(refused)
        return form_again(lambda: _dialog(number, promise_id, error=words))
    return shown(number)


@bp.post("/tickets/<int:number>/promises/<int:promise_id>/waiver")
def waive_promise(number: int, promise_id: int) -> ResponseReturnValue:
    reason = without_nul(request.form.get("reason", ""))
    try:
        promise_acts.waive(_of_ticket(number, promise_id), reason=reason, by=person(), at=clock.now())
    except Refused as refused:
        words = said(refused)
        return form_again(lambda: _dialog(number, promise_id, error=words, reason=reason))
    return shown(number)


@bp.post("/tickets/<int:number>/promises/<int:promise_id>/owing")
def owe_promise(number: int, promise_id: int) -> ResponseReturnValue:
    """Take the waiver of a promise back."""
    promise_acts.take_back(_of_ticket(number, promise_id), by=person(), at=clock.now())
    return shown(number)


@bp.get("/tickets/<int:number>/waiver")
def waiver_dialog(number: int) -> str:
    return _waiver_dialog(number)


def _waiver_dialog(number: int, *, error: str = "") -> str:
    head = ticket.head(person(), number)
    return render_template(
        "ticket/_waiver.html",
        number=head.number,
        url=f"/tickets/{head.number}/waiver{query()}",
        undo_url=f"/tickets/{head.number}/waiver/undo{query()}",
        error=error,
    )


@bp.post("/tickets/<int:number>/waiver")
def waive(number: int) -> ResponseReturnValue:
    """What is owed needs no answer; what was promised stays promised."""
    chosen = request.form.get("reason", "")
    reason = without_nul(request.form.get("words", "")) if chosen == OWN else chosen
    try:
        waiver.waive(access.ticket(person(), number).id, reason=reason, by=person(), at=clock.now())
    except Refused as refused:
        words = said(refused)
        return form_again(lambda: _waiver_dialog(number, error=words))
    return shown(number)


@bp.post("/tickets/<int:number>/waiver/undo")
def unwaive(number: int) -> ResponseReturnValue:
    waiver.take_back(access.ticket(person(), number).id, by=person(), at=clock.now())
    return shown(number)
