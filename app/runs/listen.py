"""The listener: the threads that hear, file and watch over each channel, and the ports that mail is brought to."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from app.config import Settings
from app.db import db
from app.desk import parts
from app.models import Channel
from app.runs import lifeline
from app.runs.asking import Asking
from app.runs.filer import Filer, Waker
from app.runs.hearing import Hearing
from app.runs.inlet import Inlet
from app.runs.pulse import Pulse
from app.runs.rounds import one_round
from channels.registry import is_hooked

log = logging.getLogger(__name__)
LOOK_EVERY = 2.0
"""Seconds after which a new, changed or paused channel is noticed."""
LEASE_WITHIN = 15.0
RENEW_EVERY = 5.0
OPEN_EVERY = 5.0
END_WITHIN = 3.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A channel that somebody has to hear, with a digest of how it is set up."""

    set_up: str
    is_hooked: bool


@dataclass(slots=True)
class Heard:
    """A channel that this process hears, as it was set up when its threads began."""

    set_up: str
    hearing: Hearing
    asking: Asking
    filer: Filer | None

    @property
    def threads(self) -> list[Hearing | Asking | Filer]:
        return [self.hearing, self.asking, *([self.filer] if self.filer else [])]


class Listening:
    """Keeps the threads of every channel this process holds the lease of."""

    def __init__(self, flask: Flask, owner: str) -> None:
        self._flask, self._owner = flask, owner
        self._heard: dict[int, Heard] = {}
        self._leased_until: dict[int, float] = {}
        self._asked_at: dict[int, float] = {}
        self._renew_at = float("-inf")

    def filers(self) -> dict[int, Filer]:
        """Return who files which channel's calls at the moment; asked by another thread."""
        return {id_: heard.filer for id_, heard in list(self._heard.items()) if heard.filer}

    def look(self) -> None:
        """Begin to hear what is new, start anew what was changed, end what is paused or heard by somebody else."""
        with self._flask.app_context():
            wanted = _channels()
            for channel_id in self._heard.keys() - wanted.keys():
                self._end(channel_id)
            self._take_leases(wanted)
        for channel_id, channel in wanted.items():
            heard = self._heard.get(channel_id)
            is_ours = self._leased_until.get(channel_id, 0.0) > time.monotonic()
            if heard and (heard.set_up != channel.set_up or not is_ours):
                self._end(channel_id, keeps_lease=True)
                heard = None
            if is_ours and heard is None:
                self._begin(channel_id, channel)

    def _take_leases(self, wanted: Mapping[int, Wanted]) -> None:
        is_time = time.monotonic() >= self._renew_at
        if is_time:
            self._renew_at = time.monotonic() + RENEW_EVERY
        for channel_id, channel in wanted.items():
            if is_time or channel_id not in self._leased_until:
                asked_at = time.monotonic()
                leases = _leases(channel_id)[: 2 if channel.is_hooked else 1]
                if all(parts.lease(name, owner=self._owner, within=LEASE_WITHIN) for name in leases):
                    self._leased_until[channel_id] = asked_at + LEASE_WITHIN - 1.0
                else:
                    self._leased_until.pop(channel_id, None)

    def _begin(self, channel_id: int, channel: Wanted) -> None:
        asking = Asking(self._flask, channel_id, self._asked_at)
        heard = Heard(
            channel.set_up,
            Hearing(self._flask, channel_id, doubted=asking.wake),
            asking,
            Filer(self._flask, channel_id) if channel.is_hooked else None,
        )
        self._heard[channel_id] = heard
        for thread in heard.threads:
            thread.start()

    def _end(self, channel_id: int, *, keeps_lease: bool = False) -> None:
        for thread in self._heard.pop(channel_id).threads:
            thread.stop()
        if not keeps_lease and self._leased_until.pop(channel_id, 0.0):
            for name in _leases(channel_id):
                parts.release(name, owner=self._owner)

    def close(self) -> None:
        """End every thread and give the leases back."""
        threads = [thread for heard in self._heard.values() for thread in heard.threads]
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
    waker = Waker(flask, listening.filers)
    waker.start()
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
        waker.stop()
        listening.close()


def _inlets(flask: Flask) -> list[Inlet]:
    settings: Settings = flask.config["FADEN"]
    wanted = (("smtp", settings.smtp_listen), ("lmtp", settings.lmtp_listen))
    return [Inlet(flask, address, protocol) for protocol, address in wanted if address]


def _all_open(inlets: list[Inlet]) -> bool:
    """Open what is not open yet; one that is taken keeps none of the others shut."""
    closed = [inlet for inlet in inlets if not (inlet.is_open or inlet.open())]
    return not closed


def _channels() -> dict[int, Wanted]:
    """Return the channels that are not paused."""
    found = db.session.scalars(select(Channel).where(Channel.is_paused.is_(False)))
    return {channel.id: Wanted(_set_up(channel), is_hooked(channel.kind)) for channel in found}


def _set_up(channel: Channel) -> str:
    plain = repr((channel.kind, channel.name, channel.address, sorted(channel.settings.items())))
    return hashlib.sha256(plain.encode() + bytes(channel.secrets)).hexdigest()


def _leases(channel_id: int) -> tuple[str, str]:
    """Return the names of what must be ours to hear a channel, and to file its calls."""
    return f"listen:{channel_id}", f"{parts.FILES}{channel_id}"
