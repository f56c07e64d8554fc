"""What may be one matter, for programs: read by whoever sees one side, joined by whoever sees both."""

from __future__ import annotations

import pytest

from app.desk import assignment
from app.models import TicketState
from channels.contract import Handle
from tests import world as cast
from tests.api.conftest import Callers
from tests.desk.pairs import LATER, write_twice

pytestmark = pytest.mark.usefixtures("flask")


@pytest.fixture
def pair(world: cast.World) -> tuple[int, int]:
    """Eva's mail of Monday, and one from another address of hers that names the same order and says so."""
    return write_twice(world)


def test_both_sides_of_a_pair_name_the_other(callers: Callers, pair: tuple[int, int]) -> None:
    first, second = pair

    (here,) = callers.ada.get(f"/tickets/{second}/suggestions").json["suggestions"]
    (there,) = callers.ada.get(f"/tickets/{first}/suggestions").json["suggestions"]

    assert (here["number"], there["number"]) == (first, second)
    assert here["unanswered_since"] == "2026-11-23T08:00:00Z"
    assert {"same_reference", "says_so", "order_number"} <= {reason["why"] for reason in here["reasons"]}


def test_saying_yes_makes_one_matter_of_two(callers: Callers, pair: tuple[int, int]) -> None:
    first, second = pair
    (found,) = callers.ada.get(f"/tickets/{second}/suggestions").json["suggestions"]

    answer = callers.ada.post(f"/tickets/{second}/suggestions/{found['suggestion']}/accept")

    assert (answer.status_code, answer.json["number"]) == (200, first)
    assert cast.ticket(second).state is TicketState.JOINED
    assert callers.ada.get(f"/tickets/{first}/suggestions").json["suggestions"] == []


def test_saying_no_is_kept(callers: Callers, pair: tuple[int, int]) -> None:
    _first, second = pair
    (found,) = callers.ada.get(f"/tickets/{second}/suggestions").json["suggestions"]
    path = f"/tickets/{second}/suggestions/{found['suggestion']}/reject"

    assert callers.ada.post(path).status_code == 200
    assert callers.ada.post(path).status_code == 409
    assert callers.ada.get(f"/tickets/{second}/suggestions").json["suggestions"] == []


def test_who_may_not_see_a_ticket_hears_nothing_of_it(callers: Callers, pair: tuple[int, int]) -> None:
    assert callers.zoe.get(f"/tickets/{pair[0]}/suggestions").status_code == 404


def test_a_matter_that_one_may_not_see_is_suggested_without_its_number(
    world: cast.World, callers: Callers, pair: tuple[int, int]
) -> None:
    first, second = pair
    assignment.assign(second, assignee_id=None, team_id=world.social, by=world.max, at=LATER)

    (found,) = callers.ben.get(f"/tickets/{second}/suggestions").json["suggestions"]

    assert (found["is_visible"], found["number"], found["team"]) == (False, None, "Kundenservice")
    assert callers.ben.post(f"/tickets/{second}/suggestions/{found['suggestion']}/ask").status_code == 200
    (back,) = callers.ada.get(f"/tickets/{first}/suggestions").json["suggestions"]
    assert (back["number"], back["can_join"]) == (None, True)


def test_a_suggestion_about_other_tickets_does_not_exist_here(
    world: cast.World, callers: Callers, pair: tuple[int, int]
) -> None:
    (found,) = callers.ada.get(f"/tickets/{pair[0]}/suggestions").json["suggestions"]
    elsewhere = cast.hear(world, sender=Handle(kind="email", value="otto@kunde.example", name="Otto")).ticket_id

    path = f"/tickets/{elsewhere}/suggestions/{found['suggestion']}"

    assert callers.ada.post(f"{path}/accept").status_code == 404
    assert callers.ada.post(f"{path}/reject").status_code == 404


def test_only_administrators_tell_of_orders(callers: Callers) -> None:
    order = {"number": "100-2314", "email": "eva@kundin.example", "postcode": "89231", "amount_cents": 18_990}

    assert callers.ada.post("/orders", order).status_code == 404
    first, again = callers.max.post("/orders", order), callers.max.post("/orders", {**order, "postcode": "10115"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
