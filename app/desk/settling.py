"""Which answer settles what: marked when it is queued, judged when it is accepted, taken back when it fails.

A substantive answer settles everything that was asked on its ticket before. A holding reply settles first answers only,
where its mode lets it, and the customer goes on waiting: `is_held` until a substantive answer lets the wait go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, case, or_, select, update

from app.db import UtcDateTime, db
from app.desk import aims, clocks, promises, reprojection
from app.desk.catching_up import catch_up, owe_first
from app.desk.together import Together
from app.desk.writing import run
from app.models import (
    Conversation,
    Event,
    HoldingMode,
    Message,
    MessageClass,
    MessageKind,
    MessageState,
    Obligation,
    ObligationState,
    Ticket,
)
from app.models.columns import BigId
from sla.obligations import elapsed, verdict
from sla.targets import Kind

COUNTED = frozenset({MessageClass.SUBSTANTIVE, MessageClass.HOLDING})
MODE = "holding"
"""Key in the details of a holding reply: what the policy let it do when it was written."""
UNTIL = "promise_at"
"""Key in the details of a message that carries a promise."""
BY_RESOLUTION, BY_WAIVER = "resolved", "waived"
"""Verdicts of what ended without an answer."""
ANEW = "is_anew"
"""Key in the details of "reopened": the customer came back so late that a first answer is owed again."""

_TABLE: Any = Obligation.__table__
_here = Obligation.conversation_id.in_(
    select(Conversation.id).where(Conversation.ticket_id == bindparam("ticket", type_=BigId))
)
_owed = and_(Obligation.state == ObligationState.OPEN, Obligation.answered_by_id.is_(None))
_message: Any = bindparam("message", type_=BigId)
_ANSWERED = (
    update(_TABLE)
    .where(_here, Obligation.opened_at <= bindparam("until", type_=UtcDateTime()), or_(_owed, Obligation.is_held))
    .values(
        answered_by_id=case((Obligation.is_held, Obligation.answered_by_id), else_=_message),
        let_go_by_id=case((Obligation.is_held, _message), else_=Obligation.let_go_by_id),
        is_held=False,
    )
)
_first = and_(_owed, Obligation.kind == Kind.FIRST.value)
_HELD: dict[HoldingMode, Any] = {
    mode: update(_TABLE)
    .where(where, _first, Obligation.opened_at <= bindparam("until", type_=UtcDateTime()))
    .values(answered_by_id=_message, is_held=True)
    for mode, where in (
        (HoldingMode.OWN_CONVERSATION, Obligation.conversation_id == bindparam("conversation", type_=BigId)),
        (HoldingMode.STOPS_FIRST_RESPONSE, _here),
    )
}
_MUTED = (
    update(_TABLE)
    .where(_here, _owed, Obligation.opened_at <= bindparam("until", type_=UtcDateTime()))
    .values(
        muted_until=bindparam("rest", type_=UtcDateTime()),
        rung_at=case(
            (Obligation.rung_at < bindparam("rest", type_=UtcDateTime()), bindparam("rest", type_=UtcDateTime())),
            else_=Obligation.rung_at,
        ),
    )
)


def answer(ticket_id: int, message_id: int, *, at: datetime) -> None:
    """Mark everything owed on the ticket until `at` as answered by this message; it counts once it is accepted."""
    run(_ANSWERED, ticket=ticket_id, until=at, message=message_id)
    promises.answer(ticket_id, message_id, at=at)


def hold(ticket: Ticket, message: Message) -> None:
    """Let a holding reply do what its policy lets it; the ticket is held."""
    mode, at = HoldingMode(message.details[MODE]), message.stored_at
    if mode is HoldingMode.OWN_CONVERSATION:
        run(_HELD[mode], conversation=message.conversation_id, until=at, message=message.id)
        talk = db.session.get_one(Conversation, message.conversation_id)
        talk.held_at = max(talk.held_at or at, at)
    elif mode is HoldingMode.STOPS_FIRST_RESPONSE:
        run(_HELD[mode], ticket=ticket.id, until=at, message=message.id)
        ticket.held_at = max(ticket.held_at or at, at)
    elif mode is HoldingMode.PAUSES_ESCALATION:
        run(_MUTED, ticket=ticket.id, until=at, rest=datetime.fromisoformat(message.details[UNTIL]))


def settle(message_id: int, *, at: datetime) -> None:
    """The provider accepted the answer: judge what it answers by that instant."""
    promises.settle(message_id, at=at)
    open_rows = db.session.execute(
        select(Obligation, Ticket.team_id)
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .join(Ticket, Ticket.id == Conversation.ticket_id)
        .where(Obligation.answered_by_id == message_id, Obligation.state == ObligationState.OPEN)
    )
    for obligation, team_id in open_rows:
        hours = aims.hours_of(obligation.calendar_id, obligation.calendar_version)
        within = timedelta(minutes=obligation.target_minutes)
        obligation.state = ObligationState.MET
        obligation.settled_at, obligation.team_id = at, team_id
        obligation.elapsed_seconds = int(elapsed(hours, obligation.opened_at, at).total_seconds())
        obligation.verdict = verdict(hours, obligation.opened_at, within, at).value
        obligation.rung_at = None


def stand(ticket: Ticket, message: Message, *, was_lost: bool = True) -> None:
    """Let a message of ours count, also if it had been taken for lost; the ticket is held."""
    if message.message_class is MessageClass.SUBSTANTIVE:
        answer(ticket.id, message.id, at=message.stored_at)
    elif message.message_class is MessageClass.HOLDING:
        hold(ticket, message)
    if was_lost:
        promises.refold(ticket.id, answers(ticket.id))


def begin_anew(ticket: Ticket) -> None:
    """Owe a first answer again: the customer came back long after the resolution."""
    ticket.answered_at = ticket.held_at = None
    db.session.execute(update(Conversation).where(Conversation.ticket_id == ticket.id).values(held_at=None))


class Answer(NamedTuple):
    """A message of ours that went out or is on its way, as far as it settles anything."""

    id: int
    at: datetime
    message_class: MessageClass
    conversation_id: int
    details: dict[str, Any]
    state: MessageState
    sent_at: datetime
    kind: MessageKind

    @property
    def accepted_at(self) -> datetime | None:
        """When it was out; of a call when we talked. None while it is on its way."""
        if self.state not in {MessageState.SENT, MessageState.RECEIVED}:
            return None
        return self.at if self.kind is MessageKind.CALL else self.sent_at

    @property
    def mode(self) -> HoldingMode | None:
        """What a holding reply may do; None for a substantive answer."""
        return HoldingMode(self.details[MODE]) if self.message_class is MessageClass.HOLDING else None

    def meets(self, owed: Obligation) -> bool:
        """Say whether this answers an obligation that was open when it was written."""
        if self.mode is None or owed.kind != Kind.FIRST.value:
            return self.mode is None
        is_here = self.mode is HoldingMode.OWN_CONVERSATION and self.conversation_id == owed.conversation_id
        return is_here or self.mode is HoldingMode.STOPS_FIRST_RESPONSE


_SPOKEN = (MessageState.QUEUED, MessageState.SENDING, MessageState.SENT, MessageState.RECEIVED)
"""An inbound call in which we talked is an answer, too: nothing else that was received is substantive."""


def answers(ticket_id: int, *, without: int = 0) -> list[Answer]:
    """Return what was said on a ticket since it was opened or began anew and was not lost, the oldest first."""
    at = case((Message.is_elsewhere, Message.sent_at), else_=Message.stored_at)
    found = db.session.execute(
        select(
            Message.id,
            at,
            Message.message_class,
            Message.conversation_id,
            Message.details,
            Message.state,
            Message.sent_at,
            Message.kind,
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.ticket_id == ticket_id,
            Message.message_class.in_(COUNTED),
            Message.state.in_(_SPOKEN),
            Message.id != without,
        )
        .order_by(at, Message.id)
    )
    begun_at = _begun_at(ticket_id)
    return [each for each in map(Answer._make, found) if begun_at is None or each.at > begun_at]


def _begun_at(ticket_id: int) -> datetime | None:
    """Return when the ticket began anew; None if it never did."""
    reopened = db.session.execute(
        select(Event.at, Event.details).where(Event.ticket_id == ticket_id, Event.kind == "reopened")
    )
    return max((at for at, details in reopened if details.get(ANEW)), default=None)


def last_answer(ticket_id: int) -> datetime | None:
    """Return when the last answer was written that went out or is on its way; None if the customer has none."""
    return max((each.at for each in answers(ticket_id) if each.mode is None), default=None)


def unsettle(message_id: int, *, ticket_id: int) -> set[int]:
    """The message did not reach the customer: everything is as if it had never been sent.

    What it had answered is owed again with the old deadline, unless another answer has answered it since; what was
    opened after it is a first answer again if it made it a further one. Closed cycles stay as they are. Returns the
    other tickets on which something is owed again, because a conversation was parted since.
    """
    freed = db.session.scalars(
        select(Obligation)
        .where((Obligation.answered_by_id == message_id) | (Obligation.let_go_by_id == message_id))
        .execution_options(populate_existing=True)
    ).all()
    touched = {ticket_id, *_tickets_of({owed.conversation_id for owed in freed}), *promises.free(message_id)}
    for owed in freed:
        _free(owed, message_id)
    db.session.flush()
    for number in sorted(touched):
        said = answers(number, without=message_id)
        _answer_anew(db.session.get_one(Ticket, number), freed, said, lost_id=message_id)
        promises.refold(number, said)
    return touched - {ticket_id}


def _tickets_of(conversation_ids: set[int]) -> set[int]:
    return set(db.session.scalars(select(Conversation.ticket_id).where(Conversation.id.in_(conversation_ids))))


def _free(owed: Obligation, message_id: int) -> None:
    """Take the message out of an obligation; one that only waited on after a holding reply keeps its verdict."""
    if owed.let_go_by_id == message_id:
        owed.let_go_by_id, owed.is_held = None, True
        return
    owed.answered_by_id = owed.let_go_by_id = None
    owed.is_held, owed.state, owed.verdict = False, ObligationState.OPEN, ""
    owed.settled_at = owed.elapsed_seconds = None
    come_back(owed)


def _answer_anew(ticket: Ticket, freed: Sequence[Obligation], said: Sequence[Answer], *, lost_id: int) -> None:
    lost_at = db.session.scalars(select(Message.stored_at).where(Message.id == lost_id)).one()
    own = {
        talk.id: talk for talk in db.session.scalars(select(Conversation).where(Conversation.ticket_id == ticket.id))
    }
    _hold_anew(ticket, own.values(), said)
    together = Together(ticket.id)
    open_rows = db.session.scalars(select(Obligation).where(Obligation.conversation_id.in_(own), _owed)).all()
    rows = {owed.id: owed for owed in [*freed, *open_rows] if owed.conversation_id in own}
    for owed in rows.values():
        if owed.state is ObligationState.OPEN and owed.opened_at >= lost_at:
            _judge_kind(owed, said)
    for owed in freed:
        if owed.id in rows and owed.state is ObligationState.OPEN:
            catch_up(owed, ticket, since=lost_at, until=_ends_at(owed, together.said_on(owed, said)))
    _match_all(rows.values(), said, ticket)


def _ends_at(owed: Obligation, said: Sequence[Answer]) -> datetime | None:
    """Return when something that stands answered or ended what is owed again; None if nothing did."""
    answered = next((each.at for each in said if each.at >= owed.opened_at and each.meets(owed)), None)
    return min((at for at in (answered, owed.let_go_at) if at), default=None)


def answer_anew(ticket: Ticket, rows: Sequence[Obligation]) -> None:
    """Let what was brought back be answered by what has been said since."""
    _match_all(rows, answers(ticket.id), ticket)


def _match_all(rows: Iterable[Obligation], said: Sequence[Answer], ticket: Ticket) -> None:
    met, together = set(), Together(ticket.id)
    for owed in rows:
        _match(owed, together.said_on(owed, said), ticket)
        met.add(owed.answered_by_id)
    db.session.flush()
    for each in said:
        if each.id in met and each.accepted_at:
            settle(each.id, at=each.accepted_at)


def _hold_anew(ticket: Ticket, own: Iterable[Conversation], said: Sequence[Answer]) -> None:
    """Say again where a holding reply has used up the first answer."""
    for talk in own:
        held = [e.at for e in said if e.mode is HoldingMode.OWN_CONVERSATION and e.conversation_id == talk.id]
        talk.held_at = max(held, default=None)
    ticket.held_at = max((e.at for e in said if e.mode is HoldingMode.STOPS_FIRST_RESPONSE), default=None)


def _judge_kind(owed: Obligation, said: Sequence[Answer]) -> None:
    """Owe a first answer where only the lost message had made a further one of it."""
    before = [each for each in said if each.at < owed.opened_at]
    is_used_up = any(
        each.mode in {None, HoldingMode.STOPS_FIRST_RESPONSE}
        or (each.mode is HoldingMode.OWN_CONVERSATION and each.conversation_id == owed.conversation_id)
        for each in before
    )
    if owed.kind != Kind.FIRST.value and not is_used_up and owed.policy_version_id:
        owe_first(owed)


def _match(owed: Obligation, said: Sequence[Answer], ticket: Ticket) -> None:
    """Find what answers an obligation now; what had ended without an answer since has ended so."""
    for each in said:
        if each.at < owed.opened_at or (owed.let_go_at and each.at > owed.let_go_at):
            continue
        if owed.answered_by_id is None and each.meets(owed):
            owed.answered_by_id, owed.is_held = each.id, each.mode is not None
        elif owed.is_held and each.mode is None:
            owed.let_go_by_id, owed.is_held = each.id, False
        if owed.answered_by_id and not owed.is_held:
            return
    if owed.answered_by_id is None and owed.let_go_at:
        owed.state, owed.settled_at, owed.rung_at = ObligationState.WAIVED, owed.let_go_at, None
        owed.verdict = BY_RESOLUTION if owed.let_go_at == ticket.closed_at else BY_WAIVER
        owed.let_go_at = None
        return
    _mute_anew(owed, said)


def _mute_anew(owed: Obligation, said: Sequence[Answer]) -> None:
    """Let the escalation rest as long as a holding reply that stands lets it."""
    pauses = [e for e in said if e.mode is HoldingMode.PAUSES_ESCALATION and e.at >= owed.opened_at]
    owed.muted_until = datetime.fromisoformat(pauses[-1].details[UNTIL]) if pauses else None
    if owed.state is ObligationState.OPEN:
        owed.rung_at = clocks.next_rung(owed)


def come_back(owed: Obligation) -> None:
    """Take an obligation up again as its calendar is now: it may have been edited meanwhile."""
    reprojection.take_over(owed, aims.newest_hours(owed.calendar_id).version)
