"""A shop with two teams and every door open: mail over SMTP, platforms by signed calls, people behind a log-in.

Nothing is put into the database past the doors. Time stands still until a story moves it; whoever lets hours pass has
the product's own parts work all the while, so that whatever would fire at the wrong time does.
"""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.serving import make_server

from app import jobs, signin
from app.clock import now
from app.db import db
from app.desk import aims, delivery, errands, notices, parts, setup
from app.desk.declared import read
from app.finders import replay, replay_compare
from app.models import Agent, Channel, Conversation, Envelope, EnvelopeState, Message, Team, Ticket
from app.runs import clock_proof, comparing, filing, intake
from app.runs.connectors import connector_of, row_of
from app.runs.inlet import Inlet
from app.runs.tick import Ticker
from tests.emulators.graph import GraphEmulator
from tests.emulators.sipgate import TOKEN, TOKEN_ID, SipgateEmulator
from tests.emulators.x import KEYS, OWN_ID, OWN_NAME, XEmulator
from tests.fixtures.databases import Clock
from tests.servers import programs
from tests.servers.smtp_sink import Received, SmtpSink
from tests.waiting import until

BERLIN = ZoneInfo("Europe/Berlin")
MAILBOX = "service@nordlicht.example"
PASSWORD = "Ein ganzer Satz ist gut."
CARE, SOCIAL = "Kundenservice", "Social Media"
PEOPLE = (
    ("ada", "Ada Lang", "agent", CARE),
    ("cleo", "Cleo Wolf", "lead", CARE),
    ("ben", "Ben Roth", "agent", SOCIAL),
    ("sina", "Sina Falk", "lead", SOCIAL),
    ("max", "Max Berg", "admin", ""),
)
WEEK = ("mon", "tue", "wed", "thu", "fri")
BOTH_LEADS = [f"leads:{CARE}", f"leads:{SOCIAL}"]
AIMS = {"email": (240, 480), "messenger": (30, 60), "public": (60, 120), "phone": (60, 240)}
"""Minutes of service time for the first answer and every further one, by route."""


def berlin(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=BERLIN)


def declared(folder: Path) -> dict[str, Any]:
    """Return the shop as its file says it: care from nine to five, social from eight to ten in the evening."""
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    hours = {"tz": "Europe/Berlin", "region": "DE-BY"}
    late = {day: [["08:00", "22:00"]] for day in WEEK} | {day: [["10:00", "20:00"]] for day in ("sat", "sun")}
    return {
        "teams": [
            {"name": CARE, "calendar": "Tags", "accept_minutes": 15, "work_minutes": 240, "ladder": "Leitungen"},
            {"name": SOCIAL, "calendar": "Abends", "ladder": "Leitungen"},
        ],
        "people": [_person(*each) for each in PEOPLE],
        "calendars": [
            {"name": "Tags", "weekly_hours": {day: [["09:00", "17:00"]] for day in WEEK}, **hours},
            {"name": "Abends", "weekly_hours": late, **hours},
        ],
        "ladders": [{"name": "Leitungen", "rungs": [{"at": "breach", "to": BOTH_LEADS, "via": ["inbox", "mail"]}]}],
        "policies": [_policy(route, *minutes) for route, minutes in AIMS.items()],
    }


def _person(short: str, name: str, role: str, team: str) -> dict[str, Any]:
    told = {"email": f"{short}@nordlicht.example", "name": name, "role": role, "teams": [team] if team else []}
    return {**told, "phone_user": short.title(), "password": {"file": "password"}}


def _policy(route: str, first: int, following: int) -> dict[str, Any]:
    targets = {"first": {"normal": first}, "next": {"normal": following}}
    calendar = "Tags" if route in {"email", "phone"} else "Abends"
    return {"name": route, "route": route, "calendar": calendar, "targets": targets, "ladder": "Leitungen"}


class Person:
    """Somebody in their browser, logged in by the form as everybody is."""

    def __init__(self, flask: Flask, short: str) -> None:
        self.email = f"{short}@nordlicht.example"
        self.browser: FlaskClient = flask.test_client()
        self._since = datetime.min.replace(tzinfo=UTC)
        self._comes_in()

    def _comes_in(self) -> None:
        """Log in, and again after a fortnight: nobody stays logged in for ever."""
        if now() - self._since > timedelta(days=14):
            answer = self.browser.post("/login", data={"email": self.email, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
            self._since = now()

    @property
    def id(self) -> int:
        return db.session.scalars(select(Agent.id).where(Agent.email == self.email)).one()

    def reads(self, path: str) -> str:
        """Return a page as one line of text."""
        self._comes_in()
        answer = self.browser.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return " ".join(answer.text.split())

    def sees(self, path: str) -> bool:
        self._comes_in()
        return self.browser.get(path).status_code == 200

    def does(self, path: str, *, status: int = 303, **form: Any) -> str:
        """Send a form, files as (stream, name); what is done is answered by going on."""
        self._comes_in()
        kept = {name: each if isinstance(each, tuple) else str(each) for name, each in form.items()}
        answer = self.browser.post(path, data=kept)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:2000]}"
        return " ".join(answer.text.split())

    def asks(self, path: str) -> Any:
        """Ask the API as a program with this person's token."""
        token = signin.issue_token(self.id, name="story", at=now())
        answer = self.browser.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.json


