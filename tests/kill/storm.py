"""Mails in, answers out and deadlines passing, while parts of the product are killed one after the other.

Every round lets some more work in, waits until the chosen part has work in flight, and kills it -9 a moment later.
"""

from __future__ import annotations

import http.client
import json
import random
import smtplib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psutil
from flask import Flask

from app import clock as business
from app.db import db
from app.desk import escalation
from app.models import (
    Channel,
    Conversation,
    Direction,
    Envelope,
    EnvelopeState,
    Message,
    MessageState,
    Notification,
    NotificationState,
)
from tests.fixtures.databases import Clock
from tests.runs.mails import hand_in, mail
from tests.servers.dovecot import Mailbox
from tests.servers.product import Product
from tests.waiting import until

COMMANDS = {
    "web": "-m app web",
    "work": "-m app work",
    "listen": "-m app listen",
    "tick": "-m app tick",
    "queue": "valkey-server",
}
PARTS = tuple(COMMANDS)
IN_FLIGHT_WITHIN = 10.0
"""Seconds to wait for work in flight before a part is killed without any."""
MOMENTS = {"web": 0.01, "work": 0.05, "listen": 0.05, "tick": 0.5, "queue": 0.05}
"""Seconds within which a part is killed after work was seen; a tick looks twice a second."""
PASSES = 25
"""Minutes of business time that pass with every round."""
MAKES_DUE = 270
"""Minutes after which everything that is owed is late."""


@dataclass(slots=True)
class Record:
    """What was done to the product."""

    kills: Counter[str] = field(default_factory=Counter)
    kills_in_flight: Counter[str] = field(default_factory=Counter)
    answered: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    """Of the requests to the API, 0 for those that got no answer."""


class Feeder(threading.Thread):
    """Does things one after the other as fast as they are allowed, each until it has worked."""

    def __init__(self, name: str, act: Callable[[int], bool], total: int) -> None:
        super().__init__(name=name, daemon=True)
        self.total, self.is_acting, self.is_ended = total, False, False
        self.done = 0
        self._act, self._allowed = act, 0
        self._change = threading.Condition()

    def allow(self, share: float) -> None:
        """Allow this share of everything, between 0 and 1."""
        with self._change:
            self._allowed = max(self._allowed, round(self.total * share))
            self._change.notify()

    def is_done(self) -> bool:
        return self.done == self.total

    def run(self) -> None:
        while self.done < self.total and not self.is_ended:
            with self._change:
                self._change.wait_for(lambda: self.done < self._allowed, timeout=0.2)
            if self.done < self._allowed:
                self.is_acting = True
                has_worked = self._act(self.done)
                self.is_acting = False
                self.done += has_worked
                if not has_worked:
                    time.sleep(0.05)


