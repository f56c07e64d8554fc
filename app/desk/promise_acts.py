"""What is done with a promise by itself: given without a message, passed on to a colleague, waived for a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.access import Person
from app.db import db, once_more, transaction
from app.desk import clocks, matter_clocks, promises
from app.desk.writing import badges, held, held_by, record, recount
from app.errors import NotFound, Refused
from app.models import Conversation, Promise, PromiseState, Ticket, TicketState


@once_more
def give(ticket_id: int, *, given: promises.Given, conversation_id: int | None = None, by: Person, at: datetime) -> int:
    """Write down what somebody has promised elsewhere, e.g. in a shop; returns the promise's id.

    Without a conversation it belongs to the one the customer wrote on last.
    """
    if not given.text.strip():
        raise Refused("Bitte schreiben Sie, was zugesagt ist.", field="text")
    with transaction() as afterwards:
        ticket = held(ticket_id)
        if given.owner_id:
            promises.able(given.owner_id, ticket)
        if ticket.state is TicketState.JOINED:
            raise Refused("Dieses Anliegen ist mit einem anderen verbunden.")
        before = badges(ticket)
        promises.take_up(ticket, by=by, at=at, afterwards=afterwards)
        promise_id = promises.give(
            conversation_id or _newest(ticket_id),
            ticket=ticket,
            message_id=None,
            given=given,
            by=by,
            at=at,
            afterwards=afterwards,
        )
        ticket.updated_at = at
        clocks.renew(ticket)
        matter_clocks.follow(ticket, at=at)
        recount(before, badges(ticket))
    return promise_id


def _newest(ticket_id: int) -> int:
    newest = select(Conversation.id).where(Conversation.ticket_id == ticket_id)
    found = db.session.scalars(newest.order_by(Conversation.heard_at.desc().nulls_last(), Conversation.id.desc()))
    return found.first() or 0


@once_more
def pass_on(promise_id: int, *, to: int, by: Person, at: datetime) -> int:
    """Let somebody else stand for a promise; returns who stood for it before."""
    with transaction() as afterwards:
        promise, ticket = _owed(promise_id)
        owner, before = promises.able(to, ticket), promise.owner_id
        promise.owner_id, ticket.updated_at = owner.id, at
        record("promise_passed", ticket_id=ticket.id, at=at, actor_id=by.id, afterwards=afterwards, to=owner.name)
        promises.tell_owner(ticket, promise, owner, by=by, at=at, afterwards=afterwards)
    return before


@once_more
def waive(promise_id: int, *, reason: str, by: Person, at: datetime) -> None:
    """Say that a promise need not be kept any more, and why."""
    words = " ".join(reason.split())[: promises.LONGEST_REASON]
    if not words:
        raise Refused("Bitte nennen Sie den Grund, aus dem sich die Zusage erledigt hat.", field="reason")
    with transaction() as afterwards:
        promise, ticket = _owed(promise_id)
        before = badges(ticket)
        promise.state, promise.settled_at, promise.rung_at = PromiseState.WAIVED, at, None
        promise.reason, ticket.updated_at = words, at
        db.session.flush()
        clocks.renew(ticket)
        matter_clocks.follow(ticket, at=at)
        record(
            "promise_waived",
            ticket_id=ticket.id,
            at=at,
            actor_id=by.id,
            afterwards=afterwards,
            promise=promise.id,
            reason=words,
        )
        recount(before, badges(ticket))


@once_more
def take_back(promise_id: int, *, by: Person, at: datetime) -> bool:
    """Owe a promise again that was waived; False if it stands, or another has taken its place since."""
    with transaction() as afterwards:
        promise, ticket = _held(promise_id)
        is_free = not promises.owed_on(ticket.id) and promise.reason != promises.UNSENT
        if promise.state is not PromiseState.WAIVED or not is_free or ticket.closed_at is not None:
            return False
        before = badges(ticket)
        promises.owe(promise)
        promise.reason, ticket.updated_at = "", at
        db.session.flush()
        clocks.renew(ticket)
        matter_clocks.follow(ticket, at=at)
        actor = {"actor_id": by.id, "promise": promise.id}
        record("promise_unwaived", ticket_id=ticket.id, at=at, afterwards=afterwards, **actor)
        recount(before, badges(ticket))
    return True


def _held(promise_id: int) -> tuple[Promise, Ticket]:
    promise = db.session.get(Promise, promise_id)
    if promise is None:
        raise NotFound("Diese Zusage gibt es nicht.")
    ticket = held_by(promise.conversation_id)
    db.session.refresh(promise)
    return promise, ticket


def _owed(promise_id: int) -> tuple[Promise, Ticket]:
    promise, ticket = _held(promise_id)
    if promise.state not in promises.OWED or promise.kept_by_id is not None:
        raise Refused("Diese Zusage ist schon erledigt.", code="promise_settled")
    return promise, ticket
