"""Changes of priority, tags or group that an obligation missed, because a message that was lost had answered it.

It follows them as if the message had never been sent: by the instant of each change, so that nobody turns red by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.desk import aims, retargeting
from app.models import Event, Message, Obligation, Ticket
from sla.targets import Kind

CHANGES = frozenset({"prioritised", "tagged", "untagged", "grouped"})
MOVES = {"joined": "ticket", "parted_away": "from"}
"""By the kind of event the key of the ticket that a conversation came from."""


def catch_up(owed: Obligation, ticket: Ticket, *, since: datetime, until: datetime | None) -> None:
    """Give an obligation that is open again the targets it would have had; the ticket is held.

    `since`: when the lost message was written. `until`: when something else answered or ended it.
    """
    changes = [each for each in _changes(owed.conversation_id, ticket.id, since) if not until or each.at < until]
    if not changes:
        return
    [aimed] = aims.aims_of(ticket, [(owed.route, owed.team_id, owed.opened_at)])
    if aimed is None:
        return
    priority = _priority_before(changes, ticket)
    for change in changes:
        priority = change.details["to"] if change.kind == "prioritised" else priority
        if _has_followed(owed, change):
            continue
        may_ease = change.kind in {"prioritised", "untagged"} or not change.details.get("to")
        done = retargeting.follow(owed, aimed, priority, at=change.at, may_ease=may_ease and change.kind != "tagged")
        if done.aims:
            # The log of the ticket says from which change on the policy holds.
            change.details = {**change.details, "aims": {**change.details.get("aims", {}), **done.aims}}


def owe_first(owed: Obligation, ticket: Ticket) -> None:
    """Make a first answer of an open obligation, as if it had followed every change as such; the ticket is held."""
    heard_at = db.session.scalars(select(Message.stored_at).where(Message.id == owed.message_id)).one()
    changes = _changes(owed.conversation_id, ticket.id, heard_at)
    own = str(owed.id)
    versions = [each.details["aims"][own] for each in changes if own in each.details.get("aims", {})]
    aimed_by = [aims.aim_by(version) for version in (*versions, owed.policy_version_id or 0)]
    aimed, priority = aimed_by.pop(0), _priority_before(changes, ticket)
    if aimed is None:
        return
    owed.kind = Kind.FIRST.value
    retargeting.begin(owed, aimed, priority)
    for change in changes:
        is_raised = change.kind == "prioritised"
        priority = change.details["to"] if is_raised else priority
        is_other = own in change.details.get("aims", {})
        aimed = aimed_by.pop(0) if is_other else aimed
        if aimed and (is_other or is_raised):
            retargeting.follow(owed, aimed, priority, at=change.at, may_ease=True)


def _priority_before(changes: Sequence[Event], ticket: Ticket) -> str:
    return next((each.details["from"] for each in changes if each.kind == "prioritised"), ticket.priority)


def _has_followed(owed: Obligation, change: Event) -> bool:
    """Say whether it was open at the change after all, as between two attempts to send."""
    moved = {each["obligation"] for each in change.details.get("moved", ())}
    return owed.id in moved or str(owed.id) in change.details.get("aims", {})


def _changes(conversation_id: int, number: int, since: datetime) -> list[Event]:
    """Return what changed on the tickets under which a conversation lay since then, in order."""
    return list(_backwards(conversation_id, number, since))[::-1]


def _backwards(conversation_id: int, number: int, since: datetime) -> Iterator[Event]:
    newest = select(Event).where(Event.at > since, Event.kind.in_({*CHANGES, *MOVES})).order_by(Event.id.desc())
    before: int | None = None
    while number:
        here = db.session.scalars(newest.where(Event.ticket_id == number)).all()
        number = 0
        for event in here:
            if before is not None and event.id >= before:
                continue
            if event.kind in CHANGES:
                yield event
            elif conversation_id in event.details["conversations"]:
                number, before = event.details[MOVES[event.kind]], event.id
                break
