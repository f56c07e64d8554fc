"""What we were told: the bell in the rail, the page behind it, and what is read."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import bell
from app.errors import NotFound
from app.finders import notifications
from app.web.door import person
from app.web.numbers import row_number
from app.web.words import _

bp = Blueprint("notifications", __name__, url_prefix="/notifications")
MOST_READ = 50
ICONS = {"breached": "alert", "warned": "clock", "promise": "hand", "hand": "swap", "webhook": "link"}


@bp.get("")
def index() -> str:
    return render_template(
        "notifications/index.html",
        unread=notifications.unread(person()),
        read=notifications.read(person(), limit=MOST_READ),
        icon_of=_icon,
    )


def _icon(kind: str) -> str:
    return next((icon for start, icon in ICONS.items() if kind.startswith(start)), "bell")


@bp.get("/bell")
def bell_of() -> str:
    """Return the lines of the rail, for a browser that heard that they changed."""
    return render_template("_bell.html", is_piece=True)


@bp.get("/<int:notification_id>")
def follow(notification_id: int) -> ResponseReturnValue:
    """Go to what a word is about; it is read by that."""
    ticket_id = bell.read(notification_id, agent_id=person().id, at=clock.now())
    return redirect(f"/tickets/{ticket_id}" if ticket_id else url_for("notifications.index"), 303)


@bp.post("/<int:notification_id>/read")
def read(notification_id: int) -> ResponseReturnValue:
    bell.read(notification_id, agent_id=person().id, at=clock.now())
    return redirect(url_for("notifications.index"), 303)


@bp.post("/<int:notification_id>/unread")
def unread(notification_id: int) -> ResponseReturnValue:
    bell.unread_again(notification_id, agent_id=person().id)
    return redirect(url_for("notifications.index"), 303)


@bp.post("/read")
def read_all() -> ResponseReturnValue:
    """Mark everything that was on the page as read; what came meanwhile stays."""
    bell.read_all(agent_id=person().id, until=request.form.get("until", 0, row_number), at=clock.now())
    flash(_("Alles ist gelesen."))
    return redirect(url_for("notifications.index"), 303)


@bp.post("/seen")
def seen() -> ResponseReturnValue:
    """Mark what was told about a ticket as read: its page is being looked at."""
    try:
        found = access.ticket(person(), request.form.get("ticket", 0, row_number))
    except NotFound:
        return "", 204
    bell.read_ticket(found.id, agent_id=person().id, at=clock.now())
    return "", 204
