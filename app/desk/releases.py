"""Public answers by people who may not publish: asked for, let go by somebody who may, given back, or taken back.

Nothing is answered until one is let go: every clock runs on, and the text is looked through once more at that moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app import signin
from app.access import Person
from app.db import db, once_more, transaction
from app.desk import (
    draft_files,
    drafts,
    promises,
    public_answers,
    release_ends,
    release_told,
    replies,
    saying,
    unseen,
)
from app.desk.outbox import Enclosure
from app.desk.writing import held_by
from app.errors import NotFound, Refused
from app.models import Conversation, Message, Release, ReleaseState, Ticket

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A public answer as somebody would like it to go out."""

    text: str
    message_class: str = "substantive"
    promise: promises.Given | None = None
    answers_id: int | None = None
    last_seen_id: int | None = None
    """The newest message its author had read; what comes later stops the release."""
    seen_threads: int | None = None
    """How many conversations of the ticket they had read."""
    enclosures: Sequence[Enclosure] = ()
    draft_kept_at: datetime | None = None


@once_more
def ask(conversation_id: int, asked: Asked, *, by: Person, at: datetime) -> int:
    """Ask for a public answer to be let go, and return the release's id.

    Raises `Discloses` for what nobody may publish, `Refused` with the code `release_pending` while another answer in
    this conversation waits.
    """
    with transaction() as afterwards:
        talk = _talk(conversation_id, asked, by=by, at=at)
        release = Release(
            ticket_id=talk.ticket.id,
            conversation_id=conversation_id,
            text=asked.text.strip(),
            details=_details(asked, talk.ticket),
            asked_by_id=by.id,
            asked_at=at,
        )
        db.session.add(release)
        db.session.flush()
        draft_files.write(asked.enclosures, by_id=by.id, release_id=release.id, at=at)
        drafts.sent(talk.ticket.id, "reply", _became(asked), by_id=by.id, afterwards=afterwards)
        release_ends.tell_timeline("release_asked", release, talk.ticket, by=by, at=at, afterwards=afterwards)
        release_told.asked(release, talk.ticket, talk.channel, by=by, at=at, afterwards=afterwards)
    return release.id


def _became(asked: Asked) -> drafts.Become:
    file_ids = [each.draft_file_id for each in asked.enclosures]
    return drafts.Become(text=asked.text, built_on=asked.draft_kept_at, file_ids=file_ids)


def _talk(conversation_id: int, asked: Asked, *, by: Person, at: datetime) -> saying.Talk:
    """Hold the ticket and refuse what would be refused to whoever lets it go."""
    talk = saying.talk(conversation_id)
    unseen.refuse(talk.ticket.id, asked.last_seen_id, asked.seen_threads)
    if not talk.conversation.is_public:
        raise Refused("Eine private Antwort braucht keine Freigabe.", field="text")
    waiting = select(Release.id).where(Release.conversation_id == conversation_id, Release.state == ReleaseState.ASKED)
    if db.session.scalars(waiting.limit(1)).first() is not None:
        raise Refused(
            "In diesem Gespräch wartet schon eine Antwort auf ihre Freigabe.", field="text", code="release_pending"
        )
    public_answers.refuse(talk.ticket, asked.text, by=by)
    answer = replies.Answer(
        text=asked.text, message_class=asked.message_class, promise=asked.promise, enclosures=asked.enclosures
    )
    replies.refuse_unsayable(talk, answer, at=at)
    return talk


def _details(asked: Asked, ticket: Ticket) -> dict[str, object]:
    newest = select(func.max(Message.id)).join(Conversation, Conversation.id == Message.conversation_id)
    seen = asked.last_seen_id or db.session.scalar(newest.where(Conversation.ticket_id == ticket.id)) or 0
    promise = asked.promise
    return {
        "class": asked.message_class,
        "answers_id": asked.answers_id,
        "seen_id": seen,
        "promise_at": promise.due_at.isoformat() if promise else None,
        "promise_text": promise.text if promise else "",
    }


