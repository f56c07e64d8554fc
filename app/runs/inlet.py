"""The second way in: mail that is brought to us over SMTP or LMTP, accepted only once it is stored."""

from __future__ import annotations

import logging
import queue as queues
import threading

from flask import Flask
from sqlalchemy import select

from app import clock
from app.db import db
from app.models import Channel, EnvelopeState
from app.runs import intake
from app.runs.filing import file_or_park
from app.runs.ports import is_free
from app.runs.rounds import cause
from channels.contract import Raw
from channels.email.listener import Listener, without_token

log = logging.getLogger(__name__)
MOST_IN_MEMORY = 50
"""Stored mails whose text is kept until they are filed; of more the text is read again."""


class Inlet:
    """One port that hears mail, and the thread that files what was stored."""

    def __init__(self, flask: Flask, address: str, protocol: str) -> None:
        self._flask, self._address, self._protocol = flask, address, protocol
        self._listener: Listener | None = None
        self._stored: queues.SimpleQueue[tuple[int, bytes | None] | None] = queues.SimpleQueue()
        self._filing: threading.Thread | None = None

    @property
    def is_open(self) -> bool:
        return self._listener is not None

    def open(self) -> bool:
        """Open the port; False if it is taken, which is worth another try later."""
        name, _, number = self._address.rpartition(":")
        host, port = name.strip("[]"), int(number)
        if not is_free(host, port):
            log.error("%s is taken by another program, so there is no %s", self._address, self._protocol.upper())
            return False
        listener = Listener(host, port, self._protocol, self._accepts, self._store)
        try:
            listener.start()
        except OSError as error:
            log.error("cannot open %s for %s: %s", self._address, self._protocol.upper(), cause(error))  # noqa: TRY400
            listener.stop()
            return False
        self._listener = listener
        self._filing = threading.Thread(target=self._file, name=f"file-{self._protocol}", daemon=True)
        self._filing.start()
        return True

    def close(self) -> None:
        """Close the port and file what is stored, as far as two seconds allow; `sweep` does the rest."""
        if self._listener and self._filing:
            self._listener.stop()
            self._stored.put(None)
            self._filing.join(2.0)
            self._listener = None

    def _accepts(self, address: str) -> bool:
        with self._flask.app_context():
            return address in _addresses()

    def _store(self, raw: bytes, recipients: list[str]) -> None:
        """Keep the mail once for each channel it is addressed to; returns after the commit."""
        with self._flask.app_context():
            known = _addresses()
            channel_ids = {known[address] for each in recipients if (address := without_token(each)) in known}
            if not channel_ids:
                raise LookupError("none of the recipients is an address of ours any more")
            source = f"{self._protocol.upper()} {', '.join(recipients)}"[:200]
            for channel_id in sorted(channel_ids):
                for stored in intake.take_in(channel_id, [Raw(content=raw, source=source)], at=clock.now()):
                    if stored.state is EnvelopeState.STORED:
                        is_short = self._stored.qsize() < MOST_IN_MEMORY
                        self._stored.put((stored.id, raw if is_short else None))

    def _file(self) -> None:
        while (waiting := self._stored.get()) is not None:
            envelope_id, raw = waiting
            with self._flask.app_context():
                file_or_park(envelope_id, raw=raw)


def _addresses() -> dict[str, int]:
    """Return the addresses we hear mail for, without plus parts, with their channels."""
    found = db.session.execute(
        select(Channel.address, Channel.id)
        .where(Channel.kind == "email", Channel.is_paused.is_(False))
        .order_by(Channel.id.desc())
    )
    return {without_token(address): id_ for address, id_ in found}
