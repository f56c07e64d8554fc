"""What holds for every log of a ticket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sla.events import Event, Heard, Reprioritised, Said, Waived, Weight
from sla.projection import project
from sla.standing import Holding, State
from sla.targets import Priority, Route
from tests.sla.strategies import many_cases
from tests.sla.terms import terms

MONDAY = datetime(2025, 6, 2, tzinfo=UTC)
# No two events share an instant, so that their order in a log cannot matter.
instants = st.lists(st.integers(0, 14 * 1440), unique=True, max_size=12).map(
    lambda counts: [MONDAY + timedelta(minutes=count) for count in counts]
)
modes = st.sampled_from(Holding)
routes = st.sampled_from(Route)


@st.composite
def events(draw: st.DrawFn, at: datetime) -> Event:
    match draw(st.sampled_from(["heard", "heard", "said", "said", "waived", "raised"])):
        case "heard":
            route = draw(routes)
            return Heard(at=at, route=route, conversation=route, needs_answer=draw(st.booleans() | st.just(value=True)))
        case "said":
            return Said(at=at, conversation=draw(routes), weight=draw(st.sampled_from(Weight)))
        case "waived":
            return Waived(at=at)
        case _:
            return Reprioritised(at=at, to=draw(st.sampled_from(Priority)))


logs = instants.flatmap(lambda times: st.tuples(*map(events, times))).map(list)


@many_cases
@given(logs, modes, st.randoms(use_true_random=False))
def test_the_order_in_which_events_arrive_does_not_matter(log: list[Event], mode: Holding, chance: object) -> None:
    shuffled = sorted(log, key=lambda _: chance.random())  # type: ignore[attr-defined]
    assert project(shuffled, terms(mode)) == project(log, terms(mode))


@many_cases
@given(logs, modes)
def test_notes_and_automatic_messages_change_nothing(log: list[Event], mode: Holding) -> None:
    def is_noise(event: Event) -> bool:
        match event:
            case Heard():
                return not event.needs_answer
            case Said():
                return event.weight in {Weight.NOTE, Weight.AUTOMATIC}
        return False

    assert project([event for event in log if not is_noise(event)], terms(mode)) == project(log, terms(mode))


@many_cases
@given(logs, modes, routes)
def test_one_more_message_never_moves_anything_later(log: list[Event], mode: Holding, route: Route) -> None:
    before = project(log, terms(mode))
    at = max((event.at for event in log), default=MONDAY) + timedelta(minutes=1)
    after = project([*log, Heard(at=at, route=route, conversation=route)], terms(mode))
    assert after.due_at
    assert after.due_at <= (before.due_at or after.due_at)
    assert after.oldest_unanswered_at == (before.oldest_unanswered_at or at)


@many_cases
@given(logs, modes)
def test_a_real_answer_settles_everything(log: list[Event], mode: Holding) -> None:
    at = max((event.at for event in log), default=MONDAY) + timedelta(minutes=1)
    answer = Said(at=at, conversation="email", weight=Weight.SUBSTANTIVE)
    after = project([*log, answer], terms(mode))
    assert after.due_at is None
    assert after.oldest_unanswered_at is None


@many_cases
@given(logs, modes)
def test_every_message_that_needs_an_answer_opens_exactly_one_obligation(log: list[Event], mode: Holding) -> None:
    asked = sorted(event.at for event in log if isinstance(event, Heard) and event.needs_answer)
    ticket = project(log, terms(mode))
    assert [owed.opening.opened_at for owed in ticket.obligations] == asked
    assert all((owed.verdict is not None) == (owed.state is State.MET) for owed in ticket.obligations)


@many_cases
@given(logs, modes)
def test_raising_the_priority_never_turns_a_clock_red(log: list[Event], mode: Holding) -> None:
    at = max((event.at for event in log), default=MONDAY) + timedelta(minutes=1)
    before = project(log, terms(mode)).obligations
    after = project([*log, Reprioritised(at=at, to=Priority.URGENT)], terms(mode)).obligations
    for old, new in zip(before, after, strict=True):
        assert new.opening.due_at <= old.opening.due_at
        assert new.opening.breach_at > at or old.opening.breach_at <= at
