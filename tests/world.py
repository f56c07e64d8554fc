"""The cast of the tests: Ada (care), Ben (social), Cleo (lead of care), Zoe (outsider), Max (administrator), Eva (customer).

`build()` makes their shop in an empty database: three teams, one calendar, one policy for mail, one mail channel.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.access import Person
from app.db import db
from app.desk import aims, channels, envelopes, intake, outbox, people, rulebook
from app.models import Conversation, Counter, Message, Obligation, Participation, Role, Ticket
from app.signin import person_by_id
from channels.contract import Contact, Handle

MONDAY_NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""Monday 23 November 2026, 09:00 in Berlin: the shop has just opened."""
HOUR = timedelta(hours=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
PASSWORD_HASH = ""

_count = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Ids of what stands in the database, and the people as values."""

    care: int
    social: int
    returns: int
    channel: int
    ada: Person
    ben: Person
    cleo: Person
    zoe: Person
    max: Person


def build(*, settings: dict[str, object] | None = None, secrets: dict[str, str] | None = None) -> World:
    """Write the cast into an empty database."""
    care, social, returns = (people.add_team(name) for name in ("Kundenservice", "Social Media", "Retoure"))
    _aims()
    channel = channels.add(
        "email",
        name="Service",
        address="service@nordlicht.example",
        settings={"address": "service@nordlicht.example", "from_name": "Nordlicht", **(settings or {})},
        secrets=secrets or {},
        team_id=care,
    )
    return World(
        care=care,
        social=social,
        returns=returns,
        channel=channel,
        ada=_person("Ada", Role.AGENT, "Kundenservice"),
        ben=_person("Ben", Role.AGENT, "Social Media"),
        cleo=_person("Cleo", Role.LEAD, "Kundenservice"),
        zoe=_person("Zoe", Role.AGENT),
        max=_person("Max", Role.ADMIN),
    )


def _aims() -> None:
    """Mo-Fr 09-17 in Berlin; four hours for a first answer by mail, eight for every further one."""
    calendar_id = rulebook.write_calendar(
        None,
        name="Servicezeit",
        time_zone="Europe/Berlin",
        weekly_hours={day: [["09:00", "17:00"]] for day in WEEKDAYS},
        own_days={"2026-12-25": "Erster Weihnachtstag"},
        at=MONDAY_NINE,
    )
    targets = {"first": {"normal": 240, "urgent": 60}, "next": {"normal": 480, "urgent": 120}}
    rulebook.write_policy(None, name="E-Mail", route="email", calendar_id=calendar_id, targets=targets, at=MONDAY_NINE)


def add_policy(route: str, *, first: int, following: int, name: str = "") -> int:
    """Aim for something on one more route, in the shop's one calendar, for messages of every age."""
    return rulebook.write_policy(
        None,
        name=name or route,
        route=route,
        calendar_id=aims.newest_hours(None).calendar_id,
        targets={"first": {"normal": first}, "next": {"normal": following}},
        valid_from=aims.BEGINNING,
        at=MONDAY_NINE,
    )


def _person(name: str, role: Role, *teams: str) -> Person:
    agent_id = people.add_agent(f"{name.lower()}@nordlicht.example", name=name, role=role, teams=teams, at=MONDAY_NINE)
    person = person_by_id(agent_id)
    assert person is not None
    return person


def contact(**values: Any) -> Contact:
    """Return a mail of Eva's; every call has an id of its own unless one is named."""
    defaults: dict[str, Any] = {
        "external_id": f"eva-{next(_count)}@kundin.example",
        "sender": Handle(kind="email", value="eva@kundin.example", name="Eva Kundin"),
        "sent_at": MONDAY_NINE,
        "subject": "Wo bleibt meine Lampe?",
        "text": "Guten Tag, wann kommt meine Lampe?",
    }
    return Contact(**{**defaults, **values})


def hear(
    world: World,
    heard: Contact | None = None,
    *,
    at: datetime | None = None,
    enclosures: tuple[outbox.Enclosure, ...] = (),
    **values: Any,
) -> intake.Filed:
    """File one mail the way every door does: its envelope first, then the contact."""
    at = at or values.get("sent_at") or MONDAY_NINE
    heard = heard or contact(**{"sent_at": at, **values})
    digest = hashlib.sha256(f"{next(_count)} {heard!r}".encode()).hexdigest()
    stored = envelopes.store(world.channel, [envelopes.Arrival(digest=digest, size=100, source="test")], at=at)
    return intake.receive(
        heard, channel_id=world.channel, envelope_id=stored[0].id, digest=digest, enclosures=enclosures, at=at
    )


def ticket(number: int) -> Ticket:
    """Return the ticket as the database has it now."""
    db.session.expire_all()
    return db.session.get_one(Ticket, number)


def message(message_id: int) -> Message:
    """Return the message as the database has it now."""
    db.session.expire_all()
    return db.session.get_one(Message, message_id)


def conversation_of(filed: intake.Filed) -> int:
    """Return the conversation a filed contact lies in."""
    return message(filed.message_id).conversation_id


def obligations(number: int) -> list[Obligation]:
    """Return what was ever owed on a ticket's conversations, the oldest first."""
    db.session.expire_all()
    return (
        db.session.query(Obligation)
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .filter(Conversation.ticket_id == number)
        .order_by(Obligation.id)
        .all()
    )


def counters() -> dict[str, int]:
    """Return the badges that are not zero."""
    db.session.expire_all()
    return {counter.key: counter.count for counter in db.session.query(Counter) if counter.count}


def counted() -> dict[str, int]:
    """Return what the badges must show, counted from the tickets themselves."""
    db.session.expire_all()
    true: dict[str, int] = {}
    for row in db.session.query(Ticket).filter(Ticket.closed_at.is_(None)):
        second = f"unassigned:{row.team_id or 0}" if row.assignee_id is None else f"agent:{row.assignee_id}"
        asked = [f"asked:{row.asked_team_id}"] if row.asked_team_id else []
        social = [f"social:{row.team_id or 0}"] if row.is_social else []
        for key in (f"team:{row.team_id or 0}", second, *asked, *social):
            true[key] = true.get(key, 0) + 1
        for (team_id,) in db.session.query(Participation.team_id).filter_by(ticket_id=row.id).distinct():
            if team_id != row.team_id:
                true[f"part:{team_id}"] = true.get(f"part:{team_id}", 0) + 1
    return true
