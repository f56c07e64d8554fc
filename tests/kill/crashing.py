"""A process that does its work up to a point and is killed there: `python -m tests.kill.crashing POINT ...`."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from app import clock
from app.config import Settings
from app.desk import delivery
from app.factory import create_core
from app.runs import intake
from app.runs.placing import store
from channels.contract import Raw
from channels.registry import build


def after_storing(channel_id: str, file: str) -> None:
    """Store a mail and die before it is filed."""
    intake.take_in(int(channel_id), [Raw(content=Path(file).read_bytes(), source="test")], at=clock.now())


def before_storing(_channel_id: str, file: str) -> None:
    """Write the bytes and die before their envelope is committed."""
    store().put(Path(file).read_bytes())


def after_claiming(message_id: str) -> None:
    """Claim a message and die before it is sent."""
    delivery.claim(int(message_id), at=clock.now())


def after_sending(message_id: str) -> None:
    """Send a message and die before that is written down."""
    parcel = delivery.claim(int(message_id), at=clock.now())
    assert parcel is not None
    build(parcel.account).send(replace(parcel.outgoing, attachments=()))


POINTS = {act.__name__: act for act in (after_storing, before_storing, after_claiming, after_sending)}


def main(point: str, *arguments: str) -> None:
    with create_core(Settings.from_environment()).app_context():
        POINTS[point](*arguments)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
