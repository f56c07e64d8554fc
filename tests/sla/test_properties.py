"""The thirteen properties of the clocks, P1 to P13; `CASES=10000` proves each with so many (`python -m bench proofs`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.cli.sla_replay import replayed
from app.cli.sla_setup import Setup
from sla.events import Event, Heard, Moved, Reprioritised, Resolved, Said, Weight
from sla.hours import BusinessHours
from sla.projection import project
from sla.standing import Holding, Projection, State
from sla.targets import Priority, Route
from tests.sla import ledger
from tests.sla.strategies import budgets, compiled
from tests.sla.terms import MINUTES, terms
from tests.sla.test_ledger import HOMES, event, rules
from tests.sla.test_ledger import logs as families
from tests.sla.test_projection_properties import logs, modes, routes

CASES = int(os.environ.get("CASES", "25"))
TIMES = 10
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
MONDAY = datetime(2025, 6, 2, tzinfo=UTC)
Log = list[Event]
Family = list[dict[str, Any]]
Test = TypeVar("Test", bound=Callable[..., None])


def proved(test: Test) -> Test:
    """Run a property with as many cases as are asked for."""
    return settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))(test)


def proved_in_tens(test: Test) -> Test:
    """Do the same where each example is a calendar, which takes long to compile, with ten cases in it."""
    return settings(max_examples=max(CASES // TIMES, 5), deadline=None, suppress_health_check=list(HealthCheck))(test)


def after(log: Sequence[Event]) -> datetime:
    return max((each.at for each in log), default=MONDAY) + MINUTE


def folded(log: Family, mode: Holding, *more: Event) -> Projection:
    return project([*map(event, log), *more], terms(mode), homes=HOMES)


def end_of(log: Family) -> datetime:
    return max((line["t"] for line in log), default=datetime(2025, 6, 2, 6, tzinfo=UTC)) + MINUTE


def moved(found: Projection, at: datetime, *, from_: str, to: str) -> Log:
    """Join one ticket into another."""
    here = [conversation for conversation in sorted(HOMES) if found.ticket_of(conversation) == from_]
    return [Moved(at=at, conversation=conversation, ticket=to) for conversation in here]


def earliest(*found: datetime | None) -> datetime | None:
    return min((at for at in found if at), default=None)


@proved
@given(logs, modes, routes)
def test_p1_one_more_message_moves_nothing_later(log: Log, mode: Holding, route: Route) -> None:
    before = project(log, terms(mode))
    more = Heard(at=after(log), route=route, conversation=route)
    found = project([*log, more], terms(mode))
    assert found.due_at
    assert found.due_at <= (before.due_at or found.due_at)
    assert found.oldest_unanswered_at == (before.oldest_unanswered_at or more.at)


@proved
@given(families, modes)
def test_p2_a_joined_ticket_shows_the_earliest_of_both(log: Family, mode: Holding) -> None:
    before, at = folded(log, mode), end_of(log)
    # On a closed ticket nobody is shown to wait, also not after a holding reply elsewhere.
    assume(before.place("A").closed_at is None and before.place("B").closed_at is None)
    into_b = folded(log, mode, *moved(before, at, from_="A", to="B"))
    into_a = folded(log, mode, *moved(before, at, from_="B", to="A"))
    due = earliest(before.due_of("A"), before.due_of("B"))
    oldest = earliest(before.oldest_of("A"), before.oldest_of("B"))
    assert into_b.due_of("B") == into_a.due_of("A") == due
    assert into_b.oldest_of("B") == into_a.oldest_of("A") == oldest


@proved
@given(families, modes)
def test_p3_parting_undoes_joining(log: Family, mode: Holding) -> None:
    before, at = folded(log, mode), end_of(log)
    there = moved(before, at, from_="A", to="B")
    back = [
        Moved(at=at + MINUTE, conversation=each.conversation, ticket="A") for each in there if isinstance(each, Moved)
    ]
    found = folded(log, mode, *there, *back)
    assert found.obligations == before.obligations
    assert [found.due_of(name) for name in "AB"] == [before.due_of(name) for name in "AB"]


@proved
@given(families, modes)
def test_p4_the_fold_says_what_reading_the_whole_log_again_says(log: Family, mode: Holding) -> None:
    found = folded(log, mode)
    seen = [
        (o.opening.opened_at, o.opening.kind.value, o.opening.due_at, o.state.value, o.verdict and o.verdict.value)
        for o in found.obligations
    ]
    assert seen == [(o.at, o.kind, o.due, o.state, o.verdict) for o in ledger.owed(log, rules(mode.value), HOMES)]


@proved
@given(logs, modes, st.randoms(use_true_random=False))
def test_p5_the_order_of_ingestion_does_not_matter(log: Log, mode: Holding, chance: Any) -> None:
    assert project(sorted(log, key=lambda _: chance.random()), terms(mode)) == project(log, terms(mode))


@proved
@given(logs, modes)
def test_p6_notes_and_automatic_messages_change_nothing(log: Log, mode: Holding) -> None:
    noise = {Weight.NOTE, Weight.AUTOMATIC}
    told = [
        each
        for each in log
        if not (isinstance(each, Said) and each.weight in noise)
        and not (isinstance(each, Heard) and not each.needs_answer)
    ]
    assert project(told, terms(mode)) == project(log, terms(mode))


@proved
@given(families, modes)
def test_p7_a_joined_or_closed_ticket_owes_nothing(log: Family, mode: Holding) -> None:
    before, at = folded(log, mode), end_of(log)
    joined = folded(log, mode, *moved(before, at, from_="A", to="B"))
    closed = folded(log, mode, Resolved(at=at, ticket="A"))
    assert (joined.due_of("A"), joined.oldest_of("A")) == (None, None)
    assert closed.oldest_of("A") is None
    was_open = before.place("A").closed_at is None
    assert not was_open or closed.due_of("A") is None


SETUP = Setup(
    {
        "calendars": {
            "care": {
                "tz": "Europe/Berlin",
                "weekly_hours": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "fri")},
            },
            "social": {
                "tz": "Europe/Berlin",
                "weekly_hours": {day: [["08:00", "22:00"]] for day in ("mon", "thu", "sun")},
            },
        },
        "policy": {
            route.value: {
                "calendar": name,
                "first": dict(zip(("normal", "urgent"), first, strict=True)),
                "next": dict(zip(("normal", "urgent"), following, strict=True)),
            }
            for route, (name, first, following) in MINUTES.items()
        },
        "promise_default_minutes": 480,
        "promise_calendar": "care",
        "default_holding": "own_conversation",
    }
)


def line_of(each: Event) -> dict[str, Any]:
    at = each.at.isoformat()
    match each:
        case Heard():
            return {"t": at, "k": "in", "ch": each.route.value, "auto": not each.needs_answer}
        case Said():
            return {"t": at, "k": "out", "ch": each.conversation, "cls": each.weight.value}
        case Reprioritised(to=Priority() as to):
            return {"t": at, "k": "priority", "to": to.value}
    return {"t": at, "k": "waive"}


@proved
@given(logs, modes, st.lists(st.tuples(st.integers(0, 14 * 1440), st.sampled_from(["assign", "handoff"])), max_size=4))
def test_p8_assignments_and_hand_overs_change_no_clock_of_the_customer(
    log: Log, mode: Holding, acts: list[tuple[int, str]]
) -> None:
    written = [line_of(each) for each in log]
    moves = [{"t": (MONDAY + minute * MINUTE + SECOND).isoformat(), "k": act, "team": "care"} for minute, act in acts]
    answers = [{**move, "k": "accept"} for move in moves if move["k"] == "handoff"]
    line = {"now": (MONDAY + timedelta(days=20)).isoformat(), "options": {"holding": mode.value}}
    plain = replayed({**line, "log": written}, SETUP)
    found = replayed({**line, "log": [*written, *moves, *answers]}, SETUP)
    assert {name: found[name] for name in ("due", "oldest_unanswered_since", "promise")} == {
        name: plain[name] for name in ("due", "oldest_unanswered_since", "promise")
    }
    assert [each | {} for each in plain["obligations"]] == [
        {name: each[name] for name in plain["obligations"][0]} for each in found["obligations"]
    ]


lengths = st.lists(st.tuples(budgets, budgets), min_size=TIMES, max_size=TIMES)


@proved_in_tens
@given(compiled(), lengths)
def test_p9_the_target_is_used_up_at_due_and_exceeded_after_breach(
    case: tuple[BusinessHours, datetime], pairs: list[tuple[timedelta, timedelta]]
) -> None:
    hours, first = case
    for start, within in ((first + later, within) for later, within in pairs):
        due_at, breach_at = hours.due(start, within), hours.breach(start, within)
        assert hours.between(start, due_at) == hours.between(start, breach_at) == within
        assert hours.between(start, due_at - SECOND) < within
        assert hours.between(start, breach_at + SECOND) > within


@proved_in_tens
@given(compiled(), lengths)
def test_p10_business_time_adds_up_and_never_exceeds_real_time(
    case: tuple[BusinessHours, datetime], pairs: list[tuple[timedelta, timedelta]]
) -> None:
    hours, first = case
    for second, third in ((first + one, first + one + two) for one, two in pairs):
        whole = hours.between(first, third)
        assert whole == hours.between(first, second) + hours.between(second, third)
        assert whole <= third - first
    assert hours.without([(first, first)]).between(first, first + pairs[0][0]) == hours.between(
        first, first + pairs[0][0]
    )


@proved
@given(logs, modes, st.sampled_from(["Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Europe/Berlin"]))
def test_p11_the_zone_of_whoever_looks_does_not_matter(log: Log, mode: Holding, zone: str) -> None:
    elsewhere = [replace(each, at=each.at.astimezone(ZoneInfo(zone))) for each in log]
    assert project(elsewhere, terms(mode)) == project(log, terms(mode))


@proved
@given(logs, modes, routes, st.integers(0, 14 * 1440), st.booleans(), st.booleans(), st.sampled_from(Weight))
def test_p12_what_did_not_arrive_was_never_said(
    log: Log,
    mode: Holding,
    route: Route,
    minute: int,
    is_known_late: bool,  # noqa: FBT001
    is_changed: bool,  # noqa: FBT001
    weight: Weight,
) -> None:
    at = MONDAY + minute * MINUTE + SECOND
    # Between the writing and the news the customer goes on, or the priority changes, or the news comes at once.
    changes = [each for each in log if isinstance(each, Reprioritised) and each.at > at] if is_changed else []
    calm = [each for each in log if each.at < at or (isinstance(each, Heard) and not changes) or each in changes]
    failed_at = after(calm) + timedelta(days=15) if is_known_late else at + SECOND
    lost = Said(at=at, conversation=route, weight=weight, failed_at=failed_at)
    told = calm if is_known_late else log
    assert owed_of(project([*told, lost], terms(mode))) == owed_of(project(told, terms(mode)))


def owed_of(found: Projection) -> list[tuple[object, ...]]:
    """Return what is owed now, without how it was once believed to stand."""
    rows = [(o.opening, o.state, o.ended_at, o.verdict, o.conversation) for o in found.obligations]
    return [*rows, (found.unanswered, found.promises, found.due_at)]


@proved
@given(logs, modes)
def test_p13_tightening_never_loosens_and_lowering_again_restores(log: Log, mode: Holding) -> None:
    normal = [each for each in log if not isinstance(each, Reprioritised)]
    before, at = project(normal, terms(mode)), after(normal)
    up = Reprioritised(at=at, to=Priority.URGENT)
    down = Reprioritised(at=at + SECOND, to=Priority.NORMAL)
    raised, lowered = project([*normal, up], terms(mode)), project([*normal, up, down], terms(mode))
    for old, new in zip(before.obligations, raised.obligations, strict=True):
        assert new.opening.due_at <= old.opening.due_at
        assert old.state is not State.OPEN or new.opening.breach_at > at or old.opening.breach_at <= at
    assert lowered.obligations == before.obligations
