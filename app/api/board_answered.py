"""What `/board` answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, Self

from pydantic import Field

from app.api.shape import Answered
from app.finders.board import TeamFigures
from app.finders.board_causes import PARTS, Caused
from app.finders.board_handovers import HALF, MOST_OF_ALL, Pair
from app.finders.board_promises import PromiseDue
from app.finders.board_standing import AGES, Standing
from app.finders.board_table import list_of_owed


class WaitingAnswered(Answered):
    """Tickets by how long their oldest unanswered message waits, on the wall clock."""

    under_1h: int
    under_4h: int
    under_1d: int
    under_3d: int
    older: int


class StandingAnswered(Answered):
    """Now. `list` is where the tickets behind `owed`, `overdue`, `due_in_hour` and `waiting` are listed."""

    open: int
    owed: int
    overdue: int
    due_in_hour: int
    public_unanswered: int
    oldest_unanswered_at: datetime | None
    oldest_public_at: datetime | None
    waiting: WaitingAnswered
    list: str

    @classmethod
    def of(cls, standing: Standing) -> Self:
        waiting = WaitingAnswered.model_validate(dict(zip(AGES, standing.waiting, strict=True)))
        return cls.model_validate(
            standing._asdict() | {"owed": standing.owed, "waiting": waiting, "list": list_of_owed(standing.team_id)}
        )


class JudgedAnswered(Answered):
    """Answers accepted in the span, in time and late."""

    held: int
    missed: int


class ForecastAnswered(Answered):
    """What falls due within four hours, and how much of it comes too late; null while no pace is known."""

    due: int
    breaches: int | None
    answers_per_hour: float | None = None


class TeamOnBoard(Answered):
    """`id` and `name` are null for tickets that lie in no team."""

    id: int | None
    name: str | None
    standing: StandingAnswered
    settled: JudgedAnswered
    forecast: ForecastAnswered

    @classmethod
    def of(cls, figures: TeamFigures) -> Self:
        ahead = figures.ahead
        return cls(
            id=figures.team.id,
            name=figures.team.name or None,
            standing=StandingAnswered.of(figures.standing),
            settled=JudgedAnswered.model_validate(figures.judged),
            forecast=ForecastAnswered(
                due=ahead.due_count,
                breaches=ahead.missed_count,
                answers_per_hour=None if ahead.per_hour is None else round(ahead.per_hour, 2),
            ),
        )


class ChannelOnBoard(JudgedAnswered):
    """`first_answer_*` are seconds of service time over the first answers alone."""

    channel: str
    first_answers: int
    first_answer_p50_seconds: int | None
    first_answer_p90_seconds: int | None


class HourOnBoard(JudgedAnswered):
    """Answers to what customers wrote in this hour of the day; on all channels where `channel` is null."""

    hour: int
    channel: str | None


class PromiseOnBoard(Answered):
    number: int
    text: str
    due_at: datetime
    owner: str
    assignee: str | None
    team: str | None
    channel: str
    public: bool

    @classmethod
    def of(cls, promise: PromiseDue) -> Self:
        return cls.model_validate(promise._asdict() | {"public": promise.is_public})


class PromisesAnswered(Answered):
    """What is due today: `broken` is past its time, `due_today` is not yet; `first` are the most pressing."""

    broken: int
    due_today: int
    first: list[PromiseOnBoard]


class HandoversOnBoard(Answered):
    """Seconds are service time of the receiving team until it accepted; `waiting` is how many wait now."""

    from_team: str | None
    to_team: str
    waiting: int
    waiting_since: datetime | None
    accepted: int
    late: int
    declined: int
    returned: int
    p50_seconds: int | None
    p90_seconds: int | None

    @classmethod
    def of(cls, pair: Pair) -> Self:
        return cls(
            from_team=pair.giver or None,
            to_team=pair.receiver,
            waiting=pair.waiting,
            waiting_since=pair.waiting_since,
            accepted=pair.accepted,
            late=pair.late,
            declined=pair.declined,
            returned=pair.returned,
            p50_seconds=pair.percentile(HALF),
            p90_seconds=pair.percentile(MOST_OF_ALL),
        )


class SlotAnswered(Answered):
    begins_at: datetime
    due: int
    breaches: int


class MattersAnswered(Answered):
    """Resolutions that run or rest, and those that ended in the span; `waiting_for_others` counts tickets."""

    running: int
    overdue: int
    held: int
    missed: int
    waiting_for_others: int


class WaitingHandover(Answered):
    """`due_at` is until when somebody should have answered; `number` is null of a ticket that one may not open."""

    number: int | None
    from_team: str | None
    to_team: str
    since: datetime
    due_at: datetime | None


class SpreadAnswered(Answered):
    """Over matters; null where none was counted."""

    median: int | None
    most: int | None


class CauseOnBoard(Answered):
    """Matters resolved in the span; `cause` is null over all of them and empty where nobody said one.

    `people` and `teams` are how many of us had a hand in a matter, `contacts` how often the customer wrote or called.
    """

    cause: str | None
    matters: int
    people: SpreadAnswered
    teams: SpreadAnswered
    contacts: SpreadAnswered
    channels: SpreadAnswered

    @classmethod
    def of(cls, caused: Caused, cause: str | None) -> Self:
        spreads = {part: SpreadAnswered.model_validate(getattr(caused, part)) for part in PARTS}
        return cls.model_validate({"cause": cause, "matters": caused.matters, **spreads})


class BoardAnswered(Answered):
    """Settled figures are counted by the day the answer was accepted and follow no later change of a policy."""

    first_on: date = Field(serialization_alias="from")
    last_on: date = Field(serialization_alias="to")
    at: datetime
    standing: StandingAnswered
    settled: JudgedAnswered
    teams: list[TeamOnBoard]
    channels: list[ChannelOnBoard]
    hours: list[HourOnBoard]
    promises: PromisesAnswered
    handovers: list[HandoversOnBoard]
    handovers_waiting: list[WaitingHandover]
    causes: list[CauseOnBoard]
    forecast: ForecastAnswered
    slots: list[SlotAnswered]
    matters: MattersAnswered


class BehindOnBoard(Answered):
    """Of an answer: `at` is when it was accepted. Of a ticket that waits: since when, and `waits_for` whom.

    Of what was resolved: `cause` is why it came to it; `people`, `teams` and `contacts` are what it took.
    Of an answer and of a hand-over: `verdict` says whether it was in time. Of a hand-over: since when it was asked for,
    `from_team`, `to_team` and the `reason`.
    A ticket that one may not open is counted, but has no `number`, customer or words: `lies_with` says with which team.
    """

    number: int | None
    customer: str
    subject: str
    team: str | None
    channel: str
    at: datetime | None
    due_at: datetime | None
    elapsed_seconds: int | None
    target_min: int | None
    waits_for: str
    promise: str
    cause: str
    people: int | None
    teams: int | None
    contacts: int | None
    verdict: Literal["met", "breached"] | None
    from_team: str | None
    to_team: str | None
    reason: str
    lies_with: str | None


class ListAnswered(Answered):
    """At most 500; `is_cut` says that there are more."""

    tickets: list[BehindOnBoard]
    is_cut: bool
