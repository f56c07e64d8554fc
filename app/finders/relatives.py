"""Who may be the same person as a customer, and why; a name alone is never more than "maybe"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import aliased

from app.access import Person, openable, owners_of, whole
from app.db import db
from app.models import (
    Conversation,
    Customer,
    Direction,
    Distinction,
    Identity,
    Message,
    NamePart,
    Order,
    Reference,
    Suggestion,
    SuggestionState,
    Ticket,
)
from routing.claims import claims_in, name_key
from routing.identity import Bond, Evidence, Hint, judge

MOST = 8
MOST_TEXTS = 20
MOST_NAMESAKES = 50
_HINTS = {hint.value: hint for hint in Hint}


class Relative(NamedTuple):
    """Somebody who may be the same person; `address` is the mail address a proof link can be sent to, else empty."""

    id: int
    name: str
    is_suspected: bool
    reasons: list[str]
    """Words of `routing.identity.Hint`, the strongest first."""
    kinds: list[str]
    address: str


def of(person: Person, customer_id: int) -> tuple[list[Relative], int]:
    """Return who may be the same, the likeliest first, and how many more there are whom one may not see."""
    found: defaultdict[int, list[Evidence]] = defaultdict(list)
    for other_id, evidence in _evidence(person, customer_id):
        found[other_id].append(evidence)
    owners = owners_of(found)
    everybody, apart = whole(customer_id), _apart(customer_id)
    merged: defaultdict[int, list[Evidence]] = defaultdict(list)
    for other_id, reasons in found.items():
        if owners[other_id] not in everybody:
            merged[owners[other_id]] += reasons
    judged = {id_: judge(each, are_known_apart=id_ in apart) for id_, each in merged.items()}
    likely = {id_: each for id_, each in judged.items() if each.bond is not Bond.NOTHING}
    seen = _seen(person, list(likely))
    known = _known(sorted(seen, key=lambda id_: (-likely[id_].weight, id_))[:MOST])
    rows = [
        Relative(
            id_,
            name,
            likely[id_].bond is Bond.SUGGEST,
            [reason.kind.value for reason in likely[id_].reasons],
            kinds,
            address,
        )
        for id_, name, kinds, address in known
    ]
    hidden = sum(each.bond is Bond.SUGGEST for id_, each in likely.items() if id_ not in seen)
    return rows, hidden


def _evidence(person: Person, customer_id: int) -> Iterable[tuple[int, Evidence]]:
    mine = select(Ticket.id).where(Ticket.customer_id == customer_id, openable(person))
    yield from _suggested(customer_id)
    yield from _same_name(customer_id)
    yield from _same_number(customer_id)
    yield from _on_their_order(customer_id)
    texts = db.session.scalars(
        select(Message.text)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.ticket_id.in_(mine), Message.direction == Direction.IN, Message.is_bounce.is_(False))
        .order_by(Message.id.desc())
        .limit(MOST_TEXTS)
    ).all()
    yield from _claimed(texts)


def _suggested(customer_id: int) -> Iterable[tuple[int, Evidence]]:
    """What was found when their matters were compared."""
    one, other = aliased(Ticket), aliased(Ticket)
    rows = db.session.execute(
        select(case((one.customer_id == customer_id, other.customer_id), else_=one.customer_id), Suggestion.reasons)
        .join(one, one.id == Suggestion.ticket_id)
        .join(other, other.id == Suggestion.other_id)
        .where(
            Suggestion.state == SuggestionState.PENDING,
            Suggestion.is_proven.is_(False),
            or_(
                Suggestion.ticket_id.in_(select(Ticket.id).where(Ticket.customer_id == customer_id)),
                Suggestion.other_id.in_(select(Ticket.id).where(Ticket.customer_id == customer_id)),
            ),
        )
    )
    for other_id, reasons in rows:
        for reason in reasons:
            if reason.get("why") in _HINTS:
                yield other_id, Evidence(kind=_HINTS[reason["why"]])


def _same_name(customer_id: int) -> Iterable[tuple[int, Evidence]]:
    names = db.session.scalars(
        select(Identity.name)
        .where(Identity.customer_id == customer_id)
        .union(select(Customer.name).where(Customer.id == customer_id))
    )
    keys = {name_key(name) for name in names} - {""}
    rows = db.session.scalars(
        select(Customer.id).where(Customer.name_key.in_(keys), Customer.id != customer_id).limit(MOST_NAMESAKES)
    )
    return [(other_id, Evidence(kind=Hint.SAME_NAME)) for other_id in rows]


def _same_number(customer_id: int) -> Iterable[tuple[int, Evidence]]:
    """Who wrote of the same order or parcel."""
    rows = db.session.scalars(
        select(Ticket.customer_id)
        .join(Conversation, Conversation.ticket_id == Ticket.id)
        .join(Reference, Reference.conversation_id == Conversation.id)
        .where(Reference.value.in_(_numbers(customer_id)), Ticket.customer_id != customer_id)
        .distinct()
        .limit(MOST_NAMESAKES)
    )
    return [(other_id, Evidence(kind=Hint.ORDER_NUMBER)) for other_id in rows]


def _on_their_order(customer_id: int) -> Iterable[tuple[int, Evidence]]:
    """Whose order it is that this customer wrote of, and who wrote of an order that is this customer's."""
    theirs = (
        select(Identity.customer_id)
        .join(Order, Order.email == Identity.value)
        .where(Identity.kind == "email", Order.number.in_(_numbers(customer_id)), Order.email != "")
    )
    mails = select(Identity.value).where(Identity.customer_id == customer_id, Identity.kind == "email")
    writers = (
        select(Ticket.customer_id)
        .join(Conversation, Conversation.ticket_id == Ticket.id)
        .join(Reference, Reference.conversation_id == Conversation.id)
        .join(Order, Order.number == Reference.value)
        .where(Order.email.in_(mails))
    )
    found = db.session.scalars(theirs.union(writers).limit(MOST_NAMESAKES))
    return [(other_id, Evidence(kind=Hint.ORDER_NUMBER)) for other_id in found if other_id != customer_id]


