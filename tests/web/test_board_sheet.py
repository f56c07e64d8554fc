"""Every number of the overview stands in its sheet, and every line of the sheet that has a list leads to it."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.desk import assignment, closing, handovers, joining, phone_notes, status
from app.desk.phone_notes import Said
from app.models import CallOutcome
from tests import world as cast
from tests.desk.handing import give
from tests.fixtures.databases import Clock
from tests.monday import HALF_PAST_TWO, answer, at, mail, play
from tests.web.entering import enter
from tests.web.test_board import figures, rows

Sheet = dict[tuple[str, ...], str]
"""Values by figure, team, channel, hour, waiting and cause."""


@pytest.fixture
def afternoon(world: cast.World, clock: Clock) -> dict[str, int]:
    """It is half past two; three matters were resolved, two of them for one cause, and a hand-over waits."""
    tickets = play(world)
    for name, cause in (("ulf", "Rechnungskopie"), ("pia", "Rechnungskopie"), ("kai", "")):
        filed = mail(world, name, "11:30")
        answer(world, filed, "11:40")
        status.resolve(filed.ticket_id, terms=closing.Terms(cause=cause), by=world.max, at=at("12:00"))
    give(world, tickets["lena"], at=at("14:05"))
    handovers.accept(tickets["lena"], by=world.ben, at=at("14:10"))
    give(world, tickets["nora"], at=at("14:10"))
    clock.set(HALF_PAST_TWO)
    return tickets


def sheet_of(client: FlaskClient, path: str = "/board.csv") -> tuple[Sheet, list[dict[str, str]]]:
    text = client.get(path).text.removeprefix("\ufeff")
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    names = ("figure", "team", "channel", "hour", "waiting", "cause")
    return {tuple(line[name] for name in names): line["value"] for line in lines}, lines


def value(sheet: Sheet, figure: str, **narrowed: str) -> str:
    names = ("team", "channel", "hour", "waiting", "cause")
    return sheet[figure, *(narrowed.get(name, "") for name in names)]


def test_the_large_numbers_stand_in_the_sheet(
    afternoon: dict[str, int], world: cast.World, client: FlaskClient
) -> None:
    browser = enter(client, world.max)
    sheet, _lines = sheet_of(browser)
    overdue, due, open_, kept, public, promised, handed = figures(browser.get("/board").text)
    names = ("overdue", "due_in_hour", "open", "public_unanswered")
    assert [value(sheet, name) for name in names] == [overdue, due, open_, public]
    held, missed = int(value(sheet, "held")), int(value(sheet, "missed"))
    assert kept == f"{100 * held / (held + missed):.1f}".replace(".", ",")
    assert int(promised) == int(value(sheet, "promises_broken")) + int(value(sheet, "promises_due_today"))
    assert handed == f"{int(value(sheet, 'handover_p50', team='Kundenservice > Social Media')) // 60} Min."


def test_the_teams_stand_in_the_sheet(afternoon: dict[str, int], world: cast.World, client: FlaskClient) -> None:
    browser = enter(client, world.max)
    sheet, _lines = sheet_of(browser)
    names = ("open", "owed", "overdue", "due_in_hour", "public_unanswered", "held", "missed", "breaches_ahead")
    for team, *cells in rows(browser.get("/board").text, "Wer schuldet wie viel?"):
        del cells[2]  # since when, which the sheet tells as an instant
        assert cells[:-1] == [value(sheet, name, team=team) for name in names[:-1]]
        assert bool(value(sheet, "oldest_unanswered_at", team=team)) == (cells[1] != "0")
        if team != "Retoure":
            assert int(value(sheet, "due_ahead", team=team)) >= int(value(sheet, names[-1], team=team) or 0)


def test_the_tables_behind_the_charts_stand_in_the_sheet(
    afternoon: dict[str, int], world: cast.World, client: FlaskClient
) -> None:
    browser = enter(client, world.max)
    page = browser.get("/board").text
    sheet, _lines = sheet_of(browser)
    ages = ("under_1h", "under_4h", "under_1d", "under_3d", "older")
    for team, *cells in rows(page, "Wie alt ist der Rückstand?"):
        assert cells == [value(sheet, "waiting", team=team, waiting=age) for age in ages]
    kinds = {"E-Mail": "email", "Messenger": "messenger"}
    for name, held, missed, _median, _p90 in rows(page, "Wo antworten wir zu langsam?"):
        assert [held, missed] == [value(sheet, each, channel=kinds[name]) for each in ("held", "missed")]
    due = [cells[1:] for cells in rows(page, "Reicht die Besetzung")]
    slots = sorted(key[3] for key in sheet if key[0] == "due_ahead" and "T" in key[3])
    assert due == [[value(sheet, name, hour=slot) for name in ("due_ahead", "breaches_ahead")] for slot in slots]


def test_hours_of_the_day_stand_in_the_sheet(afternoon: dict[str, int], world: cast.World, client: FlaskClient) -> None:
    browser = enter(client, world.max)
    page = browser.get("/board").text
    sheet, _lines = sheet_of(browser)
    heat = page[page.index('class="heat"') :]
    told = re.findall(r'title="(\d+) Uhr: (\d+) von (\d+) zu spät"', heat)
    by_hour: dict[str, list[int]] = {}
    for hour, missed, count in told:
        found = by_hour.setdefault(hour, [0, 0])
        found[0], found[1] = found[0] + int(missed), found[1] + int(count) - int(missed)
    assert by_hour
    for hour, (missed, held) in by_hour.items():
        assert [str(missed), str(held)] == [value(sheet, each, hour=hour) for each in ("missed", "held")]


def test_hand_overs_stand_in_the_sheet(afternoon: dict[str, int], world: cast.World, client: FlaskClient) -> None:
    browser = enter(client, world.max)
    page = browser.get("/board").text
    sheet, _lines = sheet_of(browser)
    ((name, waits, accepted, median, ninetieth, late, declined, returned),) = rows(page, "Kommen die Übergaben an?")
    pair = name.replace("→", ">")
    figure = {each: value(sheet, f"handovers_{each}", team=pair) for each in ("waiting", "accepted", "late")}
    assert (waits, accepted, late) == (f"{figure['waiting']}, seit 20 Min.", figure["accepted"], figure["late"])
    assert [declined, returned] == [value(sheet, f"handovers_{each}", team=pair) for each in ("declined", "returned")]
    minutes = [int(value(sheet, f"handover_{each}", team=pair)) // 60 for each in ("p50", "p90")]
    assert [median, ninetieth] == [f"{each} Min." for each in minutes]
    assert rows(page, "Wartende Übergaben") == [["20 Min.", f"#{afternoon['nora']}", "Kundenservice → Social Media"]]
    assert 'aria-label="1 angenommen, Median 5 Min., 0 zu spät"' in page


def test_causes_and_what_matters_took_stand_in_the_sheet(
    afternoon: dict[str, int], world: cast.World, client: FlaskClient
) -> None:
    browser = enter(client, world.max)
    page = browser.get("/board").text
    sheet, _lines = sheet_of(browser)
    told = rows(page, "Woran liegt es?")
    # Ada answered and Max closed: two people, one team, one mail, one channel.
    each = ["2, max. 2", "1, max. 1", "1, max. 1", "1, max. 1"]
    assert told == [
        ["Rechnungskopie", "2", *each],
        ["Ohne Angabe", "1", *each],
        ["Alle Ursachen", "3", *each],
    ]
    for name, cause in (("Rechnungskopie", "Rechnungskopie"), ("Ohne Angabe", "(none)"), ("Alle Ursachen", "")):
        count, *cells = next(row for row in told if row[0] == name)[1:]
        assert count == value(sheet, "resolved", cause=cause)
        parts = ("people", "teams", "contacts", "channels")
        pairs = [tuple(value(sheet, f"{part}_{of}", cause=cause) for of in ("p50", "most")) for part in parts]
        assert cells == [f"{median}, max. {most}" for median, most in pairs]


def test_a_cause_opens_its_matters_with_those_that_took_most_first(
    afternoon: dict[str, int], world: cast.World, client: FlaskClient
) -> None:
    browser = enter(client, world.max)
    page = browser.get("/board").text
    urls = [url.replace("&amp;", "&") for url in re.findall(r'href="(/board/tickets\?figure=resolved[^"]*)"', page)]
    counts = {url: len(rows(browser.get(url).text, "Erledigt")) for url in urls}
    assert sorted(counts.values()) == [1, 2, 3]
    named = next(url for url in urls if "cause=Rechnungskopie" in url)
    assert {tuple(row[3:]) for row in rows(browser.get(named).text, "Erledigt")} == {
        ("Mo., 23.11.2026, 12:00 Uhr", "Rechnungskopie", "2", "1", "1")
    }


@pytest.fixture
def evening(afternoon: dict[str, int], world: cast.World, clock: Clock) -> None:
    """It is nine past four: of two promises one is broken, one hand-over came late, one was declined, one moved on."""
    olaf = mail(world, "olaf", "14:35")
    for until in ("15:05", "18:55"):
        said = Said(number="", is_outgoing=True, outcome=CallOutcome.REACHED, text="Ersatz", promise_at=at(until))
        phone_notes.note(said, ticket_id=olaf.ticket_id, by=world.ada, at=at("14:40"))
    tom, ria, leo = (mail(world, name, "14:50").ticket_id for name in ("tom", "ria", "leo"))
    give(world, tom, at=at("14:51"))
    handovers.accept(tom, by=world.ben, at=at("15:50"))
    give(world, ria, at=at("14:52"))
    handovers.decline(ria, reason="Nicht unseres", by=world.ben, at=at("15:00"))
    assignment.assign(leo, assignee_id=None, team_id=world.returns, by=world.max, at=at("15:10"))
    joining.join(olaf.ticket_id, into=afternoon["mia"], by=world.max, at=at("15:20"))
    moved = mail(world, "uli", "15:30")
    answer(world, moved, "15:40")
    assignment.assign(moved.ticket_id, assignee_id=None, team_id=world.returns, by=world.max, at=at("15:45"))
    clock.set(at("16:09"))


def counted(lines: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the lines that count what has a list; a median or a maximum is none."""
    listed = [line for line in lines if line["list"] and line["unit"] == "count"]
    return [line for line in listed if not re.search("_p50|_most", line["figure"])]


