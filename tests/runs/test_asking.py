"""How an account is, asked every few minutes: red by code, green again, and secrets that were renewed are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app import clock, seal
from app.db import db
from app.desk import channels
from app.models import Channel, Event, Message, ProblemSource
from app.runs import asking, listen
from channels.contract import Health
from tests import world as cast
from tests.emulators.graph import PAGE_TOKEN, GraphEmulator
from tests.runs import pages
from tests.runs.conftest import Listen
from tests.waiting import until

ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NOW = cast.MONDAY_NINE


@pytest.fixture
def graph() -> Iterator[GraphEmulator]:
    emulator = GraphEmulator(page=pages.PAGE, app_id=pages.APP, app_secret=pages.SECRET)
    emulator.start()
    yield emulator
    emulator.stop()


@pytest.fixture
def page(app: Flask, graph: GraphEmulator) -> int:
    return pages.add(cast.build().social, api_base=graph.url, token=PAGE_TOKEN)


def row(channel_id: int) -> Channel:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Channel, channel_id)


def events() -> list[str]:
    return [each.kind for each in db.session.query(Event.kind).order_by(Event.id)]


def test_a_token_that_was_revoked_turns_the_channel_red_by_its_code_and_a_good_one_green(
    page: int, graph: GraphEmulator
) -> None:
    assert asking.ask(page)
    assert (row(page).problem, row(page).asked_at is not None, row(page).reached_at is not None) == ("", True, True)
    graph.revoke_token()
    assert not asking.ask(page)
    found = row(page)
    assert (found.problem_code, found.problem_source, found.problem != "") == ("190", ProblemSource.HEALTH, True)
    assert found.problem_at is not None
    graph.renew_token()
    assert asking.ask(page)
    found = row(page)
    assert (found.problem, found.problem_code, found.problem_source, found.problem_at) == ("", "", None, None)
    assert events() == ["channel_down", "channel_up"]


def test_when_a_token_ends_is_known_before(page: int, graph: GraphEmulator) -> None:
    graph.token_expires_at = (datetime.now(UTC) + timedelta(days=10)).replace(microsecond=0)
    assert asking.ask(page)
    assert row(page).token_expires_at == graph.token_expires_at


@ONE
def test_the_listener_asks_by_itself(
    page: int, graph: GraphEmulator, start_listener: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FIRST_AFTER", "EVERY", "EVERY_WHILE_WRONG"):
        monkeypatch.setattr(asking, name, 0.2)
    monkeypatch.setattr(listen, "LOOK_EVERY", 0.2)
    start_listener()
    until(lambda: row(page).asked_at, within=20)
    graph.revoke_token()
    until(lambda: row(page).problem_code == "190", within=20)
    graph.renew_token()
    until(lambda: row(page).problem == "", within=20)


@ONE
def test_a_channel_that_is_set_up_wrong_is_red(page: int) -> None:
    channels.change(page, name="Facebook", address="keine Zahl", settings={}, secrets={}, team_id=None)
    assert not asking.ask(page)
    assert row(page).problem.startswith("Der Kanal ist falsch eingestellt")


def test_a_renewed_secret_is_sealed_in_the_commit_that_tells_of_it(page: int) -> None:
    channels.report_health(page, Health(is_ok=True, refreshed={"page_token": "ein-neuer"}), at=NOW)
    opened = seal.unseal(row(page).secrets)
    assert (opened["page_token"], opened["app_secret"]) == ("ein-neuer", pages.SECRET)


@pytest.mark.parametrize(
    ("source", "is_mended"),
    [
        (ProblemSource.SENDING, True),
        (ProblemSource.PLATFORM, True),
        (ProblemSource.HEALTH, True),
        (ProblemSource.HEARING, False),
        (ProblemSource.POLICY, False),
    ],
)
@ONE
def test_a_good_answer_mends_what_it_can_judge(page: int, source: ProblemSource, *, is_mended: bool) -> None:
    channels.report_problem(page, words="Etwas ist nicht in Ordnung.", source=source, at=clock.now())
    channels.report_health(page, Health(is_ok=True), at=clock.now())
    assert (row(page).problem == "") is is_mended


@ONE
def test_who_knows_no_code_takes_nobodys_place_who_does(page: int) -> None:
    channels.report_problem(page, words="Widerrufen.", source=ProblemSource.PLATFORM, code="190", at=NOW)
    for source, code in ((ProblemSource.SENDING, "unauthorised"), (ProblemSource.HEARING, "")):
        channels.report_problem(page, words="Etwas geht nicht.", source=source, code=code, at=NOW)
    assert (row(page).problem, row(page).problem_code) == ("Widerrufen.", "190")
    assert events() == ["channel_down"]


def test_what_was_missed_while_nobody_could_call_is_fetched_and_filed_once(
    page: int, graph: GraphEmulator, start_listener: Listen
) -> None:
    graph.customer_writes("7400000000000021", "Hört mich jemand?", at=datetime.now(UTC) - timedelta(hours=3))
    start_listener()

    def texts() -> list[str]:
        db.session.rollback()
        return [each.text for each in db.session.query(Message.text)]

    assert until(texts, within=20) == ["Hört mich jemand?"]
