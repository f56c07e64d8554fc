"""Telephone calls as they happen: legs in any order become one call, and what follows from it lies on one ticket.

Rows are held in this order: the call, the number it came from, the ticket.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from app import live
from app.db import Afterwards, db, once_more, transaction
from app.desk import call_filing, callers
from app.desk.writing import HOLD, held, held_by, upsert
from app.models import RUNNING, Agent, Call, CallState, Channel, membership
from channels.calls import Standing, entry_of, given_up, joined, merged, standing, told, told_again
from channels.contract import CallEvent, CallStep

SAME_CALL_WITHIN = timedelta(seconds=30)
"""An entry of the history is the call that was pushed if its number rang no farther from it than this."""
LOOK_BACK = 500
"""Calls among which a later leg is looked for that does not name its first one."""
LONGEST = timedelta(hours=4)
UNANSWERED_FOR = timedelta(minutes=10)
"""A ring or a talk of which nothing more was heard for so long has ended unheard: nothing is told twice."""


@once_more
def hear(event: CallEvent, *, channel_id: int, envelope_id: int, at: datetime) -> None:
    """Take one step of a leg into its call; a repeated one changes nothing.

    A ring alone writes nothing on any ticket: an abandoned one becomes a missed call when it ends.
    """
    del envelope_id  # whoever gave it closes it once everything in it is heard
    details = event.details
    if event.step is CallStep.KEY or details.get("internal") or details.get("blocked"):
        return
    with transaction() as afterwards:
        call, is_new = _call(event, channel_id)
        leg_id = call.root_id if details.get("history") else event.call_id
        is_known = bool(details.get("history")) and event.step.value in call.legs.get(leg_id, {})
        legs = call.legs if is_known else merged(call.legs, leg_id, event.step, told(event))
        if legs != call.legs or is_new:
            call.legs = legs
            _update(call, event, at=at, afterwards=afterwards)


def _update(call: Call, event: CallEvent | None, *, at: datetime, afterwards: Afterwards) -> None:
    """Bring the row, the ticket and the browsers up to what the legs say by now."""
    stands = standing(call.legs)
    was = (call.state, call.answered_at, call.ended_at, call.agent_id)
    # The end of something nobody has told us of waits for its ring, or is forgotten.
    call.state = CallState(stands.phase.value) if stands.is_known else CallState.RINGING
    call.is_outgoing = stands.is_outgoing
    call.rang_at, call.answered_at, call.ended_at = stands.rang_at, stands.answered_at, stands.ended_at
    if event is not None:
        call.number = call.number or (event.customer.value[:32] if event.customer else "")
        call.own_number = call.own_number or event.own_number[:32]
    found = agents_called(stands.speakers or (stands.agents if stands.is_outgoing else ()))
    call.agent_id = found[0].id if found else call.agent_id
    db.session.flush()
    if stands.is_known:
        if call.message_id is None or was != (call.state, call.answered_at, call.ended_at, call.agent_id):
            _file(call, at=at, afterwards=afterwards)
        _tell(call, stands, afterwards)


def _call(event: CallEvent, channel_id: int) -> tuple[Call, bool]:
    """Return the call the event belongs to with its row held, and whether it is new."""
    ids = [id_ for id_ in dict.fromkeys((event.root_id, event.call_id)) if id_]
    hold = select(Call).with_for_update(key_share=HOLD["key_share"])
    here = hold.where(Call.channel_id == channel_id)
    found = list(db.session.scalars(here.where(Call.root_id.in_(ids)).order_by(Call.id)))
    first = next((call for call in found if call.root_id == ids[0]), None)
    if first is None and not event.root_id:
        first = _by_leg(event.call_id, channel_id)
    elif first is None and event.details.get("history"):
        first = _twin(event, here)
    call, is_new = (first, False) if first else _new(event, channel_id, ids[0])
    for other in found:
        if other is not call and other.message_id is None:
            call.legs = joined(call.legs, other.legs)
            db.session.delete(other)
            is_new = True
    return call, is_new


def _twin(event: CallEvent, here: Select[Call]) -> Call | None:
    """Find the pushed call that an entry of the history tells again: the same number, rung at the same time.

    A call is told by one entry only; where the number is withheld, it must at least have rung at the same one of ours.
    """
    rang_at = datetime.fromisoformat(str(event.details["history"]))
    near = Call.rang_at.between(rang_at - SAME_CALL_WITHIN, rang_at + SAME_CALL_WITHIN)
    number = event.customer.value if event.customer else ""
    same = (Call.number == number, *([] if number else [Call.own_number == event.own_number[:32]]))
    near_by = db.session.scalars(here.where(*same, near).order_by(Call.id))
    twins = [call for call in near_by if call.legs and entry_of(call.legs) in {"", event.root_id}]
    found = min(twins, key=lambda call: (not entry_of(call.legs), abs(call.rang_at - rang_at)), default=None)
    if found is not None:
        found.legs = told_again(found.legs, event.root_id)
    return found


def _by_leg(leg_id: str, channel_id: int) -> Call | None:
    """Find the call one of whose later legs this is; its steps do not name the first one."""
    newest = select(func.max(Call.id)).scalar_subquery()
    recent = select(Call).where(Call.id > newest - LOOK_BACK, Call.channel_id == channel_id).order_by(Call.id.desc())
    found = next((call.id for call in db.session.scalars(recent) if leg_id in call.legs), None)
    return db.session.get_one(Call, found, with_for_update=HOLD, populate_existing=True) if found else None


def _new(event: CallEvent, channel_id: int, root_id: str) -> tuple[Call, bool]:
    """Write a call down, unless another process just did, and hold its row."""
    written = db.session.scalar(
        upsert(Call)
        .values(
            channel_id=channel_id,
            root_id=root_id[:120],
            state=CallState.RINGING,
            legs={},
            is_outgoing=event.is_outgoing,
            rang_at=event.sent_at,
        )
        .on_conflict_do_nothing(index_elements=["channel_id", "root_id"])
        .returning(Call.id)
    )
    same = (Call.channel_id == channel_id, Call.root_id == root_id[:120])
    hold = select(Call).where(*same).with_for_update(key_share=HOLD["key_share"])
    return db.session.scalars(hold).one(), written is not None


def _file(call: Call, *, at: datetime, afterwards: Afterwards) -> None:
    """Write the call onto its ticket once somebody answered or it is over.

    While it goes on only a ticket that is open already takes it: which matter a stranger calls about is not known
    before. A call of ours to somebody who has no open matter stays off the tickets until a note says where it belongs.
    """
    if call.message_id and call.conversation_id:
        call_filing.rewrite(call, held_by(call.conversation_id), at=at, afterwards=afterwards)
        return
    if call.state is CallState.RINGING:
        return
    channel = db.session.get_one(Channel, call.channel_id)
    identity = callers.identity_of(call, at=at, is_demo=channel.is_demo)
    ticket_id = callers.open_ticket_of(identity)
    if ticket_id is None and (call.is_outgoing or call.state is CallState.TALKING):
        return
    ticket_id = ticket_id or callers.closed_ticket_of(identity, at=at)
    ticket = held(ticket_id) if ticket_id else callers.new_ticket(identity, channel, at=at)
    call_filing.append(call, ticket, channel, identity, is_new=ticket_id is None, at=at, afterwards=afterwards)


def agents_called(names: Sequence[str]) -> list[Agent]:
    """Return the agents whom the telephone system calls so, by one of its names or ids."""
    wanted = [name.casefold() for name in names if name]
    if not wanted:
        return []
    who = select(Agent).where(func.lower(Agent.phone_user).in_(wanted), Agent.is_active.is_(True))
    return list(db.session.scalars(who.order_by(Agent.id)))


def _tell(call: Call, stands: Standing, afterwards: Afterwards) -> None:
    """Tell the browsers of those it rings at; where nobody is known by that name, the whole team."""
    ids = [agent.id for agent in agents_called(stands.agents)]
    if not ids and not stands.is_outgoing:
        team_id = db.session.scalar(select(Channel.team_id).where(Channel.id == call.channel_id))
        everybody = select(Agent.id).where(Agent.is_active.is_(True))
        members = select(membership.c.agent_id).where(membership.c.team_id == team_id)
        ids = list(db.session.scalars(everybody.where(Agent.id.in_(members)) if team_id else everybody))
    if call.agent_id and call.agent_id not in ids:
        ids.append(call.agent_id)
    if ids:
        signal = live.Signal(id=0, kind="call", ticket=0, call=call.id, agents=tuple(ids))
        afterwards.append(lambda: live.publish(signal))


def unheard(*, at: datetime) -> list[int]:
    """Return the calls of which nothing was heard for too long; the partial index holds nothing else."""
    silent = ((Call.state == CallState.RINGING) & (Call.rang_at < at - UNANSWERED_FOR)) | (Call.rang_at < at - LONGEST)
    return list(db.session.scalars(select(Call.id).where(RUNNING, silent).order_by(Call.id).limit(100)))


@once_more
def give_up(call_id: int, *, at: datetime) -> None:
    """End a call whose end was never told: one that rang is missed, one that was answered has ended."""
    with transaction() as afterwards:
        call = db.session.get_one(Call, call_id, with_for_update=HOLD)
        if call.state not in {CallState.RINGING, CallState.TALKING}:
            return
        if not call.legs or not standing(call.legs).is_known:
            db.session.delete(call)
            return
        call.legs = given_up(call.legs, at)
        _update(call, None, at=at, afterwards=afterwards)
