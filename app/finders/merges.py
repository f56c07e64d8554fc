"""What made a person of several, as far as it can be taken back."""

from __future__ import annotations

from sqlalchemy import or_, select

from app.access import whole
from app.db import db
from app.errors import NotFound
from app.models import Distinction, Merge


def of(customer_id: int, merge_id: int) -> int:
    """Return the id of a merge that stands and is part of this person; raises `NotFound`."""
    everybody = whole(customer_id)
    found = select(Merge.id).where(
        Merge.id == merge_id, or_(Merge.kept_id.in_(everybody), Merge.absorbed_id.in_(everybody))
    )
    return _there(db.session.scalar(found))


def newest(customer_id: int, other_id: int) -> int:
    """Return the merge that brought the other one here last; raises `NotFound`."""
    found = select(Merge.id).where(
        Merge.kept_id.in_(whole(customer_id)), Merge.absorbed_id == other_id, Merge.undone_at.is_(None)
    )
    return _there(db.session.scalar(found.order_by(Merge.id.desc()).limit(1)))


def distinction(customer_id: int, other_id: int) -> int:
    """Return what somebody said of these two; raises `NotFound`."""
    return _there(_distinction(customer_id, other_id))


def are_apart(customer_id: int, other_id: int) -> bool:
    """Say whether somebody has said that these are two people."""
    return _distinction(customer_id, other_id) is not None


def _distinction(customer_id: int, other_id: int) -> int | None:
    one, other = whole(customer_id), whole(other_id)
    return db.session.scalar(
        select(Distinction.id)
        .where(
            or_(
                Distinction.one_id.in_(one) & Distinction.other_id.in_(other),
                Distinction.one_id.in_(other) & Distinction.other_id.in_(one),
            )
        )
        .limit(1)
    )


def _there(found: int | None) -> int:
    if found is None:
        raise NotFound("Das hat niemand gesagt, oder es ist schon zurückgenommen.")
    return found
