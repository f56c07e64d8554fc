"""What we told a customer we would do: given in a call or an answer, kept only by a substantive message.

A promise stands beside the obligations of its ticket: the earlier of the two is the ticket's deadline. It is answered,
settled and owed again in the same steps, so a bounced answer breaks its word just as it reopens a clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from app.access import Person
from app.db import Afterwards, UtcDateTime, db
from app.desk import climbing, telling
from app.desk.staff import Staff
from app.desk.writing import add, record, run
from app.errors import Refused
from app.models import Agent, Conversation, Message, MessageState, Promise, PromiseState, Role, Ticket, Via, membership
from app.models.columns import BigId
from sla.ladder import BREACH

if TYPE_CHECKING:
    from app.desk.settling import Answer

OWED = (PromiseState.OPEN, PromiseState.BROKEN)
WARN_SHARE = 0.75
"""After this share of its time a promise is told to those who watch."""
FARTHEST = timedelta(days=366)
MANY = 3
"""So many promises in a row, with no answer between them, are told to the leads."""
LONGEST_TEXT, LONGEST_LINE, LONGEST_REASON = 1000, 140, 200
UNSENT = "unsent"
"""Why a promise is waived whose message did not reach the customer."""
LOST = frozenset({MessageState.FAILED, MessageState.UNSURE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A promise as somebody gives it; without an owner it is theirs."""

    due_at: datetime
    text: str = ""
    owner_id: int | None = None

    def named(self, text: str) -> Given:
        """Return it in words: its own, else the beginning of the message that carries it."""
        return self if self.text.strip() else replace(self, text=text)


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


def free(message_id: int) -> set[int]:
    """A message did not reach the customer: what it had done is owed again. Returns the tickets whose promises move."""
    touched = db.session.execute(
        select(Promise, Conversation.ticket_id)
        .join(Conversation, Conversation.id == Promise.conversation_id)
        .where((Promise.kept_by_id == message_id) | (Promise.message_id == message_id))
        .execution_options(populate_existing=True)
    ).all()
    for promise, _ticket_id in touched:
        if promise.kept_by_id == message_id:
            owe(promise)
    db.session.flush()
    return {ticket_id for _, ticket_id in touched}


def refold(ticket_id: int, said: Sequence[Answer]) -> None:
    """Say again how the promises on a ticket stand, by what was really said: a lost message has promised nothing.

    What was kept or waived by a person stays so.
    """
    rows = db.session.execute(
        select(Promise, Message.state)
        .join(Conversation, Conversation.id == Promise.conversation_id)
        .outerjoin(Message, Message.id == Promise.message_id)
        .where(Conversation.ticket_id == ticket_id)
        .order_by(Promise.promised_at, Promise.id)
        .execution_options(populate_existing=True)
    ).all()
    standing = [promise for promise, state in rows if state not in LOST]
    for promise, state in rows:
        if state in LOST and promise.state is not PromiseState.WAIVED:
            promise.state, promise.reason, promise.settled_at = PromiseState.WAIVED, UNSENT, promise.promised_at
            promise.kept_by_id = promise.rung_at = None
    for promise, after in zip_longest(standing, standing[1:]):
        if promise.state is not PromiseState.KEPT and (
            promise.state is not PromiseState.WAIVED or promise.reason == UNSENT
        ):
            _place(promise, after, said)
    db.session.flush()


def _place(promise: Promise, after: Promise | None, said: Sequence[Answer]) -> None:
    """Let a promise be kept by the first substantive message, or replaced by the next promise, or be owed."""
    kept = next((each for each in said if each.mode is None and each.at > promise.promised_at), None)
    owe(promise)
    promise.reason = ""
    if kept and (after is None or kept.at <= after.promised_at):
        promise.kept_by_id = kept.id
        if kept.accepted_at:
            promise.state, promise.settled_at, promise.rung_at = PromiseState.KEPT, kept.accepted_at, None
    elif after:
        promise.state, promise.settled_at, promise.rung_at = PromiseState.REPLACED, after.promised_at, None


def owe(promise: Promise) -> None:
    """Let a promise be owed that was settled."""
    promise.kept_by_id = promise.settled_at = None
    promise.state = PromiseState.BROKEN if promise.fired.startswith((BREACH, "repeat")) else PromiseState.OPEN
    promise.rung_at = next_rung(promise)


def stop(ticket_id: int, *, at: datetime, reason: str) -> None:
    """Let go of what is promised on a ticket that is being resolved."""
    run(_STOPPED, ticket=ticket_id, now=at, why=" ".join(reason.split())[:LONGEST_REASON])


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


def resume(ticket_id: int, *, stopped_at: datetime) -> None:
    """Bring back exactly what `stop` had let go of then."""
    waived = select(Promise).where(
        Promise.conversation_id.in_(select(Conversation.id).where(Conversation.ticket_id == ticket_id)),
        Promise.state == PromiseState.WAIVED,
        Promise.settled_at == stopped_at,
    )
    for promise in db.session.scalars(waived.execution_options(populate_existing=True)):
        owe(promise)
        promise.reason = ""
    db.session.flush()


def refuse_impossible(due_at: datetime, *, at: datetime) -> None:
    """Raise `Refused` for a time at which nobody can keep a promise."""
    if due_at <= at:
        raise Refused("Die Zusage muss in der Zukunft liegen.", field="promise_at", code="promise_past")
    if due_at > at + FARTHEST:
        raise Refused("Eine Zusage gilt höchstens ein Jahr im Voraus.", field="promise_at", code="promise_too_late")


