"""The tickets behind a figure of the overview: every number opens the list of what it counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, literal, null, select

from app.access import Person
from app.db import UtcDateTime, db
from app.finders.board_ahead import SLOT, WITHIN
from app.finders.board_causes import UNNAMED, resolved
from app.finders.board_promises import owed_until
from app.finders.board_scope import Scope, Span, midnight, scope
from app.finders.board_standing import HOUR, WAITS
from app.finders.out_of_sight import out_of_sight
from app.models import (
    AWAITING,
    NOTHING_DUE,
    RUNNING_CLOCK,
    SETTLED,
    SETTLED_CLOCK,
    TICKING,
    Channel,
    ClockKind,
    Conversation,
    Obligation,
    Promise,
    Team,
    Ticket,
    TicketClock,
)

MOST = 500
"""Rows of one list; whoever wants more narrows it."""


class Figure(StrEnum):
    HELD = "held"
    MISSED = "missed"
    OPEN = "open"
    OWED = "owed"
    OVERDUE = "overdue"
    DUE_IN_HOUR = "due_in_hour"
    DUE_AHEAD = "due_ahead"
    PUBLIC = "public_unanswered"
    THIRD = "waiting_for_others"
    PROMISES = "promises"
    RESOLVED = "resolved"
    RUNNING = "resolutions_running"
    LATE = "resolutions_overdue"
    ENDED_HELD = "resolutions_held"
    ENDED_MISSED = "resolutions_missed"


ANSWERS = frozenset({Figure.HELD, Figure.MISSED})
CLOCKS = frozenset({Figure.RUNNING, Figure.LATE, Figure.ENDED_HELD, Figure.ENDED_MISSED})
SPANNED = ANSWERS | {Figure.RESOLVED, Figure.ENDED_HELD, Figure.ENDED_MISSED}
"""What was counted over the days; all else is counted now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What narrows a list: a kind of channel, the hour in which the customer wrote, a class of waiting, a cause.

    An empty `cause` is any; `UNNAMED`: nobody said one. `slot` is where a quarter of an hour begins.
    """

    team: str = ""
    channel: str = ""
    hour: int | None = None
    waiting: str = ""
    cause: str = ""
    slot: datetime | None = None


class Behind(NamedTuple):
    """One ticket of a list. Of an answer: `at` is when it was accepted, `due_at` until when it was owed.

    Of a ticket that waits: `at` is since when. `words` say for whom it waits, what was promised, or why it came to
    it; the three after them are how many had a hand in it and how often the customer wrote, of what was resolved.

    A ticket that has left one's sight since is counted, but has neither number nor anybody's words; `lies_with` is the
    team it lies with now, empty for none.
    """

    number: int | None
    customer_name: str
    subject: str
    team: str | None
    channel: str
    at: datetime | None
    due_at: datetime | None
    elapsed_seconds: int | None
    target_minutes: int | None
    words: str
    people: int | None = None
    teams: int | None = None
    contacts: int | None = None
    lies_with: str | None = None


def behind(person: Person, figure: Figure, span: Span, narrowed: Narrowed, *, now: datetime) -> list[Behind]:
    """Return the tickets behind a figure, at most `MOST`; the most pressing, the newest or the costliest first.

    Raises `NotFound` for whoever watches over nothing.
    """
    found = _counted(scope(person, narrowed.team), figure, span, narrowed, now)
    hidden = out_of_sight(person, (row.number for row in found if row.number))
    return [_hidden(row, hidden[row.number]) if row.number in hidden else row for row in found]


def _hidden(row: Behind, lies_with: str) -> Behind:
    return row._replace(number=None, customer_name="", subject="", words="", lies_with=lies_with)


def _counted(seen: Scope, figure: Figure, span: Span, narrowed: Narrowed, now: datetime) -> list[Behind]:
    if figure in ANSWERS:
        return _answers(seen, span, narrowed, is_held=figure is Figure.HELD)
    if figure in CLOCKS:
        asked = _clocks(seen, span, figure, now)
    elif figure is Figure.PROMISES:
        asked = _promises(seen, midnight(span, now))
    elif figure is Figure.RESOLVED:
        asked = _resolved(seen, span, narrowed.cause)
    else:
        asked = _standing(seen, figure, narrowed, now)
    if narrowed.channel:
        asked = asked.where(Ticket.channel_kind == narrowed.channel)
    return [Behind(*row) for row in _rows(asked.limit(MOST))]


def _of_ticket(*more: Any) -> Select[*tuple[Any, ...]]:
    return select(Ticket.id, Ticket.customer_name, Ticket.subject, Team.name, Ticket.channel_kind, *more)


def _standing(scope: Scope, figure: Figure, narrowed: Narrowed, now: datetime) -> Select[*tuple[Any, ...]]:
    """Return what stands open now: what is due first at the beginning, or what waits longest."""
    since = Ticket.waits_since if figure is Figure.THIRD else Ticket.oldest_unanswered_at
    is_by_due = figure in {Figure.OPEN, Figure.OVERDUE, Figure.DUE_IN_HOUR, Figure.DUE_AHEAD}
    return (
        _of_ticket(since, Ticket.due_at, null(), null(), Ticket.waits_for)
        .outerjoin(Team, Team.id == Ticket.team_id)
        .where(Ticket.closed_at.is_(None), scope.holds(), *_standing_so(figure, narrowed, now))
        .order_by(Ticket.queue_at if is_by_due else since, Ticket.id)
    )


def _standing_so(figure: Figure, narrowed: Narrowed, now: datetime) -> list[Any]:
    is_owed = Ticket.oldest_unanswered_at.is_not(None)
    match figure:
        case Figure.OVERDUE:
            return [Ticket.queue_at <= _at(now)]
        case Figure.DUE_IN_HOUR:
            return [Ticket.queue_at > _at(now), Ticket.queue_at <= _at(now + HOUR)]
        case Figure.DUE_AHEAD:
            begins, until = narrowed.slot or now, now + WITHIN
            # The last quarter of an hour is looked into only as far as the four hours go.
            ends = min(begins + SLOT, until) if narrowed.slot else until
            return [Ticket.queue_at > _at(now), Ticket.queue_at >= _at(begins), Ticket.queue_at < _at(ends)]
        case Figure.OWED:
            return [is_owed, *_waiting(narrowed.waiting, now)]
        case Figure.PUBLIC:
            return [Ticket.publicity.is_not(None), is_owed]
    return [AWAITING] if figure is Figure.THIRD else [Ticket.queue_at <= _at(NOTHING_DUE)]


def _waiting(name: str, now: datetime) -> list[ColumnElement[bool]]:
    """Return the condition of a class of waiting; none for a name nobody gave."""
    before: list[ColumnElement[bool]] = []
    for each, within in WAITS:
        since = [Ticket.oldest_unanswered_at > _at(now - within)] if within else []
        if each == name:
            return [*since, *before]
        before = [Ticket.oldest_unanswered_at <= _at(now - within)] if within else []
    return []


def _resolved(scope: Scope, span: Span, cause: str) -> Select[*tuple[Any, ...]]:
    """Return what was resolved, first what most of us had a hand in."""
    asked = (
        _of_ticket(Ticket.closed_at, null(), null(), null(), Ticket.cause)
        .add_columns(Ticket.people_count, Ticket.team_count, Ticket.contact_count)
        .outerjoin(Team, Team.id == Ticket.team_id)
        .where(*resolved(is_all=scope.is_all))
        .order_by(Ticket.people_count.desc().nulls_last(), Ticket.closed_at.desc(), Ticket.id)
    )
    asked = asked.params(begins_at=span.begins_at, ends_at=span.ends_at, **scope.named)
    return asked.where(Ticket.cause == cause.replace(UNNAMED, "")) if cause else asked


def _clocks(scope: Scope, span: Span, figure: Figure, now: datetime) -> Select[*tuple[Any, ...]]:
    """Return the matters whose resolution runs, is late, or ended in the span."""
    of = TicketClock
    conditions: tuple[Any, ...] = (RUNNING_CLOCK,)
    if figure is Figure.LATE:
        conditions = (TICKING, of.breach_at <= _at(now))
    elif figure is not Figure.RUNNING:
        verdict = of.verdict == "met" if figure is Figure.ENDED_HELD else of.verdict != "met"
        conditions = (SETTLED_CLOCK, of.settled_at >= _at(span.begins_at), of.settled_at < _at(span.ends_at), verdict)
    at = of.settled_at if figure in SPANNED else of.opened_at
    in_scope = () if scope.is_all else (of.team_id.in_(scope.team_ids),)
    return (
        _of_ticket(at, of.due_at, of.elapsed_seconds, of.target_minutes, literal(""))
        .join(of, of.ticket_id == Ticket.id)
        .outerjoin(Team, Team.id == Ticket.team_id)
        .where(of.kind == ClockKind.RESOLUTION, *conditions, *in_scope)
        .order_by(at.desc() if figure in SPANNED else of.due_at, of.id)
    )


def _promises(scope: Scope, until: datetime) -> Select[*tuple[Any, ...]]:
    return (
        _of_ticket(Promise.promised_at, Promise.due_at, null(), null(), Promise.text)
        .join(Conversation, Conversation.ticket_id == Ticket.id)
        .join(Promise, Promise.conversation_id == Conversation.id)
        .outerjoin(Team, Team.id == Ticket.team_id)
        .where(*owed_until(_at(until)), scope.holds())
        .order_by(Promise.due_at, Promise.id)
    )


def _answers(scope: Scope, span: Span, narrowed: Narrowed, *, is_held: bool) -> list[Behind]:
    asked = (
        select(Ticket.id, Ticket.customer_name, Ticket.subject, Team.name, Channel.kind, Obligation.settled_at)
        .add_columns(Obligation.due_at, Obligation.elapsed_seconds, Obligation.target_minutes, Obligation.opened_at)
        .select_from(Obligation)
        .join(Channel, Channel.id == Obligation.channel_id)
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .join(Ticket, Ticket.id == Conversation.ticket_id)
        .outerjoin(Team, Team.id == Obligation.team_id)
        .where(
            SETTLED,
            Obligation.settled_at >= _at(span.begins_at),
            Obligation.settled_at < _at(span.ends_at),
            Obligation.verdict == "met" if is_held else Obligation.verdict != "met",
            scope.answered(),
        )
        .order_by(Obligation.settled_at.desc(), Obligation.id.desc())
    )
    if narrowed.channel:
        asked = asked.where(Channel.kind == narrowed.channel)
    found: list[Behind] = []
    row: Any
    for row in _rows(asked if narrowed.hour is not None else asked.limit(MOST)):
        *columns, opened_at = row
        if narrowed.hour in {None, _hour(opened_at, span)}:
            found.append(Behind(*(*columns, "")))
        if len(found) == MOST:
            break
    return found


def _hour(at: datetime, span: Span) -> int:
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(span.zone).hour


def _at(at: datetime) -> ColumnElement[datetime]:
    return literal(at, UtcDateTime())


def _rows(asked: Any) -> Any:
    return db.session.connection().execute(asked)
