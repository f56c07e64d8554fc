"""The words people are found by: parts of names, and names on platforms."""

from __future__ import annotations

from sqlalchemy import insert, select

from app.db import db
from app.desk.writing import upsert
from app.models import Customer, Identity, NamePart
from routing.claims import name_key, name_parts

LONGEST_PART = 60
MOST_PARTS = 12


def parts_of(name: str, handle: str = "") -> set[str]:
    """Return the words somebody is found by; a name on a platform keeps its @."""
    spelled = {part[:LONGEST_PART] for part in name_parts(name)[:MOST_PARTS]}
    named = handle.strip().lstrip("@").casefold()
    return spelled | {f"@{named}"[:LONGEST_PART]} if named else spelled


def learn(customer_id: int, name: str, handle: str = "") -> None:
    """Inside a verb: let a customer be found by one more name."""
    rows = _rows(customer_id, name, handle)
    if rows:
        db.session.execute(upsert(NamePart).values(rows).on_conflict_do_nothing())


def begin(customer_id: int, name: str, handle: str = "") -> None:
    """The same for a customer who has just been written down: nothing is there yet, and the statement stands ready."""
    rows = _rows(customer_id, name, handle)
    if rows:
        db.session.connection().execute(_NEW, rows)


def of_customer(customer_id: int) -> set[str]:
    """Return how a customer is called, here and on their addresses."""
    own = select(Customer.name).where(Customer.id == customer_id)
    return set(db.session.scalars(own.union(select(Identity.name).where(Identity.customer_id == customer_id))))


def are_one(one: str, other: str) -> bool:
    """Say whether first and last name agree; one of them may have a further name."""
    shorter, longer = sorted((set(name_parts(one)), set(name_parts(other))), key=len)
    return bool(name_key(one) and name_key(other)) and shorter <= longer


def _rows(customer_id: int, name: str, handle: str) -> list[dict[str, object]]:
    return [{"customer_id": customer_id, "part": part} for part in sorted(parts_of(name, handle))]


_NEW = insert(NamePart.__table__)  # type: ignore[arg-type]
