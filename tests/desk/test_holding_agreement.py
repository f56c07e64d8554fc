"""Whatever is said in whatever order: the desk's clocks are those of the pure projection, in every holding mode."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from app.desk import aims, promises, status, waiver
from app.desk.closing import Promised
from app.desk.closing import Terms as Closing
from app.errors import Refused
from app.models import HoldingMode, Obligation
from sla.events import Event, Heard, Reopened, Resolved, Said, Waived, Weight
from sla.projection import project
from sla.standing import Holding, Projection, Terms
from sla.targets import Kind, Route, Target
from tests import world as cast
from tests.desk.holding import AT_TEN, arrive, fail, matter
from tests.world import MONDAY_NINE, World

MAIL, CHAT = Route.EMAIL, Route.MESSENGER
STEPS = 24
CLOSED = Closing(promised=Promised.WAIVED, reason="Hat sich erledigt")


class Walk:
    """One matter and the log of what was really said on it."""

    def __init__(self, world: World, mode: HoldingMode, seed: int) -> None:
        self.eva = matter(world, mode)
        self.world = world
        self.chance = random.Random(seed)
        self.at = AT_TEN
        self.log: list[Event] = [
            Heard(at=MONDAY_NINE, route=MAIL, conversation=MAIL),
            Heard(at=AT_TEN, route=CHAT, conversation=CHAT),
        ]
        self.flying: tuple[int, Said] | None = None
        self.is_closed = False

    def step(self) -> None:
        self.at += timedelta(minutes=self.chance.choice([1, 7, 45, 180, 1000]))
        acts = [self.write, self.write, self.say, self.say, self.land, self.waive, self.close]
        self.chance.choice(acts)()

    def write(self) -> None:
        route = self.chance.choice([MAIL, CHAT])
        (self.eva.write if route is MAIL else self.eva.chat_on)(at=self.at)
        self.is_closed = False
        self.log.append(Heard(at=self.at, route=route, conversation=route))

    def say(self) -> None:
        if self.flying or self.is_closed:
            return
        route = self.chance.choice([MAIL, CHAT])
        talk = self.eva.mail if route is MAIL else self.eva.chat
        until = self.at + timedelta(minutes=self.chance.randrange(1, 2000))
        if self.chance.random() < 0.6:
            weight, message_id = Weight.HOLDING, self.eva.hold(talk, at=self.at, promise_at=until)
        else:
            weight, promise_at = Weight.SUBSTANTIVE, self.chance.choice([None, until])
            message_id, until = self.eva.answer(talk, at=self.at, promise_at=promise_at), promise_at or self.at
        promised = until if until > self.at else None
        self.flying = message_id, Said(at=self.at, conversation=route, weight=weight, promise_at=promised)

    def land(self) -> None:
        """Let what is on its way arrive, or come back: then it was never said."""
        if self.flying is None:
            return
        (message_id, said), self.flying = self.flying, None
        if self.chance.random() < 0.4:
            fail(message_id, at=self.at)
            return
        arrive(message_id, at=self.at)
        self.log.append(Said(**{name: getattr(said, name) for name in _FIELDS} | {"accepted_at": self.at}))

    def waive(self) -> None:
        if self.flying or self.is_closed:
            return
        try:
            waiver.waive(self.eva.number, reason="thanks", by=self.world.ada, at=self.at)
        except Refused:
            return
        self.log.append(Waived(at=self.at))
        if self.chance.random() < 0.3:
            waiver.take_back(self.eva.number, by=self.world.ada, at=self.at)
            self.log.pop()

    def close(self) -> None:
        if self.flying:
            return
        if self.is_closed:
            status.reopen(self.eva.number, by=self.world.ada, at=self.at)
            self.log.append(Reopened(at=self.at))
        elif not promises.owed_on(self.eva.number):
            status.resolve(self.eva.number, terms=CLOSED, by=self.world.ada, at=self.at)
            self.log.append(Resolved(at=self.at))
        else:
            return
        self.is_closed = not self.is_closed


_FIELDS = ("at", "conversation", "weight", "promise_at")


def _terms(mode: HoldingMode) -> Terms:
    minutes = {(MAIL, Kind.FIRST): 240, (MAIL, Kind.NEXT): 480, (CHAT, Kind.FIRST): 30, (CHAT, Kind.NEXT): 60}
    targets = tuple(Target(route, kind, timedelta(minutes=m), "shop") for (route, kind), m in minutes.items())
    hours = aims.newest_hours(None).hours
    return Terms(targets=targets, calendars={"shop": hours}, holding=Holding(mode.value), promise_calendar="shop")


def _shown(owed: Obligation) -> tuple[str, datetime, str, str]:
    verdict = owed.verdict if owed.state == "met" else ""
    return owed.kind, owed.due_at, owed.state.value, verdict


def _projected(projection: Projection) -> list[tuple[str, datetime, str, str]]:
    found = sorted(projection.obligations, key=lambda owed: owed.opening.opened_at)
    return [(o.opening.kind.value, o.opening.due_at, o.state.value, o.verdict or "") for o in found]


@pytest.mark.parametrize("mode", list(HoldingMode))
@pytest.mark.parametrize("seed", range(3))
def test_the_desk_agrees_with_the_projection(world: World, mode: HoldingMode, seed: int) -> None:
    walk, terms = Walk(world, mode, seed), _terms(mode)

    for _ in range(STEPS):
        walk.step()
        if walk.flying:
            continue
        expected, ticket = project(walk.log, terms), cast.ticket(walk.eva.number)
        owed = sorted(cast.obligations(walk.eva.number), key=lambda each: each.opened_at)
        assert [_shown(each) for each in owed] == _projected(expected)
        assert ticket.oldest_unanswered_at == expected.oldest_unanswered_at
        assert ticket.due_at == (None if walk.is_closed else expected.due_at)
        assert cast.counters() == cast.counted()
