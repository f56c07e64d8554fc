"""The rows of tickets that were ever joined with each other, as far as they tell what is owed on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from app.db import db
from app.models import (
    Channel,
    Conversation,
    Event,
    Message,
    MessageClass,
    MessageKind,
    MessageState,
    Obligation,
    Promise,
    Ticket,
)

MOVES = ("joined", "joined_away", "parted", "parted_away", "split", "split_away", "unsplit", "unsplit_away")


class Said(NamedTuple):
    """The columns of a message that decide about clocks."""

    id: int
    conversation_id: int
    home_conversation_id: int | None
    state: MessageState
    message_class: MessageClass
    kind: MessageKind
    is_elsewhere: bool
    is_automatic: bool
    is_bounce: bool
    is_public: bool
    channel_kind: str
    details: dict[str, Any]
    sent_at: datetime
    stored_at: datetime


class Happened(NamedTuple):
    """One event of a ticket."""

    id: int
    ticket_id: int
    kind: str
    at: datetime
    message_id: int | None
    details: dict[str, Any]


@dataclass(slots=True)
class Family:
    """Tickets that were ever joined with each other, with everything that happened on them."""

    tickets: dict[int, Row[Any]] = field(default_factory=dict)
    conversations: dict[int, int] = field(default_factory=dict)
    """By id the ticket each lies under now."""
    messages: list[Said] = field(default_factory=list)
    events: list[Happened] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)


_TICKET = (Ticket.id, Ticket.state, Ticket.closed_at, Ticket.due_at, Ticket.oldest_unanswered_at)


def families(numbers: Collection[int]) -> list[Family]:
    """Return the families of these tickets, each complete; a few statements for all of them."""
    chief = _Kin(numbers)
    while fresh := chief.fresh():
        _meet(chief, fresh)
    return _filled(chief)


def numbers_after(number: int, *, limit: int) -> list[int]:
    """Return the next ticket numbers."""
    return list(db.session.scalars(select(Ticket.id).where(Ticket.id > number).order_by(Ticket.id).limit(limit)))


class _Kin:
    """Which tickets belong together; each family goes by its smallest number."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._parent = {number: number for number in numbers}
        self._asked: set[int] = set()

    def of(self, number: int) -> int:
        while self._parent[number] != number:
            number = self._parent[number]
        return number

    def tie(self, one: int, other: int) -> None:
        for number in (one, other):
            self._parent.setdefault(number, number)
        first, second = sorted((self.of(one), self.of(other)))
        self._parent[second] = first

    def fresh(self) -> list[int]:
        """Return the tickets of which nobody has asked yet whom they know."""
        found = sorted(set(self._parent) - self._asked)
        self._asked.update(found)
        return found

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(self._parent))


def _meet(kin: _Kin, numbers: Sequence[int]) -> None:
    """Tie tickets to those they were joined with: by their conversations now, and by what is written of joins."""
    pairs = select(Conversation.ticket_id, Conversation.home_ticket_id).where(
        Conversation.ticket_id != Conversation.home_ticket_id
    )
    joined = select(Ticket.id, Ticket.joined_into_id).where(Ticket.joined_into_id.is_not(None))
    for asked in (
        pairs.where(Conversation.ticket_id.in_(numbers)),
        pairs.where(Conversation.home_ticket_id.in_(numbers)),
        joined.where(Ticket.id.in_(numbers)),
        joined.where(Ticket.joined_into_id.in_(numbers)),
    ):
        for one, other in db.session.execute(asked):
            kin.tie(one, other or one)
    moves = select(Event.details).where(Event.ticket_id.in_(numbers), Event.kind.in_(MOVES))
    for details in db.session.scalars(moves):
        kin.tie(details["ticket"], details.get("into") or details["from"])


def _filled(kin: _Kin) -> list[Family]:
    numbers = list(kin)
    found: dict[int, Family] = defaultdict(Family)
    rows: Iterable[Row[Any]] = db.session.execute(select(*_TICKET).where(Ticket.id.in_(numbers)).order_by(Ticket.id))
    for row in rows:
        found[kin.of(row.id)].tickets[row.id] = row
    here: dict[int, Family] = {}
    lying = select(Conversation.id, Conversation.ticket_id).where(Conversation.ticket_id.in_(numbers))
    for id_, ticket_id in db.session.execute(lying):
        here[id_] = found[kin.of(ticket_id)]
        here[id_].conversations[id_] = ticket_id
    for message in _messages(list(here)):
        here[message.conversation_id].messages.append(message)
    for event in _events(numbers):
        found[kin.of(event.ticket_id)].events.append(event)
    for owed in db.session.scalars(
        select(Obligation).where(Obligation.conversation_id.in_(here)).order_by(Obligation.id)
    ):
        here[owed.conversation_id].obligations.append(owed)
    for promise in db.session.scalars(select(Promise).where(Promise.conversation_id.in_(here)).order_by(Promise.id)):
        here[promise.conversation_id].promises.append(promise)
    return list(found.values())


def _messages(conversation_ids: Sequence[int]) -> Iterator[Said]:
    columns = (Channel.kind if name == "channel_kind" else getattr(Message, name) for name in Said._fields)
    said = select(*columns).join(Channel, Channel.id == Message.channel_id)
    rows = db.session.execute(said.where(Message.conversation_id.in_(conversation_ids)).order_by(Message.id))
    return map(Said._make, rows)


def _events(numbers: Sequence[int]) -> Iterator[Happened]:
    columns = (getattr(Event, name) for name in Happened._fields)
    rows = db.session.execute(select(*columns).where(Event.ticket_id.in_(numbers)).order_by(Event.id))
    return map(Happened._make, rows)
