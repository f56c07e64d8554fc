"""Whether anybody watches over deadlines: asked once every few seconds a process, told to every open browser."""

from __future__ import annotations

import time

from flask import Flask

from app import clock
from app.finders import shell
from app.live import Signal

LOOK_EVERY = 15.0
"""Seconds; with the half minute after which it counts as silent, a page knows within one."""
LATE, WELL = Signal(id=0, kind="tick_late", ticket=0), Signal(id=0, kind="tick_well", ticket=0)
_PLACE = "faden-standstill"
"""Where an application keeps when it was looked at, in monotonic time, and what was seen."""


def signal(flask: Flask) -> Signal:
    """Return what a browser has to hear: that deadlines are watched over, or that they are not."""
    kept: tuple[float, Signal] = flask.extensions.get(_PLACE, (float("-inf"), WELL))
    looked_at, seen = kept
    if time.monotonic() - looked_at < LOOK_EVERY:
        return seen
    with flask.app_context():
        seen = LATE if shell.silent_since(now=clock.now()) else WELL
    flask.extensions[_PLACE] = time.monotonic(), seen
    return seen
