"""The time of a promise as the composer's form carries it: one of the usual ones, or one of one's own."""

from __future__ import annotations

from datetime import datetime

from flask import request

from app.desk.promises import Given
from app.errors import Refused
from app.web.formats import formats

OWN = "own"
_IN_A_FIELD = "%Y-%m-%dT%H:%M"


def given() -> Given | None:
    """Return the promise that the form carries; raises `Refused` for a time nobody can read."""
    wanted = request.form.get("promise", "")
    if not wanted:
        return None
    try:
        return Given(due_at=_own_time() if wanted == OWN else _instant(wanted))
    except ValueError as error:
        raise Refused("Bitte geben Sie Tag und Uhrzeit der Zusage an.", field="promise_at") from error


def _own_time() -> datetime:
    typed = datetime.strptime(request.form.get("promise_own", "")[:16], _IN_A_FIELD)  # noqa: DTZ007 - wall time
    return typed.replace(tzinfo=formats().zone)


def _instant(written: str) -> datetime:
    at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError(written)
    return at


def in_a_field(at: datetime) -> str:
    """Return an instant as a field for date and time takes it, in the shop's zone."""
    return at.astimezone(formats().zone).strftime(_IN_A_FIELD)


def shown_own(chosen: str) -> str:
    """Return a time of one's own as its field shows it; a draft keeps it as it was typed."""
    try:
        return in_a_field(_instant(chosen))
    except ValueError:
        return chosen[:16]
