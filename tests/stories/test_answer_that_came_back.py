"""An answer that never arrived: what it had settled is owed again, by the hour it was due before."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from app.models import Direction, Message, MessageState, Obligation, Promise, PromiseState, TicketState
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.servers.smtp_sink import SmtpSink
from tests.stories.bounce import returned
from tests.stories.house import MAILBOX, House, berlin, opened
from tests.stories.seen import fired, rows, told

ROSA = "Rosa Winter <rosa@winter.example>"
ADDRESS = "rosa@winter.example"
CLOCK = ("kind", "target_minutes", "opened_at", "due_at", "breach_at", "calendar_version")


@pytest.fixture
def house(app: Flask, clock: Clock, sink: SmtpSink) -> Iterator[House]:
    """Tuesday 24 November 2026, nine o'clock."""
    with opened(app, clock, sink, written="2026-11-24 09:00") as house:
        yield house


def clock_of(number: int) -> dict[str, object]:
    (owed,) = cast.obligations(number)
    return {name: getattr(owed, name) for name in CLOCK}


def comes_back(house: House, mail: EmailMessage) -> int:
    """Report a mail of ours as undelivered, and return the ticket the report was filed on."""
    ours = str(mail["Message-ID"]).strip("<>")
    return house.brings(returned(ours, recipient=ADDRESS, shop=MAILBOX), f"returned-{ours}", sender="")


def answered_in_time(house: House, number: int) -> None:
    """09:40, with a promise for the next day; the day goes on, and nobody is told anything."""
    house.turns("2026-11-24 09:40")
    way, until = house.conversation(number, "email"), berlin("2026-11-25 12:00")
    form: dict[str, Any] = {"conversation": str(way), "text": "Sie geht morgen hinaus.", "promise": until.isoformat()}
    house.ada.does(f"/tickets/{number}/replies", **form)
    house.works()
    (owed,) = cast.obligations(number)
    assert (owed.verdict, owed.elapsed_seconds) == ("met", 40 * 60)
    assert cast.ticket(number).due_at == until, "only the promise is left"
    house.passes(until="2026-11-24 15:30")
    assert fired("obligation") == []


def test_the_bounce_reopens_the_old_due_time_and_both_leads_hear_of_it(house: House) -> None:
    number = house.hears(ROSA, "Wo bleibt die Lampe?", "Guten Tag, wann kommt die Lampe?")
    before = clock_of(number)
    assert before["due_at"] == berlin("2026-11-24 13:00")
    answered_in_time(house, number)

    # 15:30: it comes back. The verdict is taken back, the old hour holds, and it was two and a half hours ago.
    answer = house.mails(ADDRESS)[-1].message
    assert comes_back(house, answer) == number
    (owed,) = cast.obligations(number)
    assert clock_of(number) == before
    assert (owed.state, owed.verdict, owed.elapsed_seconds, owed.answered_by_id) == ("open", "", None, None)
    ticket = cast.ticket(number)
    assert (ticket.due_at, ticket.oldest_unanswered_at) == (berlin("2026-11-24 13:00"), berlin("2026-11-24 09:00"))
    assert [row["state"] for row in rows(Promise)] == [PromiseState.WAIVED], "what was not read promised nothing"
    for _ in range(3):
        house.works()
    assert [at for _key, at in fired("obligation")] == [berlin("2026-11-24 15:30")]
    assert told("breached") == ["cleo", "sina"]
    page = house.ada.reads(f"/tickets/{number}")
    assert "wartet seit heute, 09:00 Uhr" in page
    assert "fällig war heute, 13:00 Uhr" in page

    # Wednesday, 09:30: Ada rings her up instead; 480 + 30 minutes of service time.
    house.passes(until="2026-11-25 09:30")
    house.ada.does(f"/tickets/{number}/calls", number="+4915155501001", direction="out", outcome="reached", text="Da.")
    house.works()
    (owed,) = cast.obligations(number)
    assert (owed.verdict, owed.elapsed_seconds) == ("breached", 510 * 60)
    assert clock_of(number) == before
    assert cast.ticket(number).state is TicketState.WAITING
    assert len(fired("obligation")) == 1
    house.proves()


def test_an_answer_that_another_has_followed_comes_back_and_nothing_is_owed(house: House) -> None:
    number = house.hears(ROSA, "Wo bleibt die Lampe?", "Guten Tag, wann kommt die Lampe?")
    way = house.conversation(number, "email")
    for minute, text in (("09:40", "Sie geht morgen hinaus."), ("10:20", "Sie ist schon unterwegs.")):
        house.turns(f"2026-11-24 {minute}")
        house.ada.does(f"/tickets/{number}/replies", conversation=way, text=text)
        house.works()
    first = house.mails(ADDRESS)[1].message
    house.turns("2026-11-24 15:30")

    comes_back(house, first)

    (owed,) = rows(Obligation)
    assert (owed["verdict"], owed["elapsed_seconds"]) == ("met", 80 * 60), "the second one counts, by its own instant"
    states = [row["state"] for row in rows(Message, Message.direction == Direction.OUT)]
    assert states == [MessageState.SENT, MessageState.FAILED, MessageState.SENT]
    assert fired("obligation") == []
    house.proves()
