"""The words people put on a ticket."""

from __future__ import annotations

from sqlalchemy import select

from app.db import db
from app.models import Tag


def tags_of(number: int) -> list[str]:
    """Return the tags of a ticket by name; the door has asked `access` before."""
    return list(db.session.scalars(select(Tag.name).where(Tag.ticket_id == number).order_by(Tag.name)))
