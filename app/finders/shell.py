"""What stands around every page: teams, badges and what is wrong, in one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CompoundSelect,
    Integer,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from app.access import Person, sees_all
from app.db import UtcDateTime, database_now, db
from app.models import (
    UNCALLED_BACK,
    UNFILED,
    UNREAD,
    UNRELEASED,
    CallTask,
    Channel,
    Conversation,
    Counter,
    Envelope,
    EnvelopeState,
    Event,
    Heartbeat,
    Notification,
    Participation,
    Release,
    Team,
    Ticket,
)

CEILING = 1000
"""Nothing is counted beyond this; the badge says 999+."""
_EMPTY, _ZERO, _NEVER = literal_column("''", String), literal_column("0", Integer), cast(null(), UtcDateTime)
TICK_IS_LATE_AFTER = timedelta(seconds=30)
"""It beats every five seconds, and another one takes over within fifteen; so everybody knows within a minute."""


class Trouble(NamedTuple):
    """A channel that cannot be heard or reached, and since when."""

    channel_id: int
    name: str
    words: str
    at: datetime | None


@dataclass(slots=True)
class Surroundings:
    """Teams as (id, name); counts by counter key and by what is named below; channels in trouble."""

    teams: list[tuple[int, str]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    channels: list[Trouble] = field(default_factory=list)
    silent_since: datetime | None = None
    """When the tick was last heard of, in business time; None while it is well."""
    last_event_id: int = 0

    def total(self, prefix: str) -> int:
        """Return the sum of the counters `prefix:<team>` over the teams shown."""
        return sum(self.counts.get(f"{prefix}:{id_}", 0) for id_, _ in (*self.teams, (0, "")))


def surroundings(person: Person, *, now: datetime) -> Surroundings:
    """Read the teams this person may see, their badges, and whatever hinders the work; one statement."""
    found = Surroundings()
    rows = db.session.connection().execute(
        _statement(sees_all(person), db.engine.dialect.name),
        {"teams": person.team_ids, "keys": _keys(person), "now": now, "me": person.id},
    )
    for kind, name, number, words, at, database_at in rows:
        match kind:
            case "team":
                found.teams.append((number, name))
            case "channel":
                found.channels.append(Trouble(number, name, words, at))
            case "tick":
                found.silent_since = _silent_since(at, database_at, now)
            case "last":
                found.last_event_id = number or 0
            case _:
                found.counts[name] = number
    found.teams.sort(key=lambda team: team[1].casefold())
    return found


def _silent_since(at: datetime, database_at: datetime, now: datetime) -> datetime | None:
    """Return when a part was last heard of, if that is too long ago; signs of life are in the database's time."""
    return now - (database_at - at) if database_at - at > TICK_IS_LATE_AFTER else None


def silent_since(*, now: datetime) -> datetime | None:
    """Return since when nobody watches over deadlines; None while somebody does, or nobody ever has."""
    beat = db.session.execute(select(Heartbeat.at, database_now()).where(Heartbeat.part == "tick")).first()
    return _silent_since(*beat, now=now) if beat else None


def _keys(person: Person) -> list[str]:
    return [
        f"agent:{person.id}",
        *(f"{kind}:{id_}" for kind in ("team", "unassigned", "asked", "social", "part") for id_ in person.team_ids),
    ]


def _line(
    kind: str, name: Any = _EMPTY, number: Any = _ZERO, words: Any = _EMPTY, at: Any = _NEVER, database_at: Any = _NEVER
) -> Any:
    """Return one kind of line; all kinds have the same six columns. Constants are written out: parameters cost time."""
    return select(
        literal_column(f"'{kind}'", String), cast(name, String), cast(number, Integer), words, at, database_at
    )


@cache
def _statement(is_admin: bool, _dialect: str) -> CompoundSelect[*tuple[Any, ...]]:  # noqa: FBT001 - a cache key
    teams = bindparam("teams", expanding=True, type_=Integer())
    now = bindparam("now", type_=UtcDateTime())
    # By team alone, so that an index is walked up to the ceiling and not everybody's tickets.
    whose = [] if is_admin else [Ticket.team_id.in_(teams)]
    late = select(Ticket.id).where(Ticket.closed_at.is_(None), Ticket.queue_at <= now, *whose)
    capped = late.limit(CEILING).subquery()
    me = bindparam("me", type_=Integer())
    unread = select(Notification.id).where(UNREAD, Notification.agent_id == me).limit(CEILING).subquery()
    to_call, unreleased = select(CallTask.id).where(UNCALLED_BACK), select(Release.id).where(UNRELEASED)
    if not is_admin:
        # As in finders.call_tasks: one's own and one's teams', where the ticket is to be seen. Not joined: SQLite would
        # walk the tickets first.
        asks = or_(Ticket.asked_team_id.in_(teams), Ticket.asked_agent_id == me)
        beside = select(Participation.id).where(Participation.ticket_id == Ticket.id, Participation.team_id.in_(teams))
        takes_part = and_(Ticket.is_shared, beside.exists())
        sees = or_(Ticket.team_id.in_(teams), Ticket.assignee_id == me, asks, takes_part)
        seen = select(Ticket.id).where(Ticket.id == CallTask.ticket_id, sees).exists()
        to_call = to_call.where(or_(CallTask.team_id.in_(teams), CallTask.agent_id == me), seen)
        lies = select(Ticket.id).join(Conversation, Conversation.ticket_id == Ticket.id)
        unreleased = unreleased.where(lies.where(Conversation.id == Release.conversation_id, sees).exists())
    to_release = unreleased.limit(CEILING).subquery()
    calls = to_call.limit(CEILING).subquery()
    counters = _line("count", Counter.key, Counter.count)
    return union_all(
        _line("team", Team.name, Team.id) if is_admin else _line("team", Team.name, Team.id).where(Team.id.in_(teams)),
        counters if is_admin else counters.where(Counter.key.in_(bindparam("keys", expanding=True, type_=String()))),
        _line("count", literal_column("'overdue'"), select(func.count()).select_from(capped).scalar_subquery()),
        _line("count", literal_column("'unread'"), select(func.count()).select_from(unread).scalar_subquery()),
        _line("count", literal_column("'calls'"), select(func.count()).select_from(calls).scalar_subquery()),
        _line("count", literal_column("'releases'"), select(func.count()).select_from(to_release).scalar_subquery()),
        _line("count", literal_column("'parked'"), func.count())
        .select_from(Envelope)
        .where(UNFILED, Envelope.state == EnvelopeState.PARKED),
        _line("channel", Channel.name, Channel.id, Channel.problem, Channel.problem_at).where(
            Channel.problem != "", Channel.is_paused.is_(False)
        ),
        _line("tick", at=Heartbeat.at, database_at=database_now()).where(Heartbeat.part == "tick"),
        _line("last", number=select(func.max(Event.id)).scalar_subquery()),
    )
