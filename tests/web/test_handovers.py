"""Hand-overs on the pages: the dialog, the bar, the list of both sides, and who sees what when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.desk import handovers
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import FRAGMENT, enter
from tests.web.statements import statements

NINE = cast.MONDAY_NINE
WHY = "Rechnung <fehlt>, bitte schicken"


@pytest.fixture
def world(app: object, clock: Clock) -> cast.World:
    clock.set((NINE + timedelta(hours=1)).isoformat())
    return cast.build()


@pytest.fixture
def asked(world: cast.World, number: int) -> int:
    """Ada has asked social to take Eva's matter."""
    handovers.hand_over(number, to_team_id=world.social, reason=WHY, by=world.ada, at=NINE + timedelta(minutes=55))
    return number


def row_of(client: FlaskClient, number: int, view: str = "next") -> str:
    """Return the row of a ticket in a list."""
    page = client.get(f"/inbox/{view}").text
    return page.partition(f'id="t{number}"')[2].partition('role="row"')[0]


def test_the_dialog_proposes_a_team_and_asks_for_one_line(client: FlaskClient, world: cast.World, number: int) -> None:
    sheet = enter(client, world.ada).get(f"/tickets/{number}/handover", headers=FRAGMENT).text
    assert "An welches Team?" in sheet
    assert 'name="reason" required' in sheet
    assert "annehmen bis heute, 10:15 Uhr" in sheet
    assert "Kundenservice" not in sheet.partition("Persönlich an")[0]


def test_the_usual_receiver_is_proposed(client: FlaskClient, world: cast.World, number: int) -> None:
    other = cast.hear(world, cast.contact(subject="Noch etwas", sent_at=NINE)).ticket_id
    handovers.hand_over(other, to_team_id=world.returns, reason="x", by=world.ada, at=NINE)
    sheet = enter(client, world.ada).get(f"/tickets/{number}/handover", headers=FRAGMENT).text
    assert f'value="{world.returns}" required checked' in sheet


def test_handing_over_shows_the_bar_to_the_giver(client: FlaskClient, world: cast.World, number: int) -> None:
    ada = enter(client, world.ada)
    answer = ada.post(f"/tickets/{number}/handover", data={"team": world.social, "reason": WHY})
    assert answer.status_code == 303
    page = ada.get(f"/tickets/{number}").text
    assert "Übergabe an Social Media" in page
    assert "Rechnung &lt;fehlt&gt;, bitte schicken" in page
    assert "annehmen bis heute, 10:15 Uhr" in page
    assert "Zurücknehmen" in page
    assert "Annehmen" not in page
    assert 'data-act="handover"' not in page


def test_without_a_reason_the_dialog_comes_back(client: FlaskClient, world: cast.World, number: int) -> None:
    answer = enter(client, world.ada).post(f"/tickets/{number}/handover", data={"team": world.social, "reason": " "})
    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"] == "#sheet"
    assert "Bitte sagen Sie in einer Zeile, warum." in answer.text
    assert f'value="{world.social}" required checked' in answer.text


