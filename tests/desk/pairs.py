"""Two matters that may be one: what several tests of joining begin with."""

from __future__ import annotations

from app.runs import comparing
from channels.contract import Handle
from tests import world as cast
from tests.world import HOUR, MONDAY_NINE, World

LATER = MONDAY_NINE + HOUR
OTHER = Handle(kind="email", value="eva.k@post.example", name="Eva Kundin")
SAID = "Zu Bestellung 100-2314 habe ich Ihnen heute schon eine E-Mail geschrieben."


def write_twice(world: World, *, sender: Handle = OTHER) -> tuple[int, int]:
    """Let Eva mail at nine, and an hour later from another address about the same order; both are compared."""
    first = cast.hear(world, text="Wo bleibt Bestellung 100-2314? Blaue Lampe.").ticket_id
    second = cast.hear(world, cast.contact(sender=sender, sent_at=LATER, text=SAID), at=LATER).ticket_id
    comparing.compare_new(at=LATER)
    return first, second