@once_more
def release(release_id: int, *, last_seen_id: int | None = None, by: Person, at: datetime) -> int:
    """Let an answer go in the name of whoever asked, and return the message's id; it counts from now.

    Raises `Refused` with the code `newer` where something came since it was asked for: `last_seen_id` is the newest
    message that whoever lets it go has read. Raises `Discloses` for what may not be public by now.
    """
    _refuse_without_right(by)
    with transaction() as afterwards:
        found, ticket = _waiting(release_id)
        if ticket.closed_at is not None:
            raise Refused(
                "Das Anliegen ist erledigt: Bitte öffnen Sie es wieder, oder geben Sie die Antwort zurück.",
                code="closed",
            )
        details = found.details
        answer = replies.Answer(
            text=found.text,
            enclosures=draft_files.waiting(release_id),
            last_seen_id=max(int(details.get("seen_id") or 0), last_seen_id or 0),
            is_public=True,
            answers_id=details.get("answers_id"),
            message_class=str(details.get("class") or "substantive"),
            promise=_promise(found),
            released_by=by,
        )
        found.message_id = replies.say(found.conversation_id, answer, by=_author(found), at=at, afterwards=afterwards)
        draft_files.let_go(release_id)
        release_ends.settle(found, ReleaseState.RELEASED, by=by, at=at)
        release_ends.tell_timeline("released", found, ticket, by=by, at=at, afterwards=afterwards)
        release_told.answered(found, ticket, by=by, at=at, afterwards=afterwards)
    return found.message_id


def _promise(release: Release) -> promises.Given | None:
    due_at = release.details.get("promise_at")
    if not due_at:
        return None
    return promises.Given(due_at=datetime.fromisoformat(due_at), text=str(release.details.get("promise_text") or ""))


def _author(release: Release) -> Person:
    """Return who asked: the answer goes out in their name."""
    found = signin.person_by_id(release.asked_by_id)
    if found is None:
        raise Refused("Wer diese Antwort geschrieben hat, ist nicht mehr da: Bitte schreiben Sie sie selbst.")
    return found


@once_more
def decline(release_id: int, *, reason: str, by: Person, at: datetime) -> int:
    """Give an answer back with a reason; its author is told and finds the text as a draft. Returns the ticket's id."""
    _refuse_without_right(by)
    words = " ".join(reason.split())
    if not words:
        raise Refused("Bitte sagen Sie in einer Zeile, warum.", field="reason")
    if len(words) > LONGEST_REASON:
        raise Refused("Der Grund ist zu lang: höchstens %(most)s Zeichen.", field="reason", most=LONGEST_REASON)
    with transaction() as afterwards:
        found, ticket = _waiting(release_id)
        found.reason = words
        release_ends.settle(found, ReleaseState.DECLINED, by=by, at=at)
        release_ends.give_back(found, ticket, at=at, afterwards=afterwards)
        release_ends.tell_timeline("release_declined", found, ticket, by=by, at=at, afterwards=afterwards, reason=words)
        release_told.answered(found, ticket, by=by, at=at, afterwards=afterwards)
    return ticket.id


@once_more
def withdraw(release_id: int, *, by: Person, at: datetime) -> int:
    """Take back what one has asked for; the text is a draft again. Returns the ticket's id."""
    with transaction() as afterwards:
        found, ticket = _waiting(release_id)
        if found.asked_by_id != by.id and not by.can_publish:
            raise Refused("Zurücknehmen kann das nur, wer darum gebeten hat.", code="not_yours")
        release_ends.settle(found, ReleaseState.WITHDRAWN, by=by, at=at)
        release_ends.give_back(found, ticket, at=at, afterwards=afterwards)
        release_ends.tell_timeline("release_withdrawn", found, ticket, by=by, at=at, afterwards=afterwards)
    return ticket.id


def _refuse_without_right(by: Person) -> None:
    if not by.can_publish:
        raise Refused("Freigeben darf nur, wer selbst öffentlich antworten darf.", code="no_right")


def _waiting(release_id: int) -> tuple[Release, Ticket]:
    """Return a release that waits and its ticket, held; raises `NotFound`, `Refused` for one that is settled."""
    conversation_id = db.session.scalar(select(Release.conversation_id).where(Release.id == release_id))
    if conversation_id is None:
        raise NotFound("Diese Freigabe gibt es nicht.")
    ticket = held_by(conversation_id)
    found = db.session.get_one(Release, release_id, populate_existing=True)
    if found.state is not ReleaseState.ASKED:
        raise Refused("Über diese Antwort ist schon entschieden.", code="release_settled")
    return found, ticket
