"""Hearing one channel: connect, fetch what is new, store it, file it, wait; and come back after every fault."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from flask import Flask
from sqlalchemy import select

from app import clock, queue, seal
from app.db import db
from app.desk import channels
from app.models import Channel, EnvelopeState, ProblemSource
from app.runs import intake
from app.runs.connectors import connector_of, row_of
from app.runs.filing import file_or_park
from app.runs.rounds import one_round
from channels.contract import ChannelFault, Hooked, Poller, Raw
from channels.registry import UnknownKind

log = logging.getLogger(__name__)
MOST_MAILS = 20
MOST_BYTES = 8_000_000
"""What is stored in one commit with the cursor behind it."""
WAIT_WITHIN = 28 * 60.0
PAUSES = (0.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0)
"""Seconds before the next attempt; the first is for a connection that broke, as all do now and then."""
PAUSE_IF_PERMANENT = 60.0
LASTED = 30.0
"""Seconds after which a connection counts as one that worked."""
REACHED_EVERY = 60.0


class Hearing(threading.Thread):
    """One channel heard in a thread of its own until `stop`; ends by itself where the platform pushes."""

    def __init__(self, flask: Flask, channel_id: int, *, doubted: Callable[[], None]) -> None:
        """`doubted` is called when the other side is heard well and the channel is still red."""
        super().__init__(name=f"hear-{channel_id}", daemon=True)
        self._flask, self._channel_id, self._doubted = flask, channel_id, doubted
        self._ended = threading.Event()
        self._failures = 0
        self._is_hooked = False
        self._reached_at = float("-inf")

    def stop(self) -> None:
        """Ask it to end; it may take as long as connecting takes."""
        self._ended.set()

    def run(self) -> None:
        while not self._ended.is_set():
            with one_round(f"channel {self._channel_id}", passes=ChannelFault) as this:
                try:
                    poller = self._connected()
                    if poller is None:
                        return
                    self._follow(poller)
                except ChannelFault as fault:
                    self._rest(fault)
            if not this.went_well:
                self._rest(ChannelFault(f"Beim Abrufen ist ein Fehler aufgetreten: {this.words}"))

    def _connected(self) -> Poller | None:
        """Connect with the settings as they are now; None if there is nothing to connect to."""
        with self._flask.app_context():
            channel = row_of(self._channel_id)
            db.session.rollback()
            if channel is None:
                return None
            try:
                connector = connector_of(channel)
            except (UnknownKind, ValueError, seal.SealBroken) as error:
                words = f"Der Kanal ist falsch eingestellt: {error}"
                raise ChannelFault(words, is_permanent=True) from error
        self._is_hooked = isinstance(connector, Hooked)
        try:
            return connector.poller()
        except ChannelFault:
            self._failures = max(1, self._failures)
            raise

    def _follow(self, poller: Poller) -> None:
        """Fetch and wait until the connection breaks or the end is asked for."""
        began = time.monotonic()
        try:
            while not self._ended.is_set():
                if not self._fetched(poller):
                    self._report_well()
                    poller.wait(within=WAIT_WITHIN, stop=self._ended.is_set)
        finally:
            if time.monotonic() - began > LASTED:
                self._failures = 0
            poller.close()

    def _fetched(self, poller: Poller) -> bool:
        """Take in everything after the cursor; True if another question at once is worth it.

        What is told again and again, because it stands exactly at the cursor, is not.
        """
        is_worth_it = False
        with self._flask.app_context():
            cursor = db.session.scalar(select(Channel.cursor).where(Channel.id == self._channel_id)) or {}
            db.session.rollback()
            for batch in batches(poller.fetch(cursor)):
                has_moved = any(raw.cursor is not None and dict(raw.cursor) != cursor for raw in batch)
                is_worth_it = self._take_in(batch) or has_moved or is_worth_it
        return is_worth_it

    def _take_in(self, batch: Sequence[Raw]) -> bool:
        """Store a batch and file it; where a platform also calls us, one thread files both, so that order is kept.

        True if anything of it is new.
        """
        stored = intake.take_in(self._channel_id, batch, is_call=self._is_hooked, at=clock.now())
        is_new = any(each.is_new for each in stored)
        if self._is_hooked:
            if is_new:
                queue.file_soon(self._channel_id)
            return is_new
        contents = {each.digest: raw.content for each, raw in zip(stored, batch, strict=True)}
        for each in stored:
            if each.state is EnvelopeState.STORED:
                file_or_park(each.id, raw=contents[each.digest])
        return is_new

    def _report_well(self) -> None:
        if time.monotonic() - self._reached_at > REACHED_EVERY:
            with self._flask.app_context():
                if not channels.report_well(self._channel_id, source=ProblemSource.HEARING, at=clock.now()):
                    self._doubted()
            self._reached_at = time.monotonic()

    def _rest(self, fault: ChannelFault) -> None:
        """Say what is wrong unless it is only the first break of a connection that worked; then wait."""
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
        if self._failures:
            log.warning("channel %s: %s", self._channel_id, fault.words)
            with one_round(f"reporting channel {self._channel_id}"), self._flask.app_context():
                channels.report_problem(
                    self._channel_id,
                    words=fault.words,
                    source=ProblemSource.HEARING,
                    code=fault.code,
                    at=clock.now(),
                )
        self._reached_at = float("-inf")
        self._failures += 1
        self._ended.wait(max(pause, PAUSE_IF_PERMANENT) if fault.is_permanent else pause)


def batches(raws: Iterable[Raw]) -> Iterator[list[Raw]]:
    """Cut what comes in into lists that one commit can hold; at least one piece each."""
    batch: list[Raw] = []
    size = 0
    for raw in raws:
        if batch and (len(batch) >= MOST_MAILS or size + len(raw.content) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(raw)
        size += len(raw.content)
    if batch:
        yield batch
