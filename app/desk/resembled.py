"""What many tickets are compared by, read at once: a statement a kind of thing, however many tickets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.db import db
from app.desk import aims, marks
from app.desk.marks import Marks
from app.models import Attachment, Conversation, Direction, Message, Obligation, ObligationState, Reference
from routing.articles import things_in
from routing.claims import name_parts
from routing.likeness import LONGEST as LONGEST_COMPARED
from routing.matter import Told
from routing.mentions import Mention, Way, mention_in

MOST_TEXTS = 3
"""Newest texts of each ticket that are read."""
MOST_FILES = 200
WAYS = {"email": Way.MAIL, "phone": Way.PHONE, "messenger": Way.MESSENGER, "public": Way.PUBLIC}


class Row(NamedTuple):
    """A ticket that may be the same matter."""

    id: int
    customer_id: int
    preview_at: datetime
    resolved_at: datetime | None
    customer_name: str


@dataclass(frozen=True, slots=True)
class Mentions:
    """Reads what a text says of an earlier contact, if that may be one of those that are `heard`."""

    heard: tuple[tuple[Way, datetime], ...]

    def of(self, texts: Sequence[Text], zone: ZoneInfo) -> Mention | None:
        """Return the first; a text that is older than everything heard cannot mean it and is not read."""
        earliest = min((at for _, at in self.heard), default=None)
        for each in texts:
            if earliest is not None and each.sent_at > earliest:
                found = mention_in(each.text, written_at=each.sent_at, zone=zone)
                if found:
                    return found
        return None


class Text(NamedTuple):
    text: str
    sent_at: datetime
    author_name: str


def told(ticket_ids: Sequence[int], *, mentions: Mentions) -> dict[int, Told]:
    """Return what customers have told in each of these tickets."""
    texts_, files_, waiting_, marks_ = texts(ticket_ids), files(ticket_ids), waiting(ticket_ids), marks_of(ticket_ids)
    zone = aims.newest_hours(None).zone
    return {
        number: Told(
            references=marks_[number].numbers,
            bare=marks_[number].bare,
            files=files_[number],
            things=things_in(
                "\n".join(each.text for each in texts_[number]),
                without={part for each in texts_[number] for part in name_parts(each.author_name)},
            ),
            texts=tuple(each.text for each in texts_[number]),
            mention=mentions.of(texts_[number], zone),
            heard=tuple(waiting_[number]),
        )
        for number in ticket_ids
    }


def texts(ticket_ids: Sequence[int]) -> defaultdict[int, list[Text]]:
    """Return the beginnings of the newest texts of each ticket."""
    place = func.row_number().over(partition_by=Conversation.ticket_id, order_by=Message.id.desc()).label("place")
    newest = (
        select(Conversation.ticket_id, Message.id, place)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.ticket_id.in_(ticket_ids),
            Message.direction == Direction.IN,
            Message.is_automatic.is_(False),
            Message.is_bounce.is_(False),
        )
        .subquery()
    )
    rows = db.session.execute(
        select(
            newest.c.ticket_id,
            func.substr(Message.text, 1, LONGEST_COMPARED),
            Message.sent_at,
            Message.author_name,
        )
        .join(Message, Message.id == newest.c.id)
        .where(newest.c.place <= MOST_TEXTS)
        .order_by(Message.id.desc())
    )
    found: defaultdict[int, list[Text]] = defaultdict(list)
    for ticket_id, text, sent_at, author_name in rows:
        found[ticket_id].append(Text(text, sent_at, author_name))
    return found


def marks_of(ticket_ids: Sequence[int]) -> defaultdict[int, Marks]:
    """Return what customers named in each ticket."""
    rows = db.session.execute(
        select(Conversation.ticket_id, Reference.value)
        .join(Conversation, Conversation.id == Reference.conversation_id)
        .where(Conversation.ticket_id.in_(ticket_ids))
    )
    found: defaultdict[int, set[str]] = defaultdict(set)
    for ticket_id, value in rows:
        found[ticket_id].add(value)
    return defaultdict(Marks, {number: marks.read(values) for number, values in found.items()})


def files(ticket_ids: Sequence[int]) -> defaultdict[int, frozenset[str]]:
    """Return the hashes of the files that customers sent in these tickets; pictures of signatures count for nothing."""
    rows = db.session.execute(
        select(Conversation.ticket_id, Attachment.digest)
        .join(Message, Message.id == Attachment.message_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.ticket_id.in_(ticket_ids),
            Message.direction == Direction.IN,
            Attachment.digest != "",
            Attachment.is_inline.is_(False),
        )
        .limit(MOST_FILES)
    )
    found: defaultdict[int, set[str]] = defaultdict(set)
    for ticket_id, digest in rows:
        found[ticket_id].add(digest)
    return defaultdict(frozenset, {number: frozenset(digests) for number, digests in found.items()})


def waiting(ticket_ids: Sequence[int]) -> defaultdict[int, list[tuple[Way, datetime]]]:
    """Return when customers wrote on which way what has no substantive answer yet."""
    rows = db.session.execute(
        select(Conversation.ticket_id, Obligation.route, Obligation.opened_at)
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .where(
            Conversation.ticket_id.in_(ticket_ids),
            Obligation.state == ObligationState.OPEN,
            Obligation.answered_by_id.is_(None),
        )
    )
    found: defaultdict[int, list[tuple[Way, datetime]]] = defaultdict(list)
    for ticket_id, route, opened_at in rows:
        found[ticket_id].append((WAYS[route], opened_at))
    return found


def tickets_of(conversation_ids: Collection[int]) -> set[int]:
    """Return the tickets in which these conversations lie."""
    if not conversation_ids:
        return set()
    return set(db.session.scalars(select(Conversation.ticket_id).where(Conversation.id.in_(conversation_ids))))
