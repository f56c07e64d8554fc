"""`/board`: the figures by which leads steer, as JSON or as CSV."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from flask import current_app
from pydantic import Field

from app import clock
from app.access import Person
from app.api import routes
from app.api.asked import Asked, Term
from app.api.shape import Answered
from app.desk.aims import hours_of
from app.finders import board as boards
from app.finders import board_lists
from app.finders.board_handovers import HALF, MOST_OF_ALL, Pair
from app.finders.board_lists import Figure
from app.finders.board_promises import PromiseDue
from app.finders.board_scope import span
from app.finders.board_settled import Answers, Judged
from app.finders.board_standing import AGES, Standing
from app.finders.board_table import as_csv, list_of_owed


class BoardAsked(Asked):
    """Days of the shop, both counted; without any, today."""

    first_on: date | None = Field(default=None, alias="from")
    last_on: date | None = Field(default=None, alias="to")
    team: Term = ""


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
    def of(cls, figures: boards.TeamFigures) -> Self:
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
    forecast: ForecastAnswered
    slots: list[SlotAnswered]
    matters: MattersAnswered


class BehindAsked(BoardAsked):
    """Which figure, and what narrows it: a kind of channel, the hour in which the customer wrote."""

    figure: Figure
    channel: Term = ""
    hour: int | None = Field(default=None, ge=0, le=23)


class BehindOnBoard(Answered):
    """Of an answer: `at` is when it was accepted. Of a ticket that waits: since when, and `waits_for` whom."""

    number: int
    customer: str
    subject: str
    team: str | None
    channel: str
    at: datetime
    due_at: datetime | None
    elapsed_seconds: int | None
    target_min: int | None
    waits_for: str


class ListAnswered(Answered):
    """At most 500; `is_cut` says that there are more."""

    tickets: list[BehindOnBoard]
    is_cut: bool


@routes.get("/board/tickets", answer=ListAnswered, query=BehindAsked, may_miss=True)
def behind(*, person: Person, query: BehindAsked) -> ListAnswered:
    """List the tickets behind one figure of the overview."""
    zone = ZoneInfo(current_app.config["FADEN"].time_zone)
    days = span(query.first_on, query.last_on, now=clock.now(), zone=zone)
    found = board_lists.behind(person, query.figure, days, team=query.team, channel=query.channel, hour=query.hour)
    return ListAnswered(tickets=[_behind(each) for each in found], is_cut=len(found) == board_lists.MOST)


def _behind(each: board_lists.Behind) -> BehindOnBoard:
    known = {"customer": each.customer_name, "target_min": each.target_minutes, "waits_for": each.words}
    return BehindOnBoard.model_validate(each._asdict() | known)


@routes.get("/board", answer=BoardAnswered, query=BoardAsked, may_miss=True, is_table=True)
def board(*, person: Person, query: BoardAsked) -> BoardAnswered | routes.Table:
    """Show what is open, late, promised, settled and coming, for the teams one watches over."""
    zone = ZoneInfo(current_app.config["FADEN"].time_zone)
    days = span(query.first_on, query.last_on, now=clock.now(), zone=zone)
    found = boards.board(person, days, team=query.team, now=clock.now(), hours_of=hours_of)
    return routes.Table(as_csv(found)) if routes.is_table_wanted() else _told(found)


def _told(found: boards.Board) -> BoardAnswered:
    return BoardAnswered(
        first_on=found.span.first_on,
        last_on=found.span.last_on,
        at=found.at,
        standing=StandingAnswered.of(found.total),
        settled=JudgedAnswered.model_validate(found.answers.all),
        teams=[TeamOnBoard.of(each) for each in found.teams],
        channels=_channels(found.answers),
        hours=_hours(found.answers),
        promises=PromisesAnswered(
            broken=found.promises.broken,
            due_today=found.promises.ahead,
            first=[PromiseOnBoard.of(each) for each in found.promises.first],
        ),
        handovers=[HandoversOnBoard.of(each) for each in found.handovers],
        forecast=ForecastAnswered(due=found.due_ahead, breaches=found.missed_ahead),
        matters=_matters(found),
        slots=[SlotAnswered(begins_at=slot.begins_at, due=slot.due, breaches=slot.missed) for slot in found.slots],
    )


def _matters(found: boards.Board) -> MattersAnswered:
    of = found.matters
    return MattersAnswered(
        running=of.running, overdue=of.overdue, held=of.held, missed=of.missed, waiting_for_others=of.waiting
    )


def _channels(answers: Answers) -> list[ChannelOnBoard]:
    judged = answers.by(lambda row: row.channel)
    return [
        ChannelOnBoard(
            channel=channel,
            held=judged[channel].held,
            missed=judged[channel].missed,
            first_answers=answers.first_of(channel).count,
            first_answer_p50_seconds=answers.first_of(channel).p50_seconds,
            first_answer_p90_seconds=answers.first_of(channel).p90_seconds,
        )
        for channel in sorted(judged)
    ]


def _hours(answers: Answers) -> list[HourOnBoard]:
    by_hour = answers.by(lambda row: row.hour)
    by_both = answers.by(lambda row: (row.hour, row.channel))
    return [
        *(_hour(hour, None, by_hour[hour]) for hour in sorted(by_hour)),
        *(_hour(hour, channel, by_both[hour, channel]) for hour, channel in sorted(by_both)),
    ]


def _hour(hour: int, channel: str | None, judged: Judged) -> HourOnBoard:
    return HourOnBoard(hour=hour, channel=channel, held=judged.held, missed=judged.missed)
