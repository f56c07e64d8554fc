"""The list: what stands in it, in which order, for whom, and at what price."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.db import db, transaction
from app.desk import assignment, status
from app.models import Agent, Ticket
from channels.contract import Handle
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import FRAGMENT, enter
from tests.web.statements import statements

NINE = cast.MONDAY_NINE


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-number="(\d+)"', page)]


def listed(client: FlaskClient, slug: str = "next") -> list[int]:
    answer = client.get(f"/inbox/{slug}")
    assert answer.status_code == 200
    return numbers(answer.text)


def test_the_front_page_is_what_is_due_next(world: cast.World, client: FlaskClient) -> None:
    answer = enter(client, world.ada).get("/")
    assert answer.headers["Location"] == "/inbox/next"


def test_the_list_begins_with_the_earliest_deadline(world: cast.World, client: FlaskClient) -> None:
    late = cast.hear(world, at=NINE + timedelta(hours=2), subject="Zweite").ticket_id
    early = cast.hear(world, at=NINE, subject="Erste").ticket_id
    assert listed(enter(client, world.ada)) == [early, late]


def test_rows_stand_under_the_words_for_their_deadline(world: cast.World, client: FlaskClient, clock: Clock) -> None:
    cast.hear(world, at=NINE - timedelta(days=3), subject="alt")
    cast.hear(world, at=NINE, subject="neu")
    clock.set((NINE + timedelta(hours=1, minutes=30)).isoformat())
    page = enter(client, world.ada).get("/inbox/next").text
    groups = re.findall(r'class="group" role="row"><span role="gridcell">([^<]+)', page)
    assert groups == ["Überfällig", "Heute"]
    assert "noch 2 Std. 30 Min." in page


def test_a_late_row_says_so_in_shape_and_words(world: cast.World, client: FlaskClient, clock: Clock) -> None:
    cast.hear(world, at=NINE)
    clock.set((NINE + timedelta(hours=6, minutes=12)).isoformat())
    page = enter(client, world.ada).get("/inbox/next").text
    assert 'class="sla late"' in page
    assert "#sla-late" in page
    assert "überfällig 2:12 Std." in page


def test_other_teams_do_not_see_a_ticket(world: cast.World, client: FlaskClient) -> None:
    cast.hear(world)
    assert listed(enter(client, world.ada)) != []
    assert listed(enter(client, world.ben)) == []
    assert listed(enter(client, world.zoe)) == []


def test_a_ticket_given_to_me_is_mine_although_my_team_is_another(world: cast.World, client: FlaskClient) -> None:
    number = cast.hear(world).ticket_id
    with transaction():
        db.session.get_one(Ticket, number).assignee_id = world.ben.id
    assert listed(enter(client, world.ben), "mine") == [number]
    assert listed(client, "next") == [number]


def test_each_view_shows_its_own(world: cast.World, client: FlaskClient) -> None:
    free, taken, done = (cast.hear(world, subject=f"Nr. {i}").ticket_id for i in range(3))
    assignment.assign(taken, assignee_id=world.ada.id, by=world.ada, at=NINE)
    status.resolve(done, by=world.ada, at=NINE)
    enter(client, world.ada)
    assert listed(client, "next") == [free, taken]
    assert listed(client, "unassigned") == [free]
    assert listed(client, "mine") == [taken]
    assert listed(client, "done") == [done]
    assert listed(client, f"team-{world.care}") == [free, taken]
    assert listed(client, "overdue") == []


def test_another_teams_view_does_not_exist(world: cast.World, client: FlaskClient) -> None:
    assert enter(client, world.ada).get(f"/inbox/team-{world.social}").status_code == 404
    assert client.get("/inbox/anything").status_code == 404


def test_an_administrator_sees_every_team(world: cast.World, client: FlaskClient) -> None:
    number = cast.hear(world).ticket_id
    assert listed(enter(client, world.max), f"team-{world.care}") == [number]
    assert listed(client) == [number]


def test_badges_count_open_tickets(world: cast.World, client: FlaskClient) -> None:
    first, _second = (cast.hear(world, subject=f"Nr. {i}").ticket_id for i in range(2))
    assignment.assign(first, assignee_id=world.ada.id, by=world.ada, at=NINE)
    page = enter(client, world.ada).get("/inbox/next").text
    badges = dict(re.findall(r'<span>([^<]+)</span><b class="count[^"]*">(\d+)</b>', page))
    assert badges == {"Als Nächstes": "2", "Nicht zugewiesen": "1", "Meine": "1", "Kundenservice": "2"}


def test_more_rows_come_where_the_page_ended(world: cast.World, client: FlaskClient) -> None:
    heard = [cast.hear(world, subject=f"Nr. {i}", at=NINE + timedelta(minutes=i // 3)).ticket_id for i in range(53)]
    page = enter(client, world.ada).get("/inbox/next").text
    more = re.search(r'id="more" href="([^"]+)"', page)
    assert more is not None
    rest = client.get(more[1].replace("&amp;", "&"), headers=FRAGMENT).text
    assert numbers(page) + numbers(rest) == heard
    assert len(numbers(rest)) == 3
    assert 'class="group"' not in rest
    assert "<html" not in rest


def test_a_broken_position_is_not_found(world: cast.World, client: FlaskClient) -> None:
    assert enter(client, world.ada).get("/inbox/next/rows?after=x~y").status_code == 404


def test_an_empty_list_says_why_and_what_next(world: cast.World, client: FlaskClient) -> None:
    page = enter(client, world.ada).get("/inbox/mine").text
    assert "Sie haben nichts übernommen." in page
    assert "Als Nächstes öffnen" in page


def test_news_brings_the_rows_of_this_view_only(world: cast.World, client: FlaskClient) -> None:
    mine, other = (cast.hear(world, subject=f"Nr. {i}").ticket_id for i in range(2))
    assignment.assign(mine, assignee_id=world.ada.id, by=world.ada, at=NINE)
    page = enter(client, world.ada).get(f"/inbox/mine/news?tickets={mine},{other},x", headers=FRAGMENT).text
    assert ">Meine 1</a>" in page.partition('<template id="filters">')[2]
    assert numbers(page) == [mine]
    assert 'id="badges"' in page


def test_names_and_subjects_cannot_write_html(world: cast.World, client: FlaskClient) -> None:
    sender = Handle(kind="email", value="eva@kundin.example", name="<svg onload=alert(3)>")
    number = cast.hear(
        world, subject="<script>alert(1)</script>", text="<img src=x onerror=alert(2)>", sender=sender
    ).ticket_id
    with transaction():
        db.session.get_one(Agent, world.ada.id).name = '"><b onclick=alert(4)>'
    assignment.assign(number, assignee_id=world.ada.id, by=world.ada, at=NINE)
    page = enter(client, world.ada).get("/inbox/next").text
    assert "<svg onload" not in page
    assert "<b onclick" not in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<img src=x" not in page


def test_a_page_of_fifty_costs_few_statements(world: cast.World, client: FlaskClient) -> None:
    for i in range(52):
        cast.hear(world, subject=f"Nr. {i}")
    enter(client, world.ada)
    with statements() as seen:
        page = client.get("/inbox/next").text
    assert len(numbers(page)) == 50
    assert len(seen) <= 8, seen


@pytest.mark.parametrize("wanted", ["10001", "#10001", "eva@kundin", "Eva Kund", "bleibt meine"])
def test_search_finds_number_address_name_and_subject(world: cast.World, client: FlaskClient, wanted: str) -> None:
    number = cast.hear(world).ticket_id
    assert number == 10001
    page = enter(client, world.ada).get("/search/hits", query_string={"q": wanted}, headers=FRAGMENT).text
    assert "/tickets/10001" in page
    assert "/tickets/10001" not in enter(client, world.ben).get("/search/hits", query_string={"q": wanted}).text


def test_search_says_when_nothing_fits(world: cast.World, client: FlaskClient) -> None:
    page = enter(client, world.ada).get("/search", query_string={"q": "100%_"}).text
    assert "Nichts gefunden zu „100%_“." in page
