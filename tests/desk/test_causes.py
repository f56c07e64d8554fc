"""Why it came to this, and how many of us had a hand in it: written down when a matter is resolved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.desk import closing, handovers, joining, notes, people, status
from app.errors import Refused
from app.finders import closing as finder
from app.models import Ticket
from tests import world as cast
from tests.desk.handing import change
from tests.monday import answer, mail
from tests.world import MONDAY_NINE, World

HOUR = timedelta(hours=1)
INVOICE = "Rechnungskopie"


def resolve(world: World, number: int, cause: str | None = INVOICE, hours: int = 5) -> Ticket:
    terms = closing.Terms(cause=cause)
    status.resolve(number, terms=terms, is_asking=True, by=world.ada, at=MONDAY_NINE + hours * HOUR)
    return cast.ticket(number)


def touched(ticket: Ticket) -> tuple[int | None, int | None, int | None]:
    return ticket.people_count, ticket.team_count, ticket.contact_count


def test_everybody_who_did_something_had_a_hand_in_it(world: World) -> None:
    filed = mail(world, "eva", "9:00")
    mail(world, "otto", "9:05")
    notes.note(filed.ticket_id, text="Wer hat die Rechnung?", by=world.cleo, at=MONDAY_NINE + HOUR)
    handovers.hand_over(
        filed.ticket_id, to_team_id=world.social, reason="Rechnung", by=world.ada, at=MONDAY_NINE + HOUR
    )
    handovers.accept(filed.ticket_id, by=world.ben, at=MONDAY_NINE + 2 * HOUR)
    notes.note(filed.ticket_id, text="Liegt bei.", by=world.max, at=MONDAY_NINE + 3 * HOUR)
    # Cleo and Max noted, Ada gave and closes, Ben took; two teams; Eva wrote once.
    assert touched(resolve(world, filed.ticket_id)) == (4, 2, 1)


def test_whoever_answers_and_closes_alone_is_one(world: World) -> None:
    filed = mail(world, "eva", "9:00")
    answer(world, filed, "10:00")
    assert touched(resolve(world, filed.ticket_id)) == (1, 1, 1)


def test_what_happened_on_a_joined_matter_counts_too(world: World) -> None:
    first, second = mail(world, "eva", "9:00"), mail(world, "otto", "9:30")
    notes.note(second.ticket_id, text="Gleiche Sache?", by=world.cleo, at=MONDAY_NINE + HOUR)
    joining.join(second.ticket_id, into=first.ticket_id, by=world.max, at=MONDAY_NINE + 2 * HOUR)
    assert touched(resolve(world, first.ticket_id)) == (3, 1, 2)


def test_it_is_counted_anew_when_it_is_resolved_again(world: World) -> None:
    number = mail(world, "eva", "9:00").ticket_id
    resolve(world, number)
    status.reopen(number, by=world.max, at=MONDAY_NINE + 6 * HOUR)
    assert touched(resolve(world, number, hours=7)) == (2, 1, 1)


def test_a_cause_is_named_before_or_after_the_end(world: World) -> None:
    number = mail(world, "eva", "9:00").ticket_id
    assert closing.name_cause(number, f"  {INVOICE} ", by=world.ada, at=MONDAY_NINE)
    assert not closing.name_cause(number, INVOICE, by=world.ada, at=MONDAY_NINE)
    assert resolve(world, number, cause=None).cause == INVOICE
    assert closing.name_cause(number, "", by=world.ada, at=MONDAY_NINE + 6 * HOUR)
    assert cast.ticket(number).cause == ""


def test_what_the_team_proposes_stands_above_what_it_used(world: World) -> None:
    for name, cause in (("eva", INVOICE), ("otto", INVOICE), ("mia", "Paket verloren")):
        resolve(world, mail(world, name, "9:00").ticket_id, cause)
    change(world.care, causes=["Frist ab Rechnung gezählt", "Paket verloren"])
    assert finder.causes(world.care) == ["Frist ab Rechnung gezählt", "Paket verloren", INVOICE]
    assert finder.used(world.care) == [INVOICE, "Paket verloren"]


def test_proposals_are_kept_once_and_not_without_end(world: World) -> None:
    hours = {"calendar_id": None, "ladder_id": None, "accept_minutes": 15, "work_minutes": 60, "return_minutes": None}
    people.aim_team(world.care, asks_cause=True, causes=[" A  b", "", "A b", "C"], **hours)  # type: ignore[arg-type]
    assert finder.causes(world.care) == ["A b", "C"]
    with pytest.raises(Refused, match="20"):
        people.aim_team(world.care, asks_cause=True, causes=[str(n) for n in range(21)], **hours)  # type: ignore[arg-type]
