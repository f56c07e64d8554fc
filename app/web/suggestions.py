"""Saying that two matters are two, and asking again."""

from __future__ import annotations

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import suggestions
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
