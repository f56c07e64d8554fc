"""A call reckoned from its legs: the order in which facts come changes nothing, and nothing is counted twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from channels.calls import FORWARDED, Legs, Phase, given_up, joined, merged, standing
from channels.contract import CallStep

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CAUSES = ["normalClearing", "cancel", "noAnswer", "busy", FORWARDED, "", "unheardOf"]


def fact(seconds: int, **known: Any) -> dict[str, Any]:
    return {"at": (START + timedelta(seconds=seconds)).isoformat(timespec="microseconds"), **known}


@st.composite
def facts(draw: st.DrawFn) -> tuple[str, CallStep, dict[str, Any]]:
    """One step of one of three legs."""
    step = draw(st.sampled_from([CallStep.RING, CallStep.ANSWER, CallStep.HANGUP]))
    known: dict[str, Any] = {}
    if step is CallStep.HANGUP:
        known["cause"] = draw(st.sampled_from(CAUSES))
    if step is CallStep.ANSWER and draw(st.booleans()):
        known["voicemail"] = True
    if draw(st.booleans()):
        known["agents"] = draw(st.lists(st.sampled_from(["Ada", "Ben"]), max_size=2, unique=True))
    return draw(st.sampled_from("abc")), step, fact(draw(st.integers(0, 60)), **known)


def told(*every: tuple[str, CallStep, dict[str, Any]]) -> Legs:
    legs: Legs = {}
    for leg, step, known in every:
        legs = merged(legs, leg, step, known)
    return legs


@given(st.lists(facts(), min_size=1, max_size=9), st.randoms())
def test_any_order_leads_to_the_same_call(every: list[Any], dice: Any) -> None:
    shuffled = list(every)
    dice.shuffle(shuffled)

    assert told(*shuffled) == told(*every)
    assert standing(told(*shuffled)) == standing(told(*every))


@given(st.lists(facts(), min_size=1, max_size=9))
def test_hearing_everything_again_changes_nothing(every: list[Any]) -> None:
    assert told(*every, *every) == told(*every)


@given(st.lists(facts(), min_size=1, max_size=6), st.lists(facts(), min_size=1, max_size=6))
def test_two_calls_that_turn_out_to_be_one_are_what_they_would_have_been(one: list[Any], two: list[Any]) -> None:
    assert joined(told(*one), told(*two)) == told(*one, *two)


@given(st.lists(facts(), min_size=1, max_size=9))
def test_a_call_given_up_is_over(every: list[Any]) -> None:
    assert standing(given_up(told(*every), START + timedelta(hours=1))).is_over


@given(st.lists(facts(), min_size=1, max_size=9))
def test_what_is_reckoned_hangs_together(every: list[Any]) -> None:
    found = standing(told(*every))

    if found.phase in {Phase.TALKING, Phase.ENDED}:
        assert found.answered_at is not None
    if found.phase in {Phase.RINGING, Phase.TALKING}:
        assert found.ended_at is None
    assert found.is_known == any(step is CallStep.RING for _, step, _ in every)


RING = ("a", CallStep.RING, fact(0, agents=["Ada"]))
ANSWER = ("a", CallStep.ANSWER, fact(5, agents=["Ada"]))


def hangup(cause: str, leg: str = "a", seconds: int = 60) -> tuple[str, CallStep, dict[str, Any]]:
    return leg, CallStep.HANGUP, fact(seconds, cause=cause)


def phase(*every: tuple[str, CallStep, dict[str, Any]]) -> Phase:
    return standing(told(*every)).phase


def test_the_usual_calls() -> None:
    mailbox = ("a", CallStep.ANSWER, fact(20, voicemail=True))
    second = ("b", CallStep.RING, fact(61))
    assert phase(RING) is Phase.RINGING
    assert phase(RING, ANSWER) is Phase.TALKING
    assert phase(RING, ANSWER, hangup("normalClearing")) is Phase.ENDED
    assert phase(RING, hangup("cancel")) is Phase.MISSED
    assert phase(RING, hangup("busy")) is Phase.MISSED
    assert phase(RING, mailbox) is Phase.VOICEMAIL
    assert phase(RING, hangup(FORWARDED)) is Phase.RINGING
    assert phase(RING, hangup(FORWARDED), second) is Phase.RINGING
    assert phase(RING, hangup(FORWARDED), second, hangup("cancel", "b", 70)) is Phase.MISSED
    assert phase(RING, ANSWER, second, hangup("cancel", "b", 70), hangup("normalClearing", seconds=80)) is Phase.ENDED


def test_an_answer_after_the_caller_gave_up_comes_too_late() -> None:
    assert phase(RING, hangup("cancel", seconds=3), ANSWER) is Phase.MISSED


def test_somebody_who_talks_says_who_they_are() -> None:
    found = standing(told(RING, ANSWER))
    assert (found.speakers, found.agents, found.is_outgoing) == (("Ada",), ("Ada",), False)
