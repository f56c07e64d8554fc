"""Who may see and do what: the only way a door gets a row.

An administrator sees everything. Everybody else sees the tickets of the teams they belong to, those their teams take
part in, those assigned to them, and those a pending hand-over asks them to take. Whoever we told of a ticket opens that
one, too, though no list shows it: a deputy, the lead of another team. What one may not see does not exist: `NotFound`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select, true

from app.db import db
from app.errors import NotFound
from app.models import (
    Attachment,
    Channel,
    Conversation,
    Customer,
    Draft,
    DraftFile,
    Envelope,
    Merge,
    Message,
    Notification,
    Participation,
    Release,
    Role,
    Ticket,
)

_ASKED = "handed_over"
"""The kind of the word to whom a hand-over asks by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The agent behind a request, as a value."""

    id: int
    name: str
    email: str
    role: Role
    language: str
    team_ids: tuple[int, ...]
    sign_in_id: int = 0
    may_publish: bool = True

    @property
    def is_lead(self) -> bool:
        return self.role in {Role.LEAD, Role.ADMIN}

    @property
    def can_publish(self) -> bool:
        """May answer in public; who may not asks for a release."""
        return self.may_publish or self.is_lead

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN


def sees_all(person: Person) -> bool:
    """Say whether no ticket is hidden from this person."""
    return person.is_admin


def visible(person: Person) -> ColumnElement[bool]:
    """Return the condition on tickets that this person may see."""
    if sees_all(person):
        return true()
    asked = or_(Ticket.asked_team_id.in_(person.team_ids), Ticket.asked_agent_id == person.id)
    return or_(_holds(person), asked, takes_part(person))


def takes_part(person: Person) -> ColumnElement[bool]:
    """Return the condition on tickets in which a team of this person takes part beside the one that holds the ball."""
    theirs = Participation.team_id.in_(person.team_ids)
    return and_(Ticket.is_shared, exists().where(Participation.ticket_id == Ticket.id, theirs))


def openable(person: Person) -> ColumnElement[bool]:
    """Return the condition on a ticket asked for by itself: visible to this person, or they were told of it by us.

    Not for lists: no index leads from a person to such tickets. Being asked to take one over ends with that question.
    """
    if sees_all(person):
        return true()
    told = exists().where(
        Notification.ticket_id == Ticket.id, Notification.agent_id == person.id, Notification.kind != _ASKED
    )
    return or_(visible(person), told)


def held_by(person: Person) -> ColumnElement[bool]:
    """Return the condition on tickets that lie with this person's teams or with them: those their lists show."""
    return true() if sees_all(person) else _holds(person)


def _holds(person: Person) -> ColumnElement[bool]:
    return or_(Ticket.team_id.in_(person.team_ids), Ticket.assignee_id == person.id)


def ticket(person: Person, number: int) -> Ticket:
    """Return the ticket with this number, or the one it was joined into; raises `NotFound`.

    Its own number differs from the one asked for when it was joined. Whoever may see it as it is now finds it by
    every number it ever had.
    """
    here, found = number, _open(person, number)
    while onward := found.joined_into_id if found else joined_into(here):
        here, found = onward, _open(person, onward)
    if found is None:
        raise NotFound("Anliegen %(number)s gibt es nicht.", number=number)
    return found


def _open(person: Person, number: int) -> Ticket | None:
    return db.session.scalars(select(Ticket).where(Ticket.id == number, openable(person))).first()


def sees(person: Person, number: int) -> bool:
    """Say whether somebody may open the ticket that this number leads to."""
    try:
        ticket(person, number)
    except NotFound:
        return False
    return True


def joined_into(number: int) -> int | None:
    """Return where the number of a ticket leads, whoever may see it; None where it was never joined into another."""
    return db.session.scalar(select(Ticket.joined_into_id).where(Ticket.id == number))


class Lying(NamedTuple):
    """A conversation, as far as the doors ask: which it is, and under which ticket it lies."""

    id: int
    ticket_id: int


@lru_cache(maxsize=512)
def _conversation(person: Person) -> Select[int, int]:
    """Build the question once for each person: every answer to a customer asks it."""
    return (
        select(Conversation.id, Conversation.ticket_id)
        .join(Ticket, Ticket.id == Conversation.ticket_id)
        .where(Conversation.id == bindparam("conversation"), openable(person))
    )


