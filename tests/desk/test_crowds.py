"""Many rungs at once are one word, what waited for somebody's hours is looked at again, and nobody hears twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.db import db, transaction
from app.desk import digests, notices, priority, status
from app.models import Channel, Firing, Notification
from app.runs.climb import Climb
from tests import world as cast
from tests.desk.ladders import change, climb_by, fired, told, works
from tests.fixtures.databases import Clock
from tests.world import HOUR, MONDAY_NINE, World

MOST = 3
MINUTE = timedelta(minutes=1)


@pytest.fixture
def tick(clock: Clock) -> Climb:
    """A tick for which more than three rungs of a team within a minute are many."""
    clock.set(MONDAY_NINE)
    return Climb(most=MOST)


def hear(world: World, count: int, *, after: timedelta = timedelta(0)) -> list[int]:
    """Let some customers write at the same moment; returns the tickets."""
    return [cast.hear(world, at=MONDAY_NINE + after).ticket_id for _ in range(count)]


def mails() -> list[Notification]:
    db.session.rollback()
    return db.session.query(Notification).filter_by(via="mail").order_by(Notification.id).all()


def test_as_many_as_that_are_told_one_by_one(world: World, tick: Climb, clock: Clock) -> None:
    hear(world, MOST)
    clock.forward(hours=4)

    tick.round()

    assert [(kind, name) for kind, name, _ in told()] == [("breach", "Cleo")] * MOST


def test_a_whole_crowd_is_one_digest_for_each_of_the_team(world: World, tick: Climb, clock: Clock) -> None:
    numbers = hear(world, 12)
    clock.forward(hours=4)

    tick.round()

    (mail,) = mails()
    assert (mail.kind, mail.agent_id, mail.ticket_id) == ("fired_digest", world.cleo.id, None)
    assert mail.subject == "12 Fristen auf einmal: 12 überfällig, 0 bald fällig (Kundenservice)"
    links = [line for line in mail.text.splitlines() if line.startswith("/")]
    assert links == [f"/tickets/{number}" for number in numbers[:10]]
    assert "und 2 weitere" in mail.text
    assert len(fired()) == 12
    assert db.session.query(Firing).filter(Firing.is_digested, Firing.digested_at.is_not(None)).count() == 12


def test_the_most_urgent_stand_first(world: World, tick: Climb, clock: Clock) -> None:
    *_, last = hear(world, 12)
    priority.change(last, priority="urgent", by=world.cleo, at=MONDAY_NINE)
    clock.forward(hours=4)

    tick.round()

    assert mails()[-1].text.split("/tickets/")[1].startswith(str(last))


def test_late_comers_of_a_minute_wait_for_each_other(world: World, tick: Climb, clock: Clock) -> None:
    """Three were told one by one; the two after them come in one, once nobody has followed for a minute."""
    climb_by({"at": "breach", "to": ["lead"], "via": ["mail"]})
    for seconds in range(5):
        hear(world, 1, after=timedelta(seconds=seconds))
    clock.forward(hours=4)
    for _ in range(5):
        tick.round()
        clock.forward(seconds=1)
    assert [mail.kind for mail in mails()] == ["breached"] * 3

    clock.forward(minutes=1)
    tick.round()

    assert [mail.kind for mail in mails()] == ["breached"] * 3 + ["fired_digest"]
    assert mails()[-1].text.count("/tickets/") == 2


def test_a_tick_that_died_before_the_digest_is_followed_by_one_that_writes_it(
    world: World, tick: Climb, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear(world, 5)
    clock.forward(hours=4)
    with monkeypatch.context() as dying:
        dying.setattr(digests, "ready", lambda **_: [])
        tick.round()
    assert (len(fired()), mails()) == (5, [])

    Climb(most=MOST).round()

    assert [mail.kind for mail in mails()] == ["fired_digest"]


def test_a_crowd_that_goes_on_is_told_every_ten_minutes_only(world: World, tick: Climb, clock: Clock) -> None:
    climb_by({"at": "breach", "to": ["lead"], "via": ["mail"]})
    for minute in range(13):
        hear(world, 4, after=minute * MINUTE)
    clock.forward(hours=4)
    for _ in range(13):
        tick.round()
        clock.forward(minutes=1)

    assert [mail.text.count("/tickets/") for mail in mails()] == [4, 10]
    assert "und 30 weitere" in mails()[1].text


def test_two_teams_do_not_make_a_crowd_together(world: World, tick: Climb, clock: Clock) -> None:
    from app.desk import assignment

    for number in hear(world, 6)[:3]:
        assignment.assign(number, team_id=world.social, by=world.max, at=MONDAY_NINE)
    clock.forward(hours=4)

    tick.round()

    assert [kind for kind, *_ in told()] == ["breach"] * 6


def test_what_no_rule_gave_to_a_team_is_one_digest_for_the_administrators(
    world: World, tick: Climb, clock: Clock
) -> None:
    with transaction():
        db.session.query(Channel).update({"team_id": None})
    for number in hear(world, 12):
        assert cast.ticket(number).team_id is None
    clock.forward(hours=4)

    for _ in range(3):
        tick.round()
        clock.forward(minutes=1)

    (mail,) = mails()
    assert (mail.kind, mail.agent_id) == ("fired_digest", world.max.id)
    assert mail.subject == "12 Fristen auf einmal: 12 überfällig, 0 bald fällig"


class TestWaiting:
    """Cleo works in the afternoon only, so that a warning of eleven waits."""

    @pytest.fixture(autouse=True)
    def ladder(self, world: World, tick: Climb) -> None:
        climb_by(*({"at": at, "to": ["lead"], "via": ["inbox", "mail"]} for at in (50, 75, "breach")))
        works(world.cleo, "13:00", "17:00")

    def test_a_mail_waits_for_the_readers_hours_and_the_inbox_does_not(
        self, world: World, tick: Climb, clock: Clock
    ) -> None:
        hear(world, 1)
        clock.forward(hours=2)
        tick.round()
        assert (told("inbox"), told("mail")) == ([("50", "Cleo", "sent")], [("50", "Cleo", "waiting")])
        assert mails()[0].retry_at == MONDAY_NINE + 4 * HOUR

        clock.forward(hours=1, minutes=59)
        tick.round()
        assert [state for *_, state in told()] == ["waiting", "waiting"]

        clock.forward(minutes=1)
        tick.round()
        assert told() == [("50", "Cleo", "withdrawn"), ("75", "Cleo", "withdrawn"), ("breach", "Cleo", "queued")]

    def test_what_was_settled_meanwhile_is_withdrawn(self, world: World, tick: Climb, clock: Clock) -> None:
        (number,) = hear(world, 1)
        clock.forward(hours=2)
        tick.round()
        assert [state for *_, state in told()] == ["waiting"]
        status.resolve(number, by=world.ada, at=clock.at)

        clock.forward(hours=2)
        tick.round()

        assert told() == [("50", "Cleo", "withdrawn")]

    def test_many_that_waited_come_in_one(self, world: World, tick: Climb, clock: Clock) -> None:
        """They came minute by minute, so none of them was part of a crowd."""
        works(world.cleo, "11:45", "17:00")
        for minute in range(5):
            hear(world, 1, after=minute * 2 * MINUTE)
        clock.forward(hours=2)
        for _ in range(5):
            tick.round()
            clock.forward(minutes=2)
        assert [state for *_, state in told()] == ["waiting"] * 5

        clock.forward(minutes=35)
        tick.round()

        assert [mail.state.value for mail in mails()] == ["withdrawn"] * 5 + ["queued"]
        assert (mails()[-1].kind, mails()[-1].text.count("/tickets/")) == ("fired_digest", 5)

    def test_a_grave_matter_waits_for_nobody(self, world: World, tick: Climb, clock: Clock) -> None:
        (number,) = hear(world, 1)
        priority.change(number, priority="urgent", by=world.cleo, at=MONDAY_NINE)

        clock.forward(minutes=30)
        tick.round()

        assert told() == [("50", "Cleo", "queued")]

    def test_a_tick_that_comes_back_at_night_lets_it_wait_for_the_morning(
        self, world: World, tick: Climb, clock: Clock
    ) -> None:
        hear(world, 1)
        clock.forward(hours=2)
        tick.round()

        clock.forward(hours=12)
        tick.round()

        assert [(rung, state) for rung, _, state in told()] == [("50", "withdrawn"), ("breach", "waiting")]
        assert mails()[-1].retry_at == MONDAY_NINE + 28 * HOUR

    def test_who_went_away_meanwhile_is_replaced(self, world: World, tick: Climb, clock: Clock) -> None:
        works(world.cleo, "11:45", "17:00")
        hear(world, 1)
        clock.forward(hours=2)
        tick.round()
        change(world.cleo, deputy_id=world.ada.id, away_from=clock.at)

        clock.forward(minutes=45)
        tick.round()

        assert told() == [("50", "Cleo", "withdrawn"), ("50", "Ada", "queued")]

    def test_what_a_worker_sends_too_late_waits_for_the_next_hours(
        self, world: World, tick: Climb, clock: Clock
    ) -> None:
        hear(world, 1)
        clock.forward(hours=4)
        tick.round()
        (mail,) = mails()
        assert mail.state == "queued"

        assert notices.claim(mail.id, base_url="", at=MONDAY_NINE + 12 * HOUR) is None

        assert (told(), mails()[0].retry_at) == ([("breach", "Cleo", "waiting")], MONDAY_NINE + 28 * HOUR)
