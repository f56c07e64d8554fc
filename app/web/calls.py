"""The telephone in the browser: what rings, and what is written down about it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import opening, phone_notes, replies
from app.desk.phone_notes import Noted, Said
from app.errors import Refused
from app.finders import calls, confirmations, ticket
from app.finders.calls import CallOutcome
from app.finders.confirmations import Written
from app.web import call_words
from app.web.door import person
from app.web.forms import Form, without_nul
from app.web.numbers import row_number
from app.web.ticket import query
from app.web.words import _, said
from channels.numbers import e164, shown

bp = Blueprint("calls", __name__)
FIELDS = ("call", "direction", "number", "outcome", "promise", "promise_other", "confirm_to")
LONGEST_TEXT = 20_000


@bp.get("/calls")
def running() -> str:
    """Show what rings here now, for a page that has just been opened."""
    found = [calls.ringing(person(), id_) for id_ in calls.running(person(), now=clock.now())]
    return render_template("calls/_cards.html", cards=[call_words.call_words(call) for call in found])


@bp.get("/calls/<int:call_id>")
def card(call_id: int) -> str:
    """Show one call as it stands; nothing once it has ended."""
    words = call_words.call_words(calls.ringing(person(), call_id))
    cards = [words] if words.is_running or words.is_missed else []
    return render_template("calls/_cards.html", cards=cards)


@bp.get("/tickets/<int:number>/call")
def form(number: int) -> str:
    """Show the form of a phone note on this ticket."""
    head = ticket.head(person(), number)
    call = _call()
    is_out = request.args.get("direction") == "out" or head.due_at
    known = {"number": shown(calls.number_of(head.number)), "direction": "out" if is_out else "in"}
    return _form(head.number, Form({**known, **(_known(call) if call else {}), "outcome": CallOutcome.REACHED.value}))


@bp.post("/tickets/<int:number>/calls")
def note(number: int) -> ResponseReturnValue:
    """Write a phone note onto this ticket, and confirm it in writing if that was asked for."""
    return _note(access.ticket(person(), number).id)


@bp.get("/calls/<int:call_id>/note")
def new_form(call_id: int) -> str:
    """Show the form of a phone note that opens a ticket."""
    call = calls.ringing(person(), call_id)
    return _form(0, Form({**_known(call), "outcome": CallOutcome.REACHED.value}))


@bp.post("/calls/<int:call_id>/note")
def new_note(call_id: int) -> ResponseReturnValue:
    """Write a phone note onto a ticket of its own."""
    calls.ringing(person(), call_id)
    return _note(0)


def _call() -> calls.Ringing | None:
    call_id = request.values.get("call", 0, row_number)
    return calls.ringing(person(), call_id) if call_id else None


def _known(call: calls.Ringing) -> dict[str, str]:
    direction = "out" if call.is_outgoing else "in"
    return {"call": str(call.id), "number": shown(call.number) if call.number else "", "direction": direction}


def _note(ticket_id: int) -> ResponseReturnValue:
    filled = Form.of(request.form, *FIELDS)
    text = without_nul(request.form.get("text", "")).strip()[:LONGEST_TEXT]
    try:
        way = _way(ticket_id, filled) if request.form.get("confirm") else None
        noted = _write(ticket_id, filled, text, way)
    except Refused as refused:
        filled.errors[refused.field or "text"] = said(refused)
        return _again(ticket_id, filled, text)
    try:
        if way:
            _confirm(noted, filled, text)
    except Refused as refused:
        filled.values["call"] = str(noted.call_id)  # a second press is about this very call
        words = _("Die Notiz ist gespeichert, die Bestätigung nicht verschickt: %(why)s", why=said(refused))
        filled.errors["text"] = words
        return _again(ticket_id, filled, text)
    return _shown(noted.ticket_id)


def _way(ticket_id: int, filled: Form) -> Written:
    """Return where the confirmation goes; says before anything is written that nothing can be confirmed."""
    if filled["outcome"] != CallOutcome.REACHED.value:
        raise Refused("Bestätigen lässt sich nur, was besprochen wurde.", field="text")
    return _chosen(_ways(ticket_id, filled), filled)


def _ways(ticket_id: int, filled: Form) -> list[Written]:
    """Return whom a call with the number that is typed can be confirmed to; a ticket that is still to be opened: none.

    Where no number is typed, that of the call counts.
    """
    call = _call()
    number = e164(filled["number"]) or (call.number if call else "")
    return confirmations.ways(ticket_id, number) if ticket_id else []


def _chosen(ways: list[Written], filled: Form) -> Written:
    if not ways:
        raise Refused("Es ist keine E-Mail-Adresse bekannt, an die eine Bestätigung gehen könnte.", field="text")
    found = next((way for way in ways if str(way.identity_id) == filled["confirm_to"]), None)
    if found is None:
        raise Refused("Bitte wählen Sie, an wen die Bestätigung geht.", field="confirm_to")
    return found


def _write(ticket_id: int, filled: Form, text: str, way: Written | None) -> Noted:
    call = _call()
    try:
        promise_at = call_words.promised(filled["promise"], filled["promise_other"])
    except ValueError:
        raise Refused("Bitte geben Sie an, bis wann Sie sich melden.", field="promise_at") from None
    return phone_notes.note(
        Said(
            number=filled["number"],
            is_outgoing=filled["direction"] == "out",
            outcome=CallOutcome(filled["outcome"]) if filled["outcome"] in set(CallOutcome) else CallOutcome.REACHED,
            text=text,
            promise_at=promise_at,
            customer_id=way.customer_id if way else None,
        ),
        ticket_id=ticket_id or None,
        call_id=call.id if call else None,
        by=person(),
        at=clock.now(),
    )


def _confirm(noted: Noted, filled: Form, text: str) -> None:
    """Mail what was said to the customer whose number the call has, as it is written down by now."""
    way = _chosen(confirmations.ways(noted.ticket_id, confirmations.called_in(noted.call_id)), filled)
    typed = without_nul(request.form.get("confirmation", "")).strip()
    promise_at = call_words.promised(filled["promise"], filled["promise_other"])
    words = typed or call_words.confirmation(way.name, text, promise_at, person().name)
    if way.conversation_id:
        replies.reply(way.conversation_id, text=words, by=person(), at=clock.now())
        return
    opening.write_first(
        channel_id=way.channel_id,
        identity_id=way.identity_id,
        subject=_("Unser Telefonat"),
        text=words,
        ticket_id=noted.ticket_id,
        by=person(),
        at=clock.now(),
    )


def _form(ticket_id: int, filled: Form, text: str = "", confirmation: str = "") -> str:
    ways, call_id = _ways(ticket_id, filled), filled["call"]
    name = ways[0].name if len(ways) == 1 else ""
    return render_template(
        "calls/_note.html",
        number=ticket_id,
        url=f"/tickets/{ticket_id}/calls{query()}" if ticket_id else f"/calls/{call_id}/note",
        is_beside=bool(request.values.get("beside") or (request.method == "GET" and call_id)),
        form=filled,
        text=text,
        outcomes=call_words.outcomes(),
        directions=call_words.directions(),
        promises=call_words.promise_choices(clock.now()),
        ways=ways,
        confirmation=call_words.confirmation(name, "…", None, person().name),
        typed=confirmation,
    )


def _again(ticket_id: int, filled: Form, text: str) -> Response:
    typed = without_nul(request.form.get("confirmation", ""))
    response = make_response(_form(ticket_id, filled, text, typed), 422)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#sheet", "innerHTML"
    return response


def _shown(number: int) -> Response:
    """Show the ticket; a form that was opened from a call on another page takes the whole window there."""
    address = f"/tickets/{number}{query()}"
    if request.form.get("beside") and "HX-Request" in request.headers:
        response = make_response("", 200)
        response.headers["HX-Redirect"] = address
        return response
    return make_response(redirect(address, 303))
