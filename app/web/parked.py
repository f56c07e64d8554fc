"""What came in and could not be filed: its reason, its raw form, and another try."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import envelopes
from app.finders import parked
from app.runs import intake
from app.web import files
from app.web.door import person, require_lead
from app.web.formats import size
from app.web.words import _

bp = Blueprint("parked", __name__)


@bp.get("/parked")
def index() -> str:
    require_lead()
    return render_template("parked/index.html", rows=parked.parked(), size=size)


@bp.get("/parked/<int:envelope_id>/raw")
def raw(envelope_id: int) -> ResponseReturnValue:
    envelope = access.envelope(person(), envelope_id)
    content = intake.raw_of(envelope.id)
    return files.download(content, f"faden-{envelope.id}.{'json' if content.startswith(b'{') else 'eml'}")


@bp.post("/parked/<int:envelope_id>/retry")
def retry(envelope_id: int) -> ResponseReturnValue:
    """Give it back to the filing, which takes it within seconds."""
    envelope = access.envelope(person(), envelope_id)
    if envelopes.unpark(envelope.id, by=person(), at=clock.now()):
        flash(_("Die Nachricht wird gleich noch einmal gelesen. Scheitert es wieder, steht sie wieder hier."))
    else:
        flash(_("Die Nachricht lag nicht mehr hier: Jemand war schneller."))
    return redirect(url_for("parked.index"), 303)


@bp.post("/parked/retry")
def retry_all() -> ResponseReturnValue:
    """Give everything back to the filing, after a fault was mended."""
    require_lead()
    rows = parked.parked()
    freed = sum(envelopes.unpark(row.id, by=person(), at=clock.now()) for row in rows)
    flash(_("%(count)s Nachrichten werden gleich noch einmal gelesen.", count=freed))
    return redirect(url_for("parked.index"), 303)
