"""Answering a customer, trying a failed answer again, and settling one whose fate is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update

from app import queue
from app.access import Person
from app.db import Afterwards, db, once_more, transaction
from app.desk import (
    answering,
    bounces,
    calling_back,
    clocks,
    drafts,
    handover_clocks,
    holding,
    matter_clocks,
    outbox,
    private_replies,
    promises,
    public_answers,
    public_lines,
    saying,
    settling,
    unseen,
)
from app.desk.delivery import CALLED_BACK, GIVEN_UP
from app.desk.writing import badges, held_for, record, recount
from app.errors import Refused
from app.models import Message, MessageClass, MessageState

LONGEST_TEXT = 100_000
AT_ONCE = timedelta(0)
call_back = calling_back.call_back


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody wrote, and how it is to go out."""

    text: str
    enclosures: Sequence[outbox.Enclosure] = ()
    last_seen_id: int | None = None
    seen_threads: int | None = None
    """How many conversations of the ticket its author saw."""
    is_public: bool | None = None
    answers_id: int | None = None
    message_class: str = MessageClass.SUBSTANTIVE
    promise: promises.Given | None = None
    leaves_after: timedelta = AT_ONCE
    is_drafted: bool = False
    draft_kept_at: datetime | None = None
    """When the device it is sent from had last kept its draft; what another has written since stays one."""
    public_line: str = ""
    """What is said in public once a private answer to a public contact has reached its reader."""
    is_beside: bool = False
    """Goes out beside another one in the same act, which gives the promise."""
    released_by: Person | None = None
    """Who let it go in public for somebody who may not."""


def reply(
    conversation_id: int,
    *,
    text: str,
    enclosures: Sequence[outbox.Enclosure] = (),
    last_seen_id: int | None = None,
    is_public: bool | None = None,
    answers_id: int | None = None,
    message_class: str = MessageClass.SUBSTANTIVE,
    promise: promises.Given | None = None,
    leaves_after: timedelta = AT_ONCE,
    is_drafted: bool = False,
    public_line: str = "",
    by: Person,
    at: datetime,
) -> int:
    """Queue an answer and return the message's id; everything owed on the ticket counts as answered from now.

    A holding reply does only what the policy lets it, and an automatic message touches no clock; the verdict is passed
    at acceptance. `last_seen_id`: the newest message its author had read. `is_public`: None is as the conversation;
    False on a public one answers its author in private. `answers_id`: which message it goes to, if not the newest.
    `leaves_after`: so long it can be called back. `is_drafted`: it is what its author's draft has become. Raises
    `Discloses` with the spots for a public text that says what only the customer and we may know.
    """
    answer = Answer(
        text=text,
        enclosures=enclosures,
        last_seen_id=last_seen_id,
        is_public=is_public,
        answers_id=answers_id,
        message_class=message_class,
        promise=promise,
        leaves_after=leaves_after,
        is_drafted=is_drafted,
        public_line=public_line,
    )
    return reply_with(conversation_id, answer, by=by, at=at)


@once_more
def reply_with(conversation_id: int, answer: Answer, *, by: Person, at: datetime) -> int:
    """Queue an answer as `reply` does."""
    with transaction() as afterwards:
        return say(conversation_id, answer, by=by, at=at, afterwards=afterwards)


def say(conversation_id: int, answer: Answer, *, by: Person, at: datetime, afterwards: Afterwards) -> int:
    """Inside a verb: queue one answer and let it count; returns the message's id."""
    words, weight = _sayable(answer.text), MessageClass(answer.message_class)
    talk = saying.talk(conversation_id)
    unseen.refuse(talk.ticket.id, answer.last_seen_id, answer.seen_threads)
    in_public = talk.conversation.is_public if answer.is_public is None else answer.is_public
    if in_public:
        _publishable(talk, answer, by=by)
    heard = saying.heard(talk, answer.answers_id, in_private=talk.conversation.is_public and not in_public)
    message_id = outbox.enqueue(
        talk.channel,
        conversation_id=_permitted(talk, heard, is_public=in_public, text=words, files=answer.enclosures, at=at),
        subject=talk.conversation.subject,
        text=words,
        message_class=weight,
        details=_kept(talk, answer, heard, weight, is_public=in_public, at=at),
        author=by,
        is_public=in_public,
        answers_id=_named(talk, heard),
        enclosures=answer.enclosures,
        leaves_after=answer.leaves_after,
        at=at,
        afterwards=afterwards,
    )
    if answer.is_drafted:
        drafts.sent(talk.ticket.id, "reply", became(answer), by_id=by.id, afterwards=afterwards)
    promise = None if answer.is_beside else answer.promise
    answering.count(talk.ticket, message_id, weight, promise, by=by, at=at, afterwards=afterwards)
    return message_id


