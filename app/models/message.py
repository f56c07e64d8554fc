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


class MessageKind(StrEnum):
    """What a message is on its channel; says nothing about clocks."""

    MESSAGE = "message"
    COMMENT = "comment"
    POST = "post"
    POSTBACK = "postback"
    CALL = "call"
    UNKNOWN = "unknown"


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
    home_conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    """The conversation it came in, where it was taken out of it since."""
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    envelope_id: Mapped[int | None] = mapped_column(ForeignKey("envelope.id"))
    external_id: Mapped[str] = mapped_column(String(500))
    """The platform's id; for mail the Message-ID without angle brackets. Ours is fixed before the first attempt."""
    direction: Mapped[Direction] = mapped_column(word_of(Direction))
    state: Mapped[MessageState] = mapped_column(word_of(MessageState))
    message_class: Mapped[MessageClass] = mapped_column(word_of(MessageClass))
    kind: Mapped[MessageKind] = mapped_column(word_of(MessageKind), default=MessageKind.MESSAGE)
    is_public: Mapped[bool] = mapped_column(default=False)
    is_elsewhere: Mapped[bool] = mapped_column(default=False)
    """Ours, but written with another tool: heard as an echo."""
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
    """`Contact.details`, and the desk's own: warnings, `parent`, `term` of listening, `accepted_as`."""
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    """The message of the customer that an outgoing one replies to on the platform."""
    edited_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    """Taken back by its author or the platform; the row stays, what it said is shown to nobody but on request."""
    hidden_at: Mapped[datetime | None]
    """Hidden from the public; only comments."""
    progress: Mapped[str] = mapped_column(String(16), default="")
    """How far one of ours came after it was sent: delivered or read."""
    progress_at: Mapped[datetime | None]
    sent_at: Mapped[datetime]
    """Inbound: the platform's time. Outgoing: when it was queued, then when the provider accepted it."""
    stored_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    """Database time of the claim; a claim older than the lease was never settled."""
    retry_at: Mapped[datetime | None]
    leaves_at: Mapped[datetime | None]
    """Database time before which it is not sent, so that its author can call it back."""
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
    """Empty while the file still lies with the platform."""
    content_id: Mapped[str] = mapped_column(String(255), default="")
    is_inline: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[str] = mapped_column(String(24), default="file")
    """image, video, audio, file, sticker, location or link."""
    source_url: Mapped[str] = mapped_column(Text, default="")
    """Where it was fetched from, or is to be."""
    fault_words: Mapped[str] = mapped_column(String(300), default="")
    """Why it could not be fetched."""
    details: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """What the platform told besides the file itself, e.g. where a location lies."""


class Revision(Model):
    """What a message said before it was edited; the row of the message has the newest text."""

    __tablename__ = "revision"

    id: Mapped[Key]
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime]
    """When the next text took its place."""


class Reaction(Model):
    """A sign somebody put on a message; one a person and message, it can be taken back."""

    __tablename__ = "reaction"
    __table_args__ = (UniqueConstraint("message_id", "author_value"),)

    id: Mapped[Key]
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    author_value: Mapped[str] = mapped_column(String(254))
    emoji: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
