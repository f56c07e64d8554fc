"""Whose word makes one customer of the people of two matters: nobody opens a matter to themselves by saying so."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from app.access import visible, whole
from app.db import db
from app.models import Conversation, Merge, Ticket
from app.signin import person_by_id
from routing.identity import Proof


def binds(one_id: int, other_id: int, customer_id: int) -> bool:
    """Say whether two tickets of a customer are one person's only by the word of colleagues who may not see both.

    What the machine joins by itself opens one to the team of the other. A proof, or the word of somebody who may see
    both tickets anyway, lets it.
    """
    everybody = whole(customer_id)
    standing = select(Merge).where(
        Merge.undone_at.is_(None), or_(Merge.kept_id.in_(everybody), Merge.absorbed_id.in_(everybody))
    )
    merges = list(db.session.scalars(standing.order_by(Merge.id)))
    if all(merge.proof != Proof.COLLEAGUE.value for merge in merges):
        return False
    sure = [merge for merge in merges if merge.proof != Proof.COLLEAGUE.value or _sees(merge.by_id, one_id, other_id)]
    wrote = [_origins(ticket_id, customer_id, merges) for ticket_id in (one_id, other_id)]
    return not _reached(wrote[0], sure) & wrote[1]


def is_said(customer: Any) -> ColumnElement[bool]:
    """Return the condition that a customer was made one of several by anybody's word: such matters ask `binds`."""
    absorbed, earlier = aliased(Merge), aliased(Merge)
    said = (earlier.proof == Proof.COLLEAGUE.value) & earlier.undone_at.is_(None)
    within = select(absorbed.absorbed_id).where(absorbed.kept_id == customer, absorbed.undone_at.is_(None))
    itself = exists().where(said, earlier.kept_id == customer).correlate(Ticket)
    # Without this the ticket's row is taken for another one, and all tickets are walked.
    return or_(itself, exists().where(said, earlier.kept_id.in_(within.correlate(Ticket))).correlate(Ticket))


def _sees(agent_id: int | None, *ticket_ids: int) -> bool:
    person = person_by_id(agent_id) if agent_id else None
    seen = select(Ticket.id).where(Ticket.id.in_(ticket_ids))
    return person is not None and len(db.session.scalars(seen.where(visible(person))).all()) == len(ticket_ids)


def _origins(ticket_id: int, customer_id: int, merges: Iterable[Merge]) -> set[int]:
    """Return whose the addresses of a ticket were before anybody was merged; a merge tells what it moved."""
    wrote = db.session.scalars(select(Conversation.identity_id).where(Conversation.ticket_id == ticket_id).distinct())
    first: dict[int, int] = {}
    for merge in merges:
        for identity_id in merge.moved["identities"]:
            first.setdefault(identity_id, merge.absorbed_id)
    return {first.get(identity_id, customer_id) for identity_id in wrote}


def _reached(customer_ids: Collection[int], merges: Collection[Merge]) -> set[int]:
    """Return everybody whom merges make one with some of these."""
    found: set[int] = set()
    newest = set(customer_ids)
    while newest:
        found |= newest
        pairs = [{merge.kept_id, merge.absorbed_id} for merge in merges]
        newest = {id_ for pair in pairs if pair & newest for id_ in pair} - found
    return found
