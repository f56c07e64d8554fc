"""Finding an address by a piece of it, or a telephone number however somebody writes it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from app.models import Identity
from channels.numbers import e164


def like(text: str) -> ColumnElement[bool]:
    """Return the condition on identities that the text may mean: 0151 555… finds +49151555…, too."""
    piece = Identity.value.icontains(text, autoescape=True)
    number = e164(text)
    return or_(piece, Identity.value == number) if number else piece
