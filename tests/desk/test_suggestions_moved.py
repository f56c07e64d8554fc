"""What was suggested about a matter goes where it goes, and stays with it when it leaves again."""

from __future__ import annotations

import pytest

from app.desk import joining
from app.runs import comparing
from channels.contract import Handle
from tests import world as cast
from tests.desk.pairs import LATER, write_twice
from tests.desk.test_comparing import pending
from tests.world import HOUR, World

pytestmark = pytest.mark.usefixtures("core")
OTTO = Handle(kind="email", value="otto@kunde.example", name="Otto Kunde")


def test_a_suggestion_leaves_with_what_it_came_from(world: World) -> None:
    first, second = write_twice(world)
    said = cast.contact(sender=OTTO, sent_at=LATER, text="Mein Gutschein geht nicht.")
    voucher = cast.hear(world, said, at=LATER).ticket_id
    joining.join(first, into=voucher, by=world.max, at=LATER + HOUR)
    assert pending() == [(voucher, second)]

    joining.unjoin(first, by=world.max, at=LATER + 2 * HOUR)

    assert pending() == []
    comparing.compare_new(at=LATER + 3 * HOUR)
    assert pending() == [(second, first)]
