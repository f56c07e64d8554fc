"""What a ticket can be found by: numbers, addresses and names that its customer names, and those that they are.

What a text names is kept with its conversation (`Reference`), so that it is found from both sides, whichever comes
first. Each mark is spelled in one way: a number in capitals, an address, `@handle`, `+49…`, `~name`, `^postcode`, and
`?number` where nothing says what it is a number of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, union_all

from app.db import db
from app.desk.writing import run
from app.models import Customer, Identity, NamePart, Order, Reference
from channels.numbers import e164
from routing.claims import Claims, name_key
from routing.numbers import cores
from routing.short_names import last_name, may_be_one

LONGEST = 40
MOST = 30
"""Marks of one message that are kept, and looked for."""
MOST_HOLDERS = 20
"""The newest of those who have a mark in common; what more share says little."""
MOST_NAMESAKES = 50
_ADDRESSES = frozenset({"email", "phone"})
"""Kinds of identities whose value people know and write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Of a message or a customer; each kind by itself, for they weigh differently."""

    numbers: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    """Numbers that nothing says what they are of."""
    contacts: frozenset[str] = frozenset()
    """Addresses, names on platforms and telephone numbers."""
    names: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        return self.numbers | self.contacts | self.names | self.places | {f"?{each}"[:LONGEST] for each in self.bare}

    @property
    def looked_for(self) -> frozenset[str]:
        """Return what others are found by who name the same; where somebody lives is too little."""
        either = self.numbers | self.bare
        return either | {f"?{each}"[:LONGEST] for each in either} | self.contacts


def named(claims: Claims) -> Marks:
    """Return what a text names."""
    phones = (e164(each) for each in claims.phones)
    return Marks(
        numbers=_spelled(cores(claims.references)),
        bare=_spelled(cores(claims.bare - claims.references)),
        contacts=_spelled((*claims.addresses, *(f"@{each}" for each in claims.handles), *filter(None, phones))),
        names=_spelled([f"~{claims.signature}"] if claims.signature else []),
        places=_spelled(f"^{each}" for each in claims.postcodes),
    )


def read(values: Iterable[str]) -> Marks:
    """Sort marks that were kept into their kinds."""
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for value in values:
        kinds[_kind(value)].add(value.removeprefix("?"))
    return Marks(**{kind: frozenset(found) for kind, found in kinds.items()})


def _kind(value: str) -> str:
    first = {"~": "names", "^": "places", "+": "contacts", "?": "bare"}.get(value[:1])
    return first or ("contacts" if "@" in value else "numbers")


def of_names(names: Iterable[str]) -> frozenset[str]:
    return _spelled(f"~{key}" for name in names if (key := name_key(name)))


def _spelled(values: Iterable[str]) -> frozenset[str]:
    return frozenset(value[:LONGEST] for value in sorted(values)[:MOST])


def of_customers(customer_ids: Collection[int]) -> dict[int, Marks]:
    """Return what belongs to these people: addresses and names."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    named_so = select(Customer.id, Customer.name).where(Customer.id.in_(customer_ids))
    for customer_id, name in db.session.execute(named_so):
        found[customer_id] |= of_names([name])
    rows = select(Identity.customer_id, Identity.kind, Identity.value, Identity.name)
    for customer_id, kind, value, name in db.session.execute(rows.where(Identity.customer_id.in_(customer_ids))):
        found[customer_id] |= of_names([name])
        if kind in _ADDRESSES:
            found[customer_id].add(value[:LONGEST])
    parts = select(NamePart.customer_id, NamePart.part).where(NamePart.customer_id.in_(customer_ids))
    for customer_id, part in db.session.execute(parts):
        if part.startswith("@"):
            found[customer_id].add(part[:LONGEST])
    return {customer_id: read(found[customer_id]) for customer_id in customer_ids}


def buyers(numbers: Collection[str]) -> dict[str, str]:
    """Return from which address each of these orders was placed, as far as the shop has told us."""
    if not numbers:
        return {}
    letters = _letters()
    asked = {each: f"{letters}{each}" if each.isdecimal() else each for each in numbers}
    either = {*asked, *asked.values()}
    rows = db.session.execute(select(Order.number, Order.email).where(Order.number.in_(either), Order.email != ""))
    found = {number: email[:LONGEST] for number, email in rows}
    return {each: found.get(each) or found[full] for each, full in asked.items() if each in found or full in found}


def orders(numbers: Collection[str]) -> list[Order]:
    """Return the orders with these numbers, as far as the shop has told us, with or without the letters in front."""
    if not numbers:
        return []
    letters = _letters()
    either = {*numbers, *(f"{letters}{each}" for each in numbers if each.isdecimal())}
    return list(db.session.scalars(select(Order).where(Order.number.in_(either)).order_by(Order.id)))


