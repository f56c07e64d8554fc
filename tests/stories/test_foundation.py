"""One Monday and the morning after, with the movable clock: what the customer is told, owed and sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import jobs
from app.clock import now
from app.db import db
from app.desk import delivery, notices
from app.models import Conversation, Event, Obligation, Ticket, TicketState
from app.runs import intake
from app.runs.tick import Ticker
from channels.contract import Raw
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.servers.smtp_sink import Received, SmtpSink
from tests.stories.bounce import returned
from tests.web.entering import enter

BERLIN = ZoneInfo("Europe/Berlin")
SHOP = "service@nordlicht.example"
EVA = "eva@kundin.example"
FIRST, SECOND = "<eva-1@kundin.example>", "<eva-2@kundin.example>"


@dataclass
class Day:
    """The shop in the hands of the test: time, the postman, Ada's browser, and the parts that work by themselves."""

    world: cast.World
    clock: Clock
    sink: SmtpSink
    client: FlaskClient
    ticker: Ticker
    number: int = 0

    def turns(self, time: str, *, day: int = 23) -> None:
        """Let it become this hour in Berlin, and the parts do what is due."""
        hour, minute = map(int, time.split(":"))
        self.clock.set(datetime(2026, 11, day, hour, minute, tzinfo=BERLIN))
        self.ticker.tick()
        self.work()

    def work(self) -> None:
        """Send what is queued, as the worker does."""
        for message_id in delivery.waiting(at=now()):
            jobs.deliver(message_id)
        for notification_id in notices.waiting(at=now()):
            jobs.notify(notification_id)

    def writes(self, text: str, **headers: str) -> int:
        """Let Eva write a mail and return the number of the ticket it lies in."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"Eva Sommer <{EVA}>", SHOP, "Wo bleibt meine Lampe?"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        return self.comes_in(mail.as_bytes())

    def comes_in(self, raw: bytes) -> int:
        """Take raw bytes in, as every listener does."""
        heard = list(intake.take_in_and_file(self.world.channel, [Raw(content=raw, source="Story")], at=now()))
        self.work()
        assert heard[0].filed is not None, heard[0].reason
        return heard[0].filed.ticket_id

    def answers(self, text: str) -> Received:
        """Let Ada answer in her browser, and return the mail that left."""
        conversation = db.session.query(Conversation.id).filter_by(ticket_id=self.number).scalar()
        answer = self.client.post(
            f"/tickets/{self.number}/replies", data={"conversation": str(conversation), "text": text}
        )
        assert answer.status_code < 400, answer.text
        self.work()
        return self.mails(EVA)[-1]

    def mails(self, address: str, words: str = "") -> list[Received]:
        return [mail for mail in self.sink.to(address) if words in str(mail.message["Subject"])]

    @property
    def ticket(self) -> Ticket:
        return cast.ticket(self.number)

    @property
    def owed(self) -> list[Obligation]:
        return cast.obligations(self.number)

    def happened(self, kind: str) -> int:
        """Return how often the timeline says so."""
        return int(db.session.query(Event).filter_by(ticket_id=self.number, kind=kind).count())


@pytest.fixture
def day(app: Flask, client: FlaskClient, clock: Clock, sink: SmtpSink) -> Day:
    """Monday, 09:00: Eva has written."""
    clock.set("2026-11-23T09:00:00+01:00")
    world = cast.build(settings={"smtp_host": sink.host, "smtp_port": sink.port, "smtp_tls": "none"})
    day = Day(world, clock, sink, enter(client, world.ada), Ticker(app, "story"))
    day.number = day.writes("Wann kommt sie?", Message_ID=FIRST)
    return day


def at(time: str, *, day: int = 23) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day}T{time}:00+01:00")


def test_the_receipt_names_the_number_and_the_hour(day: Day) -> None:
    [receipt] = day.mails(EVA)
    assert f"Anliegen {day.number}. Sie erhalten eine Antwort bis heute, 13:00 Uhr." in receipt.message.get_content()
    assert receipt.message["Auto-Submitted"] == "auto-replied"
    assert receipt.message["In-Reply-To"] == FIRST
    assert receipt.sender == "<>"
    assert (day.ticket.state, day.ticket.due_at) == (TicketState.OPEN, at("13:00"))


def test_her_second_mail_finds_the_first_and_gets_no_receipt(day: Day) -> None:
    day.turns("09:20")
    assert day.writes("Bestellung NL-1", Message_ID=SECOND, In_Reply_To=FIRST, References=FIRST) == day.number
    assert len(day.mails(EVA)) == 1
    assert day.ticket.due_at == at("13:00")


def test_an_answer_in_time_meets_what_was_owed(day: Day) -> None:
    day.turns("10:30")
    answer = day.answers("Sie kommt morgen.")
    assert answer.message["In-Reply-To"] == FIRST
    assert (day.ticket.state, day.ticket.due_at) == (TicketState.WAITING, None)
    day.turns("13:30")
    assert [owed.verdict for owed in day.owed] == ["met"]
    assert day.happened("breached") == 0


def test_an_answer_that_comes_back_is_owed_by_the_old_hour(day: Day) -> None:
    day.turns("10:30")
    answer = day.answers("Sie kommt morgen.")
    day.turns("10:32")
    report = returned(answer.message["Message-ID"], recipient=EVA, shop=SHOP)
    assert day.comes_in(report) == day.number
    assert (day.ticket.state, day.ticket.due_at) == (TicketState.OPEN, at("13:00"))
    assert day.happened("bounced") == 1
    assert len(day.mails(EVA, "Ihre Nachricht ist da")) == 1


def test_a_forgotten_answer_is_told_once_on_each_rung(day: Day) -> None:
    for time in ("11:59", "12:00", "12:30", "13:00", "13:01", "16:00"):
        day.turns(time)
    lead = "cleo@nordlicht.example"
    assert [str(mail.message["Subject"]).partition(":")[0] for mail in day.mails(lead)] == ["Bald fällig", "Überfällig"]
    assert (day.happened("warned"), day.happened("breached")) == (1, 1)
    day.answers("Entschuldigen Sie, sie kommt morgen.")
    day.turns("16:30")
    assert [owed.verdict for owed in day.owed] == ["breached"]
    assert len(day.mails(lead)) == 2


def test_what_she_writes_after_the_end_opens_it_again(day: Day) -> None:
    day.turns("10:30")
    answer = day.answers("Sie kommt morgen.")
    assert day.client.post(f"/tickets/{day.number}/resolution").status_code < 400
    assert day.ticket.state is TicketState.RESOLVED
    day.turns("09:30", day=24)
    assert day.writes("Sie ist nicht da.", In_Reply_To=answer.message["Message-ID"]) == day.number
    assert (day.ticket.state, day.ticket.due_at) == (TicketState.OPEN, at("09:30", day=25))
    assert day.happened("reopened") == 1
    assert len(day.mails(EVA, "Ihre Nachricht ist da")) == 1
