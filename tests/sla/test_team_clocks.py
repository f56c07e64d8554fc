"""Hand-overs between teams, and telling people in their own hours; times are Berlin local."""

from __future__ import annotations

from datetime import timedelta

from sla.forecast import breaches_ahead
from sla.handover import Answer, Ball, bounces, holder, team_clocks
from sla.repeats import digests, repeats, told_at
from tests.sla.calendars import CARE, SOCIAL, berlin, minutes


def test_a_hand_over_after_closing_is_due_when_the_team_opens() -> None:
    clocks = team_clocks(berlin("2025-06-03 17:40"), accept_within=minutes(30), work_within=minutes(240), hours=CARE)
    assert clocks.acceptance.due_at == berlin("2025-06-04 09:30")
    assert clocks.work.due_at == berlin("2025-06-04 13:00")


def test_the_work_counts_from_the_hand_over() -> None:
    clocks = team_clocks(berlin("2025-06-06 14:00"), accept_within=minutes(30), work_within=minutes(240), hours=CARE)
    assert clocks.work.due_at == berlin("2025-06-10 10:00")
    assert [rung.at for rung in clocks.work.rungs[:3]] == [
        berlin("2025-06-06 16:00"),
        berlin("2025-06-06 17:00"),
        berlin("2025-06-10 09:36"),
    ]


def test_an_unanswered_hand_over_returns_in_the_receiver_s_hours() -> None:
    clocks = team_clocks(
        berlin("2025-06-06 16:30"),
        accept_within=minutes(15),
        work_within=minutes(240),
        return_within=minutes(60),
        hours=CARE,
    )
    assert clocks.returns_at == berlin("2025-06-10 09:30")


def test_the_ball_stays_with_the_giver_until_it_is_accepted() -> None:
    assert [holder(answer) for answer in (None, Answer.DECLINED, Answer.RETURNED, Answer.ACCEPTED)] == [
        Ball.GIVER,
        Ball.GIVER,
        Ball.GIVER,
        Ball.RECEIVER,
    ]


def test_ping_pong_is_counted() -> None:
    assert bounces([1, 2, 3]) == 0
    assert bounces([1, 2, 1, 2]) == 2


def test_a_lead_is_told_again_in_their_own_hours() -> None:
    found = repeats(berlin("2025-06-06 17:00"), every=timedelta(hours=4), most=3, recipient=CARE)
    assert found == (berlin("2025-06-10 09:00"), berlin("2025-06-10 13:00"), berlin("2025-06-10 17:00"))


def test_a_grave_matter_does_not_wait_for_the_morning() -> None:
    at = berlin("2025-06-07 21:30")
    assert told_at(at, CARE, is_grave=True) == at
    assert told_at(at, CARE) == berlin("2025-06-10 09:00")
    assert told_at(berlin("2025-06-03 10:00"), CARE) == berlin("2025-06-03 10:00")


def test_a_mass_breach_becomes_one_digest_a_team() -> None:
    assert digests(["care"] * 30 + ["social"] * 5, most=10) == {"care"}


def test_what_cannot_be_done_in_time_is_foreseen() -> None:
    now = berlin("2025-06-03 10:00")
    dues = [now + minutes(30 * count) for count in range(1, 9)]
    assert breaches_ahead(dues, now=now, within=timedelta(hours=4), per_hour=2, hours=SOCIAL) == 0
    assert breaches_ahead(dues, now=now, within=timedelta(hours=4), per_hour=1, hours=SOCIAL) == 8
    assert breaches_ahead(dues, now=now, within=timedelta(hours=1), per_hour=1, hours=SOCIAL) == 2
    assert breaches_ahead(dues, now=now, within=timedelta(hours=4), per_hour=0, hours=SOCIAL) == 8


def test_what_is_late_takes_its_share() -> None:
    now = berlin("2025-06-03 10:00")
    dues = [now - minutes(5), now + minutes(20)]
    assert breaches_ahead(dues, now=now, within=timedelta(hours=4), per_hour=2, hours=SOCIAL) == 2