@dataclass
class House:
    """Everything a story moves; the platforms are there once they were connected."""

    flask: Flask
    clock: Clock
    sink: SmtpSink
    door: str
    port: int
    """Where strangers' mail servers bring what they have for us."""
    ticker: Ticker
    _people: dict[str, Person] = field(default_factory=dict)
    _ends: ExitStack = field(default_factory=ExitStack)
    _letters: int = 0

    def __getattr__(self, short: str) -> Person:
        """Return one of ours by the first name; they log in when they are first needed."""
        if short.startswith("_"):
            raise AttributeError(short)
        self._people[short] = self._people.get(short) or Person(self.flask, short)
        return self._people[short]

    # Time

    def turns(self, written: str) -> None:
        """Let it become this instant in Berlin, and the parts do what is due."""
        self.clock.set(berlin(written))
        self.works()

    def passes(self, *, until: str, every: int = 60) -> None:
        """Let time pass in steps of so many minutes, with every part at work."""
        end = berlin(until)
        while now() + timedelta(minutes=every) < end:
            self.clock.forward(minutes=every)
            self.works()
        self.turns(until)

    def works(self) -> None:
        """Let listener, worker and tick do what waits, until all is quiet."""
        for _ in range(9):
            parts.beat("tick")
            self.ticker.tick()
            # In the worst order: compared before anybody has asked the platform for the writer's name.
            if not (self._files() + comparing.compare_new(at=now()) + self._delivers()):
                return
        raise AssertionError("it never becomes quiet")

    def _files(self) -> int:
        db.session.rollback()
        stored = list(db.session.scalars(select(Envelope.id).where(Envelope.state == EnvelopeState.STORED)))
        for envelope_id in stored:
            assert filing.file_or_park(envelope_id)
        return len(stored)

    def _delivers(self) -> int:
        messages, asked = delivery.waiting(at=now()), errands.waiting(at=now())
        told = notices.waiting(at=now())
        for message_id in messages:
            jobs.deliver(message_id)
        for errand_id in asked:
            jobs.errand(errand_id)
        for notification_id in told:
            jobs.notify(notification_id)
        return len(messages) + len(asked) + len(told)

    # Doors

    def hears(self, sender: str, subject: str, text: str, **headers: str) -> int:
        """Let a stranger's server bring a mail, and return the number of the ticket it is filed under."""
        self._letters += 1
        mail, name = EmailMessage(), f"brief-{self._letters}@{sender.rpartition('@')[2].strip('>')}"
        mail["From"], mail["To"], mail["Subject"] = sender, MAILBOX, subject
        mail["Message-ID"], mail["Date"] = f"<{name}>", now()
        for header, value in headers.items():
            mail[header.replace("_", "-")] = value
        mail.set_content(text)
        return self.brings(mail.as_bytes(), name, sender=sender.rpartition("<")[2].strip(">"))

    def brings(self, raw: bytes, message_id: str, *, sender: str) -> int:
        """Hand any bytes to the SMTP port, and return where the listener filed them."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as smtp:
            smtp.sendmail(sender, [MAILBOX], raw)
        number = until(lambda: self.ticket_of(message_id), what="the mail is filed")
        self.works()
        return number

    def connects_page(self) -> GraphEmulator:
        """Connect the shop's Facebook page, answered by the social team."""
        page = GraphEmulator(clock=now)
        self._opens(page)
        secrets = {"app_secret": page.app_secret, "verify_token": page.verify_token, "page_token": page.page_token}
        settings = {"app_id": page.app_id, "api_base": page.url}
        number = self._channel("messenger", page.page, SOCIAL, settings, secrets)
        assert page.hooks.subscribe(f"{self.door}/hooks/messenger/{number}")
        return page

    def connects_x(self, *terms: str) -> XEmulator:
        """Connect the shop's account on X, which also listens for these terms."""
        x = XEmulator(clock=now)
        self._opens(x)
        settings = {"username": OWN_NAME, "terms": list(terms), "api_base": x.url}
        number = self._channel("x", OWN_ID, SOCIAL, settings, KEYS)
        assert x.calls_hook(f"{self.door}/hooks/x/{number}")
        return x

    def connects_phone(self) -> SipgateEmulator:
        """Connect the shop's telephone, answered by care."""
        line = SipgateEmulator(clock=now)
        self._opens(line)
        settings = {"provider": "sipgate", "api_base": line.url, "public_key": line.public_key}
        number = self._channel("phone", line.number, CARE, settings, {"token_id": TOKEN_ID, "token": TOKEN})
        line.hook_url = f"{self.door}/hooks/phone/{number}"
        return line

    def fetches(self, kind: str) -> None:
        """Let the listener ask a platform for what it does not tell by itself."""
        row = row_of(self.channel_id(kind))
        assert row is not None
        poller = connector_of(row).poller()
        assert poller is not None
        cursor = db.session.scalar(select(Channel.cursor).where(Channel.id == row.id)) or {}
        db.session.rollback()
        intake.take_in(row.id, list(poller.fetch(cursor)), is_call=True, at=now())
        poller.close()
        self.works()

    def _opens(self, emulator: GraphEmulator | XEmulator | SipgateEmulator) -> None:
        emulator.start()
        self._ends.callback(emulator.stop)

    def _channel(self, kind: str, address: str, team: str, settings: dict[str, Any], secrets: dict[str, str]) -> int:
        folder = self.clock.file.parent
        for name, secret in secrets.items():
            (folder / f"{kind}-{name}").write_text(secret, encoding="utf-8")
        entry = {"kind": kind, "name": kind, "address": address, "team": team, "settings": settings}
        entry["secrets"] = {name: {"file": f"{kind}-{name}"} for name in secrets}
        setup.apply(read({"channels": [entry]}, folder=folder), at=now())
        return self.channel_id(kind)

    # What stands there now

    def channel_id(self, kind: str) -> int:
        return db.session.scalars(select(Channel.id).where(Channel.kind == kind)).one()

    def team_id(self, name: str) -> int:
        return db.session.scalars(select(Team.id).where(Team.name == name)).one()

    def ticket_of(self, external_id: str) -> int:
        """Return the number of the ticket under which a message lies now; 0 while it lies nowhere."""
        db.session.rollback()
        lying = select(Conversation.ticket_id).join(Message, Message.conversation_id == Conversation.id)
        return db.session.scalar(lying.where(Message.external_id == external_id)) or 0

    def conversation(self, number: int, kind: str, *, is_public: bool = False) -> int:
        """Return the thread of a ticket on one kind of channel."""
        threads = select(Conversation.id).join(Channel, Channel.id == Conversation.channel_id)
        here = threads.where(Conversation.ticket_id == number, Channel.kind == kind)
        return db.session.scalars(here.where(Conversation.is_public.is_(is_public))).one()

    def mails(self, to: str, words: str = "") -> list[Received]:
        """Return what somebody got by mail with these words in its subject."""
        address = to if "@" in to else f"{to}@nordlicht.example"
        return [mail for mail in self.sink.to(address) if words in str(mail.message["Subject"])]

    def proves(self) -> None:
        """Every stored deadline follows from what happened: the product's own proof, over all tickets."""
        db.session.rollback()
        db.session.expire_all()
        families = replay.families(set(db.session.scalars(select(Ticket.id))))
        book = replay.Book(aims.hours_of)
        found = [each for family in families for each in replay_compare.differences(family, book)]
        assert [*found, *clock_proof.of_clocks(families), *clock_proof.of_rungs(families)] == []


@contextmanager
def opened(flask: Flask, clock: Clock, sink: SmtpSink, *, written: str) -> Iterator[House]:
    """Open the shop at an instant of Berlin."""
    clock.set(berlin(written))
    server = make_server("127.0.0.1", 0, flask, threaded=True)
    flask.config["FADEN"] = replace(flask.config["FADEN"], base_url=f"http://127.0.0.1:{server.port}")
    port = programs.free_port()
    with ExitStack() as ends:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        serving.start()
        ends.callback(server.server_close)
        ends.callback(serving.join)
        ends.callback(server.shutdown)
        folder = clock.file.parent
        settings = {"from_name": "Nordlicht", "smtp_host": sink.host, "smtp_port": sink.port, "smtp_tls": "none"}
        mailbox = {"kind": "email", "name": "Service", "address": MAILBOX, "team": CARE, "settings": settings}
        setup.apply(read({**declared(folder), "channels": [mailbox]}, folder=folder), at=now())
        inlet = Inlet(flask, f"127.0.0.1:{port}", "smtp")
        assert inlet.open()
        ends.callback(inlet.close)
        door = f"http://127.0.0.1:{server.port}"
        yield House(flask, clock, sink, door, port, Ticker(flask, "story"), _ends=ends)
