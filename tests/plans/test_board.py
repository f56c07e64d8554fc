"""The overview counts along indexes: what it reads grows with what is open and what was answered in its days."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.access import Person
from app.db import db
from app.desk.aims import hours_of
from app.finders import (
    board_ahead,
    board_causes,
    board_handovers,
    board_matters,
    board_promises,
    board_settled,
    board_standing,
    wall,
    wallboards,
)
from app.finders.board import board
from app.finders.board_figures import Figure, Narrowed
from app.finders.board_lists import behind
from app.finders.board_scope import Span, scope, scope_of_screen
from tests.plans.conftest import NOW, Crowd
from tests.plans.reading import Asked, asked_by, walks

MINUTE = timedelta(minutes=1)
ZONE = ZoneInfo("Europe/Berlin")
TODAY = NOW.astimezone(ZONE).date()
ONE_DAY = Span(first_on=TODAY, last_on=TODAY, zone=ZONE)


@pytest.mark.parametrize("team", ["", "Kundenservice"])
def test_no_figure_of_today_walks_a_table(crowd: Crowd, team: str) -> None:
    seen = scope(crowd.admin, team)

    def ask() -> None:
        board_standing.standing(seen, now=NOW)
        board_settled.answers(seen, ONE_DAY)
        board_ahead._dues(seen, NOW)
        board_handovers.handovers(seen, ONE_DAY)
        board_matters.matters(seen, ONE_DAY, now=NOW)
        board_promises.promises(seen, now=NOW, until=ONE_DAY.ends_at)
        board_handovers.waiting(seen, limit=8)
        board_causes.causes(seen, ONE_DAY)

    assert walks(asked_by(ask)) == []


@pytest.mark.parametrize("is_one", [True, False])
def test_no_figure_of_a_screen_walks_a_table(crowd: Crowd, is_one: bool) -> None:  # noqa: FBT001 - a parameter of the test
    seen = scope_of_screen(crowd.team if is_one else None)
    assert walks(asked_by(lambda: wall.wall(seen, ONE_DAY, now=NOW))) == []
    assert walks(asked_by(lambda: wallboards.screen("geheim"))) == []


@pytest.mark.parametrize(
    "figure",
    [
        "open",
        "overdue",
        "due_in_hour",
        "due_ahead",
        "owed",
        "oldest_unanswered",
        "public_unanswered",
        "handovers_waiting",
        "handovers_accepted",
    ],
)
def test_no_list_behind_a_figure_walks_a_table(crowd: Crowd, figure: str) -> None:
    def ask() -> None:
        behind(crowd.admin, Figure(figure), ONE_DAY, Narrowed(team=str(crowd.team)), now=NOW, hours_of=hours_of)

    assert walks(asked_by(ask)) == []


def test_what_was_resolved_is_counted_from_an_index_alone(crowd: Crowd) -> None:
    """PostgreSQL decides that by how much of the table was tidied up, so only SQLite is asked."""
    if db.engine.dialect.name != "sqlite":
        return
    (asked,) = asked_by(lambda: board_causes.causes(scope_of_screen(None), ONE_DAY))[-1:]
    with db.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked.statement}", asked.parameters)
        assert "COVERING INDEX ix_ticket_resolved" in "\n".join(str(row[-1]) for row in plan)


def test_the_answers_of_a_week_are_read_from_an_index_alone(crowd: Crowd) -> None:
    """PostgreSQL decides that by how much of the table was tidied up, so only SQLite is asked."""
    if db.engine.dialect.name != "sqlite":
        return
    seen = scope(crowd.admin, "")
    week = Span(first_on=TODAY - timedelta(days=6), last_on=TODAY, zone=ZONE)
    questions = asked_by(lambda: board_settled.answers(seen, week))[-2:]
    with db.engine.connect() as connection:
        for asked in questions:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked.statement}", asked.parameters)
            assert "COVERING INDEX ix_obligation_settled" in "\n".join(str(row[-1]) for row in plan)


def test_a_month_of_answers_is_asked_for_once_an_hour(crowd: Crowd) -> None:
    """PostgreSQL may rather read all conversations than look thousands of them up; so it is not asked each time."""
    _asked(crowd.admin, NOW - MINUTE)  # compiles the calendars
    first, second, third = (len(_asked(crowd.admin, NOW + minutes * MINUTE)) for minutes in (0, 59, 61))
    assert (first - second, third - second) == (1, 1)


def _asked(person: Person, now: datetime) -> list[Asked]:
    return asked_by(lambda: board(person, ONE_DAY, now=now, hours_of=hours_of))
