"""One matter of one customer across all channels and teams, and its threads."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Json, JsonMap, Key, word_of

FIRST_NUMBER = 10001
NOTHING_DUE = datetime(9999, 1, 1, tzinfo=UTC)
"""`queue_at` of a ticket on which no clock runs: it sorts behind everything that is owed."""

_open = text("closed_at IS NULL")
_uncompared = text("closed_at IS NULL AND compared_at IS NULL")
UNCOMPARED = text("ticket.closed_at IS NULL AND ticket.compared_at IS NULL")
"""The condition of the partial index, for every question that should use it: SQLite does not look at parameters."""
_closed = text("closed_at IS NOT NULL")
_unassigned = text("closed_at IS NULL AND assignee_id IS NULL")
_waiting = text("closed_at IS NULL AND oldest_unanswered_at IS NOT NULL")
_asked = text("asked_team_id IS NOT NULL")
_asked_agent = text("asked_agent_id IS NOT NULL")
_awaiting = text("closed_at IS NULL AND waits_since IS NOT NULL")
AWAITING = text("ticket.closed_at IS NULL AND ticket.waits_since IS NOT NULL")
"""The condition of the partial index on tickets that wait for somebody else: SQLite does not look at parameters."""
_social = text("closed_at IS NULL AND is_social")
SOCIAL = text("ticket.closed_at IS NULL AND ticket.is_social")
"""The condition of the partial index on what came over social media: SQLite does not look at parameters."""
_shared = text("closed_at IS NULL AND is_shared")
SHARED = text("ticket.closed_at IS NULL AND ticket.is_shared")
"""The condition of the partial index on what several teams work on: SQLite does not look at parameters."""
_resolved = text("closed_at IS NOT NULL AND state = 'resolved'")
RESOLVED = text("ticket.closed_at IS NOT NULL AND ticket.state = 'resolved'")
"""The condition of the partial index on matters that are done: SQLite does not look at parameters."""
_public = text("closed_at IS NULL AND oldest_unanswered_at IS NOT NULL AND publicity IS NOT NULL")


class TicketState(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    """Everything was answered; the ball is with the customer."""
    RESOLVED = "resolved"
    JOINED = "joined"
    """Its conversations are part of another ticket; the number stays valid and leads there."""


class Priority(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"


class Publicity(StrEnum):
    """How a contact came that did not come in private."""

    PUBLIC = "public"
    OVERHEARD = "overheard"
    """Public, and it does not address us: listening found it."""


class Ticket(Model):
    """The matter; its primary key is the number that people say.

    `due_at`, `oldest_unanswered_at` and the columns for the list are a cache of the rows below it, written in the
    same transaction.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_queue", "queue_at", "id", postgresql_where=_open, sqlite_where=_open),
        Index("ix_ticket_team_queue", "team_id", "queue_at", "id", postgresql_where=_open, sqlite_where=_open),
        Index("ix_ticket_assignee_queue", "assignee_id", "queue_at", "id", postgresql_where=_open, sqlite_where=_open),
        Index(
            "ix_ticket_unassigned_queue",
            "team_id",
            "queue_at",
            "id",
            postgresql_where=_unassigned,
            sqlite_where=_unassigned,
        ),
        Index("ix_ticket_uncompared", "id", postgresql_where=_uncompared, sqlite_where=_uncompared),
        Index("ix_ticket_waiting", "team_id", "oldest_unanswered_at", postgresql_where=_waiting, sqlite_where=_waiting),
        Index("ix_ticket_public", "team_id", "oldest_unanswered_at", postgresql_where=_public, sqlite_where=_public),
        Index("ix_ticket_social_queue", "team_id", "queue_at", "id", postgresql_where=_social, sqlite_where=_social),
        Index("ix_ticket_social", "queue_at", "id", postgresql_where=_social, sqlite_where=_social),
        Index("ix_ticket_shared", "queue_at", "id", postgresql_where=_shared, sqlite_where=_shared),
        Index("ix_ticket_awaiting", "waits_since", "team_id", postgresql_where=_awaiting, sqlite_where=_awaiting),
        Index("ix_ticket_closed", "closed_at", "id", postgresql_where=_closed, sqlite_where=_closed),
        Index(
            "ix_ticket_assignee_closed",
            "assignee_id",
            "closed_at",
            "id",
            postgresql_where=_closed,
            sqlite_where=_closed,
        ),
        Index("ix_ticket_team_closed", "team_id", "closed_at", "id", postgresql_where=_closed, sqlite_where=_closed),
        # Everything the overview says of what was resolved, so that it need not look into the tickets.
        Index(
            "ix_ticket_resolved",
            "closed_at",
            "team_id",
            "cause",
            "people_count",
            "team_count",
            "contact_count",
            "channel_count",
            # Of one value only, but SQLite looks it up in the ticket otherwise.
            "state",
            postgresql_where=_resolved,
            sqlite_where=_resolved,
        ),
        Index("ix_ticket_asked", "asked_team_id", "asked_at", "id", postgresql_where=_asked, sqlite_where=_asked),
        Index("ix_ticket_asked_agent", "asked_agent_id", postgresql_where=_asked_agent, sqlite_where=_asked_agent),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    subject: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[TicketState] = mapped_column(word_of(TicketState), default=TicketState.OPEN)
    priority: Mapped[Priority] = mapped_column(word_of(Priority), default=Priority.NORMAL)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    asked_team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    """Whom a pending hand-over asks to take it: they see the ticket, the ball stays where it is."""
    asked_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    """Who is asked by name, or stands in for a team of which nobody is there."""
    asked_at: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]
    """Since when a team owes its first answer after a hand-over; None: none does, and nobody need look."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    joined_into_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    """The last substantive answer since the ticket was opened or reopened."""
    waits_for: Mapped[str] = mapped_column(String(200), default="")
    """Whom else we wait for, e.g. the carrier; empty: nobody. What the customer is owed runs on."""
    waits_since: Mapped[datetime | None]
    clocked_at: Mapped[datetime | None]
    """Since when the ticket has clocks of resolution or update; None: it has none, and nobody need look for them."""
    held_at: Mapped[datetime | None]
    """The last holding reply since the last substantive answer, where the policy lets it stop every first answer."""
    cause: Mapped[str] = mapped_column(String(120), default="")
    """Why it came to this, chosen when it was resolved."""
    people_count: Mapped[int | None]
    team_count: Mapped[int | None]
    contact_count: Mapped[int | None]
    """How many of us and of our teams had a hand in it, and how often the customer wrote or called, until it was
    resolved last; None: it never was."""
    compared_at: Mapped[datetime | None]
    """When it was last looked for the same matter among the others; None: not yet."""
    resolved_at: Mapped[datetime | None]
    """When it was resolved; a join leaves it as it is, so that parting can bring a resolved ticket back."""
    closed_at: Mapped[datetime | None]
    """Set while it is resolved or joined: the ticket is in no list of open ones."""
    due_at: Mapped[datetime | None]
    """The earliest deadline of all open obligations; None while nothing is owed."""
    soon_at: Mapped[datetime | None]
    breach_at: Mapped[datetime | None]
    """When the obligation behind `due_at` is shown as due soon, and from when it is late."""
    oldest_unanswered_at: Mapped[datetime | None]
    queue_at: Mapped[datetime] = mapped_column(default=NOTHING_DUE)
    """`due_at`, or `NOTHING_DUE`: the key of the list, never null."""
    customer_name: Mapped[str] = mapped_column(String(200), default="")
    preview: Mapped[str] = mapped_column(String(160), default="")
    preview_at: Mapped[datetime]
    channel_kind: Mapped[str] = mapped_column(String(24), default="")
    """The kind of the channel the last message came on."""
    channel_count: Mapped[int] = mapped_column(default=1)
    """Kinds of channels, not threads."""
    publicity: Mapped[Publicity | None] = mapped_column(word_of(Publicity))
    """How the customer's newest contact came; None in private."""
    is_social: Mapped[bool] = mapped_column(default=False)
    """A conversation of it lies on a social medium."""
    is_shared: Mapped[bool] = mapped_column(default=False)
    """There are participations; where there are none, nobody need look for them."""

    @property
    def number(self) -> int:
        return self.id


class Conversation(Model):
    """One thread on one channel; moving it to another ticket is how matters are joined and parted again."""

    __tablename__ = "conversation"
    __table_args__ = (
        Index(
            "ix_conversation_key",
            "channel_id",
            "external_key",
            postgresql_where=text("external_key <> ''"),
            sqlite_where=text("external_key <> ''"),
        ),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    home_ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    """The ticket it was opened under; parting brings it back there."""
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    identity_id: Mapped[int] = mapped_column(ForeignKey("identity.id"), index=True)
    """The address we answer to."""
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    """The conversation its messages were taken out of, because they are about something else."""
    external_key: Mapped[str] = mapped_column(String(254), default="")
    subject: Mapped[str] = mapped_column(String(300), default="")
    is_public: Mapped[bool] = mapped_column(default=False)
    held_at: Mapped[datetime | None]
    """The last holding reply in it that used up its first answer."""
    heard_at: Mapped[datetime | None]
    """The customer's last act in it by the platform's time: windows are counted from here."""
    details: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """What the platform told that decides how we may answer: facts of the newest contact, and what answering added."""
    created_at: Mapped[datetime]
