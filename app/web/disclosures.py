"""Looking a public answer through while it is being written, before anybody presses a button."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app import access
from app.desk import public_answers
from app.web.disclosure_words import disclosed_words
from app.web.door import person
from app.web.forms import without_nul

bp = Blueprint("disclosures", __name__)
LONGEST = 20_000
"""Letters that are looked at while somebody types; the verb reads all of them."""


@bp.post("/tickets/<int:number>/disclosure")
def look(number: int) -> str:
    """Show what of a text may not be public on this ticket; nothing is written."""
    text = without_nul(request.form.get("text", ""))[:LONGEST]
    spots = public_answers.spotted(access.ticket(person(), number), text, by=person())
    return render_template("ticket/_spots.html", disclosed=disclosed_words(text, spots), is_refused=False)
