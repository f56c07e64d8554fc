"""One ticket's page: its threads, its timeline and its customer, in a handful of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import CursorResult, Executable, false, select

from app.access import Person, joined_into
from app.db import database_now, db
from app.errors import NotFound
from app.finders import handovers, participation, ticket_statements
from app.finders.clocks import OfTicket, of_matter
from app.finders.handovers import Asked
from app.finders.participation import TakingPart
from app.finders.ticket_statements import PAGE
from app.models import (
    Agent,
    Direction,
    MessageClass,
    MessageState,
    Priority,
    Team,
    TicketState,
    membership,
)


class Head(NamedTuple):
    """The ticket's own row with the names it refers to."""

    number: int
    subject: str
    state: TicketState
    priority: Priority
    team_id: int | None
    team_name: str | None
    assignee_id: int | None
    assignee_name: str | None
    customer_id: int
    customer_name: str
    customer_since: datetime
    created_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    soon_at: datetime | None
    oldest_unanswered_at: datetime | None
    joined_into_id: int | None
    asked_team_id: int | None
    asked_agent_id: int | None
    handed_at: datetime | None
    clocked_at: datetime | None
    waits_for: str
    waits_since: datetime | None
    is_shared: bool
    tags: str | None
    """Their names with commas between."""


class Thread(NamedTuple):
    """A conversation with its channel, whom we answer to, and what is owed on it (None: nothing)."""

    id: int
    home_ticket_id: int
    subject: str
    is_public: bool
    channel_id: int
    channel_kind: str
    channel_name: str
    channel_address: str
    channel_settings: dict[str, Any]
    channel_problem: str
    is_paused: bool
    identity_id: int
    identity_kind: str
    identity_value: str
    identity_name: str
    identity_scope: str
    identity_evidence: str
    key: str
    heard_at: datetime | None
    details: dict[str, Any]
    newest_id: str | None
    owed_kind: str | None
    owed_due_at: datetime | None


class Said(NamedTuple):
    """A message as the timeline shows it, without the long texts that are folded."""

    id: int
    conversation_id: int
    direction: Direction
    state: MessageState
    message_class: MessageClass
    is_automatic: bool
    is_bounce: bool
    author_name: str
    author_address: str
    subject: str
    text: str
    has_quote: bool
    has_html: bool
    attachment_count: int
    fault: str
    fault_words: str
    sent_at: datetime
    stored_at: datetime
    external_id: str
    kind: str
    is_public: bool
    is_elsewhere: bool
    edited_at: datetime | None
    removed_at: datetime | None
    hidden_at: datetime | None
    progress: str
    answers_id: int | None
    details: dict[str, Any]
    author_id: int | None
    leaves_at: datetime | None


class Happened(NamedTuple):
    """An event or, where `note` is a text, a note."""

    id: int
    kind: str
    at: datetime
    actor_name: str | None
    message_id: int | None
    note: str | None
    details: dict[str, Any]


class Enclosed(NamedTuple):
    """A file of a message; without a digest it still lies with the platform."""

    id: int
    name: str
    type: str
    kind: str
    size: int
    digest: str
    source_url: str
    fault_words: str
    details: dict[str, Any] | None


class Phoned(NamedTuple):
    """The call behind a message."""

    agent_name: str | None
    number: str
    state: str
    is_outgoing: bool
    outcome: str | None
    rang_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None


class Address(NamedTuple):
    id: int
    kind: str
    value: str
    scope: str
    name: str
    is_verified: bool


class Other(NamedTuple):
    number: int
    subject: str
    at: datetime
    is_open: bool


@dataclass(slots=True)
class TicketPage:
    """Everything the page shows; the timeline's two halves are each in order of time."""

    head: Head
    threads: list[Thread]
    messages: list[Said] = field(default_factory=list)
    events: list[Happened] = field(default_factory=list)
    files: dict[int, list[Enclosed]] = field(default_factory=dict)
    reactions: dict[int, list[str]] = field(default_factory=dict)
    """The emoji put on a message, one a person."""
    calls: dict[int, Phoned] = field(default_factory=dict)
    addresses: list[Address] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)
    handovers: list[Asked] = field(default_factory=list)
    """What of its hand-overs is not over yet."""
    came_back: int = 0
    """How often it came back to a team that had given it away; asked only while something of a hand-over runs."""
    taking_part: list[TakingPart] = field(default_factory=list)
    """The teams beside the one that holds the ball."""
    clocks: list[OfTicket] = field(default_factory=list)
    """What runs or rests on the whole ticket: resolution and update."""
    leaving: dict[int, float] = field(default_factory=dict)
    """By the id of an answer that can still be called back in how many seconds it leaves (database time)."""
    older: int = 0
    """The oldest message shown, if there are older ones; else 0."""


def head(person: Person, number: int) -> Head:
    """Return the ticket, or the one it was joined into; raises `NotFound`."""
    here = number
    for _hop in range(10):
        row = _rows(ticket_statements.head(person), number=here).first()
        found = Head._make(row) if row else None
        onward = found.joined_into_id if found else joined_into(here)
        if found and onward is None:
            return found
        if onward is None:
            break
        here = onward
    raise NotFound("Anliegen %(number)s gibt es nicht.", number=number)


