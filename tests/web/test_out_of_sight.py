"""A list that counts what has left one's sight since tells neither whose it is nor what about."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.db import db, transaction
from app.desk import assignment, handovers, participation
from app.models import Ticket
from tests import world as cast
from tests.desk.handing import give
from tests.fixtures.databases import Clock
from tests.monday import answer, at, mail
from tests.web.entering import enter

SECRETS = ("Geheim", "Eva", "/tickets/")


def _rename(number: int, *, team_id: int | None = -1) -> None:
    with transaction():
        ticket = db.session.get_one(Ticket, number)
        ticket.subject = "Geheim"
        ticket.team_id = ticket.team_id if team_id == -1 else team_id


def _main(page: str) -> str:
    return page[page.index("<main") :]


@pytest.fixture
def answered(world: cast.World, clock: Clock) -> int:
    """Care answered Eva at ten; at half past the matter went to the team of returns, who write of something else."""
    filed = mail(world, "eva", "9:00")
    answer(world, filed, "10:00")
    assignment.assign(filed.ticket_id, assignee_id=None, team_id=world.returns, by=world.max, at=at("10:30"))
    _rename(filed.ticket_id)
    clock.set(at("11:00").isoformat())
    return filed.ticket_id


def test_an_answer_is_counted_where_its_ticket_may_not_be_opened(
    answered: int, world: cast.World, client: FlaskClient
) -> None:
    lead = enter(client, world.cleo)
    assert lead.get(f"/tickets/{answered}").status_code == 404
    page = _main(lead.get("/board/tickets?figure=held").text)
    assert page.count('<th scope="row">') == 1
    assert "liegt jetzt bei Retoure" in page
    assert [word for word in (*SECRETS, f"#{answered}") if word in page] == []
    assert "Geheim" in enter(client, world.max).get("/board/tickets?figure=held").text


def test_what_lies_with_no_team_lies_elsewhere(answered: int, world: cast.World, client: FlaskClient) -> None:
    _rename(answered, team_id=None)
    page = _main(enter(client, world.cleo).get("/board/tickets?figure=held").text)
    assert "liegt jetzt anderswo" in page
    assert [word for word in SECRETS if word in page] == []


def test_whoever_takes_part_sees_what_they_answered(answered: int, world: cast.World, client: FlaskClient) -> None:
    participation.invite(answered, team_id=world.care, by=world.max, at=at("10:45"))
    page = enter(client, world.cleo).get("/board/tickets?figure=held").text
    assert f'href="/tickets/{answered}"' in page
    assert "Geheim" in page


@pytest.mark.parametrize("state", ["declined", "left since"])
def test_a_hand_over_of_once_does_not_tell_what_became_of_the_matter(
    world: cast.World, client: FlaskClient, state: str, clock: Clock
) -> None:
    number = mail(world, "eva", "9:00").ticket_id
    give(world, number, at=at("9:10"))
    looker, section = world.ben, "An uns"
    if state == "declined":
        handovers.decline(number, reason="Nicht unseres", by=world.ben, at=at("9:20"))
    else:
        handovers.accept(number, by=world.ben, at=at("9:20"))
        participation.leave(number, team_id=world.care, by=world.ben, at=at("9:30"))
        looker, section = world.ada, "Von uns"
    _rename(number)
    clock.set(at("11:00").isoformat())

    page = enter(client, looker).get("/handovers").text
    told = page[page.index(f">{section}<") :]

    assert "Rechnung fehlt, bitte schicken" in told
    assert f"liegt jetzt bei {'Kundenservice' if state == 'declined' else 'Social Media'}" in told
    assert [word for word in SECRETS if word in told] == []


def test_a_hand_over_that_waits_leads_nowhere_one_may_not_go(
    world: cast.World, client: FlaskClient, clock: Clock
) -> None:
    mail(world, "eva", "9:00")
    theirs = mail(world, "otto", "9:00").ticket_id
    assignment.assign(theirs, assignee_id=None, team_id=world.returns, by=world.max, at=at("9:05"))
    participation.invite(theirs, team_id=world.care, by=world.max, at=at("9:06"))
    # Only the yes of the team is asked for that has the ball already.
    give(world, theirs, to_team_id=world.returns, at=at("9:10"))
    participation.leave(theirs, team_id=world.care, by=world.max, at=at("9:20"))
    clock.set(at("9:22").isoformat())

    page = _main(enter(client, world.cleo).get("/board").text)

    assert f'<span class="num">#{theirs}</span>' in page
    assert f"/tickets/{theirs}" not in page
