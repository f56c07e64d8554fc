"""Making one customer of two, and two again: addresses and matters change hands, and every one is written down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased

from app.access import Person, owner_of, owners_of
from app.db import Afterwards, db, once_more, transaction
from app.desk import merged_fields
from app.desk.merged_fields import FIELDS
from app.desk.retargeting import retarget
from app.desk.writing import add, record
from app.errors import NotFound, Refused
from app.models import Conversation, Customer, Identity, Merge, Ticket
from routing.identity import Proof

__all__ = ["FIELDS", "LONGEST_REASON", "hold", "merge", "merged", "undo", "undone"]
LONGEST_REASON = 200


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
    anyway. No clock changes but by the group: what is open follows the policies for it. Raises `Refused` for a
    customer that was absorbed already, and for a colleague's word without a reason.
    """
    facts = _facts(proof, evidence)
    with transaction() as afterwards:
        hold(kept_id, absorbed_id)
        return merged(kept_id, absorbed_id, facts, taken=taken, by=by, at=at, afterwards=afterwards)


def merged(
    kept_id: int,
    absorbed_id: int,
    facts: Mapping[str, object],
    *,
    taken: Sequence[str] = (),
    by: Person | None,
    at: datetime,
    afterwards: Afterwards,
) -> int:
    """Inside a verb that holds both: the same; `facts` are the columns "proof" and "evidence"."""
    kept, absorbed = _both(kept_id, absorbed_id)
    groups = {kept_id: kept.group, absorbed_id: absorbed.group}
    moved: dict[str, Any] = {
        "identities": _hand_over(Identity, absorbed_id, to=kept_id),
        "tickets": _hand_over(Ticket, absorbed_id, to=kept_id),
        **merged_fields.fill(kept, absorbed, taken),
    }
    by_id = by.id if by else None
    merge_id = add(Merge, kept_id=kept_id, absorbed_id=absorbed_id, at=at, by_id=by_id, moved=moved, **facts)
    told: dict[str, Any] = {"merge": merge_id, "proof": facts["proof"]}
    for ticket_id in moved["tickets"]:
        record("person_merged", ticket_id=ticket_id, at=at, actor_id=by_id, afterwards=afterwards, **told)
    came = {absorbed_id: moved["tickets"], kept_id: _open_of(kept_id, without=moved["tickets"])}
    for before_id, ticket_ids in came.items():
        _regroup(ticket_ids, groups[before_id], kept.group, by=by, at=at, afterwards=afterwards)
    return merge_id


def _facts(proof: Proof, evidence: Mapping[str, object] | None) -> dict[str, Any]:
    """Return what is kept as evidence; one of us who says so says why."""
    said = dict(evidence or {})
    if proof is Proof.COLLEAGUE:
        reason = " ".join(str(said.get("reason", "")).split())
        if not reason:
            raise Refused("Bitte sagen Sie in einer Zeile, woran Sie das erkennen.", field="reason")
        said["reason"] = reason[:LONGEST_REASON]
    return {"proof": proof.value, "evidence": said}


@once_more
def undo(merge_id: int, *, by: Person, at: datetime) -> None:
    """Make two customers of one again, each with what was theirs.

    What came since by an address goes with the address it came by; everything else stays with the kept one.
    """
    with transaction() as afterwards:
        undone(merge_id, by=by, at=at, afterwards=afterwards)


def undone(merge_id: int, *, by: Person, at: datetime, afterwards: Afterwards) -> None:
    """Inside a verb: the same; the tickets of both are held from here on."""
    found = _standing(merge_id)
    owner_id = owner_of(found.kept_id)
    owner, absorbed = (db.session.get_one(Customer, id_) for id_ in (owner_id, found.absorbed_id))
    before = owner.group
    stayed = set(_open_of(owner_id))
    identities = _give_back(Identity, found.moved["identities"], owner_id=owner_id, to=absorbed.id)
    tickets = _give_back(Ticket, found.moved["tickets"], owner_id=owner_id, to=absorbed.id)
    tickets += _came_by(identities, owner_id=owner_id, to=absorbed.id, since=found.at)
    _strike_out(found, identities=identities, tickets=tickets)
    found.undone_at, found.undone_by_id = at, by.id
    db.session.flush()
    merged_fields.take_back(found)
    db.session.flush()
    for ticket_id in tickets:
        record("person_unmerged", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards, merge=merge_id)
    for ticket_ids, group in ((tickets, absorbed.group), (stayed - set(tickets), owner.group)):
        _regroup(ticket_ids, before, group, by=by, at=at, afterwards=afterwards, may_ease=True)
    db.session.flush()


def _standing(merge_id: int) -> Merge:
    """Return a merge that stands, with its people held: whoever else undoes or merges them waits."""
    pair = db.session.execute(select(Merge.kept_id, Merge.absorbed_id).where(Merge.id == merge_id)).first()
    if pair is None:
        raise NotFound("Diese Zusammenführung gibt es nicht.")
    hold(*pair)
    found = db.session.get_one(Merge, merge_id)
    if found.undone_at is not None:
        raise Refused("Diese Zusammenführung ist schon rückgängig gemacht.", code="undone_already")
    return found


