"""Finding people by whatever somebody has of them: name, number, address, handle, order, reference, ticket, day.

Everything is read from an index, and only people with a ticket one may see are found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, select

from app.access import Person, owners_of, visible
from app.db import db
from app.finders.begins import begins
from app.models import Conversation, Customer, Direction, Identity, Message, NamePart, Order, Reference, Ticket
from channels.numbers import e164
from routing.claims import name_parts, reference

MOST = 25
MOST_LOOKED_AT = 200
"""People of one name that are read; whoever is looked for among more needs another word."""
LONGEST_NUMBER = 9
FEWEST_SIGNS = 2
_DATE = re.compile(r"\b(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:\s?(?P<year>\d{4}|\d{2}))?(?!\d)")
_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b")
_ADDRESS = re.compile(r"[^\s@]{1,64}@[^\s@]{1,190}")
_HANDLE = re.compile(r"@[\w.]{2,58}")


class Found(NamedTuple):
    """A person; `by` says what was found, e.g. the address or the number of the order."""

    id: int
    name: str
    by: str
    address: str
    at: datetime
    """When they last wrote in a ticket one may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody typed, taken apart."""

    words: str
    on: date | None

    @property
    def parts(self) -> tuple[str, ...]:
        return name_parts(self.words)


def wanted(text: str, *, today: date) -> Wanted:
    """Read what was typed: a day, as people write it, stands beside the other words; without a year the last such."""
    match = _DATE.search(text) or _ISO.search(text)
    on = _day(match, today) if match else None
    if match is None or on is None:
        return Wanted(words=" ".join(text.split()), on=None)
    return Wanted(words=" ".join((text[: match.start()] + text[match.end() :]).split()), on=on)


def _day(match: re.Match[str], today: date) -> date | None:
    year = int(match["year"] or today.year)
    year += 2000 if year < 100 else 0
    try:
        found = date(year, int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    return found if match["year"] or found <= today else _a_year_before(found)


def _a_year_before(on: date) -> date:
    return on.replace(year=on.year - 1, day=min(on.day, 28) if on.month == 2 else on.day)


def people(person: Person, text: str, *, zone: ZoneInfo, today: date) -> list[Found]:
    """Return who may be meant, whoever wrote last first."""
    meant = wanted(text, today=today)
    if meant.on is None and len(meant.words) < FEWEST_SIGNS:
        return []
    reasons = _reasons(person, meant.words) if meant.words else {}
    day = _span(meant.on, zone) if meant.on else None
    if day and not meant.words:
        reasons = dict.fromkeys(_of_day(person, day), "")
    return _told(person, _as_merged(reasons), day=day if meant.words else None)


def ids(person: Person, text: str) -> list[int]:
    """Return the customers a text may mean, as they are merged now, the best reason first.

    What stands in tickets that this person may not see finds nobody; whom of those found they may see is the caller's.
    """
    words = " ".join(text.split())
    return list(_as_merged(_reasons(person, words))) if len(words) >= FEWEST_SIGNS else []


def _reasons(person: Person, words: str) -> dict[int, str]:
    """Return customers with what they were found by; a sure way comes before a likely one."""
    found: dict[int, str] = {}
    ways: tuple[Callable[[], Iterable[tuple[int, str]]], ...] = (
        lambda: _by_ticket(person, words),
        lambda: _by_address(words),
        lambda: _by_number(words),
        lambda: _by_order(person, words),
        lambda: _by_name(words),
    )
    for way in ways:
        for customer_id, by in way():
            found.setdefault(customer_id, by)
    return found


def _rows(statement: Select[*tuple[Any, ...]]) -> list[tuple[int, str]]:
    return [(row[0], str(row[1])) for row in db.session.execute(statement.limit(MOST_LOOKED_AT))]


def _by_ticket(person: Person, words: str) -> list[tuple[int, str]]:
    number = words.removeprefix("#")
    if not number.isdecimal() or len(number) > LONGEST_NUMBER:
        return []
    return [
        (id_, f"#{number}")
        for id_, _ in _rows(select(Ticket.customer_id, Ticket.id).where(Ticket.id == int(number), visible(person)))
    ]


def _by_address(words: str) -> list[tuple[int, str]]:
    """Find an address by its beginning, or a name on a platform with its @."""
    spelled = words.casefold()
    if _HANDLE.fullmatch(spelled):
        named = select(NamePart.customer_id, NamePart.part).where(begins(NamePart.part.expression, spelled))
        typed = select(Identity.customer_id, Identity.value).where(begins(Identity.value.expression, spelled))
        return [*_rows(named), *_rows(typed)]
    if " " in spelled:
        return [each for found in _ADDRESS.findall(spelled) for each in _exactly(found)]
    return _rows(select(Identity.customer_id, Identity.value).where(begins(Identity.value.expression, spelled)))


def _exactly(value: str) -> list[tuple[int, str]]:
    return _rows(select(Identity.customer_id, Identity.value).where(Identity.value == value))


def _by_number(words: str) -> list[tuple[int, str]]:
    """Find a telephone number, however somebody writes it."""
    number = e164(words)
    return _exactly(number) if number else []


def _by_order(person: Person, words: str) -> list[tuple[int, str]]:
    """Find the number of an order, a return or a parcel that somebody wrote or that is theirs; or their reference."""
    spelled = reference(words)
    if not any(letter.isdigit() for letter in spelled):
        return []
    written = (
        select(Ticket.customer_id, Reference.value)
        .join(Conversation, Conversation.ticket_id == Ticket.id)
        .join(Reference, Reference.conversation_id == Conversation.id)
        .where(Reference.value == spelled, visible(person))
    )
    owner = (
        select(Identity.customer_id, Order.shown).join(Order, Order.email == Identity.value).where(Order.email != "")
    )
    return [
        *_rows(owner.where(Order.number == spelled, Identity.kind == "email")),
        *_rows(owner.where(Order.customer_reference == words, Identity.kind == "email")),
        *_rows(written),
    ]


def _by_name(words: str) -> list[tuple[int, str]]:
    """Find a name by the beginnings of its words, in any order; the longest word is looked up, the others must fit."""
    parts = sorted(name_parts(words), key=len, reverse=True)
    if not parts:
        return []
    first, *rest = parts
    statement = select(NamePart.customer_id, NamePart.part).where(begins(NamePart.part.expression, first))
    for other in rest:
        also = select(NamePart.id).where(
            NamePart.customer_id == statement.selected_columns[0], begins(NamePart.part.expression, other)
        )
        statement = statement.where(also.exists())
    return [(id_, "") for id_, _part in _rows(statement)]


def _span(on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    begins_at = datetime(on.year, on.month, on.day, tzinfo=zone)
    next_day = on + timedelta(days=1)
    return begins_at, datetime(next_day.year, next_day.month, next_day.day, tzinfo=zone)


def _of_day(person: Person, day: tuple[datetime, datetime]) -> list[int]:
    """Return whose tickets began on a day, the last first."""
    begun = select(Ticket.customer_id).where(Ticket.created_at >= day[0], Ticket.created_at < day[1], visible(person))
    return list(db.session.scalars(begun.order_by(Ticket.created_at.desc()).limit(MOST_LOOKED_AT)))


def _as_merged(found: dict[int, str]) -> dict[int, str]:
    owners = owners_of(found)
    merged: dict[int, str] = {}
    for customer_id, by in found.items():
        merged.setdefault(owners[customer_id], by)
    return merged


def _told(person: Person, reasons: dict[int, str], *, day: tuple[datetime, datetime] | None) -> list[Found]:
    """Return the people one may see among those found."""
    if not reasons:
        return []
    seen = _seen(person, list(reasons), day)
    first = _first_addresses(list(seen))
    rows = db.session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(seen)))
    found = [Found(id_, name, reasons[id_], first.get(id_, ""), seen[id_]) for id_, name in rows]
    return sorted(found, key=lambda each: (not each.by, -each.at.timestamp(), each.id))[:MOST]


def _seen(person: Person, customer_ids: Sequence[int], day: tuple[datetime, datetime] | None) -> dict[int, datetime]:
    """Return when the people one may see last wrote; with a day only those who wrote or began on it."""
    statement = select(Ticket.customer_id, Ticket.preview_at).where(
        Ticket.customer_id.in_(customer_ids[:MOST_LOOKED_AT]), visible(person)
    )
    if day:
        wrote = (
            exists()
            .where(Conversation.ticket_id == Ticket.id, Message.conversation_id == Conversation.id)
            .where(Message.direction == Direction.IN, Message.sent_at >= day[0], Message.sent_at < day[1])
        )
        statement = statement.where(wrote)
    found: dict[int, datetime] = {}
    for customer_id, at in db.session.execute(statement):
        found[customer_id] = max(at, found.get(customer_id, at))
    return found


def _first_addresses(customer_ids: Sequence[int]) -> dict[int, str]:
    rows = select(Identity.customer_id, Identity.value).where(Identity.customer_id.in_(customer_ids))
    found: dict[int, str] = {}
    for customer_id, value in db.session.execute(rows.order_by(Identity.id)):
        found.setdefault(customer_id, "" if value.startswith("unknown:") else value)
    return found
