"""The person who writes to us, and the addresses we know them by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model
from app.models.columns import Key


class Customer(Model):
    __tablename__ = "customer"
    __table_args__ = (
        Index("ix_customer_name", "name"),
        Index("ix_customer_name_key", "name_key"),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(200), default="")
    name_key: Mapped[str] = mapped_column(String(200), default="")
    """What equal names share, in whatever order and spelling; empty where the name says too little."""
    language: Mapped[str] = mapped_column(String(8), default="")
    group: Mapped[str] = mapped_column("customer_group", String(60), default="")
    """A word of the shop's own, e.g. for those with a contract; policies ask for it."""
    created_at: Mapped[datetime]
    is_demo: Mapped[bool] = mapped_column(default=False)
    identities: Mapped[list[Identity]] = relationship(back_populates="customer", lazy="raise")


class Identity(Model):
    """One address of a customer on one kind of channel, with the evidence that ties it to them."""

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("kind", "value", "scope"),
        Index("ix_identity_value", "value", postgresql_ops={"value": "varchar_pattern_ops"}),
    )

    id: Mapped[Key]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    value: Mapped[str] = mapped_column(String(254))
    scope: Mapped[str] = mapped_column(String(64), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    is_verified: Mapped[bool] = mapped_column(default=False)
    evidence: Mapped[str] = mapped_column(String(200), default="")
    is_blocked: Mapped[bool] = mapped_column(default=False)
    """A blocked sender's messages are filed, but they start no clock and get no receipt."""
    receipted_at: Mapped[datetime | None]
    """When the last automatic receipt went to this address."""
    created_at: Mapped[datetime]
    customer: Mapped[Customer] = relationship(back_populates="identities", lazy="raise")


class NamePart(Model):
    """One word of a name somebody is known by, or their name on a platform with its @: people are found by these."""

    __tablename__ = "name_part"
    __table_args__ = (
        Index("ix_name_part_part", "part", "customer_id", unique=True, postgresql_ops={"part": "varchar_pattern_ops"}),
    )

    id: Mapped[Key]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(60))
    """Spelled as names are compared: small letters without accents."""
