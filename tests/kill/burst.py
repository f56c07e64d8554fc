"""A flood of calls through the real door: repeated, out of order, eight at once, while whoever files is killed.

The platform's rules are kept: every call is repeated until it is answered with 2xx, and a repetition may come as other
bytes around the same message.
"""

from __future__ import annotations

import http.client
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import psutil

from app.db import db
from app.models import Envelope, EnvelopeState, Message
from tests.runs import pages
from tests.servers.product import Product
from tests.waiting import until

SENDERS = 8
LISTEN = "-m app listen"
SPACING = timedelta(seconds=7)
"""Between two messages of one person, by the platform's time."""


@dataclass(frozen=True, slots=True)
class Told:
    """One message as the platform tells it."""

    person: str
    mid: str
    text: str
    at: datetime

    @property
    def body(self) -> bytes:
        return pages.message(self.person, self.mid, self.text, self.at)

    @property
    def repeated(self) -> bytes:
        """Tell it again in a payload of another time, as after an outage."""
        return pages.told([pages.said(self.person, self.mid, self.text, self.at)], self.at + timedelta(minutes=9))


def messages(count: int, *, people: int, until_at: datetime) -> list[Told]:
    """Return messages of many people in turn, in the order of the platform's time."""
    began = until_at - SPACING * (count // people + 1)
    return [
        Told(
            person=f"74{number % people:014d}",
            mid=f"m_{number:06d}",
            text=f"Nachricht {number // people} von {number % people}",
            at=began + SPACING * (number // people) + timedelta(milliseconds=number % people),
        )
        for number in range(count)
    ]


def calls(told: list[Told], *, total: int, swapped: float, chance: random.Random) -> list[bytes]:
    """Return `total` bodies: every message, repetitions up to the total, and a share of neighbours swapped."""
    bodies = [(float(place), each.body) for place, each in enumerate(told)]
    for number in range(total - len(told)):
        place = chance.randrange(len(told))
        body = told[place].body if number % 2 else told[place].repeated
        bodies.append((place + chance.random() * 200, body))
    ordered = [body for _, body in sorted(bodies, key=lambda entry: entry[0])]
    for place in chance.sample(range(0, len(ordered) - 1, 2), round(len(ordered) * swapped / 2)):
        ordered[place], ordered[place + 1] = ordered[place + 1], ordered[place]
    return ordered


@dataclass(slots=True)
class Burst:
    """The senders, and what they were answered."""

    product: Product
    channel_id: int
    bodies: list[bytes]
    took: list[float] = field(default_factory=list)
    """Seconds each call waited for its 2xx."""
    failures: list[int] = field(default_factory=list)
    """Statuses that were no 2xx, 0 for no answer at all; such calls were repeated."""

    def send(self) -> list[threading.Thread]:
        """Begin to send, each sender its share."""
        threads = [threading.Thread(target=self._send, args=(self.bodies[n::SENDERS],)) for n in range(SENDERS)]
        for thread in threads:
            thread.start()
        return threads

    def _send(self, bodies: list[bytes]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.product.port, timeout=30)
        for body in bodies:
            began = time.monotonic()
            while (status := self._post(connection, body)) != http.HTTPStatus.OK:
                self.failures.append(status)
                time.sleep(0.05)
            self.took.append(time.monotonic() - began)
        connection.close()

    def _post(self, connection: http.client.HTTPConnection, body: bytes) -> int:
        try:
            connection.request("POST", f"/hooks/messenger/{self.channel_id}", body, pages.signed(body))
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return 0
        return answer.status

    def kill_listener(self, *, after: int) -> bool:
        """Kill -9 whoever files once so many messages are filed; returns whether calls were waiting at that moment."""
        until(lambda: filed() >= after, within=600, what="enough calls being filed")
        victims = until(lambda: self.product.parts(LISTEN), within=60, what="the listener running")
        has_work = pending() > 0
        for victim in victims:
            try:
                victim.kill()
            except psutil.NoSuchProcess:
                has_work = False
        return has_work


def pending() -> int:
    """Return how many calls are stored and not filed."""
    db.session.rollback()
    return db.session.query(Envelope).filter(Envelope.state == EnvelopeState.STORED).count()


def filed() -> int:
    """Return how many messages are on their tickets."""
    db.session.rollback()
    return db.session.query(Message.id).count()
