"""What is said of a customer who was made of several: field by field, and as it would be without one of the merges."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from app.db import db
from app.models import Customer, Merge
from routing.claims import name_key

FIELDS = ("name", "language", "group")


def fill(kept: Customer, absorbed: Customer, taken: Collection[str]) -> dict[str, Any]:
    """Choose field by field; returns what the merge keeps of it: what was said before and after, and what was chosen.

    Every field is written down, changed or not, so that another merge can be taken back as if it had never been.
    """
    fields: dict[str, tuple[str, str]] = {}
    for name in FIELDS:
        before = str(getattr(kept, name))
        after = _said(before, str(getattr(absorbed, name)), is_taken=name in taken)
        fields[name] = (before, after)
        _say(kept, name, after)
    return {"fields": fields, "taken": [name for name in FIELDS if name in taken]}


def take_back(merge: Merge) -> None:
    """Let everybody be called what they would be without this merge; it counts as undone already.

    What somebody has changed by hand since stays.
    """
    for name, (before, after) in merge.moved["fields"].items():
        _follow(merge.kept_id, name, since=merge.id, old=str(after), new=str(before))


def _follow(customer_id: int, name: str, *, since: int, old: str, new: str) -> None:
    """From a merge on a customer was said to be `old` in a field and is `new`: let all that came of it follow."""
    for later in _later(customer_id, since):
        before, after = later.moved["fields"][name]
        if before != old:
            return
        other = str(getattr(db.session.get_one(Customer, later.absorbed_id), name))
        said = _said(new, other, is_taken=name in later.moved["taken"])
        _remember(later, name, new, said)
        old, new = str(after), said
    if old == new:
        return
    customer = db.session.get_one(Customer, customer_id)
    if getattr(customer, name) != old:
        return
    _say(customer, name, new)
    onward = db.session.scalars(
        select(Merge).where(Merge.absorbed_id == customer_id, Merge.undone_at.is_(None))
    ).first()
    if onward is not None:
        before, after = onward.moved["fields"][name]
        said = _said(str(before), new, is_taken=name in onward.moved["taken"])
        _remember(onward, name, str(before), said)
        _follow(onward.kept_id, name, since=onward.id, old=str(after), new=said)


def _said(before: str, other: str, *, is_taken: bool) -> str:
    return other if other and (is_taken or not before) else before


def _later(customer_id: int, since: int) -> list[Merge]:
    later = select(Merge).where(Merge.kept_id == customer_id, Merge.id > since, Merge.undone_at.is_(None))
    return list(db.session.scalars(later.order_by(Merge.id)))


def _remember(merge: Merge, name: str, before: str, after: str) -> None:
    merge.moved = {**merge.moved, "fields": {**merge.moved["fields"], name: (before, after)}}


def _say(customer: Customer, name: str, value: str) -> None:
    setattr(customer, name, value)
    if name == "name":
        customer.name_key = name_key(value)
