"""Removing the sample shop: what was said in it and who was made up for it, and nothing that is real.

Real is whatever came through a channel that is no demo. Where real matters touch the sample shop they stay: a ticket
loses its made-up assignee, a person who wrote a note or gave a promise on it stays as somebody who cannot log in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select, union, update
from sqlalchemy.orm import InstrumentedAttribute

from app.db import Base, db, transaction
from app.desk import clocks
from app.desk.writing import badges, recount
from app.models import (
    Agent,
    Attachment,
    Calendar,
    Call,
    Channel,
    Conversation,
    Counter,
    Customer,
    Early,
    Envelope,
    Errand,
    Event,
    Identity,
    Ladder,
    Lease,
    Message,
    Note,
    Notification,
    Obligation,
    Order,
    Participation,
    Policy,
    PolicyVersion,
    Promise,
    Reaction,
    Revision,
    Team,
    Ticket,
    TicketClock,
    Trace,
)
from app.runs.demo_ties import untie

AT_ONCE = 500
"""Ids named in one statement; SQLite takes 32,766."""


def clear() -> dict[str, int]:
    """Remove the sample shop in one commit and return how many rows went, by table; empty if there is none."""
    removed: dict[str, int] = {}
    with transaction():
        channels = _ids(select(Channel.id).where(Channel.is_demo.is_(True)))
        threads = _ids(select(Conversation.id).where(Conversation.channel_id.in_(channels)))
        tickets = _tickets(channels)
        identities = _ids(select(Conversation.identity_id).where(Conversation.channel_id.in_(channels)))
        customers = [
            *_ids(select(Customer.id).where(Customer.is_demo.is_(True))),
            *_each(identities, lambda some: select(Identity.customer_id).where(Identity.id.in_(some))),
        ]
        affected = [*tickets, *_touched(threads, tickets)]
        before = _badges(affected)
        _remove_messages(removed, channels, threads, tickets)
        _remove_customers(removed, customers)
        _remove_orders(removed)
        _remove_people(removed)
        _remove_aims(removed)
        _remove_channels(removed, channels)
        _remove_hours(removed)
        _refresh(affected)
        recount(before, _badges(affected))
        _delete_where(removed, Counter, Counter.count == 0)
    return removed


def _touched(threads: Sequence[int], tickets: Sequence[int]) -> list[int]:
    """Return the real tickets that lose a conversation, their person or their team."""
    holding = _each(threads, lambda some: select(Conversation.ticket_id).where(Conversation.id.in_(some)))
    demo_agents = select(Agent.id).where(Agent.is_demo.is_(True))
    demo_teams = select(Team.id).where(Team.is_demo.is_(True))
    lying = _ids(
        select(Ticket.id).where(
            or_(
                Ticket.assignee_id.in_(demo_agents),
                Ticket.team_id.in_(demo_teams),
                Ticket.asked_team_id.in_(demo_teams),
                Ticket.id.in_(select(Participation.ticket_id).where(Participation.team_id.in_(demo_teams))),
            )
        )
    )
    return sorted({*holding, *lying} - set(tickets))


def _badges(tickets: Sequence[int]) -> tuple[str, ...]:
    db.session.expire_all()
    found = (
        ticket for some in _chunks(tickets) for ticket in db.session.scalars(select(Ticket).where(Ticket.id.in_(some)))
    )
    return tuple(badge for ticket in found for badge in badges(ticket))


def _refresh(tickets: Sequence[int]) -> None:
    """Reckon the caches of what is left anew."""
    db.session.expire_all()
    for some in _chunks(tickets):
        for ticket in db.session.scalars(select(Ticket).where(Ticket.id.in_(some))):
            clocks.refresh(ticket)
    db.session.flush()


def _ids(statement: Select[int]) -> list[int]:
    return list(db.session.scalars(statement))


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _each(ids: Sequence[int], statement: Any) -> list[int]:
    return [id_ for some in _chunks(ids) for id_ in _ids(statement(some))]


def _delete(removed: dict[str, int], row: type[Base], column: InstrumentedAttribute[Any], ids: Iterable[int]) -> None:
    for some in _chunks(sorted(set(ids))):
        _delete_where(removed, row, column.in_(some))


def _delete_where(removed: dict[str, int], row: type[Base], condition: ColumnElement[bool]) -> None:
    key = next(iter(row.__table__.primary_key))
    gone = db.session.execute(delete(row.__table__).where(condition).returning(key)).all()  # type: ignore[arg-type]
    if gone:
        removed[row.__tablename__] = removed.get(row.__tablename__, 0) + len(gone)


def _tickets(channels: Sequence[int]) -> list[int]:
    """Return the tickets that hold, and ever held, nothing but demo conversations."""
    demo = select(Conversation.home_ticket_id).where(Conversation.channel_id.in_(channels))
    real_homes = select(Conversation.home_ticket_id).where(Conversation.channel_id.not_in(channels))
    real = select(Conversation.ticket_id).where(Conversation.channel_id.not_in(channels))
    return _ids(select(Ticket.id).where(Ticket.id.in_(demo), Ticket.id.not_in(real), Ticket.id.not_in(real_homes)))


def _remove_messages(
    removed: dict[str, int], channels: Sequence[int], threads: Sequence[int], tickets: Sequence[int]
) -> None:
    messages = _each(threads, lambda some: select(Message.id).where(Message.conversation_id.in_(some)))
    _delete(removed, Obligation, Obligation.conversation_id, threads)
    _delete(removed, Promise, Promise.conversation_id, threads)
    for column in (Obligation.answered_by_id, Obligation.let_go_by_id, Promise.kept_by_id, Message.answers_id):
        _forget(column, messages)
    _delete(removed, Notification, Notification.ticket_id, tickets)
    _delete(removed, Event, Event.ticket_id, tickets)
    _delete(removed, Event, Event.message_id, messages)
    _delete(removed, Note, Note.ticket_id, tickets)
    for row in (Attachment, Revision, Reaction):
        _delete(removed, row, row.message_id, messages)
    calls = _ids(select(Call.id).where(Call.channel_id.in_(channels)))
    _delete(removed, Call, Call.id, calls)
    untie(removed, Message, messages)
    _delete(removed, Message, Message.id, messages)
    untie(removed, Conversation, threads)
    _delete(removed, Conversation, Conversation.id, threads)
    db.session.execute(update(Ticket).where(Ticket.joined_into_id.in_(tickets)).values(joined_into_id=None))
    untie(removed, Ticket, tickets)
    _delete(removed, Ticket, Ticket.id, tickets)
    envelopes = _ids(select(Envelope.id).where(Envelope.channel_id.in_(channels)))
    _remove_words_about(removed, {"channel": set(channels), "envelope": set(envelopes), "call": set(calls)})
    _delete(removed, Envelope, Envelope.id, envelopes)


def _forget(column: InstrumentedAttribute[Any], ids: Sequence[int]) -> None:
    """Let rows that stay no longer name rows that go."""
    for some in _chunks(ids):
        db.session.execute(update(column.class_).where(column.in_(some)).values({column: None}))


def _remove_words_about(removed: dict[str, int], gone: dict[str, set[int]]) -> None:
    """Remove the events of no ticket that tell of a demo channel or of what came in through it."""
    lines = db.session.execute(select(Event.id, Event.details).where(Event.ticket_id.is_(None)))
    about = [id_ for id_, details in lines if any(details.get(word) in ids for word, ids in gone.items())]
    _delete(removed, Event, Event.id, about)


def _remove_customers(removed: dict[str, int], customers: Iterable[int]) -> None:
    """Remove the people nobody real has heard of; the others are no demo any more."""
    demo = sorted(set(customers))
    known = {
        *_each(demo, lambda some: select(Ticket.customer_id).where(Ticket.customer_id.in_(some))),
        *_each(
            demo,
            lambda some: (
                select(Identity.customer_id)
                .join(Conversation, Conversation.identity_id == Identity.id)
                .where(Identity.customer_id.in_(some))
            ),
        ),
    }
    unknown = [id_ for id_ in demo if id_ not in known]
    _delete(removed, Identity, Identity.customer_id, unknown)
    untie(removed, Customer, unknown)
    _delete(removed, Customer, Customer.id, unknown)
    for some in _chunks(sorted(known)):
        db.session.execute(update(Customer).where(Customer.id.in_(some)).values(is_demo=False))


def _remove_orders(removed: dict[str, int]) -> None:
    orders = _ids(select(Order.id).where(Order.details["is_demo"].as_boolean()))
    untie(removed, Order, orders)
    _delete(removed, Order, Order.id, orders)


def _remove_people(removed: dict[str, int]) -> None:
    agents = _ids(select(Agent.id).where(Agent.is_demo.is_(True)))
    for column in (Ticket.assignee_id, Message.author_id, Event.actor_id, Call.agent_id):
        _forget(column, agents)
    _delete(removed, Notification, Notification.agent_id, agents)
    needed = {
        *_ids(select(Note.author_id).where(Note.author_id.in_(agents))),
        *_ids(select(Promise.owner_id).where(Promise.owner_id.in_(agents))),
    }
    db.session.execute(
        update(Agent).where(Agent.id.in_(needed)).values(is_demo=False, is_active=False, password_hash="")
    )
    gone = [id_ for id_ in agents if id_ not in needed]
    untie(removed, Agent, gone)
    _delete(removed, Agent, Agent.id, gone)


def _remove_aims(removed: dict[str, int]) -> None:
    """Remove targets by which nothing real is reckoned."""
    by_clock = select(PolicyVersion.policy_id).join(TicketClock, TicketClock.policy_version_id == PolicyVersion.id)
    reckoned = select(Obligation.policy_id).union(by_clock)
    _delete_where(removed, Policy, (Policy.is_demo.is_(True)) & (Policy.id.not_in(reckoned)))


def _remove_hours(removed: dict[str, int]) -> None:
    """Remove calendars and ladders that nothing needs once the teams are gone; what stays is real from now on."""
    needed: Any = union(
        *(select(row.calendar_id) for row in (PolicyVersion, Obligation, TicketClock)),
        *(select(row.calendar_id).where(row.calendar_id.is_not(None)) for row in (Team, Agent)),
    )
    _delete_where(removed, Calendar, (Calendar.is_demo.is_(True)) & (Calendar.id.not_in(needed)))
    climbed = select(PolicyVersion.ladder_id).where(PolicyVersion.ladder_id.is_not(None))
    of_teams = select(Team.ladder_id).where(Team.ladder_id.is_not(None))
    _delete_where(removed, Ladder, (Ladder.is_demo.is_(True)) & (Ladder.id.not_in(climbed.union(of_teams))))
    for row in (Policy, Calendar, Ladder):
        db.session.execute(update(row).where(row.is_demo.is_(True)).values(is_demo=False))


def _remove_channels(removed: dict[str, int], channels: Sequence[int]) -> None:
    for row in (Errand, Trace, Early):
        _delete(removed, row, row.channel_id, channels)
    _delete(removed, Channel, Channel.id, channels)
    _delete_where(removed, Lease, or_(False, *(Lease.name.endswith(f":{id_}") for id_ in channels)))
    teams = select(Team.id).where(
        Team.is_demo.is_(True), Team.id.not_in(select(PolicyVersion.team_id).where(PolicyVersion.team_id.is_not(None)))
    )
    gone = _ids(teams)
    _delete(removed, TicketClock, TicketClock.team_id, gone)
    nobody = {"asked_team_id": None, "asked_agent_id": None, "asked_at": None, "handed_at": None}
    db.session.execute(update(Ticket).where(Ticket.asked_team_id.in_(gone)).values(nobody))
    untie(removed, Team, gone)
    _delete(removed, Team, Team.id, gone)
    db.session.execute(update(Team).where(Team.is_demo.is_(True)).values(is_demo=False))