def became(answer: Answer) -> drafts.Become:
    """Return what an answer's draft has become."""
    file_ids = [each.draft_file_id for each in answer.enclosures]
    return drafts.Become(text=answer.text, built_on=answer.draft_kept_at, file_ids=file_ids)


def refuse_unsayable(talk: saying.Talk, answer: Answer, *, at: datetime) -> None:
    """Raise `Refused` for a public answer that could not go out now; nothing is written."""
    words, weight = _sayable(answer.text), MessageClass(answer.message_class)
    heard = saying.heard(talk, answer.answers_id, in_private=False)
    _permitted(talk, heard, is_public=True, text=words, files=answer.enclosures, at=at)
    _weight(talk, weight, answer.promise, is_public=True, at=at)


def _publishable(talk: saying.Talk, answer: Answer, *, by: Person) -> None:
    """Raise `Refused` for somebody who may not publish, and for what nobody may."""
    if answer.released_by is None:
        public_answers.refuse_unpublishable(by)
    public_answers.refuse(talk.ticket, answer.text, by=answer.released_by or by)


def _kept(
    talk: saying.Talk,
    answer: Answer,
    heard: saying.Heard | None,
    weight: MessageClass,
    *,
    is_public: bool,
    at: datetime,
) -> dict[str, object]:
    """Return what the message keeps: its weight, how it is called back, who released it, what follows it in public."""
    kept = _weight(talk, weight, answer.promise, is_public=is_public, at=at)
    if answer.leaves_after:
        kept |= calling_back.standing(talk.ticket)
    if answer.released_by:
        kept["released_by"] = answer.released_by.name
    if answer.public_line and heard and talk.conversation.is_public and not is_public:
        kept[public_lines.LINE] = {"text": answer.public_line, "conversation": talk.conversation.id}
    return kept


def _named(talk: saying.Talk, heard: saying.Heard | None) -> int | None:
    """Return the message that the platform is told we answer; a mail names it by its own headers."""
    return heard.id if heard and talk.channel.kind not in saying.OWN_IDS else None


def _weight(
    talk: saying.Talk, message_class: MessageClass, promise: promises.Given | None, *, is_public: bool, at: datetime
) -> dict[str, object]:
    """Return what the message keeps of its weight; raises `Refused` for a promise that cannot be given."""
    if message_class is MessageClass.HOLDING:
        route = holding.route(talk.channel.kind, is_public=is_public)
        return holding.kept(talk.ticket, route, promise.due_at if promise else None, at=at)
    if promise:
        promises.refuse_impossible(promise.due_at, at=at)
    return {}


def _permitted(
    talk: saying.Talk,
    heard: saying.Heard | None,
    *,
    is_public: bool,
    text: str,
    files: Sequence[outbox.Enclosure],
    at: datetime,
) -> int:
    """Return the conversation the answer lies in; raises `Refused` where the platform would not take it."""
    capability = saying.capability_of(talk.channel, talk.exchange(heard), is_public=is_public, at=at)
    saying.refuse_impossible(capability, is_public=is_public, text=text, files=files, at=at)
    if talk.conversation.is_public and not is_public:
        return private_replies.begin(talk, heard, is_once=capability.is_private_once, at=at)
    return talk.conversation.id


