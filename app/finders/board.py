"""The figures by which leads steer, for their teams and a span of days; twelve statements, whatever the shop's size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.access import Person
from app.finders.board_ahead import Ahead, HoursOf, Slot, ahead, slots
from app.finders.board_causes import Causes, causes
from app.finders.board_handovers import Pair, Waiting, handovers, waiting
from app.finders.board_matters import Matters, matters
from app.finders.board_promises import Promises, promises
from app.finders.board_scope import Scope, Span, TeamNamed, midnight, scope
from app.finders.board_settled import Answers, Judged, answers
from app.finders.board_standing import AGES, Standing, standing
from app.finders.out_of_sight import out_of_sight

NOTHING = (0,) * len(AGES)
MOST_WAITING = 8
"""Hand-overs that are told one by one; the counts know all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFigures:
    """One team: how it stands, what it settled in the span, what lies ahead of it."""

    team: TeamNamed
    standing: Standing
    judged: Judged
    ahead: Ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything the overview shows; `total` adds up the teams."""

    span: Span
    asked_team: str
    """The id or the name it was narrowed to; empty for all that one watches over."""
    at: datetime
    teams: list[TeamFigures]
    total: Standing
    answers: Answers
    slots: list[Slot]
    promises: Promises
    handovers: list[Pair]
    waiting: list[Waiting]
    matters: Matters
    causes: Causes

    @property
    def due_ahead(self) -> int:
        return sum(slot.due for slot in self.slots)

    @property
    def missed_ahead(self) -> int | None:
        """Return the forecast of all teams whose pace is known; None if none is."""
        known = [each.ahead.missed_count for each in self.teams if each.ahead.missed_count is not None]
        return sum(known) if known else None


def board(person: Person, span: Span, *, team: str = "", now: datetime, hours_of: HoursOf) -> Board:
    """Read the overview for a lead or an administrator; `team` is an id or a name. Raises `NotFound`."""
    seen = scope(person, team)
    stands = standing(seen, now=now)
    settled = answers(seen, span)
    judged = settled.by(lambda row: row.team_id)
    forecast = ahead(seen, {id_: each.overdue for id_, each in stands.items()}, now=now, hours_of=hours_of)
    figures = [
        TeamFigures(
            team=each,
            standing=stands[each.id],
            judged=judged.get(each.id, Judged()),
            ahead=forecast[each.id],
        )
        for each in seen.teams
        if each.id is not None or stands[None].open or None in judged
    ]
    return Board(
        span=span,
        asked_team=team,
        at=now,
        teams=figures,
        total=total([each.standing for each in figures]),
        answers=settled,
        slots=slots([each.ahead for each in figures], now=now),
        handovers=handovers(seen, span),
        waiting=_waiting(person, seen),
        causes=causes(seen, span),
        matters=matters(seen, span, now=now),
        promises=promises(seen, now=now, until=midnight(span, now)),
    )


def _waiting(person: Person, seen: Scope) -> list[Waiting]:
    found = waiting(seen, limit=MOST_WAITING)
    hidden = out_of_sight(person, (each.number for each in found))
    return [each._replace(may_open=each.number not in hidden) for each in found]


def total(teams: list[Standing]) -> Standing:
    """Add up how teams stand."""
    return Standing(
        team_id=None,
        open=sum(each.open for each in teams),
        overdue=sum(each.overdue for each in teams),
        due_in_hour=sum(each.due_in_hour for each in teams),
        public_unanswered=sum(each.public_unanswered for each in teams),
        oldest_unanswered_at=min(
            (each.oldest_unanswered_at for each in teams if each.oldest_unanswered_at), default=None
        ),
        oldest_public_at=min((each.oldest_public_at for each in teams if each.oldest_public_at), default=None),
        waiting=tuple(map(sum, zip(NOTHING, *(each.waiting for each in teams), strict=True))),
    )
