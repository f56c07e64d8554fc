"""The overview: for leads, with the figures of the API, and as a sheet that says the same."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.desk import handovers, people, status
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.monday import HALF_PAST_TWO, play
from tests.web.entering import enter
from tests.web.statements import statements

FIGURE = re.compile(r'class="value num">([^<]*?)\s*(?:<|$)')


@pytest.fixture
def monday(world: cast.World, clock: Clock) -> dict[str, int]:
    tickets = play(world)
    clock.set(HALF_PAST_TWO)
    return tickets


def figures(page: str) -> list[str]:
    return FIGURE.findall(page)


def rows(page: str, heading: str) -> list[list[str]]:
    """Return the cells of the table body in the section with this heading."""
    section = page[page.index(heading) :]
    body = section[section.index("<tbody>") : section.index("</tbody>")]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL) for row in body.split("</tr>")]
    return [[re.sub(r"<[^>]+>|\s+", " ", cell).strip() for cell in row] for row in cells if row]


def test_the_page_shows_the_figures_of_the_day(monday: dict[str, int], world: cast.World, client: FlaskClient) -> None:
    page = enter(client, world.max).get("/board").text
    # Overdue, due in an hour, open, kept (three of four), public unanswered, promises of today.
    assert figures(page) == ["1", "1", "7", "75,0", "1", "1"]
    assert rows(page, "Wer schuldet wie viel?") == [
        ["Kundenservice", "5", "2", "3 Tage", "1", "0", "0", "2", "1", "1"],
        ["Retoure", "0", "0", "–", "0", "0", "0", "0", "0", "–"],
        ["Social Media", "2", "1", "90 Min.", "0", "1", "1", "1", "0", "1"],
    ]
    assert [row[0] for row in rows(page, "Wo antworten wir zu langsam?")] == ["E-Mail", "Messenger"]
    assert rows(page, "Wo antworten wir zu langsam?")[0][1:] == ["2", "1", "60 Min.", "4:30 Std."]


def test_a_lead_sees_their_team_alone(monday: dict[str, int], world: cast.World, client: FlaskClient) -> None:
    page = enter(client, world.cleo).get("/board").text
    assert figures(page) == ["1", "0", "5", "66,7", "0", "1"]
    assert "Social Media" not in page
    assert client.get(f"/board?team={world.social}").status_code == 404


def test_figures_lead_to_their_lists(monday: dict[str, int], world: cast.World, client: FlaskClient) -> None:
    page = enter(client, world.max).get("/board").text
    places = set(re.findall(r'href="(/inbox/[^"]+|/tickets/\d+)"', page[page.index('class="figures"') :]))
    assert places >= {f"/inbox/team-{world.care}", f"/tickets/{monday['nora']}"}
    assert {client.get(place).status_code for place in places} == {200}


def test_the_sheet_says_what_the_page_says(monday: dict[str, int], world: cast.World, client: FlaskClient) -> None:
    page = enter(client, world.max).get("/board").text
    (link,) = re.findall(r'href="(/board\.csv[^"]*)"', page)
    answer = client.get(link.replace("&amp;", "&"))
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.text.startswith("\ufefffigure,team,")
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    totals = {line["figure"]: line["value"] for line in lines if not line["team"] + line["channel"] + line["hour"]}
    overdue, due, open_, kept, public, promised = figures(page)
    assert [totals[name] for name in ("overdue", "due_in_hour", "open", "public_unanswered")] == [
        overdue,
        due,
        open_,
        public,
    ]
    share = 100 * int(totals["held"]) / (int(totals["held"]) + int(totals["missed"]))
    assert (f"{share:.1f}".replace(".", ","), totals["promises_due_today"]) == (kept, promised)


@pytest.mark.parametrize("path", ["/board", "/board.csv"])
def test_it_does_not_exist_for_those_who_lead_nobody(world: cast.World, client: FlaskClient, path: str) -> None:
    assert enter(client, world.ada).get(path).status_code == 404
    assert 'href="/board"' not in client.get("/inbox/next").text
    assert 'href="/board"' in enter(client, world.cleo).get("/inbox/next").text


@pytest.mark.parametrize("query", ["from=gestern", "from=2026-11-24&to=2026-11-01", "to=9999-12-31", "team=%00"])
def test_days_and_teams_that_cannot_be_do_not_exist(world: cast.World, client: FlaskClient, query: str) -> None:
    assert enter(client, world.max).get(f"/board?{query}").status_code in {200, 404}
    assert client.get("/board?from=gestern").status_code == 404


def test_a_new_shop_is_told_what_will_stand_here(world: cast.World, client: FlaskClient) -> None:
    page = enter(client, world.max).get("/board").text
    assert "Noch gibt es nichts zu zählen" in page
    assert figures(page) == []


def test_what_was_only_handed_over_or_resolved_is_counted_too(
    world: cast.World, client: FlaskClient, clock: Clock
) -> None:
    number = cast.hear(world, at=cast.MONDAY_NINE).ticket_id
    handovers.hand_over(number, to_team_id=world.social, reason="Rechnung", by=world.ada, at=cast.MONDAY_NINE)
    handovers.accept(number, by=world.ben, at=cast.MONDAY_NINE + timedelta(minutes=4))
    clock.set((cast.MONDAY_NINE + timedelta(minutes=40)).isoformat())
    # Nothing is open with her team, and nobody has answered.
    page = enter(client, world.cleo).get("/board").text
    assert rows(page, "Kommen die Übergaben an?")[0][2] == "1"
    status.resolve(number, by=world.ben, at=cast.MONDAY_NINE + timedelta(minutes=30))
    assert "Noch gibt es nichts zu zählen" not in enter(client, world.max).get("/board").text


def test_what_customers_wrote_stays_text(monday: dict[str, int], world: cast.World, client: FlaskClient) -> None:
    people.add_team("<script>alert(1)</script>")
    page = enter(client, world.max).get("/board").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_the_page_asks_a_fixed_number_of_questions(
    monday: dict[str, int], world: cast.World, client: FlaskClient
) -> None:
    enter(client, world.max).get("/board")
    with statements() as asked:
        assert client.get("/board").status_code == 200
    # Who is there, the frame; teams, standing, answers, dues, hours, promises, hand-overs and those that wait, matters,
    # causes; what burns first.
    assert len(asked) <= 14, asked


def test_leads_see_whether_hand_overs_arrive(world: cast.World, client: FlaskClient, clock: Clock) -> None:
    ids = [cast.hear(world, cast.contact(subject=str(n), sent_at=cast.MONDAY_NINE)).ticket_id for n in range(5)]
    at = cast.MONDAY_NINE
    for number in ids:
        handovers.hand_over(number, to_team_id=world.social, reason="Rechnung", by=world.ada, at=at)
    for minutes, number in zip((2, 4, 30), ids[:3], strict=True):
        handovers.accept(number, by=world.ben, at=at + timedelta(minutes=minutes))
    handovers.decline(ids[3], reason="Nein", by=world.ben, at=at)
    clock.set((at + timedelta(minutes=40)).isoformat())
    page = enter(client, world.max).get("/board").text
    assert rows(page, "Kommen die Übergaben an?") == [
        ["Kundenservice → Social Media", "1, seit 40 Min.", "3", "4 Min.", "30 Min.", "1", "1", "0"]
    ]
    sheet = client.get("/board.csv").text
    assert "handover_p50,Kundenservice > Social Media,,,,,240,seconds,/" not in sheet
    assert "handover_p50,Kundenservice > Social Media,,,,,240,seconds," in sheet
    assert (
        "handovers_late,Kundenservice > Social Media,,,,,1,count,/api/v1/board/tickets?figure=handovers_late&" in sheet
    )


def test_every_figure_leads_to_its_tickets(monday: dict[str, int], world: cast.World, client: FlaskClient) -> None:
    browser = enter(client, world.max)
    page = browser.get("/board").text
    urls = {url.replace("&amp;", "&") for url in re.findall(r'href="(/board/tickets[^"]+)"', page)}
    shown: dict[str, str] = {}
    for url in sorted(urls):
        figure, answer = re.findall(r"figure=(\w+)", url)[0], browser.get(url)
        # Only what counted something leads anywhere, so no list is empty.
        assert (answer.status_code, 'href="/tickets/' in answer.text) == (200, True), url
        shown[figure] = answer.text
    counted = {"held", "missed", "open", "owed", "overdue", "due_in_hour", "due_ahead", "promises", "public_unanswered"}
    assert counted <= set(shown)
    assert f"#{monday['public']}" in shown["public_unanswered"]
    assert "Zu spät beantwortet" in shown["missed"]
    assert "/tickets/" in shown["missed"]


def test_the_list_behind_a_figure_is_for_leads_and_for_figures_that_exist(
    monday: dict[str, int], world: cast.World, client: FlaskClient
) -> None:
    assert enter(client, world.ada).get("/board/tickets?figure=missed").status_code == 404
    lead = enter(client, world.cleo)
    assert lead.get("/board/tickets?figure=nonsense").status_code == 404
    assert lead.get("/board/tickets").status_code == 404
    assert lead.get("/board/tickets?figure=waiting_for_others").status_code == 200
