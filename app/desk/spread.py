"""Over which kinds of channels a ticket is spread: what its row keeps of that for the lists."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import bindparam, select

from app.desk.writing import run
from app.models import Channel, Conversation, Ticket
from channels.registry import is_social


def renew(ticket: Ticket) -> None:
    """Read the ticket's conversations again; whoever adds one or moves one calls it before the counters move."""
    kinds = run(_kinds(), ticket=ticket.id).scalars().all()
    ticket.channel_count = max(1, len(kinds))
    ticket.is_social = any(map(is_social, kinds))


@cache
def _kinds() -> Any:
    kinds = select(Channel.kind).join(Conversation, Conversation.channel_id == Channel.id)
    return kinds.where(Conversation.ticket_id == bindparam("ticket")).distinct()
