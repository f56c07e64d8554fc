"""What was said to a customer and by them, with its files; an outgoing row is its own outbox."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Json, JsonMap, Key, word_of


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class MessageState(StrEnum):
    """`received` is the only state of an inbound message; the others are the path of an outgoing one."""

    RECEIVED = "received"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"


class MessageClass(StrEnum):
    """What a message means for the clocks; only a person may choose `holding`."""

    CONTACT = "contact"
    SUBSTANTIVE = "substantive"
    HOLDING = "holding"
    AUTO = "auto"


_outbox = text("state IN ('queued', 'sending', 'unsure')")
IN_OUTBOX = text("message.state IN ('queued', 'sending', 'unsure')")
"""The condition of the partial index, for every question that should use it: SQLite does not look at parameters."""


class Message(Model):
    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("external_id", "channel_id"),
        Index("ix_message_conversation", "conversation_id", "id"),
        Index("ix_message_outbox", "state", "id", postgresql_where=_outbox, sqlite_where=_outbox),
    )

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    envelope_id: Mapped[int | None] = mapped_column(ForeignKey("envelope.id"))
    external_id: Mapped[str] = mapped_column(String(500))
    """The platform's id; for mail the Message-ID without angle brackets. Ours is fixed before the first attempt."""
    direction: Mapped[Direction] = mapped_column(word_of(Direction))
    state: Mapped[MessageState] = mapped_column(word_of(MessageState))
    message_class: Mapped[MessageClass] = mapped_column(word_of(MessageClass))
    is_automatic: Mapped[bool] = mapped_column(default=False)
    is_bounce: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    author_name: Mapped[str] = mapped_column(String(200), default="")
    author_address: Mapped[str] = mapped_column(String(254), default="")
    subject: Mapped[str] = mapped_column(String(300), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    quoted_text: Mapped[str] = mapped_column(Text, default="", deferred=True)
    html: Mapped[str] = mapped_column(Text, default="", deferred=True)
    """As it arrived; sanitised whenever it is shown."""
    has_quote: Mapped[bool] = mapped_column(default=False)
    has_html: Mapped[bool] = mapped_column(default=False)
    attachment_count: Mapped[int] = mapped_column(default=0)
    details: Mapped[JsonMap] = mapped_column(Json, default=dict)
    sent_at: Mapped[datetime]
    """Inbound: the platform's time. Outgoing: when it was queued, then when the provider accepted it."""
    stored_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    """Database time of the claim; a claim older than the lease was never settled."""
    retry_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(String(24), default="")
    fault_words: Mapped[str] = mapped_column(String(500), default="")


class Attachment(Model):
    """One file of a message; the bytes are in the blob store under their SHA-256."""

    __tablename__ = "attachment"

    id: Mapped[Key]
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(127))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    content_id: Mapped[str] = mapped_column(String(255), default="")
    is_inline: Mapped[bool] = mapped_column(default=False)
