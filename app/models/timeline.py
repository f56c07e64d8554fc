"""What colleagues write to each other, and one past-tense line for everything that happened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Json, JsonMap, Key


class Note(Model):
    """An internal text; no customer ever sees it."""

    __tablename__ = "note"

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class Event(Model):
    """One line of the timeline; its id is also the position in the live stream."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_ticket", "ticket_id", "id"),)

    id: Mapped[Key]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("note.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    details: Mapped[JsonMap] = mapped_column(Json, default=dict)


class Counter(Model):
    """How many open tickets a badge shows; kept in the same transaction as the tickets it counts."""

    __tablename__ = "counter"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=0)
