"""What many tickets are compared by, read at once: a statement a kind of thing, however many tickets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, select

from app.db import db
from app.desk import aims, marks
from app.desk.marks import Marks
from app.models import Attachment, Conversation, Direction, Message, Obligation, ObligationState, Reference
from routing.articles import things_in
from routing.claims import name_key, name_parts
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


def told(ticket_ids: Sequence[int], marks_: Mapping[int, Marks], *, mentions: Mentions) -> dict[int, Told]:
    """Return what customers have told in each of these tickets; `marks_`: what they named in each."""
    texts_, files_, written_ = texts(ticket_ids), files(ticket_ids), written(ticket_ids)
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
            heard=written_[number].heard,
            answered=written_[number].answered,
            writers=writers(marks_[number].names, (each.author_name for each in texts_[number])),
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


class Written(NamedTuple):
    """When customers wrote on which way: what has no substantive answer yet, and what has."""

    heard: tuple[tuple[Way, datetime], ...] = ()
    answered: tuple[tuple[Way, datetime], ...] = ()


def written(ticket_ids: Sequence[int]) -> defaultdict[int, Written]:
    """Return what was ever owed an answer in each ticket."""
    is_open = and_(Obligation.state == ObligationState.OPEN, Obligation.answered_by_id.is_(None))
    rows = db.session.execute(
        select(Conversation.ticket_id, Obligation.route, Obligation.opened_at, case((is_open, 1), else_=0))
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .where(Conversation.ticket_id.in_(ticket_ids))
        .order_by(Obligation.opened_at, Obligation.id)
    )
    found: defaultdict[int, tuple[list[tuple[Way, datetime]], ...]] = defaultdict(lambda: ([], []))
    for ticket_id, route, opened_at, waits in rows:
        found[ticket_id][0 if waits else 1].append((WAYS[route], opened_at))
    return defaultdict(Written, {number: Written(*map(tuple, both)) for number, both in found.items()})


def writers(signed: Iterable[str], author_names: Iterable[str]) -> frozenset[str]:
    """Return who wrote, by the names beneath the texts; where there are none, by those that the texts came under."""
    found = {each.removeprefix("~") for each in signed} or {name_key(each) for each in author_names}
    return frozenset(found - {""})


def tickets_of(conversation_ids: Collection[int]) -> set[int]:
    """Return the tickets in which these conversations lie."""
    if not conversation_ids:
        return set()
    return set(db.session.scalars(select(Conversation.ticket_id).where(Conversation.id.in_(conversation_ids))))
