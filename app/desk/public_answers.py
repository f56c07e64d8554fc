"""What everybody reads: a public answer is held against all that is known of the matter, and refused with its spots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select

from app.access import Person, visible
from app.db import db
from app.errors import Discloses, Refused, Spotted
from app.models import (
    UNANSWERED,
    Channel,
    Conversation,
    Direction,
    Identity,
    Message,
    MessageClass,
    MessageState,
    Note,
    Order,
    Reference,
    Suggestion,
    Ticket,
)
from routing.disclosure import Facts, Spot, disclosed

MOST_MESSAGES = 300
"""The newest that are compared; who repeats something private repeats what they have just read."""
MOST_NOTES = 50


class _Said(NamedTuple):
    text: str
    quoted_text: str
    subject: str
    is_public: bool
    is_here: bool
    """On the ticket itself, not on one that may be the same matter."""
    message_class: MessageClass
    author_name: str
    details: dict[str, Any]
    direction: Direction
    sent_at: datetime
    state: MessageState
    removed_at: datetime | None

    @property
    def stands_in_public(self) -> bool:
        """Everybody reads it on the ticket's own post: it is there, and nobody has taken it back."""
        is_out = self.state in {MessageState.SENT, MessageState.RECEIVED} and self.removed_at is None
        return self.is_public and self.is_here and is_out


def refuse(ticket: Ticket, text: str, *, by: Person) -> None:
    """Raise `Discloses` with the spots for a text that may not be public on this ticket."""
    spots = spotted(ticket, text, by=by)
    if spots:
        raise Discloses(
            "Das darf nicht öffentlich stehen: Bitte nehmen Sie heraus, was markiert ist, oder antworten Sie privat.",
            field="text",
            code="discloses",
            spots=spots,
        )


def refuse_unpublishable(by: Person) -> None:
    """Raise `Refused` for somebody who may not answer in public and has to ask for a release."""
    if not by.can_publish:
        raise Refused(
            "Öffentlich antworten dürfen Sie nicht selbst: Bitte geben Sie die Antwort zur Freigabe.",
            field="text",
            code="release_needed",
        )


def spotted(ticket: Ticket, text: str, *, by: Person) -> list[Spotted]:
    """Return what this person may not say in public on this ticket, in order; nothing is written."""
    said = _said(ticket, by)
    private = [part for each in said if not each.is_public for part in (each.text, each.quoted_text, each.subject)]
    found = disclosed(text, private=[*filter(None, private), *_notes(ticket, by)], facts=_facts(ticket, said, by))
    return [_marked(spot, text) for spot in found]


def _marked(spot: Spot, text: str) -> Spotted:
    return Spotted(start=spot.start, end=spot.end, kind=spot.kind.value, words=text[spot.start : spot.end])


def _said(ticket: Ticket, by: Person) -> list[_Said]:
    """Return what was said on the ticket and on those that are or may be the same person's, as far as one may see."""
    rows = db.session.execute(
        select(
            Message.text,
            Message.quoted_text,
            Message.subject,
            Message.is_public,
            (Conversation.ticket_id == ticket.id).label("is_here"),
            Message.message_class,
            Message.author_name,
            Message.details,
            Message.direction,
            Message.sent_at,
            Message.state,
            Message.removed_at,
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(or_(Conversation.ticket_id == ticket.id, Conversation.ticket_id.in_(_others(ticket, by))))
        .order_by(Message.id.desc())
        .limit(MOST_MESSAGES)
    )
    return [_Said._make(row) for row in rows]


def _notes(ticket: Ticket, by: Person) -> Sequence[str]:
    """Return the newest notes about the matter; a note keeps the number that it was written under."""
    joined = select(Ticket.id).where(Ticket.joined_into_id == ticket.id)
    about = (Note.ticket_id == ticket.id, Note.ticket_id.in_(joined), Note.ticket_id.in_(_others(ticket, by)))
    return db.session.scalars(select(Note.text).where(or_(*about)).order_by(Note.id.desc()).limit(MOST_NOTES)).all()


def _others(ticket: Ticket, by: Person) -> Select[int]:
    """Choose the tickets beside this one that are the same customer's, or suggested as the same matter."""
    suggested = [
        select(one).where(UNANSWERED, other == ticket.id).scalar_subquery()
        for one, other in (
            (Suggestion.other_id, Suggestion.ticket_id),
            (Suggestion.ticket_id, Suggestion.other_id),
        )
    ]
    return select(Ticket.id).where(
        or_(Ticket.customer_id == ticket.customer_id, *(Ticket.id.in_(each) for each in suggested)), visible(by)
    )


def _facts(ticket: Ticket, said: Sequence[_Said], by: Person) -> Facts:
    names, public_names, addresses = _names(ticket, said)
    numbers, amounts, ordered_by = _orders(ticket, addresses)
    automatic = {MessageClass.AUTO}
    return Facts(
        own=frozenset(db.session.scalars(select(Channel.address))),
        public=[part for each in said if each.stands_in_public for part in (each.text, _above(each))],
        standard=[each.text for each in said if each.message_class in automatic],
        names=frozenset(names | ordered_by),
        public_names=frozenset(public_names | {by.name}),
        numbers=frozenset(numbers),
        amounts=frozenset(amounts),
        has_public_past=_has_public_past(said),
    )


def _has_public_past(said: Sequence[_Said]) -> bool:
    """Say whether they wrote in public on no later a day than in private."""
    theirs = [each for each in said if each.direction is Direction.IN]
    public = [each.sent_at.date() for each in theirs if each.is_public and each.is_here]
    private = [each.sent_at.date() for each in theirs if not each.is_public]
    return bool(public) and (not private or min(public) <= min(private))


def _above(said: _Said) -> str:
    """Return the post that a public message stands below: everybody has read it."""
    parent = said.details.get("parent")
    return str(parent.get("text") or "") if isinstance(parent, dict) else ""


def _names(ticket: Ticket, said: Sequence[_Said]) -> tuple[set[str], set[str], set[str]]:
    """Return what the customer is called anywhere, what they are called in public, and their addresses."""
    here = select(Conversation.identity_id).where(Conversation.ticket_id == ticket.id)
    rows = db.session.execute(
        select(Identity.id, Identity.name, Identity.value, Identity.kind).where(
            or_(Identity.customer_id == ticket.customer_id, Identity.id.in_(here))
        )
    ).all()
    in_public = set(db.session.scalars(here.where(Conversation.is_public.is_(True))))
    public = {name for id_, name, _value, _kind in rows if id_ in in_public}
    openly = [each for each in said if each.is_public and each.is_here]
    public |= {name for each in openly for name in (each.author_name, str(each.details.get("username") or ""))}
    names = {ticket.customer_name, *(name for _id, name, _value, _kind in rows)}
    return names, public, {value for _id, _name, value, kind in rows if kind == "email"}


def _orders(ticket: Ticket, addresses: set[str]) -> tuple[set[str], set[int], set[str]]:
    """Return the numbers of the matter, what its orders cost, and who ordered."""
    written = db.session.scalars(
        select(Reference.value)
        .join(Conversation, Conversation.id == Reference.conversation_id)
        .where(Conversation.ticket_id == ticket.id)
    )
    # Names and addresses are kept beside the numbers.
    numbers = {value for value in written if value.isalnum()}
    orders = db.session.execute(
        select(Order.number, Order.amount_cents, Order.name).where(
            or_(Order.number.in_(numbers), Order.email.in_(addresses))
        )
    ).all()
    return (
        numbers | {order.number for order in orders},
        {order.amount_cents for order in orders if order.amount_cents},
        {order.name for order in orders if order.name},
    )
