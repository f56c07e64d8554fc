"""A shop for stories about deadlines: Bavarian hours, a movable clock, a tick that can be stopped, a postman."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient

from app import jobs
from app.clock import now
from app.db import db, transaction
from app.desk import aims, notices, parts, rulebook
from app.models import Heartbeat
from app.runs import intake
from app.runs.tick import Ticker
from channels.contract import Raw
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.servers.smtp_sink import Received, SmtpSink
from tests.web.entering import enter

BERLIN = ZoneInfo("Europe/Berlin")
SHOP = "service@nordlicht.example"


def berlin(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=BERLIN)


def keep_hours(calendar_id: int | None, *, region: str, at: datetime, name: str = "Servicezeit", **more: object) -> int:
    """Write Monday to Friday from nine to five with the holidays of a region."""
    written = {
        "name": name,
        "time_zone": "Europe/Berlin",
        "weekly_hours": {day: [["09:00", "17:00"]] for day in cast.WEEKDAYS},
        "region": region,
        **more,
    }
    return rulebook.write_calendar(calendar_id, at=at, **written)


@dataclass
class Shop:
    """Everything a story moves; `tick` is only heard of while it runs."""

    world: cast.World
    clock: Clock
    sink: SmtpSink
    client: FlaskClient
    ticker: Ticker
    letters: int = field(default=0)

    def turns(self, written: str) -> None:
        """Let it become this instant in Berlin; nothing happens by itself."""
        self.clock.set(berlin(written))

    def ticks(self) -> None:
        """Let the tick and the postman do what is due."""
        parts.beat("tick")
        self.ticker.tick()
        for notification_id in notices.waiting(at=now()):
            jobs.notify(notification_id)

    def stops_ticking(self) -> None:
        """Let the tick have been silent for minutes: signs of life are in the database's time."""
        with transaction():
            beat = db.session.get_one(Heartbeat, "tick")
            beat.at -= timedelta(minutes=10)

    def writes(self, name: str, text: str = "Wann kommt sie?") -> int:
        """Let somebody write a mail now and return the number of the ticket."""
        self.letters += 1
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"{name.title()} <{name}@kundin.example>", SHOP, "Meine Lampe"
        mail["Message-ID"] = f"<{self.letters}-{name}@kundin.example>"
        mail["Date"] = now()
        mail.set_content(text)
        raw = Raw(content=mail.as_bytes(), source="Story")
        (heard,) = intake.take_in_and_file(self.world.channel, [raw], at=now())
        assert heard.filed is not None, heard.reason
        return heard.filed.ticket_id

    def mails(self, person: str) -> list[Received]:
        """Return what one of us was told by mail."""
        return list(self.sink.to(f"{person}@nordlicht.example"))


def open_shop(app: Flask, client: FlaskClient, clock: Clock, sink: SmtpSink, *, written: str, region: str) -> Shop:
    """Open the shop at an instant of Berlin with the holidays of a region."""
    clock.set(berlin(written))
    world = cast.build(settings={"smtp_host": sink.host, "smtp_port": sink.port, "smtp_tls": "none", "receipt": False})
    keep_hours(aims.newest_hours(None).calendar_id, region=region, at=now())
    shop = Shop(world, clock, sink, enter(client, world.max), Ticker(app, "story"))
    shop.ticks()
    return shop
