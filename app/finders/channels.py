"""The configured accounts for those who set them up, with their health."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app import access, seal
from app.access import Person
from app.db import db
from app.models import IN_OUTBOX, UNFILED, Channel, Envelope, EnvelopeState, Message, Team


class ChannelRow(NamedTuple):
    id: int
    kind: str
    name: str
    address: str
    team_name: str | None
    is_paused: bool
    is_demo: bool
    heard_at: datetime | None
    reached_at: datetime | None
    problem: str
    problem_at: datetime | None


class ChannelSetUp(NamedTuple):
    """A channel as its form shows it; of secrets there is only nothing."""

    id: int
    kind: str
    name: str
    address: str
    settings: dict[str, Any]
    team_id: int | None
    is_paused: bool
    problem: str
    sealed: frozenset[str]
    """The names of the secrets that are stored; empty as well where the key was lost."""


class ChannelHealth(NamedTuple):
    """How one account is, for the person who has to mend it."""

    problem: str
    problem_code: str
    problem_at: datetime | None
    heard_at: datetime | None
    reached_at: datetime | None
    token_expires_at: datetime | None
    refused_count: int
    refused_at: datetime | None
    waiting_count: int
    """Answers of ours that the platform has not accepted yet."""
    unfiled_count: int
    parked_count: int


def channels() -> list[ChannelRow]:
    """Return all channels by name; the door has asked whether this person may see them."""
    rows = db.session.execute(
        select(
            Channel.id,
            Channel.kind,
            Channel.name,
            Channel.address,
            Team.name,
            Channel.is_paused,
            Channel.is_demo,
            Channel.heard_at,
            Channel.reached_at,
            Channel.problem,
            Channel.problem_at,
        )
        .outerjoin(Team, Team.id == Channel.team_id)
        .order_by(Channel.name)
    )
    return [ChannelRow._make(row) for row in rows]


def set_up(person: Person, channel_id: int) -> ChannelSetUp:
    """Return one channel for its form; raises `NotFound`."""
    row = access.channel(person, channel_id)
    return ChannelSetUp(
        row.id,
        row.kind,
        row.name,
        row.address,
        dict(row.settings),
        row.team_id,
        row.is_paused,
        row.problem,
        _sealed(row.secrets),
    )


def _sealed(secrets: bytes) -> frozenset[str]:
    try:
        return frozenset(name for name, secret in seal.unseal(secrets).items() if secret)
    except seal.SealBroken:
        return frozenset()


def health(person: Person, channel_id: int) -> ChannelHealth:
    """Return how a channel is; one statement beside the row. Raises `NotFound`."""
    row = access.channel(person, channel_id)
    unfiled = select(func.count()).select_from(Envelope).where(UNFILED, Envelope.channel_id == row.id)
    waiting = select(func.count()).select_from(Message).where(IN_OUTBOX, Message.channel_id == row.id)
    counts = db.session.execute(
        select(
            waiting.scalar_subquery(),
            unfiled.where(Envelope.state == EnvelopeState.STORED).scalar_subquery(),
            unfiled.where(Envelope.state == EnvelopeState.PARKED).scalar_subquery(),
        )
    ).one()
    return ChannelHealth(
        row.problem,
        row.problem_code,
        row.problem_at,
        row.heard_at,
        row.reached_at,
        row.token_expires_at,
        row.refused_count,
        row.refused_at,
        *counts,
    )


class Rehearsed(NamedTuple):
    """A channel of the sample shop whose platform is emulated."""

    kind: str
    name: str
    api_base: str


def rehearsed() -> list[Rehearsed]:
    """Return the channels of the sample shop that talk to an emulated platform."""
    rows = db.session.execute(
        select(Channel.kind, Channel.name, Channel.settings).where(
            Channel.is_demo.is_(True), Channel.kind != "email", Channel.is_paused.is_(False)
        )
    )
    found = [Rehearsed(kind, name, str(settings.get("api_base", ""))) for kind, name, settings in rows]
    return [each for each in found if each.api_base.startswith("http://127.0.0.1:")]


def let_go() -> None:
    """Give the database connection back before something slow begins."""
    db.session.rollback()


def addresses() -> list[tuple[str, str]]:
    """Return name and address of the channels that can hear mail now, the oldest first."""
    rows = db.session.execute(
        select(Channel.name, Channel.address)
        .where(Channel.kind == "email", Channel.is_paused.is_(False))
        .order_by(Channel.id)
    )
    return [(name, address) for name, address in rows]
