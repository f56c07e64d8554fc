"""What a ladder says is done: when, to whom, by which way; and the reason of every firing is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from app.db import db, transaction
from app.desk import escalation, rulebook
from app.desk.staff import Staff
from app.models import CallTask, Event, Firing, Notification, Obligation, Webhook, WebhookCall
from tests import world as cast
from tests.desk.ladders import change, climb_by, fired, told, works
from tests.world import HOUR, MONDAY_NINE, World


def tick(hours: float) -> list[str]:
    at = MONDAY_NINE + hours * HOUR
    return [escalation.fire(id_, at=at) for id_ in escalation.due(at=at)]


def test_each_step_tells_whom_it_names(world: World) -> None:
    climb_by(
        {"at": 50, "to": [f"agent:{world.ada.id}"], "via": ["mail"]},
        {"at": 90, "to": [f"team:{world.social}"], "via": ["mail"]},
        {"at": "breach", "to": [f"leads:{world.care}", f"agent:{world.zoe.id}"], "via": ["mail"]},
    )
    cast.hear(world)

    assert [tick(hours) for hours in (1.9, 2, 3.5, 3.6, 4)] == [[], ["50"], [], ["90"], ["breach"]]

    assert told() == [
        ("50", "Ada", "queued"),
        ("90", "Ben", "queued"),
        ("breach", "Cleo", "queued"),
        ("breach", "Zoe", "queued"),
    ]


def test_steps_of_one_height_are_one_rung_and_a_person_hears_it_once(world: World) -> None:
    climb_by(
        {"at": "breach", "to": ["lead"], "via": ["inbox"]},
        {"at": "breach", "to": ["lead", f"agent:{world.ada.id}"], "via": ["mail"]},
    )
    cast.hear(world)

    assert tick(4) == ["breach"]

    assert told() == [("breach", "Cleo", "queued"), ("breach", "Ada", "queued")]
    assert fired() == ["breach"]


def test_rungs_that_a_late_tick_finds_below_the_highest_are_only_written_down(world: World) -> None:
    climb_by(*({"at": at, "to": ["lead"], "via": ["mail"]} for at in (50, 75, "breach")))
    cast.hear(world)

    tick(30)

    assert (fired(), fired(superseded=True)) == (["breach"], ["50", "75"])
    assert [rung for rung, *_ in told()] == ["breach"]


def test_every_firing_says_why(world: World) -> None:
    ladder_id = climb_by({"at": 50, "to": ["lead"]})
    cast.hear(world)

    tick(2.5)

    details = db.session.query(Firing).one().details
    assert details["elapsed_seconds"] == 2.5 * 3600
    assert (details["target_minutes"], details["calendar_version"], details["policy_version"]) == (240, 1, 2)
    assert (details["ladder"], details["ladder_version"]) == (ladder_id, 1)
    assert details["to"] == {str(world.cleo.id): ["inbox", "mail"]}


def test_a_changed_ladder_is_climbed_from_where_the_clock_stands(world: World) -> None:
    ladder_id = climb_by({"at": 75, "to": ["lead"], "via": ["mail"]})
    cast.hear(world)
    tick(3)

    rulebook.write_ladder(
        ladder_id,
        name="Leiter",
        rungs=[{"at": at, "to": ["lead"], "via": ["mail"]} for at in (50, 80)],
        at=MONDAY_NINE + 3 * HOUR,
    )

    assert [rung for hours in (3.1, 3.2, 3.3) for rung in tick(hours) if rung] == ["80"]


def test_a_changed_ladder_and_its_clocks_are_one_commit(world: World) -> None:
    """Whoever is killed right after it has lost no rung."""
    ladder_id = climb_by({"at": 75, "to": ["lead"], "via": ["mail"]})
    cast.hear(world)
    rungs = [{"at": at, "to": ["lead"], "via": ["mail"]} for at in (25, 75)]
    commits: list[object] = []
    note = commits.append
    event.listen(db.engine, "commit", note)

    rulebook.write_ladder(ladder_id, name="Leiter", rungs=rungs, at=MONDAY_NINE + 2 * HOUR)

    event.remove(db.engine, "commit", note)
    assert (len(commits), tick(2)) == (1, ["25"])


def test_a_deadline_that_differs_from_its_row_is_repaired_before_anything_fires(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    filed = cast.hear(world)
    with transaction():
        wrong = MONDAY_NINE + HOUR
        db.session.query(Obligation).update({"due_at": wrong, "breach_at": wrong, "rung_at": wrong})

    assert tick(1) == [""]

    (owed,) = cast.obligations(filed.ticket_id)
    assert (owed.due_at, owed.breach_at) == (MONDAY_NINE + 4 * HOUR, MONDAY_NINE + 4 * HOUR)
    assert owed.rung_at == MONDAY_NINE + 3 * HOUR
    assert cast.ticket(filed.ticket_id).due_at == MONDAY_NINE + 4 * HOUR
    assert "repaired" in caplog.text


def test_while_it_is_muted_nothing_fires_and_then_only_the_highest(world: World) -> None:
    cast.hear(world)
    with transaction():
        db.session.query(Obligation).update({"muted_until": MONDAY_NINE + 24 * HOUR})

    assert [tick(hours) for hours in (3, 4, 23, 24)] == [[""], [], [], ["breach"]]


def test_a_webhook_is_called_with_the_key_of_the_firing(world: World) -> None:
    with transaction():
        row = Webhook(name="Monitor", url="https://monitor.example/hook", secret=b"", made_at=MONDAY_NINE)
        db.session.add(row)
        db.session.flush()
        webhook_id = row.id
    climb_by({"at": "breach", "to": [], "via": [f"webhook:{webhook_id}"]})
    cast.hear(world)

    tick(4)

    call = db.session.query(WebhookCall).one()
    assert (call.key, call.webhook_id) == (db.session.query(Firing).one().key, webhook_id)
    assert call.body["data"]["rung"] == "breach"
    assert told() == []


def test_a_call_is_asked_of_the_one_person_the_step_names(world: World) -> None:
    climb_by({"at": "breach", "to": [f"agent:{world.max.id}"], "via": ["call", "mail"]})
    filed = cast.hear(world)

    tick(4)

    task = db.session.query(CallTask).one()
    assert (task.ticket_id, task.agent_id) == (filed.ticket_id, world.max.id)
    assert told() == [("breach", "Max", "queued")]


def test_the_timeline_says_who_was_told(world: World) -> None:
    cast.hear(world)

    tick(3)

    assert db.session.query(Event).filter_by(kind="warned").one().details["told"] == ["Cleo"]


def test_a_step_for_nobody_in_particular_reaches_the_lead(world: World) -> None:
    """Nobody has taken the ticket, so its assignee is nobody."""
    climb_by({"at": 50, "to": ["assignee"], "via": ["mail"]})
    cast.hear(world)

    tick(2)

    assert told() == [("50", "Cleo", "queued")]


class TestWhoStandsIn:
    """Deputies, as they are at nine on Monday."""

    @pytest.fixture
    def staff(self, world: World) -> Staff:
        return Staff(MONDAY_NINE)

    def heard(self, staff: Staff, *words: str, team: int) -> list[str]:
        return [agent.name for agent in staff.who(words, team_id=team)]

    def test_whoever_is_away_is_replaced_by_their_deputy(self, world: World, staff: Staff) -> None:
        change(world.cleo, deputy_id=world.ada.id, away_from=MONDAY_NINE - HOUR, away_until=MONDAY_NINE + HOUR)
        assert self.heard(staff, "lead", team=world.care) == ["Ada"]

    def test_whoever_is_back_hears_again(self, world: World, staff: Staff) -> None:
        change(world.cleo, deputy_id=world.ada.id, away_from=MONDAY_NINE - HOUR, away_until=MONDAY_NINE)
        assert self.heard(staff, "lead", team=world.care) == ["Cleo"]

    def test_the_chain_is_followed(self, world: World, staff: Staff) -> None:
        change(world.cleo, deputy_id=world.ada.id, away_from=MONDAY_NINE)
        change(world.ada, deputy_id=world.ben.id, is_active=False)
        assert self.heard(staff, "lead", team=world.care) == ["Ben"]

    def test_a_circle_ends_with_the_administrators(self, world: World, staff: Staff) -> None:
        change(world.cleo, deputy_id=world.ada.id, away_from=MONDAY_NINE)
        change(world.ada, deputy_id=world.cleo.id, away_from=MONDAY_NINE)
        assert self.heard(staff, "lead", team=world.care) == ["Max"]

    def test_somebody_hears_even_if_everybody_is_away(self, world: World, staff: Staff) -> None:
        for person in (world.cleo, world.max):
            change(person, away_from=MONDAY_NINE)
        assert self.heard(staff, "lead", team=world.care) == ["Max"]

    def test_the_deputy_of_whoever_answers_can_be_named(self, world: World, staff: Staff) -> None:
        change(world.ada, deputy_id=world.ben.id)
        found = staff.who(["deputy"], team_id=world.care, assignee_id=world.ada.id)
        assert [agent.name for agent in found] == ["Ben"]


WHITSUN = datetime.fromisoformat("2025-06-06T17:00:00+02:00")
"""A Friday; the Monday after it is Whit Monday."""


@pytest.fixture
def until_ten(world: World) -> None:
    """A team answers within an hour until ten at night, and its lead works from nine to five, but not on Whit Monday."""
    early = WHITSUN - timedelta(days=30)
    late_hours = {day: [["08:00", "22:00"]] for day in (*cast.WEEKDAYS, "sat", "sun")}
    social = rulebook.write_calendar(
        None, name="Social", time_zone="Europe/Berlin", weekly_hours=late_hours, valid_from=early.date(), at=early
    )
    works(world.cleo, "09:00", "17:00", closed=("2025-06-09",), at=early)
    step = {"at": "breach", "to": ["lead"], "via": ["mail"], "repeat": {"every": 240, "most": 2}}
    ladder_id = rulebook.write_ladder(None, name="Wieder", rungs=[step], at=early)
    rulebook.write_policy(
        None,
        name="Schnell",
        route="email",
        team_id=world.care,
        calendar_id=social,
        targets={"first": {"normal": 60}, "next": {"normal": 60}},
        ladder_id=ladder_id,
        at=early,
    )


@pytest.mark.usefixtures("until_ten")
def test_repetitions_come_in_the_recipients_hours(world: World) -> None:
    """It breaches on Friday at five, when the lead goes home: she is told on Tuesday at 9, 13 and 17."""
    cast.hear(world, cast.contact(sent_at=WHITSUN - HOUR), at=WHITSUN - HOUR)

    half_hours = (WHITSUN + timedelta(minutes=30) * count for count in range(-2, 300))
    instants = [(escalation.fire(id_, at=at), f"{at:%a %H:%M}") for at in half_hours for id_ in escalation.due(at=at)]

    assert instants == [("breach", "Fri 17:00"), ("repeat1", "Tue 13:00"), ("repeat2", "Tue 17:00")]
    waits = db.session.query(Notification.retry_at).filter_by(via="mail").order_by(Notification.id).all()
    assert [retry_at and f"{retry_at:%a %H:%M} UTC" for (retry_at,) in waits] == ["Tue 07:00 UTC", None, None]


@pytest.mark.usefixtures("until_ten")
def test_a_tick_that_stood_still_for_weeks_tells_the_last_repetition_in_the_recipients_hours(world: World) -> None:
    """And with it the breach: whoever was to hear only of that would never hear of it otherwise."""
    cast.hear(world, cast.contact(sent_at=WHITSUN - HOUR), at=WHITSUN - HOUR)
    at = WHITSUN + timedelta(days=26, hours=3)

    assert [escalation.fire(id_, at=at) for id_ in escalation.due(at=at)] == ["repeat2"]

    assert (fired(), fired(superseded=True)) == (["repeat2"], ["breach", "repeat1"])
    (row,) = db.session.query(Notification).filter_by(via="mail")
    assert (row.state.value, row.retry_at) == ("waiting", datetime.fromisoformat("2025-07-03T09:00:00+02:00"))
    assert escalation.due(at=at + timedelta(days=9)) == []
