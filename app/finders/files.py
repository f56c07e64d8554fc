"""The files of a message that its HTML shows by their content id."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from app.db import db
from app.models import Attachment


class InlineFile(NamedTuple):
    content_id: str
    type: str
    size: int
    digest: str


def inline(message_id: int) -> list[InlineFile]:
    """Return what `cid:` addresses of a message may name; the door has asked `access` for the message before."""
    rows = db.session.execute(
        select(Attachment.content_id, Attachment.type, Attachment.size, Attachment.digest)
        .where(Attachment.message_id == message_id, Attachment.content_id != "")
        .order_by(Attachment.id)
    )
    return [InlineFile._make(row) for row in rows]