def rows_of(browser: FlaskClient, url: str) -> int:
    answer = browser.get(url)
    assert answer.status_code == 200, url
    return answer.text.count('<tr><th scope="row">')


@pytest.mark.parametrize("who", ["max", "cleo"])
@pytest.mark.parametrize("minute", ["14:31", "24:00"])
def test_every_line_with_a_list_leads_to_as_many_rows(
    evening: None, world: cast.World, client: FlaskClient, clock: Clock, who: str, minute: str
) -> None:
    clock.set(at(minute))
    browser = enter(client, getattr(world, who))
    _sheet, lines = sheet_of(browser, "/board.csv?from=2026-11-20&to=2026-11-24")
    listed = counted(lines)
    assert {line["list"].partition("?")[0] for line in listed} == {"/api/v1/board/tickets"}
    assert len(listed) > 60
    wrong = [line for line in listed if str(rows_of(browser, line["list"].removeprefix("/api/v1"))) != line["value"]]
    assert wrong == []


@pytest.mark.parametrize("who", ["max", "cleo"])
def test_every_figure_of_the_page_leads_to_as_many_rows(
    evening: None, world: cast.World, client: FlaskClient, who: str
) -> None:
    browser = enter(client, getattr(world, who))
    page = browser.get("/board").text
    links = re.findall(
        r'(?:title="([^"]*)">)?<a href="(/board/tickets[^"]*)"(?: aria-label="([^"]*)")?>(.*?)</a>', page, re.DOTALL
    )
    assert len(links) > 25
    for title, escaped, label, inside in links:
        url = escaped.replace("&amp;", "&")
        assert said_by(url, title or label, inside) in {str(rows_of(browser, url)), ""}, url