def give(
    conversation_id: int,
    *,
    ticket: Ticket,
    message_id: int | None,
    given: Given,
    by: Person,
    at: datetime,
    afterwards: Afterwards,
) -> int:
    """Write down a promise and who stands for it; an earlier one on the ticket that is still owed is replaced.

    With the third in a row and no answer between, the leads are told.
    """
    refuse_impossible(given.due_at, at=at)
    replaced = run(_REPLACED, ticket=ticket.id, now=at).scalars().all()
    count = max(replaced, default=0) + 1
    words = " ".join(given.text[:LONGEST_TEXT].split())
    promise_id = add(
        Promise,
        conversation_id=conversation_id,
        message_id=message_id,
        owner_id=given.owner_id or by.id,
        team_id=ticket.team_id,
        text=words,
        count=count,
        promised_at=at,
        due_at=given.due_at,
        state=PromiseState.OPEN,
        rung_at=climbing.promised_rung(conversation_id, promised_at=at, due_at=given.due_at),
    )
    told: dict[str, Any] = {"due_at": given.due_at.isoformat(), "promise": promise_id, "text": words[:LONGEST_LINE]}
    names: dict[str, Any] = {"ticket_id": ticket.id, "message_id": message_id, "actor_id": by.id}
    record("promised", at=at, afterwards=afterwards, **names, **told)
    if count >= MANY:
        _tell_leads(ticket, promise_id, words, by=by, at=at, afterwards=afterwards)
    return promise_id


def take_up(ticket: Ticket, *, by: Person, at: datetime, afterwards: Afterwards) -> None:
    """Open a resolved ticket again: what is promised on it must be seen."""
    if ticket.closed_at is not None:
        ticket.closed_at = ticket.resolved_at = None
        record("reopened", ticket_id=ticket.id, at=at, actor_id=by.id, afterwards=afterwards)


def _tell_leads(
    ticket: Ticket, promise_id: int, text: str, *, by: Person, at: datetime, afterwards: Afterwards
) -> None:
    """Tell the leads of somebody who is put off again and again."""

    def words(language: str) -> tuple[str, str]:
        subject, body = _PUT_OFF["en" if language == "en" else "de"]
        return subject.format(number=ticket.number), body.format(who=by.name, customer=ticket.customer_name, text=text)

    telling.tell(
        Staff(at).leads(ticket.team_id),
        key=f"promise:{promise_id}:again",
        kind="promised_again",
        ticket=ticket,
        words=words,
        at=at,
        afterwards=afterwards,
    )


_PUT_OFF = {
    "de": (
        "Schon wieder vertröstet: Anliegen {number}",
        "{who} hat zum dritten Mal oder öfter etwas zugesagt, ohne dass {customer} eine Antwort bekam.\n\n{text}",
    ),
    "en": (
        "Put off once again: request {number}",
        "{who} has promised something for the third time or more while {customer} got no answer.\n\n{text}",
    ),
}


_REPLACED = (
    update(_TABLE)
    .where(_of_ticket, Promise.state.in_(OWED), Promise.kept_by_id.is_(None))
    .values(state=PromiseState.REPLACED, settled_at=bindparam("now", type_=UtcDateTime()), rung_at=None)
    .returning(_TABLE.c.count)
)


def able(agent_id: int, ticket: Ticket) -> Agent:
    """Return whoever is to stand for a promise; raises `Refused` for somebody who is gone or cannot see its ticket."""
    agent = db.session.get(Agent, agent_id)
    if agent is None or not agent.is_active:
        raise Refused("Diese Person gibt es hier nicht.", field="to")
    seat = select(membership.c.agent_id).where(
        membership.c.agent_id == agent_id, membership.c.team_id == ticket.team_id
    )
    is_here = agent.role is Role.ADMIN or agent_id == ticket.assignee_id or db.session.scalar(seat) is not None
    if not is_here:
        raise Refused("Diese Person sieht dieses Anliegen nicht: Bitte weisen Sie es ihr erst zu.", field="to")
    return agent


def tell_owner(
    ticket: Ticket, promise: Promise, owner: Agent, *, by: Person, at: datetime, afterwards: Afterwards
) -> None:
    """Tell somebody that they stand for a promise now, unless they took it themselves."""
    if owner.id == by.id:
        return

    def words(language: str) -> tuple[str, str]:
        subject = _PASSED["en" if language == "en" else "de"].format(number=ticket.number, who=by.name)
        return subject, f"{ticket.customer_name}\n\n{promise.text}"

    key = f"promise:{promise.id}:passed:{owner.id}:{int(at.timestamp())}"
    told: dict[str, Any] = {"kind": "promise_passed", "ticket": ticket, "words": words, "via": (Via.INBOX,)}
    telling.tell([owner], key=key, at=at, afterwards=afterwards, **told)


_PASSED = {
    "de": "Sie stehen jetzt für eine Zusage ein: Anliegen {number} (von {who})",
    "en": "You stand for a promise now: request {number} (from {who})",
}


def owed_on(ticket_id: int) -> list[Promise]:
    """Return the promises of a ticket that somebody still has to keep; an answer on its way keeps its own."""
    return list(
        db.session.scalars(
            select(Promise)
            .join(Conversation, Conversation.id == Promise.conversation_id)
            .where(Conversation.ticket_id == ticket_id, Promise.state.in_(OWED), Promise.kept_by_id.is_(None))
            .order_by(Promise.id)
        )
    )


def warn_at(promised_at: datetime, due_at: datetime) -> datetime:
    """Return when a promise is shown as due soon; it was given in the customer's time, so no calendar is asked."""
    return promised_at + (due_at - promised_at) * WARN_SHARE


def next_rung(promise: Promise) -> datetime | None:
    """Return when the next rung of a promise is due; None once all have fired."""
    return climbing.promised_rung(
        promise.conversation_id, promised_at=promise.promised_at, due_at=promise.due_at, fired=promise.fired
    )
