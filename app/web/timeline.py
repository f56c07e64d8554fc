"""The timeline as words: messages, notes and events of all channels in one order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.finders.ticket import Happened, Said, Thread, TicketPage
from app.web.entry import Entry
from app.web.event_words import EventWords
from app.web.events import tell_event
from app.web.formats import Formats, formats
from app.web.spoken import message_entry
from app.web.words import _

LONGEST_NUMBER = 25


@dataclass(slots=True, kw_only=True)
class Timeline:
    entries: list[Entry]
    older_url: str = ""
    last_id: int = 0
    threads: int = 0
    """The newest message of a person, and how many conversations there are; who answers says what they have seen."""


def timeline(page: TicketPage, *, query: str) -> Timeline:
    """Return the entries of a page in order of time, with a line wherever a day begins."""
    words = formats()
    threads = {thread.id: thread for thread in page.threads}
    never_said = {message.id for message in page.messages if message.fault == "called_back"}
    happened: list[tuple[datetime, Said | Happened]] = [
        *((message.sent_at, message) for message in page.messages if message.id not in never_said),
        *((event.at, event) for event in page.events if _stands(event, never_said)),
    ]
    happened.sort(key=lambda pair: _order(*pair))
    older = f"/tickets/{page.head.number}/timeline{query}&before={page.older}" if page.older else ""
    last_id = max((message.id for message in page.messages if message.message_class != "auto"), default=0)
    return Timeline(
        entries=list(_told(happened, threads, page, words)), older_url=older, last_id=last_id, threads=len(threads)
    )


def _stands(event: Happened, never_said: set[int]) -> bool:
    """Say whether an event is told: of an answer that was called back nothing is but that it was."""
    return event.message_id not in never_said or event.kind == "called_back"


def _order(at: datetime, one: Said | Happened) -> tuple[datetime, bool, int, int]:
    """Return where an entry stands: by the platform's time; at the same instant by the platform's own counting.

    Ids of posts and direct messages on X grow with time and tell apart what was said in the same millisecond.
    """
    if not isinstance(one, Said):
        return at, True, 0, one.id
    is_counted = one.external_id.isdecimal() and len(one.external_id) < LONGEST_NUMBER
    return at, False, int(one.external_id) if is_counted else 0, one.id


def _told(
    happened: list[tuple[datetime, Said | Happened]], threads: dict[int, Thread], page: TicketPage, words: Formats
) -> Iterator[Entry]:
    day = None
    for at, one in happened:
        if isinstance(one, Said):
            entry = message_entry(one, threads[one.conversation_id], page, words)
        elif one.note is not None:
            entry = _note(one, words)
        else:
            entry = _event(one, tell_event(one, page), words)
        on = words.day_of(at)
        if on != day:
            entry.day = words.day_line(on)
        day = on
        yield entry


def _note(note: Happened, words: Formats) -> Entry:
    who = note.actor_name or ""
    return Entry(
        kind="note",
        id=note.id,
        at=note.at.isoformat(),
        at_full=words.full(note.at),
        time=words.of_day(note.at),
        label=_("Interne Notiz von %(who)s, %(when)s", who=who, when=words.when(note.at)),
        icon="note",
        who=who,
        where=_("Notiz, nur intern"),
        text=note.note or "",
    )


def _event(event: Happened, told: EventWords, words: Formats) -> Entry:
    return Entry(
        kind="event",
        id=event.id,
        at=event.at.isoformat(),
        at_full=words.full(event.at),
        time=words.of_day(event.at),
        label=f"{told.bold} {told.text}".strip(),
        icon=told.icon,
        bold=told.bold,
        text=told.text,
        look=told.look,
        part_url=told.part_url,
        part_words=told.part_words,
        part_told=told.part_told,
        part_values=told.part_values,
        undo_url=told.undo_url,
        undo_values=told.undo_values,
    )
