"""What whoever opens a ticket reads of another team's debt, before anything is joined."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.desk import joining
from app.models import TicketState
from app.runs import comparing
from tests import world as cast
from tests.desk.pairs import LATER, write_twice
from tests.fixtures.databases import Clock
from tests.web.entering import enter


@pytest.fixture
def world(app: object, clock: Clock) -> cast.World:
    clock.set((LATER + timedelta(minutes=1)).isoformat())
    return cast.build()


@pytest.fixture
def pair(world: cast.World) -> tuple[int, int]:
    """Eva's mail of nine o'clock, and one from another address of hers an hour later."""
    return write_twice(world)


def seen(client: FlaskClient, number: int) -> str:
    answer = client.get(f"/tickets/{number}")
    assert answer.status_code == 200
    return answer.text


def suggestion(page: str) -> str:
    return page.partition("/suggestions/")[2].partition("/")[0]


def test_the_banner_says_who_owes_what_since_when_and_why(ada: FlaskClient, pair: tuple[int, int]) -> None:
    page = seen(ada, pair[1])

    assert "Kundenservice schuldet seit heute, 09:00 Uhr eine Antwort" in page
    assert "vermutet" in page
    assert "gleiche Bestell- oder Sendungsnummer" in page
    assert f"#{pair[0]} ansehen" in page


def test_of_a_matter_one_may_not_see_nothing_but_the_debt_is_told(
    client: FlaskClient, world: cast.World, pair: tuple[int, int]
) -> None:
    from app.desk import assignment

    assignment.assign(pair[1], team_id=world.social, by=world.max, at=LATER)
    page = seen(enter(client, world.ben), pair[1])

    assert "Kundenservice schuldet seit heute, 09:00 Uhr eine Antwort" in page
    assert "Blaue Lampe" not in page
    assert f"#{pair[0]}" not in page
    assert f"/tickets/{pair[1]}/join" not in page.partition('class="debt"')[2].partition("</div>")[0]


def test_joining_from_the_banner_keeps_the_older_number(ada: FlaskClient, pair: tuple[int, int]) -> None:
    first, second = pair

    assert ada.post(f"/tickets/{second}/join", data={"into": first}).status_code == 303

    assert cast.ticket(second).state is TicketState.JOINED
    assert 'class="debt"' not in seen(ada, first)


def test_two_matters_are_remembered_and_can_be_asked_about_again(ada: FlaskClient, pair: tuple[int, int]) -> None:
    second = pair[1]
    address = f"/tickets/{second}/suggestions/{suggestion(seen(ada, second))}"

    assert ada.post(f"{address}/rejection").status_code == 303
    assert 'class="debt"' not in seen(ada, second)

    assert ada.post(f"{address}/question").status_code == 303
    assert 'class="debt"' in seen(ada, second)


def test_whoever_takes_a_yes_back_has_not_said_no(ada: FlaskClient, pair: tuple[int, int]) -> None:
    second = pair[1]
    asked = suggestion(seen(ada, second))
    assert ada.post(f"/tickets/{second}/suggestions/{asked}/acceptance").status_code == 303

    assert ada.post(f"/tickets/{second}/separation", data={"suggestion": asked}).status_code == 303

    assert cast.ticket(second).joined_into_id is None
    assert 'class="debt"' in seen(ada, second)


def test_what_was_parted_is_not_brought_together_again(world: cast.World, ada: FlaskClient, clock: Clock) -> None:
    text = "Wo bleibt Bestellung 100-2314, die blaue Lampe aus dem Herbstkatalog?"
    first = cast.hear(world, text=text).ticket_id
    again = cast.contact(external_id="again@kundin.example", text=text, sent_at=LATER)
    second = cast.hear(world, again, at=LATER).ticket_id
    comparing.compare_new(at=LATER)
    assert cast.ticket(second).joined_into_id == first
    joining.unjoin(second, by=world.ada, at=LATER)

    third = LATER + timedelta(minutes=5)
    assert cast.hear(world, cast.contact(replies_to=("again@kundin.example",), text=text), at=third).ticket_id == second
    comparing.compare_new(at=third)

    assert cast.ticket(second).joined_into_id is None
    assert 'class="debt"' not in seen(ada, second)
