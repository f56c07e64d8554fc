"""Every clock of a ticket with its explanation: answers, promises, and the clocks of the whole ticket."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from app.finders.clock_reasons import of_ticket_clocks
from app.finders.reasons import HoursOf, of_obligations, of_promises
from sla.explanation import Explanation


def on_ticket(number: int, *, hours_of: HoursOf, zone: ZoneInfo, now: datetime) -> dict[str, Explanation]:
    """Return explanations by `obligation:12`, `promise:3` or `clock:7`; the door has asked `access`.

    `zone` is the shop's: a promise is made by the clock on the wall.
    """
    return {
        **{f"obligation:{id_}": why for id_, why in of_obligations(number, hours_of=hours_of, now=now).items()},
        **{f"promise:{id_}": why for id_, why in of_promises(number, zone=zone, now=now).items()},
        **{f"clock:{id_}": why for id_, why in of_ticket_clocks(number, hours_of=hours_of, now=now).items()},
    }
