"""Stored deadlines beside the ones that follow from the log: every difference is an error of ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.finders.replay import ON_ITS_WAY, Book, Family, Log, projected
from app.models import MessageClass, MessageKind, ObligationState, Promise, PromiseState, TicketState
from sla import standing
from sla.standing import Projection, State
from sla.targets import route_of

MINUTE = timedelta(minutes=1)
MISSING = "missing"
UNASKED = "is_unasked"
"""Key in the details of a message that nobody waits for an answer to, e.g. of somebody who is blocked."""


class Difference(NamedTuple):
    """One stored value that does not follow from what happened; `what` is e.g. `obligation 7: due_at`."""

    ticket: int
    what: str
    stored: str
    projected: str


def differences(family: Family, book: Book) -> list[Difference]:
    """Fold the log of a family anew and compare it with everything that is stored of its clocks."""
    found, log = projected(family, book)
    return [
        *_lost(family, book),
        *_obligations(family, found, book),
        *_promises(family, found, log),
        *(each for number in family.tickets for each in _ticket(family, number, found)),
    ]


def _lost(family: Family, book: Book) -> Iterator[Difference]:
    """Find messages that nobody owes an answer to although a policy held for everybody who writes like that.

    Of calls several make one obligation, so they are left out.
    """
    owed = {row.message_id for row in family.obligations}
    for message in family.messages:
        is_asking = message.message_class is MessageClass.CONTACT and message.kind is not MessageKind.CALL
        is_noise = message.is_automatic or message.is_bounce or message.details.get(UNASKED)
        if message.id in owed or not is_asking or is_noise:
            continue
        route = route_of(message.channel_kind, is_public=message.is_public)
        if book.is_promised(route, at=message.sent_at, known_at=message.stored_at):
            number = family.conversations[message.conversation_id]
            yield Difference(number, f"message {message.id}: obligation", MISSING, "owed")


def _obligations(family: Family, found: Projection, book: Book) -> Iterator[Difference]:
    on_its_way = {str(message.id) for message in family.messages if message.state in ON_ITS_WAY}
    projected_ = {owed.message: owed for owed in found.obligations}
    for row in family.obligations:
        number = family.conversations[row.conversation_id]
        owed = projected_.get(str(row.message_id))
        wanted = _wanted(owed, owed.ended_by in on_its_way) if owed else {"state": MISSING}
        yield from _compared(number, f"obligation {row.id}", row, wanted)
        if row.state is ObligationState.OPEN and not book.is_newest(row):
            yield Difference(number, f"obligation {row.id}: calendar_version", str(row.calendar_version), "the newest")


def _wanted(owed: standing.Obligation, is_on_its_way: bool) -> dict[str, Any]:  # noqa: FBT001 - of the answer
    opening = owed.opening
    is_met = owed.state is State.MET and not is_on_its_way
    is_over = is_met or owed.state is State.WAIVED
    return {
        "kind": opening.kind.value,
        "target_minutes": -(-opening.within // MINUTE),
        "opened_at": opening.opened_at,
        "soon_at": opening.soon_at,
        "due_at": opening.due_at,
        "breach_at": opening.breach_at,
        "state": ObligationState(owed.state.value) if is_over else ObligationState.OPEN,
        "answered_by_id": int(owed.ended_by) if owed.ended_by else None,
        "settled_at": owed.ended_at if is_over else None,
        **({"verdict": owed.verdict.value} if is_met and owed.verdict else {}),
    }


def _promises(family: Family, found: Projection, log: Log) -> Iterator[Difference]:
    on_its_way = {str(message.id) for message in family.messages if message.state in ON_ITS_WAY}
    projected_ = {promise.message: promise for promise in found.promises}
    for row in family.promises:
        promise = projected_.get(log.promises[row.id])
        number = family.conversations[row.conversation_id]
        if promise is None:
            if row.state is not PromiseState.WAIVED:
                yield Difference(number, f"promise {row.id}: state", row.state.value, MISSING)
            continue
        is_on_its_way = promise.answered_by in on_its_way
        wanted = {
            "due_at": promise.due_at,
            "state": _promise_state(promise, row, is_on_its_way=is_on_its_way),
            "settled_at": promise.ended_at or (None if is_on_its_way else promise.answered_at),
        }
        yield from _compared(number, f"promise {row.id}", row, wanted)


def _promise_state(promise: standing.Promise, row: Promise, *, is_on_its_way: bool) -> PromiseState:
    """Return the state to be stored; a promise that is still owed is called broken as soon as its rung has fired."""
    if promise.ending:
        return PromiseState(promise.ending.value)
    if promise.answered_at and not is_on_its_way:
        return PromiseState.KEPT
    return row.state if row.state is PromiseState.BROKEN else PromiseState.OPEN


def _ticket(family: Family, number: int, found: Projection) -> Iterator[Difference]:
    row, name = family.tickets[number], str(number)
    closed_at = found.place(name).closed_at
    is_closed = closed_at is not None or row.state is TicketState.JOINED
    yield from _compared(
        number,
        "ticket",
        row,
        {
            "due_at": None if is_closed else found.due_of(name),
            "oldest_unanswered_at": None if is_closed else found.oldest_of(name),
            **({} if row.state is TicketState.JOINED else {"closed_at": closed_at}),
        },
    )


def _compared(number: int, name: str, row: Any, wanted: dict[str, Any]) -> Iterator[Difference]:
    for column, value in wanted.items():
        stored = getattr(row, column)
        if stored != value:
            yield Difference(number, f"{name}: {column}", _spelled(stored), _spelled(value))


def _spelled(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
