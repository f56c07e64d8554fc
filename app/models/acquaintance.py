"""Who is who: what made one customer of two, what suggests that two matters are one, and facts that prove it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Json, JsonList, JsonMap, Key, word_of

_standing = text("undone_at IS NULL")
_pending = text("state = 'pending'")
UNANSWERED = text("suggestion.state = 'pending'")
"""The condition of the partial index, for every question that should use it: SQLite does not look at parameters."""


class Merge(Model):
    """Two customers who turned out to be one; undoing it brings both back as they were."""

    __tablename__ = "merge"
    __table_args__ = (
        Index("ix_merge_kept", "kept_id", postgresql_where=_standing, sqlite_where=_standing),
        Index("ix_merge_absorbed", "absorbed_id", postgresql_where=_standing, sqlite_where=_standing),
    )

    id: Mapped[Key]
    kept_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    absorbed_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    """Keeps its row without addresses and matters, so that it can stand by itself again."""
    proof: Mapped[str] = mapped_column(String(24))
    """A word of `routing.identity.Proof`."""
    evidence: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """What proved it, e.g. the order and the kind of the second fact; never the fact itself."""
    moved: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """Ids of what changed hands, and the fields of the kept one as they were."""
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))


class Reference(Model):
    """What a customer named: the number of an order or a parcel, an address, a name; it goes with its conversation."""

    __tablename__ = "reference"
    __table_args__ = (UniqueConstraint("conversation_id", "value"), Index("ix_reference_value", "value"))

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    value: Mapped[str] = mapped_column(String(40))
    """Numbers in capitals and digits; the spellings of everything else are those of `app.desk.marks`."""


class Order(Model):
    """What the shop knows of an order, as far as it can prove who somebody is."""

    __tablename__ = "shop_order"
    __table_args__ = (
        Index("ix_shop_order_email", "email"),
        Index("ix_shop_order_customer_reference", "customer_reference"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    """In the spelling of `Reference.value`."""
    shown: Mapped[str] = mapped_column(String(60), default="")
    """As the shop writes it."""
    email: Mapped[str] = mapped_column(String(254), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(16), default="")
    amount_cents: Mapped[int | None]
    customer_reference: Mapped[str] = mapped_column(String(60), default="")
    """What the shop calls this customer."""
    placed_at: Mapped[datetime | None]
    details: Mapped[JsonMap] = mapped_column(Json, default=dict)


class Distinction(Model):
    """Two customers of whom somebody said that they are two people: only a proof brings them together again."""

    __tablename__ = "distinction"
    __table_args__ = (UniqueConstraint("one_id", "other_id"), Index("ix_distinction_other", "other_id"))

    id: Mapped[Key]
    one_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    """The smaller id of the two."""
    other_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))


class ProofLink(Model):
    """A link sent to the address on an order; whoever opens it and says yes has proved to be that customer."""

    __tablename__ = "proof_link"
    __table_args__ = (Index("ix_proof_link_customer", "customer_id"),)

    id: Mapped[Key]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret in the link; the secret itself is stored nowhere."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    """Who is to be proved."""
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("shop_order.id"))
    address: Mapped[str] = mapped_column(String(254))
    """Where it was sent, and what it proves."""
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    is_confirmed: Mapped[bool | None]
    """None: not answered; False: the owner of the address says that it was not them."""


class SuggestionState(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """Somebody said that these are two matters: never suggested again."""
    EXPIRED = "expired"


class Suggestion(Model):
    """Two tickets that may be one matter, with the reasons; nothing of the other one's text is in it."""

    __tablename__ = "suggestion"
    __table_args__ = (
        UniqueConstraint("ticket_id", "other_id"),
        Index("ix_suggestion_pending", "ticket_id", postgresql_where=_pending, sqlite_where=_pending),
        Index("ix_suggestion_other", "other_id"),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    """The younger one."""
    other_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    points: Mapped[int]
    reasons: Mapped[JsonList] = mapped_column(Json, default=list)
    """`{"why": "says_so", "points": 25, "words": "gestern früh eine E-Mail"}`, of the matter and of the person."""
    is_proven: Mapped[bool] = mapped_column(default=False)
    """Both are certainly the same person's."""
    state: Mapped[SuggestionState] = mapped_column(word_of(SuggestionState), default=SuggestionState.PENDING)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    asked_from_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    """From which of the two somebody asked the other side: who sees only that other one may say yes."""
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    asked_at: Mapped[datetime | None]
