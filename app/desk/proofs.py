"""What a proof does: two customers are one, whatever anybody thought, and their matters are looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import or_, select, update

from app.access import whole
from app.db import Afterwards, db, once_more, transaction
from app.desk import distinctions, merging
from app.desk.writing import record
from app.models import Merge, Ticket
from routing.identity import Proof


@once_more
def join(one_id: int, other_id: int, *, proof: Proof, evidence: Mapping[str, object], at: datetime) -> int | None:
    """Make one customer of two who were proven to be one, and return the merge's id; None if they are already.

    None, too, where one of us has taken back just this: the same evidence proves nothing again. The first keeps their
    name. That somebody had called them two people stands no more between their matters, which
    are compared anew.
    """
    with transaction() as afterwards:
        return joined(one_id, other_id, proof=proof, evidence=evidence, at=at, afterwards=afterwards)


def joined(
    one_id: int,
    other_id: int,
    *,
    proof: Proof,
    evidence: Mapping[str, object],
    at: datetime,
    afterwards: Afterwards,
) -> int | None:
    """Inside a verb: the same; whom both are is asked once they are held, so a merge that was quicker is followed."""
    kept_id, absorbed_id = merging.hold(one_id, other_id)
    if kept_id == absorbed_id or _was_taken_back(kept_id, absorbed_id, proof, evidence):
        return None
    said = distinctions.between(kept_id, absorbed_id)
    facts = {"proof": proof.value, "evidence": dict(evidence)}
    merge_id = merging.merged(kept_id, absorbed_id, facts, by=None, at=at, afterwards=afterwards)
    for ticket_id in distinctions.refute(kept_id, said):
        record("people_maybe_one", ticket_id=ticket_id, at=at, afterwards=afterwards)
    theirs = update(Ticket).where(Ticket.customer_id == kept_id, Ticket.closed_at.is_(None))
    db.session.execute(theirs.values(compared_at=None))
    return merge_id


def _was_taken_back(one_id: int, other_id: int, proof: Proof, evidence: Mapping[str, object]) -> bool:
    one, other = whole(one_id), whole(other_id)
    between = or_(
        Merge.kept_id.in_(one) & Merge.absorbed_id.in_(other), Merge.kept_id.in_(other) & Merge.absorbed_id.in_(one)
    )
    undone = select(Merge.evidence).where(between, Merge.proof == proof.value, Merge.undone_at.is_not(None))
    return dict(evidence) in list(db.session.scalars(undone))
