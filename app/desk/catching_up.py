"""Changes of priority, tags or group that an obligation missed, because a message that was lost had answered it.

It follows them as if the message had never been sent: by the instant of each change, so that nobody turns red by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from app.db import db
from app.desk import aims, reckoning, retargeting
from app.desk.matter_reckoning import CHANGES
from app.desk.retargeting import Retargeted
from app.models import Conversation, Customer, Event, Message, Obligation, Tag, Ticket
from sla.targets import Kind

MOVES = {"joined": "ticket", "parted_away": "from"}
"""By the kind of event the key of the ticket that a conversation came from."""
SPLITS = {"split_away": "from", "unsplit": "ticket"}
"""The same of single messages."""


def catch_up(owed: Obligation, ticket: Ticket, *, since: datetime, until: datetime | None) -> None:
    """Give an obligation that is open again the targets it would have had; the ticket is held.

    `since`: when the lost message was written. `until`: when something else answered or ended it.
    """
    past = _Past(owed, ticket.id, since)
    for change in past.changes:
        if (until and change.at >= until) or _has_followed(owed, change) or _is_only_a_word(change):
            continue
        then = past.after[change.id]
        aimed = aims.aim(
            owed.route,
            owed.team_id,
            tags=then.tags,
            priority=then.priority,
            customer_group=then.group,
            at=owed.opened_at,
        )
        if aimed is None:
            continue
        may_ease = change.kind in {"prioritised", "untagged"} or not change.details.get("to")
        may_ease = may_ease and change.kind != "tagged"
        done = retargeting.follow(owed, aimed, then.priority, at=change.at, may_ease=may_ease)
        _write_down(change, done)


def _write_down(change: Event, done: Retargeted) -> None:
    """Let the log of the ticket say what followed the change after all."""
    kept = dict(change.details)
    if done.aims:
        kept["aims"] = {**kept.get("aims", {}), **done.aims}
    if "followed" in kept:
        kept["followed"] = [*kept["followed"], *done.followed]
    change.details = kept


def owe_first(owed: Obligation) -> None:
    """Make a first answer of an open obligation, as if it had followed every change as such."""
    owed.kind = Kind.FIRST.value
    past = _Past(owed, *_begun(owed))
    _follow_all(owed, past, [change for change in past.changes if _follows(owed, change)])


def follow_again(owed: Obligation) -> datetime:
    """Reckon an open obligation in its hours as they are now, change by change; return when it is due now."""
    past = _Past(owed, *_begun(owed))
    if followed := [change for change in past.changes if _follows(owed, change)]:
        _follow_all(owed, past, followed)
        return owed.due_at
    return reckoning.reckon_anew(owed, timedelta(minutes=owed.target_minutes))


def _follow_all(owed: Obligation, past: _Past, followed: Sequence[Event]) -> None:
    own = str(owed.id)
    versions = [each.details["aims"][own] for each in followed if own in each.details.get("aims", {})]
    aimed_by = [aims.aim_by(version) for version in (*versions, owed.policy_version_id or 0)]
    aimed = aimed_by.pop(0)
    if aimed is None:
        return
    retargeting.begin(owed, aimed, past.began.priority)
    for change in followed:
        aimed = aimed_by.pop(0) if own in change.details.get("aims", {}) else aimed
        if aimed:
            retargeting.follow_again(owed, aimed, past.after[change.id].priority, at=change.at)


def _begun(owed: Obligation) -> tuple[int, datetime]:
    """Return the ticket under which an obligation lies, and when its message reached us."""
    row = db.session.execute(
        select(Conversation.ticket_id, Message.stored_at)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Message.id == owed.message_id)
    ).one()
    return row.ticket_id, row.stored_at


def _follows(owed: Obligation, change: Event) -> bool:
    """Say whether a change gave it another target or policy; older entries name only those that it gave a policy."""
    is_other = str(owed.id) in change.details.get("aims", {})
    return is_other or (change.kind == "prioritised" and owed.id in change.details.get("followed", [owed.id]))


def _is_only_a_word(change: Event) -> bool:
    """Say whether it is a tag that no policy asks for."""
    return change.kind in {"tagged", "untagged"} and not aims.is_asked_for(change.details["tag"])


def _has_followed(owed: Obligation, change: Event) -> bool:
    """Say whether it was open at the change after all, as between two attempts to send."""
    moved = {each["obligation"] for each in change.details.get("moved", ())}
    is_followed = owed.id in change.details.get("followed", ())
    return is_followed or owed.id in moved or str(owed.id) in change.details.get("aims", {})


class _Then(NamedTuple):
    """What policies ask a ticket for, as it was at an instant."""

    tags: frozenset[str]
    priority: str
    group: str

    def before(self, change: Event) -> _Then:
        """Return how it was before a change that made it what it is."""
        said = change.details
        if change.kind == "prioritised":
            return self._replace(priority=said["from"])
        if change.kind == "grouped":
            return self._replace(group=said["from"])
        tag = frozenset({said["tag"]})
        return self._replace(tags=self.tags - tag if change.kind == "tagged" else self.tags | tag)


class _Past:
    """What changed since an instant on the tickets under which an obligation lay, in order."""

    def __init__(self, owed: Obligation, number: int, since: datetime) -> None:
        self._message_id, self._since = owed.message_id, since
        self.after: dict[int, _Then] = {}
        """By the id of a change how its ticket was from then on."""
        self.changes = list(self._backwards(owed.conversation_id, number))[::-1]

    def _backwards(self, conversation_id: int, number: int) -> Iterator[Event]:
        before: int | None = None
        while number:
            here, number = self._read(number), 0
            for event in here:
                if before is not None and event.id >= before:
                    continue
                if event.kind in CHANGES:
                    yield event
                elif came := self._came(event, conversation_id):
                    number, conversation_id, before = *came, event.id
                    break

    def _came(self, move: Event, conversation_id: int) -> tuple[int, int] | None:
        """Return from which ticket and conversation a move brought it; None where it brought something else."""
        if move.kind in MOVES:
            is_own = conversation_id in move.details["conversations"]
            return (move.details[MOVES[move.kind]], conversation_id) if is_own else None
        is_own = self._message_id in move.details["messages"] and move.details["conversation"] == conversation_id
        return (move.details[SPLITS[move.kind]], move.details.get("out_of", 0)) if is_own else None

    def _read(self, number: int) -> Sequence[Event]:
        """Return the changes and moves of a ticket, the newest first, and keep how it was after each."""
        newest = select(Event).where(Event.ticket_id == number, Event.at > self._since).order_by(Event.id.desc())
        found = db.session.scalars(newest.where(Event.kind.in_({*CHANGES, *MOVES, *SPLITS}))).all()
        then = _now(number)
        for event in found:
            if event.kind in CHANGES:
                self.after[event.id] = then
                then = then.before(event)
        self.began = then
        """How the ticket was on which all began."""
        return found


def _now(number: int) -> _Then:
    priority, group = db.session.execute(
        select(Ticket.priority, Customer.group)
        .join(Customer, Customer.id == Ticket.customer_id, isouter=True)
        .where(Ticket.id == number)
    ).one()
    tags = db.session.scalars(select(Tag.name).where(Tag.ticket_id == number))
    return _Then(frozenset(tags), priority.value, group or "")
