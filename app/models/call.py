"""A customer's telephone call with all its legs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Json, JsonMap, Key, word_of

_ringing = text("state IN ('ringing', 'talking')")
RUNNING = text("call.state IN ('ringing', 'talking')")
"""The condition of the partial index, for every question that should use it: SQLite does not look at parameters."""


class CallState(StrEnum):
    RINGING = "ringing"
    TALKING = "talking"
    MISSED = "missed"
    VOICEMAIL = "voicemail"
    """The mailbox answered: the caller has spoken to nobody."""
    ENDED = "ended"
    """Somebody had talked to them."""


class CallOutcome(StrEnum):
    """What a person says about a call; a machine cannot know it."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    VOICEMAIL = "voicemail"


class Call(Model):
    """One call as the customer sees it, whatever number of legs it took; its message is its line on the timeline."""

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("channel_id", "root_id"),
        Index("ix_call_running", "state", "id", postgresql_where=_ringing, sqlite_where=_ringing),
    )

    id: Mapped[Key]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    root_id: Mapped[str] = mapped_column(String(120))
    """The first leg's id; our own for a call that was only written down."""
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    state: Mapped[CallState] = mapped_column(word_of(CallState), default=CallState.RINGING)
    outcome: Mapped[CallOutcome | None] = mapped_column(word_of(CallOutcome))
    is_outgoing: Mapped[bool] = mapped_column(default=False)
    number: Mapped[str] = mapped_column(String(32), default="", index=True)
    """The customer's, E.164; empty where it is withheld."""
    own_number: Mapped[str] = mapped_column(String(32), default="")
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    """Who answered, or who dialled."""
    legs: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """By leg id: what each was told, when; the state above is reckoned from it, in whatever order it came."""
    rang_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
