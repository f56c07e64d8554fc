"""Saying that two matters are one or two, asking the other side, and asking again."""

from __future__ import annotations

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import accepting, suggestions
from app.web.door import person
from app.web.ticket import query

bp = Blueprint("suggestions", __name__)


@bp.post("/tickets/<int:number>/suggestions/<int:suggestion>/rejection")
def reject(number: int, suggestion: int) -> ResponseReturnValue:
    """They are two: nobody is asked again."""
    suggestions.other(access.ticket(person(), number).id, suggestion)
    suggestions.reject(suggestion, by=person(), at=clock.now())
    return redirect(f"/tickets/{number}{query()}", 303)


@bp.post("/tickets/<int:number>/suggestions/<int:suggestion>/question")
def ask_again(number: int, suggestion: int) -> ResponseReturnValue:
    suggestions.other(access.ticket(person(), number).id, suggestion)
    suggestions.take_back(suggestion, by=person(), at=clock.now())
    return redirect(f"/tickets/{number}{query()}", 303)


@bp.post("/tickets/<int:number>/suggestions/<int:suggestion>/acceptance")
def accept(number: int, suggestion: int) -> ResponseReturnValue:
    """They are one: the older number is shown, which the younger one leads to from now on."""
    ticket_id = access.ticket(person(), number).id
    older = accepting.accept(ticket_id, suggestion, by=person(), at=clock.now())
    return redirect(f"/tickets/{older}{query()}", 303)


@bp.post("/tickets/<int:number>/suggestions/<int:suggestion>/inquiry")
def inquire(number: int, suggestion: int) -> ResponseReturnValue:
    """Ask the team of the other one, which one may not see oneself."""
    ticket_id = access.ticket(person(), number).id
    accepting.ask(ticket_id, suggestion, by=person(), at=clock.now())
    return redirect(f"/tickets/{number}{query()}", 303)


@bp.post("/tickets/<int:number>/suggestions/<int:suggestion>/inquiry/undo")
def inquire_no_more(number: int, suggestion: int) -> ResponseReturnValue:
    ticket_id = access.ticket(person(), number).id
    accepting.ask_no_more(ticket_id, suggestion, by=person(), at=clock.now())
    return redirect(f"/tickets/{number}{query()}", 303)
