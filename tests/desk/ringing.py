"""A telephone in the shop of the desk tests, and the steps of calls on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.db import db, transaction
from app.desk import calls, channels
from app.models import Agent, Call, Message, Obligation
from channels.contract import CallEvent, CallStep, Handle
from tests.world import MONDAY_NINE, World, add_policy

EVA = "+4915155501001"
NUMBER = "+4930901820"
SECOND = timedelta(seconds=1)


def install(world: World) -> int:
    """Add a telephone to the shop, an hour for a call back, and say who Ada is on it; returns the channel."""
    add_policy("phone", first=60, following=120, name="Telefon")
    with transaction():
        db.session.get_one(Agent, world.ada.id).phone_user = "w0"
    return channels.add(
        "phone", name="Telefon", address=NUMBER, settings={"provider": "sipgate"}, secrets={}, team_id=world.care
    )


class Phone:
    """One caller's call; each step comes a second after the one before, unless it is told otherwise."""

    def __init__(
        self, channel: int, call_id: str = "a", *, number: str | None = EVA, at: datetime = MONDAY_NINE
    ) -> None:
        self.channel, self.call_id, self.number, self.at = channel, call_id, number, at

    def ring(self, **known: Any) -> CallEvent:
        return self.step(CallStep.RING, **{"agents": ("Ada",), "root_id": self.call_id, **known})

    def answer(self, **known: Any) -> CallEvent:
        return self.step(CallStep.ANSWER, **{"agents": ("w0",), **known})

    def hangup(self, cause: str = "normalClearing", **known: Any) -> CallEvent:
        return self.step(CallStep.HANGUP, cause=cause, **known)

    def step(self, step: CallStep, *, after: float = 1.0, call_id: str = "", **known: Any) -> CallEvent:
        self.at += after * SECOND
        leg = call_id or self.call_id
        return CallEvent(
            external_id=f"{leg}:{step}",
            step=step,
            call_id=leg,
            sent_at=self.at,
            customer=Handle(kind="phone", value=self.number) if self.number else None,
            own_number=NUMBER,
            **{"root_id": "", **known},
        )

    def play(self, *steps: CallEvent) -> Call | None:
        """Let the desk hear the steps in this order and return the call as it stands then."""
        for step in steps:
            calls.hear(step, channel_id=self.channel, envelope_id=1, at=step.sent_at)
        return latest()


def latest() -> Call | None:
    """Return the newest call as a value that stays as it is now."""
    db.session.expire_all()
    call = db.session.scalars(select(Call).order_by(Call.id.desc()).limit(1)).first()
    if call is not None:
        db.session.expunge(call)
    return call


def every_call() -> list[Call]:
    db.session.expire_all()
    return list(db.session.scalars(select(Call).order_by(Call.id)))


def owed() -> list[Obligation]:
    db.session.expire_all()
    return list(db.session.scalars(select(Obligation).order_by(Obligation.id)))


def told() -> list[Message]:
    """Return the messages of all calls."""
    db.session.expire_all()
    return [message for message in db.session.scalars(select(Message).order_by(Message.id)) if message.kind == "call"]


def orders(steps: list[CallEvent]) -> Iterator[list[CallEvent]]:
    """Yield the steps as every swap of two of them leaves them, and backwards."""
    yield steps
    yield steps[::-1]
    for left in range(len(steps)):
        for right in range(left + 1, len(steps)):
            swapped = list(steps)
            swapped[left], swapped[right] = swapped[right], swapped[left]
            yield swapped
