"""Somebody rings up for her invoice: the number says who she is, and one of us is done in two acts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from app.desk import orders
from app.models import Call, Handover, Identity, Merge, Note, Suggestion, Ticket, TicketState
from tests import world as cast
from tests.emulators.sipgate import SipgateEmulator
from tests.fixtures.databases import Clock
from tests.servers.smtp_sink import SmtpSink
from tests.stories.house import House, opened
from tests.stories.seen import rows

NUMBER = "+4915155509009"
LENA = "Lena Brook <lena.brook@web.example>"
ADDRESS = "lena.brook@web.example"
PDF = b"%PDF-1.7 Rechnung"
CAUSE = "Rechnung lag nicht bei"


@dataclass
class Story:
    house: House
    line: SipgateEmulator
    customer: int


@pytest.fixture
def story(app: Flask, clock: Clock, sink: SmtpSink) -> Iterator[Story]:
    """In October she had written, and Ada had rung her up: since then her number is known."""
    with opened(app, clock, sink, written="2026-10-13 10:00") as house:
        line = house.connects_phone()
        number = house.hears(LENA, "Wann kommt der Schirm?", "Guten Tag, wann kommt der Schirm? Lena Brook")
        call: dict[str, Any] = {"number": NUMBER, "direction": "out", "outcome": "reached", "text": "Kommt morgen."}
        house.turns("2026-10-13 10:20")
        house.ada.does(f"/tickets/{number}/calls", **call)
        house.ada.does(f"/tickets/{number}/resolution")
        orders.put("500-1190", email=ADDRESS, name="Lena Brook", postcode="20095", amount_cents=8_900)
        house.turns("2026-11-25 10:59")
        yield Story(house, line, cast.ticket(number).customer_id)


def test_one_of_us_is_done_in_two_acts(story: Story) -> None:
    house, line = story.house, story.line
    house.turns("2026-11-25 11:00")
    call = line.rings(NUMBER)
    house.works()
    # It rings, and the card says who it is; nobody asks her anything to find out.
    assert "Lena Brook" in house.ada.reads("/calls")
    line.answers(call, "Ada")
    house.works()
    (ringing,) = rows(Call)[1:]

    # The first act: what was said, on a matter of hers; the line goes on meanwhile.
    house.turns("2026-11-25 11:03")
    note: dict[str, Any] = {"number": NUMBER, "direction": "in", "outcome": "reached", "call": ringing["id"]}
    house.ada.does(f"/calls/{ringing['id']}/note", **note, text="Braucht die Rechnung zum Schirm noch einmal.")
    line.hangs_up(call)
    house.works()
    (number,) = [row["id"] for row in rows(Ticket) if row["closed_at"] is None]
    ticket = cast.ticket(number)
    assert (ticket.customer_id, ticket.due_at) == (story.customer, None)
    assert "500-1190" in house.ada.reads(f"/customers/{story.customer}"), "her order is seen where she is"
    assert (rows(Merge), rows(Suggestion)) == ([], [])

    sends_the_invoice(story, number)

    # What four people had a hand in before is one person's: nobody was asked, nothing was handed over.
    house.ada.does(f"/tickets/{number}/resolution", cause="own", cause_words=CAUSE)
    ticket = cast.ticket(number)
    assert (ticket.state, ticket.cause) == (TicketState.RESOLVED, CAUSE)
    assert (ticket.people_count, ticket.team_count, ticket.contact_count) == (1, 1, 1)
    assert (rows(Handover), rows(Note)) == ([], [])
    assert cast.obligations(number) == [], "a call that was taken leaves nothing owed"
    (cause,) = [each for each in house.cleo.asks("/board")["causes"] if each["cause"] == CAUSE]
    assert (cause["matters"], cause["people"]["most"]) == (1, 1)
    house.proves()


def sends_the_invoice(story: Story, number: int) -> None:
    """The second act: to the address of hers that we know."""
    house = story.house
    house.turns("2026-11-25 11:05")
    (address,) = [row["id"] for row in rows(Identity) if row["value"] == ADDRESS]
    letter: dict[str, Any] = {"way": f"{house.channel_id('email')}:{address}", "subject": "Ihre Rechnung", "to": ""}
    letter |= {"text": "Guten Tag Frau Brook, anbei Ihre Rechnung.", "files": (io.BytesIO(PDF), "Rechnung.pdf")}
    house.ada.does(f"/tickets/{number}/conversations", **letter)
    house.works()
    (sent,) = house.mails(ADDRESS, "Ihre Rechnung")
    assert [part.get_content() for part in sent.message.iter_attachments()] == [PDF]
