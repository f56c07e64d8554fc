"""`/board`: the figures by which leads steer, as JSON or as CSV."""

from __future__ import annotations

from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from flask import current_app
from pydantic import AwareDatetime, Field

from app import clock
from app.access import Person
from app.api import routes
from app.api.asked import Asked, Term
from app.api.board_answered import (
    BehindOnBoard,
    BoardAnswered,
    CauseOnBoard,
    ChannelOnBoard,
    ForecastAnswered,
    HandoversOnBoard,
    HourOnBoard,
    JudgedAnswered,
    ListAnswered,
    MattersAnswered,
    PromiseOnBoard,
    PromisesAnswered,
    SlotAnswered,
    StandingAnswered,
    TeamOnBoard,
    WaitingHandover,
)
from app.desk.aims import hours_of
from app.finders import board as boards
from app.finders import board_lists
from app.finders.board_figures import HANDED, PROMISED, Behind, Figure, Narrowed
from app.finders.board_handovers import Waiting
from app.finders.board_scope import span
from app.finders.board_settled import Answers, Judged
from app.finders.board_table import as_csv

WORDS = {Figure.RESOLVED: "cause", **dict.fromkeys(PROMISED, "promise"), **dict.fromkeys(HANDED, "reason")}
"""What the words of a row are called, where they say something else than for whom a ticket waits."""


class BoardAsked(Asked):
    """Days of the shop, both counted; without any, today."""

    first_on: date | None = Field(default=None, alias="from")
    last_on: date | None = Field(default=None, alias="to")
    team: Term = ""


class BehindAsked(BoardAsked):
    """Which figure, and what narrows it.

    `hour` is the one in which the customer wrote, the `cause` "(none)" is that nobody said one, and `slot` is where a
    quarter of an hour ahead begins. `from_team` and `to_team` are names of the teams of a hand-over, "(none)" none.
    """

    figure: Figure
    channel: Term = ""
    hour: int | None = Field(default=None, ge=0, le=23)
    waiting: Literal["", "under_1h", "under_4h", "under_1d", "under_3d", "older"] = ""
    cause: Term = ""
    slot: AwareDatetime | None = None
    from_team: Term = ""
    to_team: Term = ""


@routes.get("/board/tickets", answer=ListAnswered, query=BehindAsked, may_miss=True)
def behind(*, person: Person, query: BehindAsked) -> ListAnswered:
    """List the tickets behind one figure of the overview."""
    zone = ZoneInfo(current_app.config["FADEN"].time_zone)
    days = span(query.first_on, query.last_on, now=clock.now(), zone=zone)
    narrowed = Narrowed(
        team=query.team,
        channel=query.channel,
        hour=query.hour,
        waiting=query.waiting,
        cause=query.cause,
        slot=query.slot,
        giver=query.from_team,
        receiver=query.to_team,
    )
    found = board_lists.behind(person, query.figure, days, narrowed, now=clock.now(), hours_of=hours_of)
    words = WORDS.get(query.figure, "waits_for")
    return ListAnswered(tickets=[_behind(each, words) for each in found.rows], is_cut=found.is_cut)


def _behind(each: Behind, words: str) -> BehindOnBoard:
    known = {"customer": each.customer_name, "target_min": each.target_minutes}
    said = {"waits_for": "", "promise": "", "cause": "", "reason": ""} | {words: each.words or ""}
    # The clock of a hand-over that was declined or came back ended without one.
    verdict = each.verdict if each.verdict in {"met", "breached"} else None
    return BehindOnBoard.model_validate(each._asdict() | known | said | {"verdict": verdict})


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
        handovers_waiting=[_waiting(each) for each in found.waiting],
        causes=[
            CauseOnBoard.of(found.causes.all, None),
            *(CauseOnBoard.of(each, each.cause) for each in found.causes.rows),
        ],
        forecast=ForecastAnswered(due=found.due_ahead, breaches=found.missed_ahead),
        matters=_matters(found),
        slots=[SlotAnswered(begins_at=slot.begins_at, due=slot.due, breaches=slot.missed) for slot in found.slots],
    )


def _waiting(each: Waiting) -> WaitingHandover:
    return WaitingHandover(
        number=each.number if each.may_open else None,
        from_team=each.giver,
        to_team=each.receiver,
        since=each.since,
        due_at=each.due_at,
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