def test_the_receiver_sees_the_ticket_while_it_is_asked_and_no_longer(
    client: FlaskClient, world: cast.World, asked: int
) -> None:
    ben = enter(client, world.ben)
    page = ben.get(f"/tickets/{asked}").text
    assert "von Ada (Kundenservice) seit heute, 09:55 Uhr" in page
    assert "Annehmen" in page
    assert "Übernehmen" not in page.partition("<dl")[0].partition('role="toolbar"')[2]
    answer = ben.post(f"/tickets/{asked}/handover/refusal", data={"reason": "Das ist eine Rechnung"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/handovers")
    assert ben.get(f"/tickets/{asked}").status_code == 404
    assert "Das ist eine Rechnung" in enter(client, world.ada).get(f"/tickets/{asked}").text


def test_a_third_team_sees_nothing(client: FlaskClient, world: cast.World, asked: int) -> None:
    zoe = enter(client, world.zoe)
    assert zoe.get(f"/tickets/{asked}").status_code == 404
    for act in ("handover/acceptance", "handover/refusal", "handover/withdrawal", "handover/undo"):
        assert zoe.post(f"/tickets/{asked}/{act}").status_code == 404
    assert f"/tickets/{asked}" not in zoe.get("/handovers").text


def test_accepting_gives_team_and_person_and_can_be_undone(client: FlaskClient, world: cast.World, asked: int) -> None:
    ben = enter(client, world.ben)
    assert ben.post(f"/tickets/{asked}/handover/acceptance").status_code == 303
    ticket = cast.ticket(asked)
    assert (ticket.team_id, ticket.assignee_id) == (world.social, world.ben.id)
    page = ben.get(f"/tickets/{asked}").text
    assert "Übernommen von Social Media" in page
    assert "Ben (Social Media) hat die Übergabe angenommen." in page
    ben.post(f"/tickets/{asked}/handover/undo")
    assert cast.ticket(asked).team_id == world.care


def test_the_giver_takes_it_back(client: FlaskClient, world: cast.World, asked: int) -> None:
    ada = enter(client, world.ada)
    assert ada.post(f"/tickets/{asked}/handover/withdrawal").status_code == 303
    assert "Die Übergabe an Social Media ist zurückgenommen." in ada.get(f"/tickets/{asked}").text


def test_a_decline_needs_its_reason(client: FlaskClient, world: cast.World, asked: int) -> None:
    ben = enter(client, world.ben)
    answer = ben.post(f"/tickets/{asked}/handover/refusal", data={"reason": ""}, headers=FRAGMENT)
    assert answer.status_code == 422
    assert "Bitte sagen Sie in einer Zeile, warum Sie ablehnen." in answer.text
    answer = ben.post(f"/tickets/{asked}/handover/refusal", data={"reason": "Nein"}, headers=FRAGMENT)
    assert answer.headers["HX-Redirect"] == "/handovers"


def test_both_sides_have_it_in_their_list(client: FlaskClient, world: cast.World, asked: int) -> None:
    ben = enter(client, world.ben).get("/handovers").text
    assert "Ada (Kundenservice) → Social Media" in ben.partition("Von uns")[0]
    assert "Annehmen" in ben
    assert "Sie haben in letzter Zeit nichts übergeben." in ben
    ada = enter(client, world.ada).get("/handovers").text
    assert "Niemand will Ihnen gerade etwas übergeben." in ada
    assert "Zurücknehmen" in ada.partition("Von uns")[2]
    assert "Alle Übergaben" in enter(client, world.max).get("/handovers").text


def test_what_was_answered_stays_for_a_while(client: FlaskClient, world: cast.World, asked: int) -> None:
    handovers.decline(asked, reason="Nicht unseres", by=world.ben, at=NINE + timedelta(minutes=58))
    page = enter(client, world.ada).get("/handovers").text
    assert "abgelehnt von Ben nach 3 Min.: „Nicht unseres“" in page
    handovers.hand_over(asked, to_team_id=world.returns, reason="Doch", by=world.ada, at=NINE + timedelta(hours=1))
    again = enter(client, world.ada).get("/handovers").text
    assert again.index("„Doch“") < again.index("Nicht unseres")


def test_a_matter_that_comes_back_says_how_often(client: FlaskClient, world: cast.World, asked: int) -> None:
    handovers.accept(asked, by=world.ben, at=NINE + timedelta(minutes=56))
    handovers.hand_over(asked, to_team_id=world.care, reason="y", by=world.ben, at=NINE + timedelta(minutes=57))
    handovers.accept(asked, by=world.ada, at=NINE + timedelta(minutes=58))
    assert "1-mal zurückgekommen" in enter(client, world.ada).get("/handovers").text


def test_the_rail_counts_what_is_asked_of_us(client: FlaskClient, world: cast.World, asked: int) -> None:
    def count(page: str) -> str:
        return page.partition('href="/handovers"')[2].partition("</a>")[0]

    assert ">1</b>" in count(enter(client, world.ben).get("/inbox/next").text)
    assert "</b>" not in count(enter(client, world.ada).get("/inbox/next").text)
    badges = enter(client, world.ben).get("/handovers/badges?view=handovers").text
    assert ">1</b>" in count(badges)
    assert 'aria-current="page"' in count(badges)


def test_a_row_says_whom_it_waits_for(client: FlaskClient, world: cast.World, asked: int) -> None:
    assert "Übergabe an Social Media, seit 5 Min." in row_of(enter(client, world.ada), asked)
    assert f'id="t{asked}"' not in enter(client, world.ben).get("/inbox/next").text
    told = client.get(f"/inbox/next/news?tickets={asked}").text
    assert f'id="t{asked}"' not in told


def test_the_list_costs_the_same_however_many_there_are(client: FlaskClient, world: cast.World, asked: int) -> None:
    ben = enter(client, world.ben)
    ben.get("/handovers")
    with statements() as one:
        ben.get("/handovers")
    for name in ("a", "b", "c"):
        other = cast.hear(world, cast.contact(subject=name, sent_at=NINE)).ticket_id
        handovers.hand_over(other, to_team_id=world.social, reason=name, by=world.ada, at=NINE)
    with statements() as many:
        ben.get("/handovers")
    assert len(many) == len(one)


def test_a_ticket_nobody_is_asked_for_costs_no_statement_more(
    client: FlaskClient, world: cast.World, number: int
) -> None:
    ada = enter(client, world.ada)
    ada.get(f"/tickets/{number}")
    with statements() as before:
        ada.get(f"/tickets/{number}")
    assert not [line for line in before if "handover" in line.partition("FROM")[2]]


def test_the_bar_tells_how_often_a_matter_came_back(client: FlaskClient, world: cast.World, asked: int) -> None:
    handovers.accept(asked, by=world.ben, at=NINE + timedelta(minutes=56))
    assert "zurückgekommen" not in enter(client, world.ben).get(f"/tickets/{asked}").text
    handovers.hand_over(asked, to_team_id=world.care, reason="y", by=world.ben, at=NINE + timedelta(minutes=57))
    handovers.accept(asked, by=world.ada, at=NINE + timedelta(minutes=58))
    handovers.hand_over(asked, to_team_id=world.social, reason="z", by=world.ada, at=NINE + timedelta(minutes=59))

    assert "1-mal zurückgekommen" in enter(client, world.ada).get(f"/tickets/{asked}").text


def test_work_that_was_passed_on_stands_above_no_ticket(client: FlaskClient, world: cast.World, asked: int) -> None:
    handovers.accept(asked, by=world.ben, at=NINE + timedelta(minutes=56))
    handovers.hand_over(asked, to_team_id=world.care, reason="y", by=world.ben, at=NINE + timedelta(minutes=57))
    handovers.accept(asked, by=world.ada, at=NINE + timedelta(minutes=58))
    page = enter(client, world.ada).get(f"/tickets/{asked}").text
    assert page.count('class="handing"') == 1
    assert "Übernommen von Kundenservice" in page
    assert "auf Bitte von Ben (Social Media), heute, 09:57 Uhr" in page
