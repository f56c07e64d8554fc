"""Who owns tickets, who answers them, who watches."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Model
from app.models.columns import BigId, Json, JsonList, JsonMap, Key, word_of

membership = Table(
    "membership",
    Base.metadata,
    Column("agent_id", BigId, ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True),
    Column("team_id", BigId, ForeignKey("team.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Role(StrEnum):
    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"


class Team(Model):
    """Who owns a ticket; the ball is always with one team."""

    __tablename__ = "team"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id"))
    """The hours in which hand-overs to this team run and its people are told; None: the first calendar."""
    accept_minutes: Mapped[int] = mapped_column(default=15)
    work_minutes: Mapped[int] = mapped_column(default=240)
    return_minutes: Mapped[int | None]
    """Within which a hand-over is accepted and worked on, and when it goes back by itself; service time."""
    ladder_id: Mapped[int | None] = mapped_column(ForeignKey("ladder.id"))
    """Of hand-overs to this team."""
    asks_cause: Mapped[bool] = mapped_column(default=False)
    causes: Mapped[JsonList] = mapped_column(Json, default=list)
    """Causes it proposes when a matter is resolved; any other may be given, too."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    agents: Mapped[list[Agent]] = relationship(secondary=membership, back_populates="teams", lazy="raise")


class Agent(Model):
    """A person who answers or watches; `password_hash` is empty until a password was set."""

    __tablename__ = "agent"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(word_of(Role), default=Role.AGENT)
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(8), default="de")
    preferences: Mapped[JsonMap] = mapped_column(Json, default=dict)
    is_active: Mapped[bool] = mapped_column(default=True)
    phone_user: Mapped[str] = mapped_column(String(64), default="")
    """Who they are to the telephone system, so that a ring opens in the right browser."""
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id"))
    """Their own hours; None: those of their first team."""
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    """Who is told instead while they are away."""
    away_from: Mapped[datetime | None]
    away_until: Mapped[datetime | None]
    can_publish: Mapped[bool] = mapped_column(default=True)
    """May answer in public; whoever may not asks for a release. Leads and administrators always may."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    teams: Mapped[list[Team]] = relationship(secondary=membership, back_populates="agents", lazy="raise")


class SignIn(Model):
    """One browser an agent is logged in with; deleting the row logs it out at once."""

    __tablename__ = "sign_in"

    id: Mapped[Key]
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret in the cookie; the secret itself is stored nowhere."""
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")


class Token(Model):
    """A key to the API; shown once, kept as its SHA-256."""

    __tablename__ = "token"

    id: Mapped[Key]
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
