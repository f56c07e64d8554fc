"""The lists behind the figures of the leads: as many rows as were counted, each saying what is asked of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.desk import assignment, handovers
from tests import world as cast
from tests.api.conftest import Callers
from tests.api.test_board import board, team
from tests.desk.handing import give
from tests.fixtures.databases import Clock
from tests.monday import HALF_PAST_TWO, answer, at, mail, play


@pytest.fixture
def monday(world: cast.World, clock: Clock) -> dict[str, int]:
    """It is half past two; returns tickets by whose they are."""
    tickets = play(world)
    clock.set(HALF_PAST_TWO)
    return tickets


def test_the_lists_hold_what_was_counted(monday: dict[str, int], callers: Callers) -> None:
    found = board(callers)
    for figure, count in found["settled"].items():
        listed = callers.max.get("/board/tickets", figure=figure).json
        assert (len(listed["tickets"]), listed["is_cut"]) == (count, False)
    public = callers.max.get("/board/tickets", figure="public_unanswered").json["tickets"]
    assert [each["number"] for each in public] == [monday["public"]]
    by_hour = [each for each in found["hours"] if each["channel"] is None and each["missed"]]
    for each in by_hour:
        listed = callers.max.get("/board/tickets", figure="missed", hour=each["hour"]).json["tickets"]
        assert len(listed) == each["missed"]


def test_what_is_forecast_to_be_late_is_listed(world: cast.World, callers: Callers, clock: Clock) -> None:
    for number in range(7):
        answer(world, mail(world, f"k{number}", "9:00"), "10:00")
    # Seven answers in the seven hours since ten: one an hour. Of what is due at half past ten, the first is answered
    # at ten, and no other comes in time.
    _first, *late = [mail(world, name, "14:30").ticket_id for name in ("eva", "otto", "mia")]
    late += [mail(world, name, "15:40").ticket_id for name in ("nora", "lena")]
    clock.set(at("8:55", days=1))

    def listed(**narrowed: object) -> list[int]:
        answered = callers.max.get("/board/tickets", figure="breaches_ahead", **narrowed).json
        return [each["number"] for each in answered["tickets"]]

    found = board(callers)
    assert found["forecast"]["breaches"] == team(found, "Kundenservice")["forecast"]["breaches"] == 4
    assert listed() == listed(team="Kundenservice") == late
    for slot in found["slots"]:
        assert len(listed(slot=slot["begins_at"])) == slot["breaches"]
    assert listed(slot="2026-11-24T09:30:00Z") == late[:2]
    assert listed(team="Social Media") == []
    assert listed(slot="9999-12-31T23:59:00Z") == listed(slot="0001-01-01T00:00:00Z") == []


@pytest.mark.parametrize("figure", ["due_ahead", "breaches_ahead"])
def test_a_quarter_of_an_hour_at_the_end_of_time_holds_nothing(
    monday: dict[str, int], callers: Callers, figure: str
) -> None:
    for slot in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"):
        assert callers.max.get("/board/tickets", figure=figure, slot=slot).json["tickets"] == []


def test_hand_overs_are_listed_by_state_and_teams(world: cast.World, callers: Callers, clock: Clock) -> None:
    number = mail(world, "eva", "9:00").ticket_id
    give(world, number, at=at("9:05"))
    handovers.decline(number, reason="Nein", by=world.ben, at=at("9:10"))
    give(world, number, at=at("9:15"))
    clock.set(at("9:20"))

    def listed(figure: str, **narrowed: object) -> list[dict[str, Any]]:
        answered = callers.max.get("/board/tickets", figure=f"handovers_{figure}", **narrowed).json
        return list(answered["tickets"])

    (waits,) = listed("waiting", from_team="Kundenservice", to_team="Social Media")
    assert (waits["number"], waits["at"], waits["from_team"]) == (number, "2026-11-23T08:15:00Z", "Kundenservice")
    assert waits["reason"] == "Rechnung fehlt, bitte schicken"
    assert len(listed("declined")) == 1
    assert listed("declined", **{"from": "2026-11-20", "to": "2026-11-22"}) == []
    assert [listed("waiting", **each) for each in ({"from_team": "(none)"}, {"to_team": "Retoure"})] == [[], []]
    assert [listed(each) for each in ("accepted", "late", "returned")] == [[], [], []]


def test_answers_are_listed_with_their_verdict(monday: dict[str, int], callers: Callers) -> None:
    listed = callers.max.get("/board/tickets", figure="answered").json["tickets"]
    assert sorted(each["verdict"] for each in listed) == ["breached", "met", "met", "met"]
    (late,) = callers.max.get("/board/tickets", figure="missed").json["tickets"]
    assert late["verdict"] == "breached"


def test_a_list_says_where_a_ticket_lies_that_one_may_not_open(
    monday: dict[str, int], world: cast.World, callers: Callers
) -> None:
    assignment.assign(monday["mia"], assignee_id=None, team_id=world.returns, by=world.max, at=HALF_PAST_TWO)
    listed = callers.cleo.get("/board/tickets", figure="held").json["tickets"]
    assert len(listed) == callers.cleo.get("/board").json["settled"]["held"]
    (hidden,) = [each for each in listed if each["number"] is None]
    assert (hidden["customer"], hidden["subject"], hidden["lies_with"]) == ("", "", "Retoure")
    assert {each["lies_with"] for each in listed if each is not hidden} == {None}
