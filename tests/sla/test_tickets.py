"""Several tickets: joined, parted, resolved, reopened; times are Berlin local."""

from __future__ import annotations

import pytest

from sla.events import Event, Heard, Moved, Reopened, Resolved, Said, Weight
from sla.projection import project
from sla.standing import Projection, State
from sla.targets import Kind, Route
from tests.sla.calendars import berlin
from tests.sla.terms import heard, said, terms

MAIL, POST, CALL = Route.EMAIL, Route.PUBLIC, Route.PHONE
HOMES = {"email": "A", "public": "B"}
BOTH = [heard("2025-06-03 09:00"), heard("2025-06-03 11:00", POST)]


def joined(written: str) -> Event:
    return Moved(at=berlin(written), conversation="public", ticket="A")


def parted(written: str) -> Event:
    return Moved(at=berlin(written), conversation="public", ticket="B")


def tickets(*events: Event) -> Projection:
    return project([*BOTH, *events], terms(), homes=HOMES)


def test_a_joined_ticket_shows_the_earliest_deadline_and_a_parted_one_its_own() -> None:
    together = tickets(joined("2025-06-03 11:05"))
    assert (together.due_of("A"), together.due_of("B")) == (berlin("2025-06-03 12:00"), None)
    assert together.oldest_of("A") == berlin("2025-06-03 09:00")
    apart = tickets(joined("2025-06-03 11:05"), parted("2025-06-03 11:10"))
    assert (apart.due_of("A"), apart.due_of("B")) == (berlin("2025-06-03 13:00"), berlin("2025-06-03 12:00"))
    assert apart.obligations == tickets().obligations


def test_an_answer_before_the_join_settles_only_its_own_ticket() -> None:
    found = tickets(said("2025-06-03 11:02", POST), joined("2025-06-03 11:05"))
    assert [owed.state for owed in found.obligations] == [State.OPEN, State.MET]
    assert found.due_of("A") == berlin("2025-06-03 13:00")


def test_an_answer_after_the_join_settles_both() -> None:
    found = tickets(joined("2025-06-03 11:05"), said("2025-06-03 11:10", POST))
    assert [owed.state for owed in found.obligations] == [State.MET, State.MET]
    assert found.due_of("A") is found.oldest_of("A") is None


def test_a_promise_moves_with_its_conversation() -> None:
    promise = said("2025-06-03 11:02", POST, Weight.HOLDING, "2025-06-03 11:30")
    assert tickets(promise).due_of("B") == berlin("2025-06-03 11:30")
    found = tickets(promise, joined("2025-06-03 11:05"))
    assert (found.due_of("A"), found.due_of("B")) == (berlin("2025-06-03 11:30"), None)


RESOLVED = Resolved(at=berlin("2025-06-03 10:00"))


def test_a_resolved_ticket_owes_nothing() -> None:
    found = project([heard("2025-06-03 09:00"), RESOLVED], terms())
    assert found.due_at is found.oldest_unanswered_at is None
    assert [owed.state for owed in found.obligations] == [State.WAIVED]


def test_a_resolution_taken_back_brings_every_deadline_back() -> None:
    events = [heard("2025-06-03 09:00"), heard("2025-06-03 09:30", POST)]
    undone = project([*events, RESOLVED, Reopened(at=berlin("2025-06-03 10:01"))], terms())
    before = project(events, terms())
    assert undone.obligations == before.obligations
    assert undone.oldest_unanswered_at == before.oldest_unanswered_at


def test_a_customer_s_return_owes_only_what_they_ask_now() -> None:
    found = project([heard("2025-06-03 09:00"), RESOLVED, heard("2025-06-03 12:00")], terms())
    assert [owed.state for owed in found.obligations] == [State.WAIVED, State.OPEN]
    assert found.oldest_unanswered_at == berlin("2025-06-03 12:00")


@pytest.mark.parametrize(("returned", "kind"), [("2025-06-17 09:00", Kind.NEXT), ("2025-06-18 09:00", Kind.FIRST)])
def test_a_late_return_begins_anew(returned: str, kind: Kind) -> None:
    events = [heard("2025-06-03 08:00"), said("2025-06-03 09:00"), RESOLVED, heard(returned)]
    assert project(events, terms()).obligations[-1].opening.kind is kind


def called(written: str) -> Event:
    return Heard(at=berlin(written), route=CALL, conversation=CALL, is_missed_call=True)


def test_two_missed_calls_ask_for_one_call_back() -> None:
    found = project([called("2025-06-03 09:00"), called("2025-06-03 09:20")], terms())
    assert [owed.opening.due_at for owed in found.obligations] == [berlin("2025-06-03 10:00")]
    assert found.oldest_unanswered_at == berlin("2025-06-03 09:00")


def test_a_missed_call_after_the_call_back_asks_again() -> None:
    back = Said(at=berlin("2025-06-03 09:30"), conversation=CALL, weight=Weight.SUBSTANTIVE)
    found = project([called("2025-06-03 09:00"), back, called("2025-06-03 11:00")], terms())
    assert [owed.state for owed in found.obligations] == [State.MET, State.OPEN]
    assert found.due_at == berlin("2025-06-03 15:00")
