"""One Monday of the shop, for those who count: four answers, three customers who wait, one promise.

Where a figure is expected, it was worked out by hand from these times; all are those of Berlin.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.desk import delivery, phone_notes, replies
from app.desk.intake import Filed
from app.desk.phone_notes import Said
from app.models import CallOutcome
from channels.contract import Handle, Sent
from tests import world as cast
from tests.desk import voices

MIDNIGHT = cast.MONDAY_NINE - timedelta(hours=9)
HALF_PAST_TWO = MIDNIGHT + timedelta(hours=14, minutes=30)
"""When the figures are read."""


def at(clock: str, *, days: int = 0) -> datetime:
    """Return a time of that Monday, or of another day."""
    hours, minutes = map(int, clock.split(":"))
    return MIDNIGHT + timedelta(days=days, hours=hours, minutes=minutes)


def mail(world: cast.World, name: str, clock: str, *, days: int = 0) -> Filed:
    """File a mail to care; four hours are the target, Monday to Friday from nine to five."""
    sender = Handle(kind="email", value=f"{name}@kundin.example", name=name.title())
    return cast.hear(world, sender=sender, at=at(clock, days=days))


def answer(world: cast.World, filed: Filed, clock: str) -> int:
    """Answer, and have the answer accepted at once."""
    message_id = replies.reply(cast.conversation_of(filed), text="Morgen.", by=world.ada, at=at(clock))
    delivery.claim(message_id, at=at(clock))
    delivery.settle(message_id, Sent(external_id=cast.message(message_id).external_id), at=at(clock))
    return message_id


def play(world: cast.World) -> dict[str, int]:
    """Let it happen up to half past two; returns the tickets of those who wait, and Mia's, who was promised something."""
    page = voices.page(world)
    nora = mail(world, "nora", "12:00", days=-3)
    eva, otto, mia = mail(world, "eva", "9:00"), mail(world, "otto", "9:30"), mail(world, "mia", "11:15")
    private = page.hear(voices.dm(sent_at=at("10:00")), at=at("10:00"))
    answer(world, eva, "10:00")
    answer(world, private, "10:30")
    answer(world, mia, "12:15")
    until = at("16:00")
    said = Said(number="", is_outgoing=True, outcome=CallOutcome.REACHED, text="Ersatzlampe", promise_at=until)
    phone_notes.note(said, ticket_id=mia.ticket_id, by=world.ada, at=at("12:30"))
    public = page.hear(voices.comment(sent_at=at("13:00"), sender=voices.OTTO_IN_PUBLIC), at=at("13:00"))
    answer(world, otto, "14:00")
    lena = mail(world, "lena", "14:00")
    return {"nora": nora.ticket_id, "mia": mia.ticket_id, "lena": lena.ticket_id, "public": public.ticket_id}
