"""Several of us on one matter: teams beside the one that holds the ball, who looked at it, what is being written."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Json, JsonMap, Key, word_of

_asked = text("state = 'asked'")
_loose = text("draft_id IS NULL AND release_id IS NULL")
UNRELEASED = text("release.state = 'asked'")
"""The condition of the partial index, for every question that should use it: SQLite does not look at parameters."""


class Participation(Model):
    """A team that takes part in a ticket beside the one that holds the ball: it sees it and may answer."""

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("ticket_id", "team_id", "home_ticket_id"),
        Index("ix_participation_team", "team_id", "ticket_id"),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    home_ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    """The ticket it takes part in by itself; another one where a join brought it along, and parting takes it away."""
    because: Mapped[str] = mapped_column(String(16))
    """`joined`, `handed_over`, `answered` or `asked`: how the team came to it."""
    since: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))


class Visit(Model):
    """When one of us last had a ticket open; one row a person and ticket."""

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("ticket_id", "agent_id"),
        Index("ix_visit_at", "ticket_id", "at"),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    at: Mapped[datetime]


class Draft(Model):
    """What somebody has begun to write; on every device of theirs, until it is sent or thrown away."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("agent_id", "ticket_id", "kind"), Index("ix_draft_ticket", "ticket_id"))

    id: Mapped[Key]
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[str] = mapped_column(String(8))
    """`reply` or `note`."""
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    is_public: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text, default="")
    seen_id: Mapped[int | None]
    """The newest message its author had read when they began."""
    details: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """What else stands in the form: weight, promise, further ways."""
    updated_at: Mapped[datetime]


class DraftFile(Model):
    """A file of what is not sent yet: of a draft, or of a public answer that waits for its release.

    With neither it was thrown away a moment ago, and its author may still bring it back.
    """

    __tablename__ = "draft_file"
    __table_args__ = (
        Index("ix_draft_file_loose", "agent_id", postgresql_where=_loose, sqlite_where=_loose),
        # A browser keeps what it has read under its number.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id", ondelete="SET NULL"), index=True)
    release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(127))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    """Of the blob; the answer it goes out with refers to the same one."""
    added_at: Mapped[datetime]


class ReleaseState(StrEnum):
    ASKED = "asked"
    RELEASED = "released"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Release(Model):
    """A public answer by somebody who may not publish, until somebody who may lets it go or gives it back."""

    __tablename__ = "release"
    __table_args__ = (Index("ix_release_asked", "ticket_id", postgresql_where=_asked, sqlite_where=_asked),)

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    text: Mapped[str] = mapped_column(Text)
    details: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """The weight of the answer, its promise, and which message it goes to."""
    state: Mapped[ReleaseState] = mapped_column(word_of(ReleaseState), default=ReleaseState.ASKED)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    asked_at: Mapped[datetime]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it was given back."""
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    """The answer it became."""


class Wallboard(Model):
    """A screen on a wall that may read the board's figures by its address, and nothing else."""

    __tablename__ = "wallboard"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    """Whose figures it shows; None: those of all teams."""
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret in its address; the secret itself is stored nowhere."""
    created_by_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
