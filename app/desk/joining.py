"""Joining two matters that are one, and parting them again; nothing is destroyed and every number stays valid."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update

from app.access import Person
from app.db import Afterwards, db, once_more, transaction
from app.desk import clocks, handover_ends, matter_moves, participation, spread, suggestions
from app.desk.writing import HOLD, badges, held, record, recount
from app.errors import NotFound, Refused
from app.models import NOTHING_DUE, Channel, Conversation, Event, Message, Publicity, Ticket, TicketState


@once_more
def join(ticket_id: int, *, into: int, by: Person | None, at: datetime) -> None:
    """Move all conversations of a ticket into another one; their obligations go with them untouched.

    `by` is None where it was proven that both are one matter of one person.
    """
    if ticket_id == into:
        raise Refused("Ein Anliegen kann nicht mit sich selbst verbunden werden.", field="into")
    with transaction() as afterwards:
        ticket, target = both(ticket_id, into)
        if by is None:
            _refuse_unproven(ticket, target)
        unite(ticket, target, by=by, at=at, afterwards=afterwards)


def unite(ticket: Ticket, target: Ticket, *, by: Person | None, at: datetime, afterwards: Afterwards) -> None:
    """Inside a verb that holds both: make one ticket of the two, and move them between the counters."""
    before = (*badges(ticket), *badges(target))
    absorb(ticket, target, by=by, at=at, afterwards=afterwards)
    recount(before, (*badges(ticket), *badges(target)))


def absorb(ticket: Ticket, target: Ticket, *, by: Person | None, at: datetime, afterwards: Afterwards) -> None:
    """Inside a verb that holds both and moves their counters: make one ticket of the two."""
    moved = _conversations_of(ticket.id)
    move(moved, to=target.id)
    # Numbers that led to this ticket lead on with it.
    led = db.session.scalars(select(Ticket.id).where(Ticket.joined_into_id == ticket.id).order_by(Ticket.id)).all()
    lead(led, to=target)
    reopen_for(target, afterwards=afterwards, by=by, at=at)
    handover_ends.joined(ticket, target, by=by, at=at, afterwards=afterwards)
    participation.joined(ticket, target, at=at)
    ticket.state, ticket.joined_into_id = TicketState.JOINED, target.id
    ticket.closed_at = ticket.closed_at or at
    ticket.updated_at = target.updated_at = at
    renew(ticket)
    renew(target)
    matter_moves.joined(ticket, target, at=at)
    names: dict[str, Any] = {"conversations": moved, "ticket": ticket.id, "into": target.id, "numbers": list(led)}
    names |= suggestions.grounds(ticket.id, target.id)
    suggestions.joined((ticket.id, target.id), by=by, at=at)
    actor_id = by.id if by else None
    record("joined", ticket_id=target.id, at=at, actor_id=actor_id, afterwards=afterwards, **names)
    record("joined_away", ticket_id=ticket.id, at=at, actor_id=actor_id, afterwards=afterwards, **names)


def _refuse_unproven(ticket: Ticket, target: Ticket) -> None:
    """Ask again now that both are held: a merge may have been taken back, or somebody has said that they are two."""
    if ticket.customer_id != target.customer_id or suggestions.is_turned_down(ticket.id, target.id):
        raise Refused("Dass beide dasselbe Anliegen einer Person sind, ist nicht mehr sicher.", field="into")


def both(ticket_id: int, into: int) -> tuple[Ticket, Ticket]:
    """Inside a verb: hold two tickets; raises `Refused` where one of them is joined already."""
    # In the order of their numbers, so that two joins in opposite directions do not wait for each other.
    rows = {id_: db.session.get(Ticket, id_, with_for_update=HOLD) for id_ in sorted((ticket_id, into))}
    ticket, target = rows[ticket_id], rows[into]
    if ticket is None or target is None:
        raise NotFound("Anliegen %(number)s gibt es nicht.", number=into)
    if ticket.state is TicketState.JOINED or target.state is TicketState.JOINED:
        raise Refused("Dieses Anliegen ist schon mit einem anderen verbunden.", field="into")
    return ticket, target


def reopen_for(target: Ticket, *, afterwards: Afterwards, by: Person | None, at: datetime) -> None:
    """Open a resolved target when something is still owed on what comes in."""
    if target.closed_at is None or not clocks.is_owed(target.id):
        return
    target.closed_at = target.resolved_at = None
    record("reopened", ticket_id=target.id, at=at, actor_id=by.id if by else None, afterwards=afterwards)


@once_more
def part(conversation_id: int, *, by: Person, at: datetime) -> int:
    """Take one conversation out of its ticket and return the number of the ticket it lies under from now on.

    It goes back to the ticket it was opened under; if that is this one, it gets a ticket of its own.
    """
    with transaction() as afterwards:
        conversation = db.session.get_one(Conversation, conversation_id)
        source = held(conversation.ticket_id)
        if len(_conversations_of(source.id)) < 2:
            raise Refused("Dieses Anliegen hat nur einen Gesprächsfaden.")
        home = _home(conversation, source, at=at)
        _part([conversation_id], source=source, home=home, by=by, at=at, afterwards=afterwards)
        return home.id


@once_more
def unjoin(ticket_id: int, *, by: Person, at: datetime) -> None:
    """Undo a join: everything that was opened under this number comes back to it."""
    with transaction() as afterwards:
        unjoined(ticket_id, by=by, at=at, afterwards=afterwards)


def unjoined(ticket_id: int, *, by: Person, at: datetime, afterwards: Afterwards) -> None:
    """Inside a verb: the same; nothing is written where it is refused."""
    home = held(ticket_id)
    if home.joined_into_id is None:
        raise Refused("Dieses Anliegen ist mit keinem anderen verbunden.")
    source = held(home.joined_into_id)
    came, numbers = _came_with(ticket_id)
    here = select(Conversation.id).where(Conversation.ticket_id == source.id).order_by(Conversation.id)
    with_it = Conversation.id.in_(came) & Conversation.home_ticket_id.in_(numbers)
    own = or_(Conversation.home_ticket_id == ticket_id, with_it)
    moved = list(db.session.scalars(here.where(own)))
    if not moved or len(moved) == len(_conversations_of(source.id)):
        raise Refused("Von diesem Anliegen liegt hier nichts mehr, das sich trennen ließe.")
    _part(moved, source=source, home=home, numbers=numbers, by=by, at=at, afterwards=afterwards)
    db.session.flush()


def _came_with(ticket_id: int) -> tuple[list[int], list[int]]:
    """Return the conversations and the numbers that the last join of a ticket took along.

    Numbers that were parted or joined anew since are left out: they have gone their own way.
    """
    joins = select(Event.id, Event.details).where(Event.ticket_id == ticket_id, Event.kind == "joined_away")
    last = db.session.execute(joins.order_by(Event.id.desc()).limit(1)).first()
    if last is None:
        return [], []
    numbers = last.details.get("numbers", [])
    since = select(Event.ticket_id).where(Event.ticket_id.in_(numbers), Event.id > last.id)
    moved = set(db.session.scalars(since.where(Event.kind.in_(("joined_away", "parted_away")))))
    return last.details["conversations"], [number for number in numbers if number not in moved]


def lead(numbers: Collection[int], *, to: Ticket) -> None:
    """Let the numbers of joined tickets lead to this one."""
    leading = update(Ticket).where(Ticket.id.in_(numbers), Ticket.state == TicketState.JOINED)
    db.session.execute(leading.values(joined_into_id=to.id), execution_options={"synchronize_session": "fetch"})


def _put_back_into(moved: Collection[int], source: Ticket) -> list[int]:
    """Return the numbers of tickets whose messages were put back into these conversations while they lay here."""
    here = select(Ticket.id).where(Ticket.joined_into_id == source.id).scalar_subquery()
    put_back = select(Event.details).where(or_(Event.ticket_id == source.id, Event.ticket_id.in_(here)))
    found = db.session.scalars(put_back.where(Event.kind == "unsplit")).all()
    left = set(db.session.scalars(select(Conversation.home_ticket_id).where(Conversation.ticket_id == source.id)))
    return [each["ticket"] for each in found if each["conversation"] in moved and each["ticket"] not in left]


def _part(
    moved: Sequence[int],
    *,
    source: Ticket,
    home: Ticket,
    numbers: Sequence[int] = (),
    by: Person,
    at: datetime,
    afterwards: Afterwards,
) -> None:
    before = (*badges(source), *badges(home))
    move(moved, to=home.id)
    _bring_back(home)
    with_it = [*numbers, *_put_back_into(moved, source)]
    led_here = select(Ticket.id).where(Ticket.id.in_(with_it), Ticket.joined_into_id == source.id)
    lead(db.session.scalars(led_here).all(), to=home)
    handover_ends.parted(source, home, numbers=numbers)
    participation.parted(source, home, numbers=numbers, at=at, afterwards=afterwards)
    home.updated_at = at
    source.updated_at = at
    suggestions.apart(source.id, home.id, by=by, at=at)
    renew(home)
    renew(source)
    matter_moves.parted(source, home, numbers=numbers, at=at)
    names: dict[str, Any] = {"conversations": list(moved), "ticket": home.id, "from": source.id}
    record("parted", ticket_id=source.id, at=at, actor_id=by.id, afterwards=afterwards, **names)
    record("parted_away", ticket_id=home.id, at=at, actor_id=by.id, afterwards=afterwards, **names)
    recount(before, (*badges(source), *badges(home)))


def _bring_back(home: Ticket) -> None:
    """Let a ticket stand by itself again; it is resolved if it was, unless the customer has written since."""
    home.joined_into_id = None
    if home.resolved_at is not None and not clocks.is_owed(home.id):
        home.state, home.closed_at = TicketState.RESOLVED, home.resolved_at
    else:
        home.resolved_at = home.closed_at = None


def _home(conversation: Conversation, source: Ticket, *, at: datetime) -> Ticket:
    if conversation.home_ticket_id != source.id:
        return held(conversation.home_ticket_id)
    home = begin_beside(source, subject=conversation.subject, at=at)
    conversation.home_ticket_id = home.id
    db.session.flush()
    return home


def begin_beside(source: Ticket, *, subject: str, at: datetime) -> Ticket:
    """Open a ticket of the same customer and team for what is taken out of another one."""
    home = Ticket(
        subject=(subject or source.subject)[:300],
        state=TicketState.WAITING,
        priority=source.priority,
        team_id=source.team_id,
        assignee_id=source.assignee_id,
        customer_id=source.customer_id,
        customer_name=source.customer_name,
        created_at=at,
        updated_at=at,
        closed_at=at,
        preview_at=at,
        queue_at=NOTHING_DUE,
    )
    db.session.add(home)
    db.session.flush()
    return home


def _conversations_of(ticket_id: int) -> list[int]:
    return list(
        db.session.scalars(select(Conversation.id).where(Conversation.ticket_id == ticket_id).order_by(Conversation.id))
    )


def move(conversation_ids: Sequence[int], *, to: int) -> None:
    db.session.execute(update(Conversation).where(Conversation.id.in_(conversation_ids)).values(ticket_id=to))


def renew(ticket: Ticket) -> None:
    """Write everything that is only a cache anew: clocks, whose turn it is, what the list shows."""
    clocks.renew(ticket)
    spread.renew(ticket)
    newest = db.session.execute(
        select(Message.text, Message.sent_at, Message.is_public, Message.details, Channel.kind)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Channel, Channel.id == Message.channel_id)
        .where(Conversation.ticket_id == ticket.id, Message.is_automatic.is_(False))
        .order_by(Message.sent_at.desc())
        .limit(1)
    ).first()
    if newest:
        ticket.preview = " ".join(newest.text[:420].split())[:140]
        ticket.preview_at, ticket.channel_kind = newest.sent_at, newest.kind
        ticket.publicity = Publicity.PUBLIC if newest.is_public else None
        if newest.details.get("term"):
            ticket.publicity = Publicity.OVERHEARD
