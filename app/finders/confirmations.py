"""Whom a call can be confirmed to in writing: the customer whose number it was, and nobody else on the ticket."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import Row, and_, exists, func, select

from app.db import db
from app.models import Call, Channel, Conversation, Customer, Identity, Ticket

NUMBERS = ("phone", "whatsapp")
"""Kinds of channel whose addresses are telephone numbers."""
MOST = 12
Address = Row[tuple[int, int, str, str, str, int | None]]


class Written(NamedTuple):
    """One address of one customer; without a conversation on the ticket a first mail leaves from the channel."""

    identity_id: int
    customer_id: int
    address: str
    name: str
    conversation_id: int
    channel_id: int

    @property
    def called(self) -> str:
        """The person and the address, as it is read before it is sent."""
        return f"{self.name}, {self.address}" if self.name else self.address


def ways(number: int, called: str) -> list[Written]:
    """Return the mail addresses of whoever `called` (E.164) belongs to: those that wrote on the ticket, else all.

    A number that is withheld or belongs to nobody we know may be anybody's on the ticket: several are returned then,
    and a person has to say which. None is returned where the caller is known and has no address.
    """
    found = _addresses(number, _owners(called) or people(number))
    mailbox = _mailbox()
    chosen = [_written(row, mailbox) for _, rows in groupby(found, attrgetter("customer_id")) for row in _best([*rows])]
    return [way for way in chosen if way.channel_id][:MOST]


def called_in(call_id: int) -> str:
    """Return the number of a call; empty where it is withheld."""
    return db.session.scalar(select(Call.number).where(Call.id == call_id)) or ""


def _owners(called: str) -> list[int]:
    """Return the customers who have the number; somebody of whom we know nothing else may be anybody."""
    if not called:
        return []
    another = exists().where(Identity.customer_id == Customer.id, Identity.kind.not_in(NUMBERS) | (Identity.name != ""))
    has_number = exists().where(
        Identity.customer_id == Customer.id,
        Identity.kind.in_(NUMBERS),
        Identity.value.in_([called, called.removeprefix("+")]),
    )
    return list(db.session.scalars(select(Customer.id).where(has_number, (Customer.name != "") | another)))


def people(number: int) -> list[int]:
    """Return the customers a ticket is about: its own, and those who spoke on it."""
    spoken = select(Identity.customer_id).join(Conversation, Conversation.identity_id == Identity.id)
    own = select(Ticket.customer_id).where(Ticket.id == number)
    return list(db.session.scalars(spoken.where(Conversation.ticket_id == number).union(own)))


def _addresses(number: int, customer_ids: Collection[int]) -> list[Address]:
    """Return their addresses, each with its newest conversation on the ticket."""
    here = and_(Conversation.identity_id == Identity.id, Conversation.ticket_id == number)
    columns = (Identity.id, Identity.customer_id, Identity.value, Identity.name)
    return list(
        db.session.execute(
            select(*columns, Customer.name.label("person"), func.max(Conversation.id).label("conversation_id"))
            .join(Customer, Customer.id == Identity.customer_id)
            .outerjoin(Conversation, here)
            .where(Identity.kind == "email", Identity.customer_id.in_(customer_ids))
            .group_by(*columns, Customer.name)
            .order_by(Identity.customer_id, Identity.id)
        )
    )


def _best(rows: list[Address]) -> list[Address]:
    """Of one customer's addresses return those they wrote from on the ticket, else every one on file."""
    return [row for row in rows if row.conversation_id] or rows


def _written(row: Address, mailbox: int) -> Written:
    channel_id = _channel_of(row.conversation_id) if row.conversation_id else mailbox
    name = row.person or row.name
    return Written(row.id, row.customer_id, row.value, name, row.conversation_id or 0, channel_id)


def _channel_of(conversation_id: int) -> int:
    return db.session.scalar(select(Conversation.channel_id).where(Conversation.id == conversation_id)) or 0


def _mailbox() -> int:
    box = select(Channel.id).where(Channel.kind == "email", Channel.is_paused.is_(False)).order_by(Channel.id)
    return db.session.scalar(box.limit(1)) or 0