def _sayable(text: str) -> str:
    words = text.strip()
    if not words:
        raise Refused("Bitte schreiben Sie einen Text.", field="text")
    if len(words) > LONGEST_TEXT:
        raise Refused("Der Text ist zu lang: höchstens %(most)s Zeichen.", field="text", most=LONGEST_TEXT)
    return words


@once_more
def retry(message_id: int, *, by: Person, at: datetime) -> None:
    """Queue a failed or unsure message again under the same id, so that a double can be recognised over there.

    Of an unsure one the connector looks first whether it has arrived, where the platform lets us. A public one is held
    against what is known by now: raises `Discloses`, and `Refused` for somebody who may not publish.
    """
    with transaction() as afterwards:
        ticket = held_for(message_id)
        before = badges(ticket)
        message = db.session.get_one(Message, message_id)
        if message.state not in {MessageState.FAILED, MessageState.UNSURE}:
            raise Refused("Diese Nachricht ist schon unterwegs.")
        if message.fault == CALLED_BACK:
            raise Refused("Diese Antwort wurde zurückgeholt: Ihr Text steht als Entwurf im Antwortfeld.")
        if message.is_public:
            public_answers.refuse_unpublishable(by)
            public_answers.refuse(ticket, message.text, by=by)
        _forget_attempt(message)
        message.state, message.retry_at, message.attempts = MessageState.QUEUED, None, 0
        message.fault = message.fault_words = ""
        db.session.flush()
        settling.stand(ticket, message)
        ticket.answered_at = settling.last_answer(ticket.id)
        clocks.renew(ticket)
        if message.message_class in {MessageClass.SUBSTANTIVE, MessageClass.HOLDING}:
            matter_clocks.said(ticket, message_id, at=message.stored_at)
        record("retried", ticket_id=ticket.id, at=at, actor_id=by.id, message_id=message_id, afterwards=afterwards)
        recount(before, badges(ticket))
        afterwards.append(lambda: queue.deliver_later(message_id))


def _forget_attempt(message: Message) -> None:
    """Keep of an earlier attempt only whether it may have arrived; the platform gives the next one an id of its own."""
    details = dict(message.details)
    message.external_id = details.pop("own_id", message.external_id)
    if message.state is MessageState.UNSURE:
        details["may_have_arrived"] = True
    message.details = details


@once_more
def confirm_sent(message_id: int, *, by: Person, at: datetime) -> None:
    """A person found out that an unsure message did arrive; it counts from the instant it was handed over."""
    with transaction() as afterwards:
        ticket = held_for(message_id)
        before = badges(ticket)
        settled = db.session.scalar(
            update(Message)
            .where(Message.id == message_id, Message.state == MessageState.UNSURE)
            .values(state=MessageState.SENT, fault="", fault_words="")
            .returning(Message.id)
        )
        if settled is None:
            raise Refused("Diese Nachricht ist nicht mehr unsicher.")
        message = db.session.get_one(Message, message_id)
        settling.stand(ticket, message)
        settling.settle(message_id, at=message.sent_at)
        handover_clocks.settle(ticket, message_id, at=message.sent_at)
        ticket.answered_at = settling.last_answer(ticket.id)
        clocks.renew(ticket)
        matter_clocks.follow(ticket, at=at)
        record("confirmed", ticket_id=ticket.id, at=at, actor_id=by.id, message_id=message_id, afterwards=afterwards)
        recount(before, badges(ticket))


@once_more
def discard(message_id: int, *, by: Person, at: datetime) -> None:
    """Give a failed or unsure message up: it stays on the timeline, and what it had answered is owed."""
    with transaction() as afterwards:
        ticket = held_for(message_id)
        before = badges(ticket)
        given_up = db.session.scalar(
            update(Message)
            .where(Message.id == message_id, Message.state == MessageState.UNSURE)
            .values(state=MessageState.FAILED, fault=GIVEN_UP)
            .returning(Message.id)
        )
        if given_up is None:
            raise Refused("Diese Nachricht ist nicht mehr unsicher.")
        bounces.owe_again(message_id, ticket=ticket)
        record("given_up", ticket_id=ticket.id, at=at, actor_id=by.id, message_id=message_id, afterwards=afterwards)
        recount(before, badges(ticket))
