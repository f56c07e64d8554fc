"""The listener: one thread a channel that is fetched, and the ports that mail is brought to."""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from app.config import Settings
from app.db import db
from app.desk import parts
from app.models import Channel
from app.runs import lifeline
from app.runs.hearing import Hearing
from app.runs.inlet import Inlet
from app.runs.pulse import Pulse
from app.runs.rounds import one_round

log = logging.getLogger(__name__)
LOOK_EVERY = 2.0
"""Seconds after which a new, changed or paused channel is noticed."""
LEASE_WITHIN = 15.0
RENEW_EVERY = 5.0
OPEN_EVERY = 5.0
END_WITHIN = 3.0


@dataclass(slots=True)
class Heard:
    """A channel that this process hears, as it was set up when the thread began."""

    set_up: str
    thread: Hearing


class Listening:
    """Keeps one thread for every channel this process holds the lease of."""

    def __init__(self, flask: Flask, owner: str) -> None:
        self._flask, self._owner = flask, owner
        self._heard: dict[int, Heard] = {}
        self._leased_until: dict[int, float] = {}
        self._renew_at = float("-inf")

    def look(self) -> None:
        """Begin to hear what is new, start anew what was changed, end what is paused or heard by somebody else."""
        with self._flask.app_context():
            wanted = _channels()
            for channel_id in self._heard.keys() - wanted.keys():
                self._end(channel_id)
            self._take_leases(list(wanted))
        for channel_id, set_up in wanted.items():
            heard = self._heard.get(channel_id)
            is_ours = self._leased_until.get(channel_id, 0.0) > time.monotonic()
            if heard and (heard.set_up != set_up or not is_ours):
                self._end(channel_id, keeps_lease=True)
                heard = None
            if is_ours and heard is None:
                self._begin(channel_id, set_up)

    def _take_leases(self, channel_ids: list[int]) -> None:
        if time.monotonic() < self._renew_at:
            channel_ids = [id_ for id_ in channel_ids if id_ not in self._leased_until]
        else:
            self._renew_at = time.monotonic() + RENEW_EVERY
        for channel_id in channel_ids:
            asked_at = time.monotonic()
            if parts.lease(_lease(channel_id), owner=self._owner, within=LEASE_WITHIN):
                self._leased_until[channel_id] = asked_at + LEASE_WITHIN - 1.0
            else:
                self._leased_until.pop(channel_id, None)

    def _begin(self, channel_id: int, set_up: str) -> None:
        thread = Hearing(self._flask, channel_id)
        self._heard[channel_id] = Heard(set_up, thread)
        thread.start()

    def _end(self, channel_id: int, *, keeps_lease: bool = False) -> None:
        self._heard.pop(channel_id).thread.stop()
        if not keeps_lease and self._leased_until.pop(channel_id, 0.0):
            parts.release(_lease(channel_id), owner=self._owner)

    def close(self) -> None:
        """End every thread and give the leases back."""
        threads = [heard.thread for heard in self._heard.values()]
        with one_round("giving the leases back"), self._flask.app_context():
            for channel_id in list(self._heard):
                self._end(channel_id)
        until = time.monotonic() + END_WITHIN
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))


def run(flask: Flask) -> None:
    """Listen until a signal comes."""
    lifeline.watch_parent()
    listen(flask, lifeline.Stop().on_signals())


def listen(flask: Flask, stop: lifeline.Stop) -> None:
    """Listen until the end is asked for."""
    inlets = _inlets(flask)
    listening = Listening(flask, lifeline.owner())
    open_at = float("-inf")
    try:
        with Pulse(flask, "listen"):
            pause = 0.0
            while not stop.wait(pause):
                if time.monotonic() >= open_at:
                    open_at = float("inf") if _all_open(inlets) else time.monotonic() + OPEN_EVERY
                with one_round("looking at the channels"):
                    listening.look()
                pause = LOOK_EVERY
    finally:
        for inlet in inlets:
            inlet.close()
        listening.close()


def _inlets(flask: Flask) -> list[Inlet]:
    settings: Settings = flask.config["FADEN"]
    wanted = (("smtp", settings.smtp_listen), ("lmtp", settings.lmtp_listen))
    return [Inlet(flask, address, protocol) for protocol, address in wanted if address]


def _all_open(inlets: list[Inlet]) -> bool:
    """Open what is not open yet; one that is taken keeps none of the others shut."""
    closed = [inlet for inlet in inlets if not (inlet.is_open or inlet.open())]
    return not closed


def _channels() -> dict[int, str]:
    """Return the channels that are not paused with a digest of how they are set up."""
    found = db.session.scalars(select(Channel).where(Channel.is_paused.is_(False)))
    return {channel.id: _set_up(channel) for channel in found}


def _set_up(channel: Channel) -> str:
    plain = repr((channel.kind, channel.name, channel.address, sorted(channel.settings.items())))
    return hashlib.sha256(plain.encode() + bytes(channel.secrets)).hexdigest()


def _lease(channel_id: int) -> str:
    return f"listen:{channel_id}"