class Storm:
    """One run; everything random comes from the seed."""

    def __init__(
        self, flask: Flask, product: Product, mailbox: Mailbox, clock: Clock, *, smtp_port: int, token: str, seed: int
    ) -> None:
        self.flask, self.product, self.mailbox, self.clock = flask, product, mailbox, clock
        self.record = Record()
        self.random = random.Random(seed)
        self._smtp_port, self._token = smtp_port, token
        self._is_requesting = False

    def rage(self, *, mails: int, answers: int, kills: int) -> None:
        """Send `mails` in on both ways, `answers` out, and kill every part `kills` times; then let it all calm down."""
        self.by_smtp = Feeder("by-smtp", self._hand_in, mails // 2)
        self.by_imap = Feeder("by-imap", self._put_in_mailbox, mails - mails // 2)
        self.by_api = Feeder("by-api", self._answer, answers)
        feeders = (self.by_smtp, self.by_imap, self.by_api)
        victims = list(PARTS) * kills
        self.random.shuffle(victims)
        for feeder in feeders:
            feeder.start()
        try:
            for number, victim in enumerate(victims, start=1):
                self.clock.forward(minutes=MAKES_DUE if victim == "tick" else PASSES)
                # Answers come in over the web: each of its deaths shall find some.
                answer_share = victims[:number].count("web") / kills
                self._kill(victim, share=number / len(victims), answer_share=answer_share)
            for feeder in feeders:
                until(feeder.is_done, within=240, what=f"everything of {feeder.name} (answers: {self.record.statuses})")
        finally:
            for feeder in feeders:
                feeder.is_ended = True
                feeder.join(60)

    def _hand_in(self, number: int) -> bool:
        """Bring a mail as another mail server does: again and again until it is accepted."""
        try:
            return hand_in(self._smtp_port, self.mail(f"s{number}"), sender=sender(f"s{number}")) == {}
        except (smtplib.SMTPException, OSError):
            return False

    def _put_in_mailbox(self, number: int) -> bool:
        return self.mailbox.deliver(self.mail(f"i{number}")) > 0

    def mail(self, name: str) -> bytes:
        return mail(name, sender=sender(name), at=business.now())

    def _answer(self, number: int) -> bool:
        """Answer an unanswered matter as a program does: with a key, until it is certain that it was heard."""
        with self.flask.app_context():
            found = (
                db.session.query(Conversation.ticket_id, Conversation.id)
                .order_by(Conversation.id)
                .offset(number)
                .limit(1)
                .first()
            )
        if found is None:
            return False
        text = f"Antwort {number}"
        status = self._post(f"/api/v1/tickets/{found[0]}/replies", {"conversation": found[1], "text": text})
        self.record.statuses[status] += 1
        # 409: the first request with this key stands, its answer was lost with the process.
        if status not in {201, 409}:
            return False
        self.record.answered.add(text)
        return True

    def _post(self, path: str, body: dict[str, object]) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.product.port, timeout=30)
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(body["text"]),
        }
        try:
            connection.connect()
            self._is_requesting = True
            connection.request("POST", path, json.dumps(body), headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            self._is_requesting = False
            connection.close()

    def _kill(self, part: str, *, share: float, answer_share: float) -> None:
        """Find the part, let work in, wait until some is in flight, and kill; what is found first is killed at once."""
        is_killed, has_work = False, False
        while not is_killed:
            processes = until(lambda: self.product.parts(COMMANDS[part]), within=60, what=f"{part} running")
            victim = self.random.choice(sorted(processes, key=lambda each: each.pid))
            self.by_smtp.allow(share)
            self.by_imap.allow(share)
            self.by_api.allow(answer_share)
            has_work = self._awaits(self.work_of(part))
            time.sleep(self.random.random() * MOMENTS[part])
            # Asked once more at the last moment: in those milliseconds it may have been finished.
            has_work = has_work and self.work_of(part)()
            with suppress(psutil.NoSuchProcess):
                victim.kill()
                is_killed = True
        self.record.kills[part] += 1
        self.record.kills_in_flight[part] += has_work

    def _awaits(self, has_work: Callable[[], bool]) -> bool:
        until_at = time.monotonic() + IN_FLIGHT_WITHIN
        while not has_work():
            if time.monotonic() > until_at:
                return False
            time.sleep(0.002)
        return True

    def work_of(self, part: str) -> Callable[[], bool]:
        """Return how to see that a part has work in flight now."""
        return {
            "web": lambda: self._is_requesting,
            "work": self.has_outgoing,
            "queue": self.has_outgoing,
            "listen": lambda: self.by_smtp.is_acting or self.has_unfiled(),
            "tick": self.has_due,
        }[part]

    @contextmanager
    def looking(self) -> Iterator[None]:
        with self.flask.app_context():
            yield
            db.session.rollback()

    def has_outgoing(self) -> bool:
        with self.looking():
            states = [MessageState.QUEUED, MessageState.SENDING]
            return db.session.query(Message.id).filter(Message.state.in_(states)).first() is not None

    def has_unfiled(self) -> bool:
        with self.looking():
            is_stored = db.session.query(Envelope.id).filter(Envelope.state == EnvelopeState.STORED).first() is not None
            cursor = db.session.query(Channel.cursor).first()
            last_uid = int(cursor[0].get("last_uid", 0)) if cursor else 0
            return is_stored or last_uid < self.by_imap.done

    def has_due(self) -> bool:
        with self.looking():
            return bool(escalation.due(at=business.now(), limit=1))

    def has_heard(self, mails: int) -> bool:
        with self.looking():
            return db.session.query(Message.id).filter(Message.direction == Direction.IN).count() >= mails

    def is_calm(self) -> bool:
        """Say whether everything that was let in has come to its end."""
        return not (self.has_outgoing() or self.has_unfiled() or self.has_due() or self.has_untold())

    def has_untold(self) -> bool:
        with self.looking():
            states = [NotificationState.QUEUED, NotificationState.SENDING]
            return db.session.query(Notification.id).filter(Notification.state.in_(states)).first() is not None


def sender(name: str) -> str:
    """Return an address of its own for every mail, so that each opens a matter and gets a receipt."""
    return f"kundin-{name}@kundin.example"
