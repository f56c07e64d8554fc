"""Three conversations of two people on three tickets, and everything that may happen to them, in any order."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.access import Person
from app.db import db
from app.desk import (
    assignment,
    delivery,
    handovers,
    joining,
    notes,
    phone_notes,
    priority,
    promise_acts,
    replies,
    status,
    tags,
    waiver,
)
from app.desk.aims import hours_of
from app.desk.closing import Promised, Terms
from app.desk.promises import Given
from app.errors import NotFound, Refused
from app.finders import replay, replay_compare
from app.models import (
    CallOutcome,
    Conversation,
    Message,
    MessageClass,
    MessageState,
    Participation,
    Promise,
    PromiseState,
    Ticket,
)
from app.runs import clock_proof
from channels.contract import Bounce, ContactType, DeliveryError, DeliveryFault, Handle, Sent
from tests import world as cast
from tests.desk import voices
from tests.desk.moves import Moves
from tests.desk.voices import MINUTE, Page
from tests.world import HOUR, MONDAY_NINE, World

_plays = itertools.count(1)


@dataclass(slots=True)
class Play(Moves):
    """One run: whatever the desk refuses simply does not happen."""

    world: World
    page: Page
    mark: str = field(default_factory=lambda: f"p{next(_plays)}")
    now: datetime = MONDAY_NINE
    conversations: list[int] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Let both people write first: by mail, in private messages, and the other one by mail."""
        filed = [
            cast.hear(self.world, sender=self.mail_of(0), external_id=f"{self.mark}-0@kundin.example", at=self.now),
            self.page.hear(voices.dm(sender=self.handle, external_id=f"{self.mark}-1", sent_at=self.now), at=self.now),
            cast.hear(self.world, sender=self.mail_of(2), external_id=f"{self.mark}-2@kundin.example", at=self.now),
        ]
        self.conversations = [cast.message(each.message_id).conversation_id for each in filed]

    @property
    def handle(self) -> Handle:
        return replace(voices.EVA, value=f"{self.mark}771")

    def mail_of(self, which: int) -> Handle:
        return Handle(kind="email", value=f"{self.mark}-{which}@kundin.example", name="Eva Kundin")

    @property
    def ada(self) -> Person:
        return self.world.ada

    def conversation(self, which: int) -> int:
        return self.conversations[which % len(self.conversations)]

    def ticket(self, which: int) -> int:
        return db.session.get_one(Conversation, self.conversation(which), populate_existing=True).ticket_id

    def act(self, what: str, which: int, minutes: int) -> None:
        """Let time pass, then do something; refused is refused."""
        self.now += minutes * MINUTE
        db.session.rollback()
        try:
            getattr(self, what)(which)
        except (Refused, NotFound):
            db.session.rollback()
            return
        self.done.append(f"{self.now:%a %H:%M} {what} {which}")

    def writes(self, which: int, *, sent_at: datetime | None = None, **values: object) -> None:
        """Let the customer go on in a conversation."""
        sent_at = sent_at or self.now
        if which % 3 == 1:
            heard = voices.dm(sender=self.handle, sent_at=sent_at, **values)
            self.page.hear(heard, at=self.now)
            return
        first = f"{self.mark}-{which % 3}@kundin.example"
        contact = cast.contact(sender=self.mail_of(which % 3), replies_to=(first,), sent_at=sent_at, **values)
        cast.hear(self.world, contact, at=self.now)

    def writes_late(self, which: int) -> None:
        self.writes(which, sent_at=self.now - 20 * MINUTE)

    def sends_automatically(self, which: int) -> None:
        self.writes(which, is_automatic=True)

    def answered(self, which: int) -> None:
        replies.reply(self.conversation(which), text="Morgen.", by=self.ada, at=self.now)

    def answered_and_out(self, which: int) -> None:
        self.arrive(replies.reply(self.conversation(which), text="Morgen.", by=self.ada, at=self.now))

    def answered_with_promise(self, which: int) -> None:
        given = Given(due_at=self.now + 5 * HOUR)
        self.arrive(replies.reply(self.conversation(which), text="Bald.", promise=given, by=self.ada, at=self.now))

    def held(self, which: int) -> None:
        given = Given(due_at=self.now + 3 * HOUR)
        replies.reply(
            self.conversation(which),
            text="Wir kümmern uns.",
            message_class=MessageClass.HOLDING,
            promise=given,
            by=self.ada,
            at=self.now,
        )

    def arrive(self, message_id: int) -> None:
        self.now += MINUTE
        if delivery.claim(message_id, at=self.now):
            delivery.settle(message_id, Sent(external_id=f"{self.mark}-out-{message_id}"), at=self.now)

    def _of_ours(self, *states: MessageState) -> list[Message]:
        rows = db.session.query(Message).filter(
            Message.conversation_id.in_(self._family()),
            Message.message_class.in_([MessageClass.SUBSTANTIVE, MessageClass.HOLDING]),
            Message.kind != "call",
            Message.state.in_(states),
        )
        return rows.order_by(Message.id).all()

    def _family(self) -> list[int]:
        return [id_ for family in self.families() for id_ in family.conversations]

    def _one(self, found: list[Message], which: int) -> int:
        if not found:
            raise Refused("Nichts da.")
        return found[which % len(found)].id

    def goes_out(self, which: int) -> None:
        self.arrive(self._one(self._of_ours(MessageState.QUEUED), which))

    def answered_slowly(self, which: int) -> None:
        given = Given(due_at=self.now + 6 * HOUR) if which % 2 else None
        to, at = self.conversation(which), self.now
        replies.reply(to, text="Moment.", promise=given, leaves_after=HOUR, by=self.ada, at=at)

    def called_back(self, which: int) -> None:
        waiting = [each for each in self._of_ours(MessageState.QUEUED) if each.leaves_at]
        replies.call_back(self._one(waiting, which), by=self.ada, at=self.now)

    def fails(self, which: int) -> None:
        message_id = self._one(self._of_ours(MessageState.QUEUED), which)
        if delivery.claim(message_id, at=self.now):
            error = DeliveryError(DeliveryFault.REJECTED, is_permanent=True, words="nein")
            delivery.fail(message_id, error, at=self.now)

    def bounces(self, which: int) -> None:
        mails = [each for each in self._of_ours(MessageState.SENT) if each.channel_id == self.world.channel]
        message = cast.message(self._one(mails, which))
        self.writes(
            which if which % 3 != 1 else 0,
            type=ContactType.BOUNCE,
            is_automatic=True,
            bounce=Bounce(message_id=message.external_id, reason="unbekannt", recipients=(), has_failed=True),
        )

    def is_tried_again(self, which: int) -> None:
        replies.retry(self._one(self._of_ours(MessageState.FAILED), which), by=self.ada, at=self.now)

    def waived(self, which: int) -> None:
        waiver.waive(self.ticket(which), reason="thanks", by=self.ada, at=self.now)

    def unwaived(self, which: int) -> None:
        waiver.take_back(self.ticket(which), by=self.ada, at=self.now)

    def resolved(self, which: int) -> None:
        terms = Terms(promised=Promised.WAIVED, reason="erledigt")
        status.resolve(self.ticket(which), terms=terms, by=self.ada, at=self.now)

    def reopened(self, which: int) -> None:
        status.reopen(self.ticket(which), by=self.ada, at=self.now)

    def raised(self, which: int) -> None:
        priority.change(self.ticket(which), priority="urgent", by=self.ada, at=self.now)

    def lowered(self, which: int) -> None:
        priority.change(self.ticket(which), priority="normal", by=self.ada, at=self.now)

    def tagged(self, which: int) -> None:
        tags.add(self.ticket(which), name="vip", by=self.ada, at=self.now)

    def untagged(self, which: int) -> None:
        tags.remove(self.ticket(which), name="vip", by=self.ada, at=self.now)

    def joined(self, which: int) -> None:
        joining.join(self.ticket(which), into=self.ticket(which + 1), by=self.ada, at=self.now)

    def parted(self, which: int) -> None:
        joining.part(self.conversation(which), by=self.ada, at=self.now)

    def promised(self, which: int) -> None:
        given = Given(due_at=self.now + 4 * HOUR, text="Ich melde mich.")
        promise_acts.give(
            self.ticket(which), given=given, conversation_id=self.conversation(which), by=self.ada, at=self.now
        )

    def let_off(self, which: int) -> None:
        promise_acts.waive(self._promise(PromiseState.OPEN), reason="erledigt", by=self.ada, at=self.now)

    def let_off_not(self, which: int) -> None:
        promise_acts.take_back(self._promise(PromiseState.WAIVED), by=self.ada, at=self.now)

    def _promise(self, state: PromiseState) -> int:
        found = db.session.query(Promise.id).filter(
            Promise.conversation_id.in_(self.conversations), Promise.state == state
        )
        row = found.order_by(Promise.id.desc()).first()
        if row is None:
            raise NotFound("Nichts da.")
        return int(row.id)

    def rang_and_reached(self, which: int) -> None:
        self._called(which, CallOutcome.REACHED, is_outgoing=True)

    def rang_in_vain(self, which: int) -> None:
        self._called(which, CallOutcome.NOT_REACHED, is_outgoing=True)

    def missed_a_call(self, which: int) -> None:
        self._called(which, CallOutcome.NOT_REACHED, is_outgoing=False)

    def _called(self, which: int, outcome: CallOutcome, *, is_outgoing: bool) -> None:
        said = phone_notes.Said(number="", is_outgoing=is_outgoing, outcome=outcome, text="Telefon")
        phone_notes.note(said, ticket_id=self.ticket(which), by=self.ada, at=self.now)

    def noted(self, which: int) -> None:
        notes.note(self.ticket(which), text="Nur für uns.", by=self.ada, at=self.now)

    def assigned(self, which: int) -> None:
        assignment.assign(self.ticket(which), team_id=self.world.returns, by=self.ada, at=self.now)

    def handed_over(self, which: int) -> None:
        handovers.hand_over(
            self.ticket(which), to_team_id=self.world.social, reason="Bitte prüfen", by=self.ada, at=self.now
        )

    def accepted(self, which: int) -> None:
        handovers.accept(self.ticket(which), by=self.world.ben, at=self.now)

    def waits(self, which: int) -> None:
        """Nothing happens for long: more than a fortnight."""
        self.now += timedelta(days=16)

    def families(self) -> list[replay.Family]:
        """Return the tickets of this play with all they were ever joined with."""
        db.session.expire_all()
        begun = db.session.query(Conversation.ticket_id).filter(Conversation.id.in_(self.conversations)).all()
        homes = db.session.query(Conversation.home_ticket_id).filter(Conversation.id.in_(self.conversations)).all()
        return replay.families({number for (number,) in [*begun, *homes]})

    def differences(self) -> list[replay_compare.Difference]:
        """Return what is stored of clocks and does not follow from what happened."""
        book, families = replay.Book(hours_of), self.families()
        found = [each for family in families for each in replay_compare.differences(family, book)]
        return [*found, *clock_proof.of_clocks(families), *clock_proof.of_rungs(families), *_of_sharing()]


def _of_sharing() -> list[replay_compare.Difference]:
    """Return the tickets that say somebody takes part where nobody does, or the other way round."""
    beside = {row.ticket_id for row in db.session.query(Participation)}
    return [
        replay_compare.Difference(row.id, "ticket: is_shared", str(row.is_shared), str(row.id in beside))
        for row in db.session.query(Ticket)
        if row.is_shared != (row.id in beside)
    ]


NEUTRAL = ("noted", "sends_automatically", "assigned", "handed_over", "accepted", "rang_in_vain", "invited", "left")
ACTS: tuple[str, ...] = (
    "writes",
    "writes_late",
    "answered",
    "answered_and_out",
    "answered_with_promise",
    "answered_slowly",
    "called_back",
    "held",
    "goes_out",
    "fails",
    "bounces",
    "waived",
    "unwaived",
    "resolved",
    "reopened",
    "raised",
    "lowered",
    "tagged",
    "untagged",
    "joined",
    "parted",
    "split",
    "unsplit",
    "merged",
    "unmerged",
    "promised",
    "let_off",
    "let_off_not",
    "rang_and_reached",
    "missed_a_call",
    "waits",
    *NEUTRAL,
)
