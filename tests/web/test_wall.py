"""The screen on a wall: an address that shows figures and opens nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import clock as clock_
from app.db import db
from app.desk import handovers, people, wallboards
from app.finders import wallboards as finder
from app.models import Role, Wallboard
from app.signin import person_by_id
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.monday import HALF_PAST_TWO, play
from tests.web.entering import enter
from tests.web.statements import statements

VALUE = re.compile(r'class="value">([^<]*)<')
LINE = re.compile(r'class="words">([^<]*)</span><span class="where">([^<]*)<')


@pytest.fixture
def monday(world: cast.World, clock: Clock) -> dict[str, int]:
    tickets = play(world)
    clock.set(HALF_PAST_TWO)
    return tickets


def hang(world: cast.World, team_id: int | None = None) -> str:
    return "/wall/" + wallboards.hang("Flur", team_id=team_id, by=world.max, at=clock_.now())


def test_the_screen_shows_the_figures_without_a_log_in(
    monday: dict[str, int], world: cast.World, client: FlaskClient
) -> None:
    page = client.get(hang(world)).text
    # Overdue, due in an hour, open, kept: what the overview says of the same afternoon.
    assert VALUE.findall(page) == ["1", "1", "7", "75,0 %"]
    # What is due next has numbers and teams; Mia was promised a lamp for four o'clock, on the phone.
    assert LINE.findall(page)[0] == (f"#{monday['nora']} Kundenservice", "E-Mail")
    assert (f"Zusage #{monday['mia']} Telefon", "Kundenservice") in LINE.findall(page)


def test_nothing_of_customers_or_texts_hangs_on_the_wall(
    monday: dict[str, int], world: cast.World, client: FlaskClient
) -> None:
    page = client.get(hang(world)).text
    for words in ("Nora", "Mia", "Lena", "kundin.example", "Ersatzlampe", "Lampe", "Ada"):
        assert words not in page.partition("<main")[2]
    assert "<a " not in page


def test_a_screen_of_one_team_shows_that_team_alone(
    monday: dict[str, int], world: cast.World, client: FlaskClient
) -> None:
    page = client.get(hang(world, world.care)).text
    assert VALUE.findall(page) == ["1", "0", "5", "66,7 %"]
    assert "Social Media" not in page


def test_hand_overs_that_wait_are_on_the_wall(world: cast.World, client: FlaskClient, clock: Clock) -> None:
    number = cast.hear(world).ticket_id
    at = cast.MONDAY_NINE
    handovers.hand_over(number, to_team_id=world.social, reason="Rechnung", by=world.ada, at=at)
    clock.set((at + timedelta(minutes=21)).isoformat())
    page = client.get(hang(world)).text
    assert (f"Übergabe #{number}", "→ Social Media") in LINE.findall(page)


def test_the_address_opens_nothing_else(monday: dict[str, int], world: cast.World, client: FlaskClient) -> None:
    address = hang(world)
    answer = client.get(address)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    secret = address.rpartition("/")[2]
    for path in (f"{address}/", f"{address}/tickets", f"/wall/{secret}x", "/wall/", "/wall"):
        assert client.get(path).status_code in {303, 404}
    client.set_cookie("faden", secret)
    assert client.get("/board").status_code == 303
    token = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/board", headers=token).status_code == 401
    assert client.get("/live", headers={"Accept": "text/event-stream"}).status_code == 401
    assert client.post(address).status_code == 405


def test_a_secret_is_stored_nowhere(world: cast.World) -> None:
    secret = hang(world).rpartition("/")[2]
    (row,) = db.session.execute(db.select(Wallboard.__table__)).all()
    assert secret not in str(row)


def test_an_address_that_was_ended_leads_nowhere(world: cast.World, client: FlaskClient) -> None:
    address = hang(world)
    (screen,) = finder.hung(world.max)
    assert client.get(address).status_code == 200
    browser = enter(client, world.max)
    with_token = browser.get("/board/screens").text
    assert f"/board/screens/{screen.id}/end" in with_token
    assert browser.post(f"/board/screens/{screen.id}/end").status_code == 303
    assert client.get(address).status_code == 404
    assert finder.hung(world.max) == []


def test_screens_of_somebody_who_left_go_dark(world: cast.World, client: FlaskClient) -> None:
    address = "/wall/" + wallboards.hang("Flur", team_id=world.care, by=world.cleo, at=cast.MONDAY_NINE)
    people.deactivate(world.cleo.id, by=world.max, at=cast.MONDAY_NINE)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("role", "teams", "status"),
    [("agent", ["care"], 404), ("lead", ["social"], 404), ("lead", ["care", "social"], 200), ("admin", [], 200)],
)
def test_a_screen_lasts_while_who_hung_it_up_leads_its_team(
    world: cast.World, client: FlaskClient, role: str, teams: list[str], status: int
) -> None:
    address = "/wall/" + wallboards.hang("Flur", team_id=world.care, by=world.cleo, at=cast.MONDAY_NINE)
    names = {"care": "Kundenservice", "social": "Social Media"}
    people.change(
        world.cleo.id,
        name="Cleo",
        role=Role(role),
        teams=[names[each] for each in teams],
        by=world.max,
        at=cast.MONDAY_NINE,
    )
    assert client.get(address).status_code == status


def test_a_screen_of_all_teams_ends_with_the_administration(world: cast.World, client: FlaskClient) -> None:
    address = hang(world)
    teams = ["Kundenservice", "Social Media", "Retoure"]
    other = person_by_id(
        people.add_agent("ole@nordlicht.example", name="Ole", role=Role.ADMIN, teams=[], at=cast.MONDAY_NINE)
    )
    assert other is not None
    people.change(world.max.id, name="Max", role=Role.LEAD, teams=teams, by=other, at=cast.MONDAY_NINE)
    assert client.get(address).status_code == 404


def test_a_lead_hangs_up_their_own_team_and_reads_the_address_once(world: cast.World, client: FlaskClient) -> None:
    browser = enter(client, world.cleo)
    page = browser.post("/board/screens", data={"name": " Flur  links ", "team": str(world.care)}).text
    (address,) = re.findall(r'value="[^"]*(/wall/[^"]+)"', page)
    assert VALUE.findall(client.get(address).text) == ["0", "0", "0", "–"]
    again = browser.get("/board/screens").text
    assert address not in again
    assert "Flur links" in again
    assert "noch nie" not in again


@pytest.mark.parametrize("team", ["", "social"])
def test_a_lead_hangs_up_no_other_team_and_not_all(world: cast.World, client: FlaskClient, team: str) -> None:
    browser = enter(client, world.cleo)
    answer = browser.post("/board/screens", data={"name": "Flur", "team": str(world.social) if team else ""})
    assert answer.status_code == 422
    assert "Bitte wählen Sie eines Ihrer Teams." in answer.text
    assert finder.hung(world.max) == []


def test_a_lead_ends_no_screen_of_another_team(world: cast.World, client: FlaskClient) -> None:
    hang(world, world.social)
    (screen,) = finder.hung(world.max)
    browser = enter(client, world.cleo)
    assert browser.post(f"/board/screens/{screen.id}/end").status_code == 404
    assert "Flur" not in browser.get("/board/screens").text


@pytest.mark.parametrize("path", ["/board/wall", "/board/screens"])
def test_it_does_not_exist_for_those_who_lead_nobody(world: cast.World, client: FlaskClient, path: str) -> None:
    assert enter(client, world.ada).get(path).status_code == 404


def test_one_key_shows_a_lead_the_screen_of_what_they_chose(
    monday: dict[str, int], world: cast.World, client: FlaskClient
) -> None:
    browser = enter(client, world.max)
    (link,) = re.findall(r'href="([^"]+)" data-act="wall"', browser.get(f"/board?team={world.care}").text)
    assert VALUE.findall(browser.get(link).text) == ["1", "0", "5", "66,7 %"]
    assert enter(client, world.cleo).get(f"/board/wall?team={world.social}").status_code == 404


def test_it_speaks_and_looks_as_the_address_says(
    monday: dict[str, int], world: cast.World, client: FlaskClient
) -> None:
    address = hang(world)
    german, english = client.get(address).text, client.get(f"{address}?lang=en&theme=dark").text
    assert ('lang="de"' in german, "Überfällig" in german, "data-theme" in german) == (True, True, False)
    assert ('lang="en"' in english, "Overdue" in english, 'data-theme="dark"' in english) == (True, True, True)
    assert 'data-theme="nonsense"' not in client.get(f"{address}?theme=nonsense&lang=xx").text


def test_a_test_clock_is_told(monday: dict[str, int], world: cast.World, client: FlaskClient) -> None:
    page = client.get(hang(world)).text
    assert "Testuhr" in page
    assert "Stand 14:30, Verbindung fehlt" in page


def test_guessing_is_slowed_down(world: cast.World, client: FlaskClient) -> None:
    answers = [client.get(f"/wall/guess{n}").status_code for n in range(101)]
    assert answers.count(404) == 100
    assert answers[-1] == 429


def test_a_screen_asks_a_fixed_number_of_questions(
    monday: dict[str, int], world: cast.World, client: FlaskClient
) -> None:
    address = hang(world)
    client.get(address)
    with statements() as asked:
        assert client.get(address).status_code == 200
    # Which screen, its teams; standing, answers, nobody's, due next, promises, hand-overs.
    assert len(asked) == 8, asked