def _numbers(customer_id: int) -> Sequence[str]:
    """Return the numbers they wrote, without the names and addresses that are kept beside them."""
    found = db.session.scalars(
        select(Reference.value)
        .join(Conversation, Conversation.id == Reference.conversation_id)
        .join(Ticket, Ticket.id == Conversation.ticket_id)
        .where(Ticket.customer_id == customer_id)
        .distinct()
    )
    return [value for value in found if value.isalnum()]


def _claimed(texts: Sequence[str]) -> Iterable[tuple[int, Evidence]]:
    """Whose address or name on a platform stands in what the customer wrote."""
    claims = [claims_in(text) for text in texts]
    addresses = {address for each in claims for address in each.addresses}
    handles = {handle for each in claims for handle in each.handles}
    if addresses:
        rows = db.session.scalars(select(Identity.customer_id).where(Identity.value.in_(addresses)))
        yield from ((other_id, Evidence(kind=Hint.CLAIMED_ADDRESS)) for other_id in rows)
    if handles:
        spelled = {f"@{handle}" for handle in handles}
        typed = select(Identity.customer_id).where(Identity.value.in_(spelled))
        told = select(NamePart.customer_id).where(NamePart.part.in_(spelled))
        rows = db.session.scalars(typed.union(told).limit(MOST_NAMESAKES))
        yield from ((other_id, Evidence(kind=Hint.HANDLE)) for other_id in rows)


def _apart(customer_id: int) -> set[int]:
    mine = whole(customer_id)
    rows = db.session.execute(
        select(Distinction.one_id, Distinction.other_id).where(
            or_(Distinction.one_id.in_(mine), Distinction.other_id.in_(mine))
        )
    )
    return set(owners_of({id_ for pair in rows for id_ in pair}).values()) - {customer_id}


def _seen(person: Person, customer_ids: Sequence[int]) -> set[int]:
    tickets = select(Ticket.customer_id).where(Ticket.customer_id.in_(customer_ids), openable(person))
    return set(db.session.scalars(tickets.distinct()))


def _known(customer_ids: Sequence[int]) -> list[tuple[int, str, list[str], str]]:
    """Return name, kinds of channels and mail address of each, in the order given."""
    known = db.session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(customer_ids)))
    names = {row.id: row.name for row in known}
    rows = db.session.execute(
        select(Identity.customer_id, Identity.kind, Identity.value)
        .where(Identity.customer_id.in_(customer_ids))
        .order_by(func.coalesce(Identity.receipted_at, Identity.created_at).desc(), Identity.id.desc())
    ).all()
    found = []
    for id_ in customer_ids:
        kinds = list(dict.fromkeys(kind for owner, kind, _value in rows if owner == id_))
        mails = [value for owner, kind, value in rows if owner == id_ and kind == "email"]
        found.append((id_, names[id_], kinds, mails[0] if mails else ""))
    return found