def conversation(person: Person, conversation_id: int) -> Lying:
    """Return where a conversation of an openable ticket lies; raises `NotFound`."""
    found = db.session.connection().execute(_conversation(person), {"conversation": conversation_id}).first()
    if found is None:
        raise NotFound("Diesen Gesprächsfaden gibt es nicht.")
    return Lying._make(found)


def message(person: Person, message_id: int) -> Message:
    """Return a message of an openable ticket; raises `NotFound`."""
    found = db.session.scalars(
        select(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Ticket, Ticket.id == Conversation.ticket_id)
        .where(Message.id == message_id, openable(person))
    ).first()
    if found is None:
        raise NotFound("Diese Nachricht gibt es nicht.")
    return found


def attachment(person: Person, attachment_id: int) -> Attachment:
    """Return a file of an openable ticket; raises `NotFound`."""
    found = db.session.get(Attachment, attachment_id)
    if found is None:
        raise NotFound("Diese Datei gibt es nicht.")
    message(person, found.message_id)
    return found


def draft_file(person: Person, file_id: int) -> DraftFile:
    """Return a file of one's own draft, or of an answer that waits on an openable ticket; raises `NotFound`."""
    found = db.session.get(DraftFile, file_id)
    draft = db.session.get(Draft, found.draft_id) if found and found.draft_id else None
    waits = db.session.get(Release, found.release_id) if found and found.release_id else None
    if found is not None and draft is not None and draft.agent_id == person.id:
        if draft.conversation_id is not None:
            conversation(person, draft.conversation_id)
        else:
            ticket(person, draft.ticket_id)
        return found
    if found is None or waits is None:
        raise NotFound("Diese Datei gibt es nicht.")
    conversation(person, waits.conversation_id)
    return found


def customer(person: Person, customer_id: int) -> int:
    """Return the id of a customer with a ticket that this person may open, or of whom they were merged into.

    Raises `NotFound`.
    """
    customer_id = owner_of(customer_id)
    found = select(Customer.id).where(Customer.id == customer_id)
    if not sees_all(person):
        found = found.where(exists().where(Ticket.customer_id == Customer.id, openable(person)))
    if db.session.scalar(found) is None:
        raise NotFound("Diese Kundin oder diesen Kunden gibt es nicht.")
    return customer_id


def owner_of(customer_id: int) -> int:
    """Follow the merges that stand to the customer who has everything now."""
    return owners_of([customer_id])[customer_id]


def owners_of(customer_ids: Iterable[int]) -> dict[int, int]:
    """Follow the merges of several customers at once."""
    found = {id_: id_ for id_ in customer_ids}
    while found:
        standing = select(Merge.absorbed_id, Merge.kept_id).where(
            Merge.absorbed_id.in_(set(found.values())), Merge.undone_at.is_(None)
        )
        onward = {row.absorbed_id: row.kept_id for row in db.session.execute(standing)}
        if not onward:
            break
        found = {id_: onward.get(owner_id, owner_id) for id_, owner_id in found.items()}
    return found


def whole(customer_id: int) -> set[int]:
    """Return a customer with everybody who was merged into them, and into those."""
    found, newest = {customer_id}, {customer_id}
    while newest:
        absorbed = select(Merge.absorbed_id).where(Merge.kept_id.in_(newest), Merge.undone_at.is_(None))
        newest = set(db.session.scalars(absorbed)) - found
        found |= newest
    return found


def channel(person: Person, channel_id: int) -> Channel:
    """Return a channel to those who set them up; raises `NotFound` for everybody else."""
    found = db.session.get(Channel, channel_id) if person.is_admin else None
    if found is None:
        raise NotFound("Diesen Kanal gibt es nicht.")
    return found


def envelope(person: Person, envelope_id: int) -> Envelope:
    """Return raw input to leads and administrators: it may hold what no ticket shows yet."""
    found = db.session.get(Envelope, envelope_id) if person.is_lead else None
    if found is None:
        raise NotFound("Diesen Eingang gibt es nicht.")
    return found
