"""Eva by mail and on the page at once: one matter on two routes, answered for good or only held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.db import db
from app.desk import aims, delivery, joining, replies, rulebook
from app.desk.promises import Given
from app.finders import replay, replay_compare
from app.models import HoldingMode, MessageClass, Obligation
from channels.contract import DeliveryError, DeliveryFault, Sent
from tests import world as cast
from tests.desk import voices
from tests.desk.voices import Page
from tests.world import HOUR, MONDAY_NINE, World

MINUTE = timedelta(minutes=1)
AT_TEN = MONDAY_NINE + HOUR
HELD_AT = AT_TEN + 12 * MINUTE
TOMORROW = MONDAY_NINE + 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One ticket with a conversation by mail (240 minutes, then 480) and one in private messages (30, then 60)."""

    world: World
    page: Page
    number: int
    mail: int
    chat: int

    def hold(self, conversation: int, *, at: datetime, promise_at: datetime) -> int:
        """Queue a holding reply and return its message."""
        return replies.reply(
            conversation,
            text="Wir kümmern uns.",
            message_class=MessageClass.HOLDING,
            promise=Given(due_at=promise_at),
            by=self.world.ben,
            at=at,
        )

    def answer(self, conversation: int, *, at: datetime, promise_at: datetime | None = None) -> int:
        """Queue a substantive answer and return its message."""
        promise = Given(due_at=promise_at) if promise_at else None
        return replies.reply(conversation, text="Sie kommt morgen.", promise=promise, by=self.world.ada, at=at)

    def write(self, *, at: datetime) -> None:
        """Let Eva go on by mail."""
        first = cast.obligations(self.number)[0].message_id
        cast.hear(self.world, replies_to=(cast.message(first).external_id,), at=at)

    def chat_on(self, *, at: datetime) -> None:
        """Let Eva go on in private messages."""
        self.page.hear(voices.dm(sent_at=at), at=at)

    def owed(self) -> tuple[Obligation, Obligation]:
        """Return what her first mail and her first private message made us owe."""
        by_mail, by_chat = cast.obligations(self.number)[:2]
        return by_mail, by_chat


def matter(world: World, mode: HoldingMode, *, ladder_id: int | None = None) -> Matter:
    """Let Eva mail at nine and write at ten; what holding replies do is the same on both routes."""
    for name, route, minutes in (("E-Mail", "email", 240), ("Nachricht", "messenger", 30)):
        rulebook.write_policy(
            None,
            name=f"{name} {mode}",
            route=route,
            team_id=world.care,
            calendar_id=aims.newest_hours(None).calendar_id,
            targets={"first": {"normal": minutes}, "next": {"normal": minutes * 2}},
            holding=mode,
            ladder_id=ladder_id,
            valid_from=aims.BEGINNING,
            at=MONDAY_NINE,
        )
    page = Page(world=world, channel=voices.channel_of(world.care))
    by_mail = cast.hear(world, at=MONDAY_NINE)
    by_chat = page.hear(voices.dm(sent_at=AT_TEN), at=AT_TEN)
    joining.join(by_chat.ticket_id, into=by_mail.ticket_id, by=world.ada, at=AT_TEN)
    return Matter(
        world=world,
        page=page,
        number=by_mail.ticket_id,
        mail=cast.conversation_of(by_mail),
        chat=cast.conversation_of(by_chat),
    )


def arrive(message_id: int, *, at: datetime) -> None:
    """Let the provider accept a message."""
    delivery.claim(message_id, at=at)
    delivery.settle(message_id, Sent(external_id=f"sent-{message_id}"), at=at)


def fail(message_id: int, *, at: datetime) -> None:
    """Let the provider refuse a message for good."""
    delivery.claim(message_id, at=at)
    delivery.fail(message_id, DeliveryError(DeliveryFault.REJECTED, is_permanent=True, words="nein"), at=at)


def differences(number: int) -> list[replay_compare.Difference]:
    """Return what is stored of a ticket's clocks and does not follow from what happened."""
    db.session.expire_all()
    book = replay.Book(aims.hours_of)
    return [each for family in replay.families({number}) for each in replay_compare.differences(family, book)]
