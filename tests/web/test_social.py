"""The view of social media: what stands in it, for whom, what its rows say besides, and at what price."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.db import db, transaction
from app.desk import joining, orders, participation
from app.finders import social
from app.models import Identity
from channels.contract import Handle, Parent
from tests import world as cast
from tests.desk import voices
from tests.fixtures.databases import Clock
from tests.web.entering import FRAGMENT, enter
from tests.web.square import ABOVE, Square, build
from tests.web.statements import statements

NINE = cast.MONDAY_NINE
HALF_PAST = NINE + timedelta(minutes=30)
TAG = re.compile(r"<[^>]+>")


@pytest.fixture
def square(app: object, clock: Clock) -> Square:
    clock.set(HALF_PAST.isoformat())
    return build()


@pytest.fixture
def ben(client: FlaskClient, square: Square) -> FlaskClient:
    return enter(client, square.world.ben)


def view(client: FlaskClient, path: str = "") -> str:
    answer = client.get(f"/inbox/social{path}", headers=FRAGMENT if path else {})
    assert answer.status_code == 200
    return answer.text


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-number="(\d+)"', page)]


def row(page: str, number: int) -> str:
    """Return what the view shows of one ticket."""
    after = page.partition(f'id="t{number}"')[2]
    assert after
    return after.partition('class="ticket-row')[0].partition('id="pane"')[0]


def words(html: str) -> str:
    return " ".join(TAG.sub(" ", html).split())


def test_the_view_holds_social_media_by_deadline_and_no_mail(ben: FlaskClient, square: Square) -> None:
    comment = square.page.hear(voices.comment())
    message = square.page.hear(voices.dm())
    cast.hear(square.world)
    assert numbers(view(ben)) == [message.ticket_id, comment.ticket_id]


def test_other_teams_do_not_see_it_and_the_administrator_does(square: Square, client: FlaskClient) -> None:
    number = square.post().ticket_id
    assert numbers(view(enter(client, square.world.ada))) == []
    assert numbers(view(enter(client, square.world.max))) == [number]


def test_what_a_team_of_mine_takes_part_in_stands_there_too(square: Square, client: FlaskClient) -> None:
    number = square.post().ticket_id
    with transaction():
        participation.take_part(number, square.world.care, because="asked", by_id=square.world.ben.id, at=HALF_PAST)
    ada = enter(client, square.world.ada)
    assert numbers(view(ada)) == [number]
    assert numbers(view(ada, f"/news?tickets={number}")) == [number]


def test_a_mail_ticket_stands_there_once_a_post_was_joined_into_it(ben: FlaskClient, square: Square) -> None:
    post, mail = square.post(), cast.hear(square.world)
    joining.join(mail.ticket_id, into=post.ticket_id, by=square.world.max, at=HALF_PAST)
    assert numbers(view(ben)) == [post.ticket_id]
    joining.part(cast.conversation_of(post), by=square.world.max, at=HALF_PAST)
    assert post.ticket_id not in numbers(view(ben))


def test_a_row_says_who_speaks_to_how_many(ben: FlaskClient, square: Square) -> None:
    number = square.post().ticket_id
    said = words(row(view(ben), number))
    assert "Tom Arndt @fahrrad_tom" in said
    assert "öffentlich 1.284 Follower · 3 Antworten" in said
    assert "privat" not in said


def test_a_private_message_says_that_it_is_and_counts_nothing(ben: FlaskClient, square: Square) -> None:
    number = square.page.hear(voices.dm()).ticket_id
    said = words(row(view(ben), number))
    assert "privat" in said
    assert "öffentlich" not in said
    assert "Follower" not in said
    assert "Antworten" not in said


def test_the_post_above_is_one_line_that_can_be_unfolded(ben: FlaskClient, square: Square) -> None:
    number = square.post(parent=ABOVE).ticket_id
    shown = row(view(ben), number)
    assert '<details class="parent">' in shown
    assert "<b>Nordlicht</b> Unsere neuen Lampen sind da!" in shown
    assert "24 Antworten" in shown


def test_what_strangers_write_stays_text(ben: FlaskClient, square: Square) -> None:
    above = Parent(external_id="1", author=Handle(kind="x", value="9", name="<i>X</i>"), text="<b>50 % %(number)s</b>")
    number = square.post(parent=above, details={"username": "<u>u", "followers": True}).ticket_id
    shown = row(view(ben), number)
    assert "&lt;b&gt;50 % %(number)s&lt;/b&gt;" in shown
    assert "&lt;i&gt;X&lt;/i&gt;" in shown
    assert "@&lt;u&gt;u" in shown
    assert "Follower" not in shown


def test_a_customer_whom_we_know_elsewhere_is_named_with_their_orders(ben: FlaskClient, square: Square) -> None:
    number = square.post().ticket_id
    assert "Kunde bekannt" not in view(ben)
    with transaction():
        customer_id = cast.ticket(number).customer_id
        tom = Identity(customer_id=customer_id, kind="email", value="tom@kunde.example", created_at=NINE)
        db.session.add(tom)
    assert "Kunde bekannt: Tom Arndt<" in row(view(ben), number)
    for place in range(3):
        orders.put(f"N-20{place}7-1", email="tom@kunde.example")
    orders.put("N-9999-1", email="somebody@else.example")
    assert "Kunde bekannt: Tom Arndt, 3 Bestellungen" in row(view(ben), number)


def test_the_platforms_window_is_a_clock_beside_ours(ben: FlaskClient, square: Square, clock: Clock) -> None:
    number = square.page.hear(voices.dm()).ticket_id
    assert "Messenger-Fenster: noch 23:30 Std." in row(view(ben), number)
    assert 'class="window open"' in row(view(ben), number)
    clock.set((NINE + timedelta(hours=21)).isoformat())
    assert "Messenger-Fenster: noch 3:00 Std." in row(view(ben), number)
    assert 'class="window soon"' in row(view(ben), number)
    clock.set((NINE + timedelta(hours=25)).isoformat())
    assert "Messenger: nur noch von Hand" in row(view(ben), number)
    clock.set((NINE + timedelta(days=8)).isoformat())
    assert "Messenger-Fenster geschlossen" in row(view(ben), number)


def test_a_public_comment_has_no_window(ben: FlaskClient, square: Square) -> None:
    number = square.page.hear(voices.comment()).ticket_id
    assert "Fenster" not in row(view(ben), number)


def test_the_rail_leads_there_and_counts_what_is_open(ben: FlaskClient, square: Square) -> None:
    assert 'href="/inbox/social"' not in ben.get("/inbox/next").text
    square.post()
    square.page.hear(voices.dm())
    rail = ben.get("/inbox/next").text.partition('href="/inbox/social"')[2].partition("</a>")[0]
    assert words(f"<{rail}") == "Social Media 2"


def test_an_empty_view_says_so_and_leads_on(ben: FlaskClient, square: Square) -> None:
    said = view(ben)
    assert "Auf Social Media ist nichts offen." in said
    assert "Als Nächstes öffnen" in said


def test_the_next_page_goes_on_where_the_first_one_ended(ben: FlaskClient, square: Square) -> None:
    there = [
        square.post(sender=Handle(kind="x", value=str(70_000 + place), name=f"Kundin {place}")).ticket_id
        for place in range(52)
    ]
    first = view(ben)
    more = re.search(r'href="(/inbox/social/rows[^"]+)"', first)
    assert more
    rest = ben.get(more[1].replace("&amp;", "&"), headers=FRAGMENT).text
    assert numbers(first) + numbers(rest) == there


def test_all_that_stands_beside_fifty_rows_costs_two_statements(square: Square) -> None:
    for place in range(50):
        who = Handle(kind="x", value=str(70_000 + place), name=f"Kundin {place}")
        square.post(sender=who, parent=ABOVE)
    found = [row.id for row in voices.tickets()]
    social.beside(found, now=HALF_PAST)
    with statements() as asked:
        beside = social.beside(found, now=HALF_PAST)
    assert len(beside) == 50
    assert len(asked) <= 2


def test_no_other_view_pays_for_it(ben: FlaskClient, square: Square) -> None:
    square.post(parent=ABOVE)
    for slug in ("social", "next"):
        ben.get(f"/inbox/{slug}")
    with statements() as here:
        ben.get("/inbox/social")
    with statements() as elsewhere:
        assert "Follower" not in ben.get("/inbox/next").text
    assert len(here) <= len(elsewhere) + 2
    assert not any("shop_order" in asked for asked in elsewhere)


def test_in_the_ticket_the_post_above_is_folded_and_says_how_many_answered(ben: FlaskClient, square: Square) -> None:
    number = square.post(parent=ABOVE).ticket_id
    shown = ben.get(f"/tickets/{number}").text.partition('<details class="above">')[2].partition("</details>")[0]
    summary, _, rest = shown.partition("</summary>")
    assert "Antwort auf Nordlicht , heute, 09:00 Uhr: Unsere neuen Lampen sind da! 24 Antworten" in words(summary)
    assert "Unsere neuen Lampen" in rest


def test_in_the_ticket_a_post_says_how_far_it_reaches(ben: FlaskClient, square: Square) -> None:
    number = square.post().ticket_id
    marks = ben.get(f"/tickets/{number}").text.partition('<ul class="marks">')[2].partition("</ul>")[0]
    assert words(marks) == "Öffentlicher Beitrag 1.284 Follower · 3 Antworten"


@pytest.mark.parametrize(
    ("hours", "state", "said"),
    [
        (2, "open", "noch 22:00 Std."),
        (22, "soon", "noch 2:00 Std."),
        (26, "human", "nur von Hand"),
        (200, "shut", "geschlossen"),
    ],
)
def test_the_window_is_a_clock_in_the_strip_of_facts(
    ben: FlaskClient, square: Square, clock: Clock, hours: int, state: str, said: str
) -> None:
    number = square.page.hear(voices.dm()).ticket_id
    clock.set((NINE + timedelta(hours=hours)).isoformat())
    fact = ben.get(f"/tickets/{number}").text.partition("Antwortfenster</span></dt>")[2].partition("</div>")[0]
    assert f'class="window {state}"' in fact
    assert said in words(fact)


def test_the_private_way_out_of_a_post_has_the_limits_of_a_message(ben: FlaskClient, square: Square) -> None:
    number = square.post().ticket_id
    page = ben.get(f"/tickets/{number}").text
    limits = re.findall(r'data-way="(\d+(?:-private)?)"[^>]*data-most="(\d+)"', page)
    assert [(way.endswith("-private"), most) for way, most in limits] == [(False, "280"), (True, "10000")]
