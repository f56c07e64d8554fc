"""Random logs of two tickets, judged by the slow way that shares no line with the fast one."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sla.events import Event, Heard, Moved, Reopened, Reprioritised, Resolved, Said, Waived, Weight
from sla.projection import project
from sla.standing import Holding
from sla.targets import Priority, Route
from tests.sla import ledger
from tests.sla.strategies import many_cases
from tests.sla.terms import MINUTES, terms

MONDAY = datetime(2025, 6, 2, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOMES = {"mail": "A", "chat": "B", "post": "B"}
ROUTES = {"mail": "email", "chat": "messenger", "post": "public"}
LOCAL = {
    "care": dict.fromkeys(range(5), (9, 17)),
    "social": {**dict.fromkeys(range(5), (8, 22)), 5: (10, 20), 6: (10, 20)},
}


class Minutes:
    """The open minutes of a calendar, one by one; Berlin is two hours ahead of UTC all summer."""

    def __init__(self, name: str) -> None:
        self.open: list[datetime] = []
        for count in range(110 * 1440):
            at = MONDAY - timedelta(days=3) + count * MINUTE
            local = at + timedelta(hours=2)
            opens, closes = LOCAL[name].get(local.weekday(), (0, 0))
            is_holiday = name == "care" and (local.month, local.day) in {(6, 9), (6, 19)}
            if opens <= local.hour < closes and not is_holiday:
                self.open.append(at)

    def due(self, start: datetime, budget: float) -> datetime:
        whole, rest = int(budget), budget - int(budget)
        index = bisect_left(self.open, start) + whole
        return self.open[index] + MINUTE * rest if rest else self.open[index - 1] + MINUTE

    def between(self, start: datetime, end: datetime) -> float:
        return bisect_left(self.open, end) - bisect_left(self.open, start)


CALENDARS = {name: Minutes(name) for name in ("care", "social")}
TARGETS = {
    (route.value, kind, priority): targets[number][place]
    for route, (_, *targets) in MINUTES.items()
    for number, kind in enumerate(("first", "next"))
    for place, priority in enumerate(("normal", "urgent"))
}


def rules(mode: str) -> ledger.Rules:
    def calendar(route: str) -> Minutes:
        return CALENDARS[MINUTES[Route(route)][0]]

    return ledger.Rules(
        minutes=TARGETS,
        due=lambda route, at, minutes: calendar(route).due(at, minutes),
        between=lambda route, start, end: calendar(route).between(start, end),
        mode=mode,
    )


@st.composite
def entry(draw: st.DrawFn, at: datetime) -> dict[str, Any]:
    conv = draw(st.sampled_from(sorted(HOMES)))
    ticket = draw(st.sampled_from(["A", "B"]))
    match draw(st.sampled_from(["in"] * 6 + ["out"] * 5 + ["waive", "priority", "resolve", "reopen", "move", "move"])):
        case "in":
            return {"t": at, "k": "in", "conv": conv, "route": ROUTES[conv], "asks": draw(st.integers(0, 5)) > 0}
        case "out":
            return {"t": at, "k": "out", "conv": conv, "cls": draw(st.sampled_from(["substantive", "holding", "auto"]))}
        case "priority":
            return {"t": at, "k": "priority", "ticket": ticket, "to": draw(st.sampled_from(["normal", "urgent"]))}
        case "move":
            return {"t": at, "k": "move", "conv": conv, "to": ticket}
        case plain:
            return {"t": at, "k": plain, "ticket": ticket}


instants = st.lists(st.integers(0, 45 * 1440), unique=True, max_size=16).map(
    lambda counts: [MONDAY + count * MINUTE for count in sorted(counts)]
)
logs = instants.flatmap(lambda times: st.tuples(*map(entry, times))).map(list)


def event(line: dict[str, Any]) -> Event:  # noqa: PLR0911 - a table
    at = line["t"]
    match line["k"]:
        case "in":
            return Heard(at=at, route=Route(line["route"]), conversation=line["conv"], needs_answer=line["asks"])
        case "out":
            return Said(at=at, conversation=line["conv"], weight=Weight(line["cls"]))
        case "priority":
            return Reprioritised(at=at, to=Priority(line["to"]), ticket=line["ticket"])
        case "move":
            return Moved(at=at, conversation=line["conv"], ticket=line["to"])
        case "waive":
            return Waived(at=at, ticket=line["ticket"])
        case "resolve":
            return Resolved(at=at, ticket=line["ticket"])
    return Reopened(at=at, ticket=line["ticket"])


@many_cases
@given(logs, st.sampled_from(Holding))
def test_the_fast_way_and_the_slow_way_agree(log: list[dict[str, Any]], mode: Holding) -> None:
    found = project(map(event, log), terms(mode), homes=HOMES)
    seen = [
        (o.opening.opened_at, o.opening.kind.value, o.opening.due_at, o.state.value, o.verdict and o.verdict.value)
        for o in found.obligations
    ]
    wanted = [(o.at, o.kind, o.due, o.state, o.verdict) for o in ledger.owed(log, rules(mode.value), HOMES)]
    assert seen == wanted


@many_cases
@given(logs, st.sampled_from(Holding))
def test_joining_and_parting_change_no_deadline(log: list[dict[str, Any]], mode: Holding) -> None:
    before = project(map(event, log), terms(mode), homes=HOMES)
    at = max((line["t"] for line in log), default=MONDAY) + MINUTE
    there, back = before.ticket_of("post"), "A" if before.ticket_of("post") == "B" else "B"
    moved = [Moved(at=at, conversation="post", ticket=back), Moved(at=at + MINUTE, conversation="post", ticket=there)]
    joined = project([*map(event, log), moved[0]], terms(mode), homes=HOMES)
    parted = project([*map(event, log), *moved], terms(mode), homes=HOMES)
    assert joined.obligations == before.obligations
    assert [parted.due_of(each) for each in "AB"] == [before.due_of(each) for each in "AB"]
