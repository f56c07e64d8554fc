"""What rows of the view of social media show besides: who speaks, to how many, below which post, until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, and_, bindparam, func, select

from app.db import db
from app.finders.capability import COLUMNS, Facts, speaking_of
from app.models import Channel, Conversation, Customer, Identity, Order
from channels.contract import Capability
from channels.registry import connectors, is_social


class Known(NamedTuple):
    """A customer whom we know by more than this network."""

    name: str
    orders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The newest conversation of a ticket on social media, as its row shows it."""

    channel_kind: str
    is_public: bool
    author: str
    handle: str
    """The name of an account without its @; empty where the platform has none."""
    details: Mapping[str, Any]
    """Facts of the newest contact, as its connector told them."""
    capability: Capability
    known: Known | None = None


def beside(numbers: Sequence[int], *, now: datetime) -> dict[int, Beside]:
    """Return what stands beside the tickets of a page, by their numbers; two statements, however many they are."""
    newest: dict[int, tuple[Facts, int]] = {}
    for number, customer_id, *columns in _asked(_conversations(), numbers):
        facts = Facts._make(columns)
        if number not in newest or _heard_at(facts) > _heard_at(newest[number][0]):
            newest[number] = facts, customer_id
    known = _known(sorted({customer_id for _facts, customer_id in newest.values()}))
    return {number: _beside(facts, known.get(customer_id), now=now) for number, (facts, customer_id) in newest.items()}


def _asked(statement: Any, ids: Sequence[int]) -> Sequence[Any]:
    return db.session.connection().execute(statement, {"ids": ids}).all() if ids else ()


@cache
def _conversations() -> Select[*tuple[Any, ...]]:
    social = [kind for kind in connectors() if is_social(kind)]
    return (
        select(Conversation.ticket_id, Identity.customer_id, *COLUMNS)
        .join(Channel, Channel.id == Conversation.channel_id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(_among(Conversation.ticket_id), Channel.kind.in_(social))
        .order_by(Conversation.id)
    )


def _among(column: Any) -> Any:
    return column.in_(bindparam("ids", expanding=True, type_=Integer()))


def _heard_at(facts: Facts) -> float:
    return facts.heard_at.timestamp() if facts.heard_at else 0.0


def _known(customers: Sequence[int]) -> dict[int, Known]:
    """Return those of these customers whom we know by an address elsewhere, each with the number of their orders."""
    return {id_: Known(name, orders) for id_, name, orders in _asked(_elsewhere(), customers)}


@cache
def _elsewhere() -> Select[*tuple[Any, ...]]:
    by_mail = and_(Order.email != "", Order.email == Identity.value, Identity.kind == "email")
    return (
        select(Customer.id, Customer.name, func.count(func.distinct(Order.id)))
        .join(Identity, Identity.customer_id == Customer.id)
        .outerjoin(Order, by_mail)
        .where(_among(Customer.id), Identity.kind.in_(("email", "phone")))
        .group_by(Customer.id, Customer.name)
    )


def _beside(facts: Facts, known: Known | None, *, now: datetime) -> Beside:
    details = facts.their_details or facts.details
    handle = details.get("username") or facts.details.get("username")
    return Beside(
        channel_kind=facts.channel_kind,
        is_public=facts.is_public,
        author=facts.identity_name,
        handle=handle if isinstance(handle, str) else "",
        details=details,
        capability=speaking_of(facts, now=now).capability,
        known=known,
    )
