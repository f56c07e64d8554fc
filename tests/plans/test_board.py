"""The overview counts along indexes: what it reads grows with what is open and what was answered in its days."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app.desk.clocks import hours_of
from app.finders.board import board
from app.finders.board_scope import Span
from tests.plans.conftest import NOW, Crowd
from tests.plans.reading import asked_by, walks

ZONE = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("team", ["", "Kundenservice"])
@pytest.mark.parametrize("days", [1, 7])
def test_no_figure_walks_a_table(crowd: Crowd, days: int, team: str) -> None:
    today = NOW.astimezone(ZONE).date()
    span = Span(first_on=today - timedelta(days=days - 1), last_on=today, zone=ZONE)
    asked = asked_by(lambda: board(crowd.admin, span, team=team, now=NOW, hours_of=hours_of))
    assert walks(asked) == []
