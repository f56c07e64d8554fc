"""Answering where it helps: one text by several ways to the same person, and by mail where no mail was written yet.

All messages are queued in one transaction. The first one carries the weight and the promise; if it fails, another one
that went out stands for it, and what failed is marked to be tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.access import Person
from app.db import db, once_more, transaction
from app.desk import opening, recipients, replies
from app.desk.writing import held
from app.errors import NotFound, Refused
from app.models import Channel, Conversation, Identity, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A conversation of the ticket, or a channel and an address on which one is begun."""

    conversation_id: int | None = None
    channel_id: int | None = None
    identity_id: int | None = None


@once_more
def answer(ticket_id: int, ways: Sequence[Way], said: replies.Answer, *, by: Person, at: datetime) -> list[int]:
    """Queue the answer on every way, the first one first, and return the messages' ids.

    Raises `Refused` with the code `not_private` for a way that everybody reads, `not_proven` for one that is not known
    to lead to the same person; then nothing goes out.
    """
    with transaction() as afterwards:
        ticket = held(ticket_id)
        found = [_conversation(ticket, way, said, at=at) for way in ways]
        _refuse_strangers(ways, found, ticket.customer_id)
        return [
            replies.say(talk.id, _beside(said, number, len(found)), by=by, at=at, afterwards=afterwards)
            for number, talk in enumerate(found)
        ]


def _beside(said: replies.Answer, number: int, count: int) -> replies.Answer:
    """Return the answer as one of the ways carries it: promise and draft belong to the first."""
    private = replace(said, is_public=False) if count > 1 else said
    if number == 0:
        return private
    # What was news has been asked for the first: that one is no news to the others.
    return replace(
        private, is_beside=True, is_drafted=False, answers_id=None, last_seen_id=None, seen_threads=None, public_line=""
    )


def _conversation(ticket: Ticket, way: Way, said: replies.Answer, *, at: datetime) -> Conversation:
    if way.conversation_id is not None:
        found = db.session.get(Conversation, way.conversation_id)
        if found is None or found.ticket_id != ticket.id:
            raise NotFound("Dieser Gesprächsfaden gehört nicht zu diesem Anliegen.")
        return found
    channel = db.session.get(Channel, way.channel_id)
    if channel is None:
        raise NotFound("Diesen Kanal gibt es nicht.")
    identity = recipients.recipient(channel, to="", identity_id=way.identity_id, ticket=ticket, at=at)
    begun = opening.begin(ticket, channel, identity, text=said.text, files=said.enclosures, at=at)
    return db.session.get_one(Conversation, begun)


def _refuse_strangers(ways: Sequence[Way], found: Sequence[Conversation], customer_id: int) -> None:
    """Refuse a further or a new way that is public, that is one already, or that may lead to somebody else."""
    people = {talk.id: db.session.get_one(Identity, talk.identity_id) for talk in found}
    whose = people[found[0].id].customer_id if ways[0].conversation_id else customer_id
    if len(people) < len(found):
        raise Refused("Zweimal auf demselben Weg geht es nicht hinaus.", field="text", code="same_way")
    if len(found) > 1 and any(talk.is_public or talk.details.get("is_group") for talk in found):
        raise Refused("Auf mehreren Wegen geht nur eine private Antwort hinaus.", field="text", code="not_private")
    asked = found if len(found) > 1 or ways[0].conversation_id is None else ()
    if not all(is_proven(people[talk.id], whose, heard_at=talk.heard_at) for talk in asked):
        raise Refused(
            "Auf diesem Weg geht es erst, wenn belegt ist, dass dort dieselbe Person liest.",
            field="text",
            code="not_proven",
        )


def is_proven(identity: Identity, customer_id: int, *, heard_at: datetime | None) -> bool:
    """Say whether an address is known to be this customer's: not only typed by one of us and never written from."""
    is_claimed = identity.evidence == recipients.CLAIMED and not identity.is_verified and heard_at is None
    return identity.customer_id == customer_id and not is_claimed