def page(person: Person, number: int, *, before: int = 0) -> TicketPage:
    """Return the newest entries of the timeline, or those before a message; six statements, seven with files."""
    top = head(person, number)
    found = TicketPage(top, threads(top.number))
    found.messages, found.older = _messages([thread.id for thread in found.threads], before=before)
    since = found.messages[0].stored_at if found.older else None
    numbers = sorted({top.number, *(thread.home_ticket_id for thread in found.threads)})
    found.events = _events(numbers, since=since, until_message=before)
    _hang(found)
    _let_wait(found)
    if top.asked_team_id is not None or top.handed_at is not None:
        found.handovers = handovers.running(top.number)
        found.came_back = handovers.ping_pong([top.number]).get(top.number, 0) if found.handovers else 0
    if top.is_shared and not before:
        found.taking_part = participation.of(top.number)
    if top.clocked_at is not None and not before:
        found.clocks = of_matter(top.number)
    if not before:
        found.addresses, found.others = _customer(person, top)
    return found


def threads(number: int) -> list[Thread]:
    """Return the conversations of a ticket, the oldest first, each with its most urgent obligation."""
    return list({row[0]: Thread._make(row) for row in _rows(ticket_statements.threads(), number=number)}.values())


def _rows(statement: Executable, **parameters: Any) -> CursorResult[Any]:
    """Run a prepared statement without the object loader: a page shows values, not objects."""
    return db.session.connection().execute(statement, parameters)


def _messages(conversation_ids: Sequence[int], *, before: int) -> tuple[list[Said], int]:
    rows = _rows(ticket_statements.said(before > 0), conversations=conversation_ids, before=before).all()
    said = [Said._make(row) for row in reversed(rows[:PAGE])]
    return said, said[0].id if len(rows) > PAGE else 0


def _events(numbers: Sequence[int], *, since: datetime | None, until_message: int) -> list[Happened]:
    """Return events and notes of the ticket and of those joined into it, within the part of the timeline shown."""
    rows = _rows(
        ticket_statements.happened(since is not None, until_message > 0),
        numbers=numbers,
        since=since,
        until_message=until_message,
    )
    return [Happened._make(row) for row in reversed(rows.all())]


def _hang(page: TicketPage) -> None:
    """Hang files, reactions and calls on the messages of a page, in one statement; in none where there can be none."""
    is_talkative = any(thread.channel_kind != "email" for thread in page.threads)
    wanted = [message.id for message in page.messages if is_talkative or message.attachment_count]
    if not wanted:
        return
    rows: list[Any] = list(_rows(ticket_statements.beside(is_talkative), messages=wanted))
    for row in sorted(rows, key=lambda row: int(row[2])):
        what, message_id, id_, name, type_, kind, size, digest, url, fault, details, *instants = row
        if what == "file":
            enclosed = Enclosed(id_, name, type_, kind, size, digest, url, fault, details)
            page.files.setdefault(message_id, []).append(enclosed)
        elif what == "reaction":
            page.reactions.setdefault(message_id, []).append(name)
        else:
            page.calls[message_id] = Phoned(name, type_, kind, bool(size), digest, *instants)


def _let_wait(page: TicketPage) -> None:
    """Say in how many seconds answers leave; asks the database for its time only where one is waiting."""
    waiting = [each for each in page.messages if each.leaves_at and each.state is MessageState.QUEUED]
    if waiting:
        now = db.session.execute(select(database_now())).scalar_one()
        left = {each.id: (each.leaves_at - now).total_seconds() for each in waiting if each.leaves_at}
        page.leaving = {id_: seconds for id_, seconds in left.items() if seconds > 0}


def _customer(person: Person, top: Head) -> tuple[list[Address], list[Other]]:
    """Return the customer's addresses and other tickets, in one statement."""
    rows: list[Any] = list(_rows(ticket_statements.known(person), customer=top.customer_id, number=top.number))
    return (
        [
            Address(id_, kind, value, scope, name, bool(flag))
            for is_, kind, value, id_, flag, _at, name, scope in rows
            if is_ == "address"
        ],
        [
            Other(number, subject, at, bool(flag))
            for is_, _kind, subject, number, flag, at, *_rest in rows
            if is_ == "ticket"
        ],
    )


class Colleague(NamedTuple):
    id: int
    name: str


def colleagues(team_id: int | None) -> list[Colleague]:
    """Return who may be given a ticket of this team, by name."""
    members = select(membership.c.agent_id).where(membership.c.team_id == team_id) if team_id else select(Agent.id)
    rows = db.session.execute(
        select(Agent.id, Agent.name)
        .where(Agent.is_active.is_(True), Agent.id.in_(members) if team_id is not None else false())
        .order_by(Agent.name)
    )
    return [Colleague(id_, name) for id_, name in rows]


def team_choices() -> list[tuple[int, str]]:
    """Return all teams: a ticket may be given to a team one does not belong to."""
    return [(id_, name) for id_, name in db.session.execute(select(Team.id, Team.name).order_by(Team.name))]