def known_as_orders(kept: defaultdict[int, Marks], bare: Collection[str]) -> defaultdict[int, Marks]:
    """Take a number of which nothing says what it is for an order's, where we know the order and `bare` holds it."""
    both = frozenset(bare).intersection(frozenset[str]().union(*(each.bare for each in kept.values())))
    if not both:
        return kept
    known = [order.number for order in orders(both)]
    ordered = frozenset(each for each in both if any(number.endswith(each) for number in known))
    found = {
        ticket_id: replace(each, numbers=each.numbers | (each.bare & ordered), bare=each.bare - ordered)
        for ticket_id, each in kept.items()
    }
    return defaultdict(Marks, found)


def _letters() -> str:
    """Return what the numbers of this shop's orders begin with."""
    newest = db.session.scalar(select(Order.number).order_by(Order.id.desc()).limit(1)) or ""
    return newest.rstrip("0123456789")


def ordered_from(addresses: Collection[str]) -> frozenset[str]:
    """Return the numbers of the newest orders that were placed from these addresses."""
    if not addresses:
        return frozenset()
    rows = select(Order.number).where(Order.email.in_(addresses)).order_by(Order.id.desc()).limit(MOST_HOLDERS)
    return _spelled(cores(set(db.session.scalars(rows))))


def conversations_with(marks: Collection[str]) -> list[int]:
    """Return the newest conversations in which any of these is named; what everybody names leads nowhere."""
    if not marks:
        return []
    asked = sorted(marks)[: 2 * MOST]
    found: defaultdict[str, set[int]] = defaultdict(set)
    for mark, conversation_id in run(_newest_with(len(asked)), **_numbered(asked)):
        found[mark].add(conversation_id)
    rare = (ids for mark, ids in found.items() if len(ids) < MOST_HOLDERS or mark.startswith("~"))
    return sorted(set[int]().union(*rare))


def holders(marks: Marks) -> set[int]:
    """Return the customers to whom any of these addresses and names on platforms belong."""
    values = sorted(marks.contacts)
    if not values:
        return set()
    statement = union_all(
        select(Identity.customer_id).where(Identity.value.in_(values), Identity.kind.in_(_ADDRESSES)),
        select(NamePart.customer_id).where(NamePart.part.in_([each for each in values if each.startswith("@")])),
    )
    return set(db.session.scalars(statement.limit(MOST_HOLDERS * MOST_HOLDERS)))


def namesakes(names: Collection[str]) -> set[int]:
    """Return the newest customers who have one of these names."""
    if not names:
        return set()
    asked = [name.removeprefix("~") for name in sorted(names)[:MOST]]
    return set(run(_newest_called(len(asked)), **_numbered(asked)).scalars())


def called_alike(names: Collection[str]) -> set[int]:
    """Return the newest customers with the last name of one of these, cut to the initial here or there."""
    asked = sorted(filter(None, map(last_name, names)))[:MOST]
    if not asked:
        return set()
    rows = run(_newest_with_part(len(asked)), **_numbered(asked))
    return {row.id for row in rows if any(may_be_one(row.name, name) for name in names)}


def _numbered(values: list[str]) -> dict[str, str]:
    return {f"value_{place}": value for place, value in enumerate(values)}


@cache
def _newest_with(count: int) -> Any:
    """Return the newest holders of so many marks, each by itself: one of thousands does not crowd out the others."""
    newest = (
        select(Reference.value, Reference.conversation_id)
        .where(Reference.value == bindparam(f"value_{place}"))
        .order_by(Reference.id.desc())
        .limit(MOST_HOLDERS)
        .subquery()
        for place in range(count)
    )
    return union_all(*(select(each) for each in newest))


@cache
def _newest_called(count: int) -> Any:
    newest = (
        select(Customer.id)
        .where(Customer.name_key == bindparam(f"value_{place}"))
        .order_by(Customer.id.desc())
        .limit(MOST_NAMESAKES)
        .subquery()
        for place in range(count)
    )
    return union_all(*(select(each.c.id) for each in newest))


@cache
def _newest_with_part(count: int) -> Any:
    newest = (
        select(NamePart.customer_id)
        .where(NamePart.part == bindparam(f"value_{place}"))
        .order_by(NamePart.customer_id.desc())
        .limit(MOST_NAMESAKES)
        .subquery()
        for place in range(count)
    )
    either = union_all(*(select(each.c.customer_id) for each in newest)).subquery()
    return select(Customer.id, Customer.name).where(Customer.id.in_(select(either.c.customer_id)))
