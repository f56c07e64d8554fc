"""What we told a customer we would do: given in a call or an answer, kept only by a substantive message.

A promise stands beside the obligations of its ticket: the earlier of the two is the ticket's deadline. It is answered,
settled and owed again in the same steps, so a bounced answer breaks its word just as it reopens a clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from app.access import Person
from app.db import UtcDateTime, db
from app.desk.writing import add, run
from app.errors import Refused
from app.models import Conversation, Promise, PromiseState
from app.models.columns import BigId

OWED = (PromiseState.OPEN, PromiseState.BROKEN)
WARN_SHARE = 0.75
"""After this share of its time a promise is told to those who watch."""
FARTHEST = timedelta(days=366)
LONGEST_TEXT = 1000

_TABLE: Any = Promise.__table__
_of_ticket = Promise.conversation_id.in_(
    select(Conversation.id).where(Conversation.ticket_id == bindparam("ticket", type_=BigId))
)
_KEPT = (
    update(_TABLE)
    .where(
        _of_ticket,
        Promise.state.in_(OWED),
        Promise.kept_by_id.is_(None),
        Promise.promised_at < bindparam("until", type_=UtcDateTime()),
    )
    .values(kept_by_id=bindparam("message", type_=BigId))
)
_SETTLED = (
    update(_TABLE)
    .where(Promise.kept_by_id == bindparam("message", type_=BigId), Promise.state.in_(OWED))
    .values(state=PromiseState.KEPT, settled_at=bindparam("now", type_=UtcDateTime()), rung_at=None)
)


def answer(ticket_id: int, message_id: int, *, at: datetime) -> None:
    """Mark what was promised on the ticket before `at` as done by this message; it counts once it is accepted."""
    run(_KEPT, ticket=ticket_id, message=message_id, until=at)


def settle(message_id: int, *, at: datetime) -> None:
    """The message arrived: what it does is kept, in time or late."""
    run(_SETTLED, message=message_id, now=at)


def unsettle(message_id: int) -> None:
    """The message did not reach the customer: what it had done is owed again."""
    for promise in db.session.scalars(select(Promise).where(Promise.kept_by_id == message_id)):
        promise.kept_by_id = promise.settled_at = None
        promise.state = PromiseState.BROKEN if promise.fired == "breach" else PromiseState.OPEN
        promise.rung_at = next_rung(promise)
    db.session.flush()


def stop(ticket_id: int, *, at: datetime, reason: str) -> None:
    """Let go of what is promised on a ticket that is being resolved."""
    run(_STOPPED, ticket=ticket_id, now=at, why=reason)


_STOPPED = (
    update(_TABLE)
    .where(_of_ticket, Promise.state.in_(OWED), Promise.kept_by_id.is_(None))
    .values(
        state=PromiseState.WAIVED,
        settled_at=bindparam("now", type_=UtcDateTime()),
        reason=bindparam("why"),
        rung_at=None,
    )
)


def resume(ticket_id: int, *, stopped_at: datetime, reason: str) -> None:
    """Bring back exactly what `stop` had let go of then."""
    waived = select(Promise).where(
        Promise.conversation_id.in_(select(Conversation.id).where(Conversation.ticket_id == ticket_id)),
        Promise.state == PromiseState.WAIVED,
        Promise.reason == reason,
        Promise.settled_at == stopped_at,
    )
    for promise in db.session.scalars(waived):
        promise.settled_at, promise.reason = None, ""
        promise.state = PromiseState.BROKEN if promise.fired == "breach" else PromiseState.OPEN
        promise.rung_at = next_rung(promise)
    db.session.flush()


def give(
    conversation_id: int, *, ticket_id: int, message_id: int, text: str, due_at: datetime, by: Person, at: datetime
) -> int:
    """Write down a promise and who stands for it; an earlier one on the ticket that is still owed is replaced."""
    if due_at <= at:
        raise Refused("Die Zusage muss in der Zukunft liegen.", field="promise_at")
    if due_at > at + FARTHEST:
        raise Refused("Eine Zusage gilt höchstens ein Jahr im Voraus.", field="promise_at")
    run(_REPLACED, ticket=ticket_id, now=at)
    return add(
        Promise,
        conversation_id=conversation_id,
        message_id=message_id,
        owner_id=by.id,
        text=text[:LONGEST_TEXT],
        promised_at=at,
        due_at=due_at,
        state=PromiseState.OPEN,
        rung_at=warn_at(at, due_at),
    )


_REPLACED = (
    update(_TABLE)
    .where(_of_ticket, Promise.state.in_(OWED), Promise.kept_by_id.is_(None))
    .values(state=PromiseState.REPLACED, settled_at=bindparam("now", type_=UtcDateTime()), rung_at=None)
)


def warn_at(promised_at: datetime, due_at: datetime) -> datetime:
    """Return when a promise is shown as due soon; it was given in the customer's time, so no calendar is asked."""
    return promised_at + (due_at - promised_at) * WARN_SHARE


def next_rung(promise: Promise) -> datetime | None:
    """Return when the next rung of a promise is due; None once all have fired."""
    if promise.fired == "breach":
        return None
    return promise.due_at if promise.fired else warn_at(promise.promised_at, promise.due_at)