def hold(*customer_ids: int) -> list[int]:
    """Inside a verb: hold customers and whom they were merged into until the commit, and return the latter.

    A merge that was quicker is followed, and no later one begins meanwhile. The tickets come first, as in every verb,
    and each kind in the order of its numbers, so that two verbs do not wait for each other.
    """
    owners: dict[int, int] = {}
    while (now := owners_of(customer_ids)) != owners:
        owners = now
        everybody = {*owners, *owners.values()}
        theirs = select(Ticket.id).where(Ticket.customer_id.in_(everybody)).order_by(Ticket.id)
        db.session.execute(theirs.with_for_update(key_share=True)).all()
        people = select(Customer.id).where(Customer.id.in_(everybody)).order_by(Customer.id)
        db.session.execute(people.with_for_update(key_share=True)).all()
    return [owners[id_] for id_ in customer_ids]


def _both(kept_id: int, absorbed_id: int) -> tuple[Customer, Customer]:
    if kept_id == absorbed_id:
        raise Refused("Das ist schon dieselbe Person.", field="other")
    kept, absorbed = (db.session.get(Customer, id_, populate_existing=True) for id_ in (kept_id, absorbed_id))
    if kept is None or absorbed is None:
        raise NotFound("Diese Person gibt es nicht.")
    if owner_of(kept_id) != kept_id or owner_of(absorbed_id) != absorbed_id:
        raise Refused("Eine der beiden ist schon mit jemand anderem zusammengeführt.", code="merged_already")
    return kept, absorbed


def _open_of(customer_id: int, *, without: Collection[int] = ()) -> list[int]:
    open_ = select(Ticket.id).where(Ticket.customer_id == customer_id, Ticket.closed_at.is_(None))
    return [id_ for id_ in db.session.scalars(open_.order_by(Ticket.id)) if id_ not in set(without)]


def _regroup(
    ticket_ids: Collection[int],
    before: str,
    after: str,
    *,
    by: Person | None,
    at: datetime,
    afterwards: Afterwards,
    may_ease: bool = False,
) -> None:
    """Let what is open follow the policies for the group its customer is in now, as if somebody had put them there."""
    if before == after or not ticket_ids:
        return
    rows = select(Ticket).where(Ticket.id.in_(ticket_ids), Ticket.closed_at.is_(None)).order_by(Ticket.id)
    for ticket in db.session.scalars(rows.execution_options(populate_existing=True)).all():
        done = retarget(ticket, at=at, may_ease=may_ease or not after)
        words: dict[str, Any] = {"from": before, "to": after, **done.details()}
        record("grouped", ticket_id=ticket.id, at=at, actor_id=by.id if by else None, afterwards=afterwards, **words)


def _hand_over(row: type[Identity | Ticket], customer_id: int, *, to: int) -> list[int]:
    moved = update(row).where(row.customer_id == customer_id).values(customer_id=to).returning(row.id)
    return sorted(db.session.scalars(moved))


def _give_back(row: type[Identity | Ticket], ids: Sequence[int], *, owner_id: int, to: int) -> list[int]:
    """Move back what is still where the merge brought it; what went on elsewhere since is somebody else's."""
    moved = update(row).where(row.id.in_(ids), row.customer_id == owner_id).values(customer_id=to).returning(row.id)
    return sorted(db.session.scalars(moved))


def _came_by(identity_ids: Sequence[int], *, owner_id: int, to: int, since: datetime) -> list[int]:
    """Move the tickets that were opened since by these addresses alone."""
    mine, others = aliased(Conversation), aliased(Conversation)
    begun_by = exists().where(mine.home_ticket_id == Ticket.id, mine.identity_id.in_(identity_ids))
    also_by = exists().where(others.home_ticket_id == Ticket.id, others.identity_id.not_in(identity_ids))
    return sorted(
        db.session.scalars(
            update(Ticket)
            .where(Ticket.customer_id == owner_id, Ticket.created_at >= since, begun_by, ~also_by)
            .values(customer_id=to)
            .returning(Ticket.id)
            .execution_options(synchronize_session=False)
        )
    )


def _strike_out(found: Merge, *, identities: Sequence[int], tickets: Sequence[int]) -> None:
    """What goes back from here, no later merge brings back to anybody on the way: it was never theirs."""
    customer_id, gone = found.kept_id, {"identities": set(identities), "tickets": set(tickets)}
    while onward := db.session.scalars(
        select(Merge).where(Merge.absorbed_id == customer_id, Merge.undone_at.is_(None))
    ).first():
        kept = {what: [id_ for id_ in onward.moved[what] if id_ not in gone[what]] for what in gone}
        onward.moved = {**onward.moved, **kept}
        customer_id = onward.kept_id
