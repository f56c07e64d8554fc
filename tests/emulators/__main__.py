"""The platforms of the demo: `python -m tests.emulators SETUP`, where SETUP is the file that the demo has written.

Beside them runs a small control desk by which a visitor is a customer: `POST /<kind>/<act>`, `GET /<kind>/seen`.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import httpx
from flask import request

from app import clock
from app.runs import lifeline
from tests.emulators.demo_graph import GraphStage
from tests.emulators.demo_sipgate import SipgateStage
from tests.emulators.demo_x import XStage
from tests.emulators.serving import Emulator

AGAIN_AFTER = 0.5


class Stage(Protocol):
    """One platform with its past."""

    emulator: Any

    def acts(self) -> Mapping[str, Callable[[Mapping[str, str]], dict[str, Any]]]:
        """Return what customers can do there, by name."""

    def connect(self) -> bool:
        """Have the platform call our hook from now on; False until the hook is there."""

    def seen(self) -> list[dict[str, Any]]:
        """Return what we said there, the newest first."""


def stages(setup: Mapping[str, Any]) -> dict[str, Stage]:
    """Return the platforms of those channels that the sample shop has."""
    channels, people = setup["channels"], setup["people"]
    makers: dict[str, Callable[[], Stage]] = {
        "messenger": lambda: GraphStage(channels["messenger"], people),
        "x": lambda: XStage(channels["x"], people),
        "phone": lambda: SipgateStage(channels["phone"], setup["phone_key"]),
    }
    return {kind: make() for kind, make in makers.items() if kind in channels}


def desk(playing: Mapping[str, Stage]) -> Emulator:
    """Return the control desk."""
    found = Emulator("control")

    @found.app.post("/<kind>/<act>")
    def act(kind: str, act: str) -> Any:
        stage = playing.get(kind)
        done = stage.acts().get(act) if stage else None
        return done(request.get_json()) if done else ({}, 404)

    @found.app.get("/<kind>/seen")
    def seen(kind: str) -> Any:
        return playing[kind].seen() if kind in playing else ([], 404)

    return found


def run(file: Path) -> None:
    """Play all platforms until a signal comes."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    stop = lifeline.Stop().on_signals()
    lifeline.watch_parent()
    setup = json.loads(file.read_text(encoding="utf-8"))
    playing = stages(setup)
    control = desk(playing)
    for kind, stage in playing.items():
        stage.emulator.start(setup["ports"][kind])
    control.start(setup["ports"]["control"])
    waiting = list(playing.values())
    while waiting and not stop.wait(AGAIN_AFTER):
        waiting = [stage for stage in waiting if not _connected(stage)]
    stop.wait()
    for each in (control, *(stage.emulator for stage in playing.values())):
        each.stop()


def _connected(stage: Stage) -> bool:
    try:
        return stage.connect()
    except (OSError, httpx.HTTPError):
        return False


if __name__ == "__main__":
    clock.read_from(Path(os.environ["FADEN_CLOCK_FILE"]) if os.environ.get("FADEN_CLOCK_FILE") else None)
    run(Path(sys.argv[1]))
