"""Sixty people who come on several ways in random order: who belongs together is found, and nothing else is joined.

The whole crowd of a thousand is replayed by `python -m bench people`; nobody here was there when the matching was tuned.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from app.db import db
from app.desk import joining
from app.models import Ticket
from app.runs import reproject
from bench import people, people_replay
from bench.people_replay import Replay
from tests import world as cast

SEED, PEOPLE = 61, 60


@dataclass(slots=True)
class Meddler:
    """Joins two tickets that happen to be open and parts them again, and looks at all clocks after each step."""

    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    looks: int = 0
    joined: int = 0

    def between(self, replay: Replay) -> None:
        self._look()
        numbers = list(db.session.scalars(select(Ticket.id).where(Ticket.closed_at.is_(None)).order_by(Ticket.id)))
        if len(numbers) < 2 or self.chance.random() < 0.5:
            return
        one, into = self.chance.sample(numbers, 2)
        if replay.is_one_matter(one, into):
            return
        joining.join(one, into=into, by=replay.by, at=replay.at)
        self.joined += 1
        self._look()
        joining.unjoin(one, by=replay.by, at=replay.at)
        self._look()

    def _look(self) -> None:
        self.looks += 1
        assert people_replay.younger() == []


@pytest.mark.usefixtures("core")
def test_who_belongs_together_is_found_and_no_list_shows_a_matter_too_young() -> None:
    world = cast.build()
    for route in ("messenger", "public", "phone"):
        cast.add_policy(route, first=60, following=120)
    replay, meddler = (
        Replay(people.crowd(seed=SEED, people=PEOPLE, voice="other"), world.max, world.care, SEED),
        Meddler(),
    )

    replay.run(between=meddler.between)

    found = people_replay.judged(replay)
    assert found.missed() == [], found.told()
    assert meddler.joined >= 5
    assert [difference for _, some in reproject.check_all() for difference in some] == []
