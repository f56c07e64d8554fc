"""What the machine joins for one's own word: nothing that whoever gave it may not open."""

from __future__ import annotations

import pytest

from app import access
from app.access import Person
from app.db import db
from app.desk import assignment, merging
from app.models import TicketState
from app.runs import comparing
from channels.contract import Handle
from routing.identity import Proof
from tests import world as cast
from tests.desk.pairs import LATER, write_twice
from tests.world import HOUR, World

pytestmark = pytest.mark.usefixtures("core")

AGAIN = LATER + HOUR
SAID = {"reason": "klang so"}


@pytest.fixture
def pair(world: World) -> tuple[int, int]:
    """Care's matter, and one about the same order that social holds, from an address that nobody has proven."""
    first, second = write_twice(world)
    assignment.assign(second, team_id=world.social, by=world.max, at=LATER)
    return first, second


def _say_one(kept_by: int, absorbed_by: int, *, by: Person, proof: Proof = Proof.COLLEAGUE) -> None:
    """Make one customer of those who wrote two tickets."""
    kept, absorbed = (cast.ticket(number).customer_id for number in (kept_by, absorbed_by))
    merging.merge(kept, absorbed, proof=proof, evidence=SAID, by=by, at=AGAIN)


def _look_again(number: int) -> TicketState:
    cast.ticket(number).compared_at = None
    db.session.commit()
    comparing.compare_new(at=AGAIN)
    return cast.ticket(number).state


def test_ones_own_word_lets_the_machine_open_nothing_to_oneself(world: World, pair: tuple[int, int]) -> None:
    _say_one(*pair, by=world.ben)

    assert _look_again(pair[1]) is not TicketState.JOINED
    assert not access.sees(world.ben, pair[0])


def test_the_word_of_somebody_who_sees_both_is_enough(world: World, pair: tuple[int, int]) -> None:
    _say_one(*pair, by=world.max)

    assert _look_again(pair[1]) is TicketState.JOINED


def test_a_proof_is_enough_whatever_was_said_of_others(world: World, pair: tuple[int, int]) -> None:
    third = cast.hear(world, sender=Handle(kind="email", value="max@web.example", name="Max"), text="Hallo.").ticket_id
    _say_one(*pair, by=world.ben, proof=Proof.ONE_CLICK)
    _say_one(third, pair[0], by=world.ben)

    assert _look_again(pair[1]) is TicketState.JOINED