def said_by(url: str, beside: str, inside: str) -> str:
    """Return how many rows a link promises; nothing for the name of a cause and for a bar without words."""
    words = re.sub(r"<[^>]+>|\s+", " ", inside)
    value = re.search(r'class="value num">(\d+)', inside)
    if "oldest_" in url:
        return "1"
    for figure, told, where in (
        ("answered", r"von (\d+)", beside or words),
        ("handovers_accepted", r"(\d+) angenommen", words),
        ("due_ahead", r"(\d+) fällig", beside),
    ):
        if f"figure={figure}" in url and (found := re.search(told, where)):
            return found[1]
    counted = value or re.search(r"(\d+)", words)
    return counted[1] if counted else ""


@pytest.mark.parametrize("minute", ["5:01", "5:09", "5:10", "5:11"])
def test_the_last_quarter_of_an_hour_ends_with_the_four_hours(
    world: cast.World, client: FlaskClient, clock: Clock, minute: str
) -> None:
    mail(world, "kai", "13:10")  # due at ten past nine the next morning
    clock.set(at(minute, days=1))
    browser = enter(client, world.max)
    _sheet, lines = sheet_of(browser)
    quarters = [line for line in lines if line["figure"] == "due_ahead" and line["hour"]]
    assert sum(int(line["value"]) for line in quarters) == (1 if minute == "5:11" else 0)
    for line in quarters:
        assert browser.get(line["list"].removeprefix("/api/v1")).text.count('<tr><th scope="row">') == int(
            line["value"]
        )


def test_a_lead_counts_the_causes_of_their_team_alone(
    afternoon: dict[str, int], world: cast.World, client: FlaskClient, clock: Clock
) -> None:
    elsewhere = cast.hear(world, at=at("13:00")).ticket_id
    give(world, elsewhere, at=at("13:00"))
    handovers.accept(elsewhere, by=world.ben, at=at("13:01"))
    status.resolve(elsewhere, terms=closing.Terms(cause="Nur bei Social"), by=world.ben, at=at("13:02"))
    clock.set((at("14:30") + timedelta(minutes=1)).isoformat())
    assert "Nur bei Social" in enter(client, world.max).get("/board").text
    lead = enter(client, world.cleo)
    assert "Nur bei Social" not in lead.get("/board").text
    assert "Nur bei Social" not in lead.get("/board.csv").text
    assert f"#{elsewhere}" not in lead.get("/board/tickets?figure=resolved&cause=Nur+bei+Social").text
