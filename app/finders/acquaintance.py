"""Who somebody is: their addresses with what ties each to them, their matters, and how we came to know."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from app.access import Person, openable, owners_of, sees_all, whole
from app.db import db
from app.errors import NotFound
from app.models import (
    Agent,
    Conversation,
    Customer,
    Distinction,
    Identity,
    Merge,
    Order,
    ProofLink,
    Reference,
    Ticket,
    TicketState,
)

MOST_TICKETS = 50
MOST_ORDERS = 20


class Address(NamedTuple):
    id: int
    kind: str
    value: str
    name: str
    is_verified: bool
    evidence: str
    since: datetime


class Matter(NamedTuple):
    number: int
    subject: str
    state: TicketState
    created_at: datetime
    last_at: datetime
    """When the customer last wrote in it."""
    channel_kind: str


class Ordered(NamedTuple):
    number: str
    placed_at: datetime | None
    customer_reference: str


class Named(NamedTuple):
    """An order the person has named that stands in somebody else's name, or in nobody's we know."""

    number: str


class Joined(NamedTuple):
    """A merge of two customers, undone or not."""

    id: int
    kept_id: int
    absorbed_id: int
    kept_name: str
    absorbed_name: str
    proof: str
    evidence: dict[str, Any]
    identities: list[int]
    at: datetime
    by: str
    undone_at: datetime | None
    undone_by: str


class Asked(NamedTuple):
    """A proof link that was sent; `is_confirmed` is None while nobody has answered."""

    address: str
    sent_at: datetime
    by: str
    expires_at: datetime
    answered_at: datetime | None
    is_confirmed: bool | None


class Apart(NamedTuple):
    """Somebody said that this customer and another one are two people; `by` is empty where they said so themselves."""

    id: int
    other_id: int
    other_name: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    """Everything the page shows; the matters are those one may open, `hidden` counts the others."""

    id: int
    name: str
    language: str
    group: str
    since: datetime
    names: list[str] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    orders: list[Ordered] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    hidden: int = 0
    merges: list[Joined] = field(default_factory=list)
    links: list[Asked] = field(default_factory=list)
    apart: list[Apart] = field(default_factory=list)


def of(person: Person, customer_id: int) -> Acquaintance:
    """Read the page of a customer; the door has asked `access.customer` before."""
    row = db.session.execute(
        select(Customer.id, Customer.name, Customer.language, Customer.group, Customer.created_at).where(
            Customer.id == customer_id
        )
    ).one()
    everybody = whole(customer_id)
    addresses, merges, apart = _addresses(customer_id), _merges(everybody), _apart(everybody)
    others = {id_ for each in merges for id_ in (each.kept_id, each.absorbed_id)} | {each.other_id for each in apart}
    strangers = others - everybody - _seen(person, others)
    matters, hidden = _matters(person, customer_id)
    return Acquaintance(
        id=row.id,
        name=row.name,
        language=row.language,
        group=row.group,
        since=row.created_at,
        names=_names(everybody, addresses, without=row.name),
        addresses=addresses,
        orders=_orders(addresses, [matter.number for matter in matters]),
        named=_named(addresses, [matter.number for matter in matters]),
        matters=matters,
        hidden=hidden,
        merges=[_without_names(each, strangers) for each in merges],
        links=_links(everybody),
        apart=[each._replace(other_name="") if each.other_id in strangers else each for each in apart],
    )


def _addresses(customer_id: int) -> list[Address]:
    rows = db.session.execute(
        select(
            Identity.id,
            Identity.kind,
            Identity.value,
            Identity.name,
            Identity.is_verified,
            Identity.evidence,
            Identity.created_at,
        )
        .where(Identity.customer_id == customer_id)
        .order_by(Identity.id)
    )
    return [Address._make(row) for row in rows]


def _names(everybody: Collection[int], addresses: Sequence[Address], *, without: str) -> list[str]:
    """Return what else they call themselves, each once."""
    own = db.session.scalars(select(Customer.name).where(Customer.id.in_(everybody)).order_by(Customer.id))
    found = dict.fromkeys([*own, *(address.name for address in addresses)])
    return [name for name in found if name and name != without]


def _matters(person: Person, customer_id: int) -> tuple[list[Matter], int]:
    theirs = (Ticket.customer_id == customer_id, Ticket.state != TicketState.JOINED)
    rows = db.session.execute(
        select(Ticket.id, Ticket.subject, Ticket.state, Ticket.created_at, Ticket.preview_at, Ticket.channel_kind)
        .where(*theirs, openable(person))
        .order_by(Ticket.id.desc())
    ).all()
    count = db.session.scalar(select(func.count()).where(*theirs)) or 0
    return [Matter._make(row) for row in rows[:MOST_TICKETS]], count - len(rows)


def _orders(addresses: Sequence[Address], numbers: Sequence[int]) -> list[Ordered]:
    """Return the orders that are theirs by the mail address on them, or that they have written of."""
    mails = [address.value for address in addresses if address.kind == "email"]
    written = (
        select(Reference.value)
        .join(Conversation, Conversation.id == Reference.conversation_id)
        .where(Conversation.ticket_id.in_(numbers))
    )
    mine = Order.email.in_(mails)
    named = Order.number.in_(written) & (Order.email == "")
    rows = db.session.execute(
        select(Order.shown, Order.placed_at, Order.customer_reference)
        .where(or_(mine, named))
        .order_by(Order.id.desc())
        .limit(MOST_ORDERS)
    )
    return [Ordered._make(row) for row in rows]


def _named(addresses: Sequence[Address], numbers: Sequence[int]) -> list[Named]:
    mails = [address.value for address in addresses if address.kind == "email"]
    rows = db.session.scalars(
        select(Order.shown)
        .join(Reference, Reference.value == Order.number)
        .join(Conversation, Conversation.id == Reference.conversation_id)
        .where(Conversation.ticket_id.in_(numbers), Order.email != "", Order.email.not_in(mails))
        .distinct()
        .limit(MOST_ORDERS)
    )
    return [Named(shown) for shown in rows]


def newest_matter(person: Person, customer_id: int) -> int:
    """Return the ticket of theirs that one may open and that came last; raises `NotFound`."""
    matters, _hidden = _matters(person, customer_id)
    if not matters:
        raise NotFound("Von dieser Person gibt es kein Anliegen.")
    return matters[0].number


def _merges(everybody: Collection[int]) -> list[Joined]:
    kept, absorbed, undoer = aliased(Customer), aliased(Customer), aliased(Agent)
    rows = db.session.execute(
        select(
            Merge.id,
            Merge.kept_id,
            Merge.absorbed_id,
            kept.name,
            absorbed.name,
            Merge.proof,
            Merge.evidence,
            Merge.moved,
            Merge.at,
            func.coalesce(Agent.name, ""),
            Merge.undone_at,
            func.coalesce(undoer.name, ""),
        )
        .join(kept, kept.id == Merge.kept_id)
        .join(absorbed, absorbed.id == Merge.absorbed_id)
        .outerjoin(Agent, Agent.id == Merge.by_id)
        .outerjoin(undoer, undoer.id == Merge.undone_by_id)
        .where(or_(Merge.kept_id.in_(everybody), Merge.absorbed_id.in_(everybody)))
        .order_by(Merge.id.desc())
    )
    return [Joined._make((*row[:7], row[7]["identities"], *row[8:])) for row in rows]


def _seen(person: Person, customer_ids: Collection[int]) -> set[int]:
    """Return those of whom one may open a ticket."""
    if sees_all(person):
        return set(customer_ids)
    owners = owners_of(customer_ids)
    theirs = select(Ticket.customer_id).where(Ticket.customer_id.in_(set(owners.values())), openable(person))
    seen = set(db.session.scalars(theirs.distinct()))
    return {id_ for id_, owner_id in owners.items() if owner_id in seen}


def _without_names(merge: Joined, strangers: Collection[int]) -> Joined:
    """Leave out how somebody is called who is another person again, and whom one may not see."""
    kept = "" if merge.kept_id in strangers else merge.kept_name
    absorbed = "" if merge.absorbed_id in strangers else merge.absorbed_name
    return merge._replace(kept_name=kept, absorbed_name=absorbed)


def _links(everybody: Collection[int]) -> list[Asked]:
    rows = db.session.execute(
        select(
            ProofLink.address,
            ProofLink.sent_at,
            func.coalesce(Agent.name, ""),
            ProofLink.expires_at,
            ProofLink.answered_at,
            ProofLink.is_confirmed,
        )
        .outerjoin(Agent, Agent.id == ProofLink.sent_by_id)
        .where(ProofLink.customer_id.in_(everybody))
        .order_by(ProofLink.id.desc())
    )
    return [Asked._make(row) for row in rows]


def _apart(everybody: Collection[int]) -> list[Apart]:
    rows = db.session.execute(
        select(Distinction.id, Distinction.one_id, Distinction.other_id, Distinction.at, func.coalesce(Agent.name, ""))
        .outerjoin(Agent, Agent.id == Distinction.by_id)
        .where(or_(Distinction.one_id.in_(everybody), Distinction.other_id.in_(everybody)))
        .order_by(Distinction.id.desc())
    ).all()
    others = {row.id: row.other_id if row.one_id in everybody else row.one_id for row in rows}
    names = db.session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(others.values())))
    named = {row.id: row.name for row in names}
    return [Apart(row.id, others[row.id], named[others[row.id]], row.at, row[4]) for row in rows]
