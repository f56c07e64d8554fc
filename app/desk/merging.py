"""Making one customer of two, and two again: addresses and matters change hands, and every one is written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.access import Person
from app.db import db, once_more, transaction
from app.desk.writing import HOLD, add, record
from app.errors import NotFound, Refused
from app.models import Customer, Identity, Merge, Ticket
from routing.claims import name_key
from routing.identity import Proof

FIELDS = ("name", "language", "group")


@once_more
def merge(
    kept_id: int,
    absorbed_id: int,
    *,
    proof: Proof,
    evidence: Mapping[str, object] | None = None,
    taken: Sequence[str] = (),
    by: Person | None,
    at: datetime,
) -> int:
    """Give everything of one customer to another and return the merge's id.

    `taken`: the fields in which what the absorbed one says is right; where the kept one says nothing, it is taken
    anyway. Nothing of a clock or a matter changes. Raises `Refused` for a customer that was absorbed already.
    """
    with transaction() as afterwards:
        kept, absorbed = _both(kept_id, absorbed_id)
        moved: dict[str, Any] = {
            "identities": _hand_over(Identity, absorbed_id, to=kept_id),
            "tickets": _hand_over(Ticket, absorbed_id, to=kept_id),
            "fields": _fill(kept, absorbed, taken),
        }
        by_id = by.id if by else None
        facts: dict[str, Any] = {"proof": proof.value, "evidence": dict(evidence or {}), "moved": moved}
        merge_id = add(Merge, kept_id=kept_id, absorbed_id=absorbed_id, at=at, by_id=by_id, **facts)
        told: dict[str, Any] = {"merge": merge_id, "proof": proof.value}
        for ticket_id in moved["tickets"]:
            record("person_merged", ticket_id=ticket_id, at=at, actor_id=by_id, afterwards=afterwards, **told)
    return merge_id


@once_more
def undo(merge_id: int, *, by: Person, at: datetime) -> None:
    """Make two customers of one again, each with what was theirs; what came since stays with the kept one."""
    with transaction() as afterwards:
        found = db.session.get(Merge, merge_id, with_for_update=HOLD)
        if found is None:
            raise NotFound("Diese Zusammenführung gibt es nicht.")
        if found.undone_at is not None:
            raise Refused("Diese Zusammenführung ist schon rückgängig gemacht.")
        owner_id = _owner(found.kept_id)
        kept = db.session.get_one(Customer, owner_id, with_for_update=HOLD)
        found.undone_at, found.undone_by_id = at, by.id
        _give_back(Identity, found.moved["identities"], owner_id=owner_id, to=found.absorbed_id)
        tickets = _give_back(Ticket, found.moved["tickets"], owner_id=owner_id, to=found.absorbed_id)
        for name, (before, after) in found.moved["fields"].items():
            if getattr(kept, name) == after:
                setattr(kept, name, before)
        kept.name_key = name_key(kept.name)
        for ticket_id in tickets:
            record("person_unmerged", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards, merge=merge_id)


def _both(kept_id: int, absorbed_id: int) -> tuple[Customer, Customer]:
    if kept_id == absorbed_id:
        raise Refused("Das ist schon dieselbe Person.")
    # In the order of their ids, so that two merges in opposite directions do not wait for each other.
    rows = {id_: db.session.get(Customer, id_, with_for_update=HOLD) for id_ in sorted((kept_id, absorbed_id))}
    kept, absorbed = rows[kept_id], rows[absorbed_id]
    if kept is None or absorbed is None:
        raise NotFound("Diese Person gibt es nicht.")
    if _owner(kept_id) != kept_id or _owner(absorbed_id) != absorbed_id:
        raise Refused("Eine der beiden ist schon mit jemand anderem zusammengeführt.")
    return kept, absorbed


def _owner(customer_id: int) -> int:
    """Follow the merges that stand to the customer who has everything now."""
    while onward := db.session.scalar(
        select(Merge.kept_id).where(Merge.absorbed_id == customer_id, Merge.undone_at.is_(None))
    ):
        customer_id = onward
    return customer_id


def _hand_over(row: type[Identity | Ticket], customer_id: int, *, to: int) -> list[int]:
    moved = update(row).where(row.customer_id == customer_id).values(customer_id=to).returning(row.id)
    return sorted(db.session.scalars(moved))


def _give_back(row: type[Identity | Ticket], ids: Sequence[int], *, owner_id: int, to: int) -> list[int]:
    """Move back what is still where the merge brought it; what went on elsewhere since is somebody else's."""
    moved = update(row).where(row.id.in_(ids), row.customer_id == owner_id).values(customer_id=to).returning(row.id)
    return sorted(db.session.scalars(moved))


def _fill(kept: Customer, absorbed: Customer, taken: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Choose field by field and return what the kept one said before and says now."""
    changed = {}
    for name in FIELDS:
        before, other = getattr(kept, name), getattr(absorbed, name)
        if other and other != before and (name in taken or not before):
            setattr(kept, name, other)
            changed[name] = (before, other)
    kept.name_key = name_key(kept.name)
    return changed
