"""How much a matter is pressing; what is open follows, and nobody turns red by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.access import Person
from app.db import once_more, transaction
from app.desk.retargeting import retarget
from app.desk.writing import held, record
from app.errors import Refused
from app.models import Priority, TicketState


@once_more
def change(ticket_id: int, *, priority: str, by: Person, at: datetime) -> bool:
    """Give a ticket a priority; False if it has it already. The earlier one again brings the earlier deadlines back."""
    if priority not in set(Priority):
        raise Refused("Diese Priorität gibt es nicht.", field="priority")
    with transaction() as afterwards:
        ticket = held(ticket_id)
        if ticket.state is TicketState.JOINED:
            raise Refused("Dieses Anliegen ist mit einem anderen verbunden.")
        before = ticket.priority
        if before == priority:
            return False
        ticket.priority, ticket.updated_at = Priority(priority), at
        done = retarget(ticket, at=at, may_ease=True)
        words: dict[str, Any] = {"from": before.value, "to": priority, "followed": done.followed, **done.details()}
        record("prioritised", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards, **words)
    return True
