"""The timeline as words: messages, notes and events of all channels in one order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from app.finders.ticket import Happened, Said, Thread, TicketPage
from app.web.events import EventWords, tell_event
from app.web.formats import Formats, formats, size
from app.web.kinds import look_of
from app.web.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    url: str
    name: str
    size: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How far an answer got, and what a person can do about it."""

    state: str
    icon: str
    words: str
    retry_url: str = ""
    settle_url: str = ""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One entry; `kind` says which template shows it, `day` is the line above it, if a new day begins."""

    kind: str
    id: int
    at: str
    at_full: str
    time: str
    label: str
    icon: str
    who: str = ""
    where: str = ""
    text: str = ""
    bold: str = ""
    look: str = ""
    day: str = ""
    shape: str = ""
    channel: str = ""
    subject: str = ""
    quote_url: str = ""
    html_url: str = ""
    files: list[File] = field(default_factory=list)
    delivery: Delivery | None = None
    part_url: str = ""
    is_folded: bool = False
    """A receipt of ours: everybody knows what it says."""


@dataclass(slots=True, kw_only=True)
class Timeline:
    entries: list[Entry]
    older_url: str = ""
    last_id: int = 0
    """The newest message of a person; who answers says that they have seen it."""


def timeline(page: TicketPage, *, query: str) -> Timeline:
    """Return the entries of a page in order of time, with a line wherever a day begins."""
    words = formats()
    threads = {thread.id: thread for thread in page.threads}
    happened: list[tuple[datetime, Said | Happened]] = [
        *((message.sent_at, message) for message in page.messages),
        *((event.at, event) for event in page.events),
    ]
    happened.sort(key=lambda pair: pair[0])
    older = f"/tickets/{page.head.number}/timeline{query}&before={page.older}" if page.older else ""
    last_id = max((message.id for message in page.messages if message.message_class != "auto"), default=0)
    return Timeline(entries=list(_told(happened, threads, page, words)), older_url=older, last_id=last_id)


def _told(
    happened: list[tuple[datetime, Said | Happened]], threads: dict[int, Thread], page: TicketPage, words: Formats
) -> Iterator[Entry]:
    day = None
    for at, one in happened:
        if isinstance(one, Said):
            entry = _message(one, threads[one.conversation_id], page, words)
        elif one.note is not None:
            entry = _note(one, words)
        else:
            entry = _event(one, tell_event(one, page), words)
        on = words.day_of(at)
        if on != day:
            entry.day = words.day_line(on)
        day = on
        yield entry


def _message(message: Said, thread: Thread, page: TicketPage, words: Formats) -> Entry:
    look = look_of(thread.channel_kind)
    is_out = message.direction == "out"
    who = message.author_name or (thread.channel_name if is_out else message.author_address)
    is_new_subject = _bare(message.subject) != _bare(page.head.subject)
    return Entry(
        kind="message",
        id=message.id,
        at=message.sent_at.isoformat(),
        at_full=words.full(message.sent_at),
        time=words.of_day(message.sent_at),
        label=_("%(channel)s von %(who)s, %(when)s", channel=look.name, who=who, when=words.when(message.sent_at)),
        icon=look.icon,
        shape=look.shape,
        channel=look.name,
        who=who,
        where=_where(message, thread, look.name),
        subject=message.subject if is_new_subject else "",
        text=message.text,
        look=_look(message),
        quote_url=f"/messages/{message.id}/quote" if message.has_quote else "",
        html_url=f"/messages/{message.id}/html" if message.has_html else "",
        files=[
            File(url=f"/attachments/{file.id}", name=file.name, size=size(file.size), icon=_icon(file.type))
            for file in page.files.get(message.id, ())
        ],
        delivery=_delivery(message) if is_out else None,
        is_folded=is_out and message.is_automatic,
    )


def _bare(subject: str) -> str:
    """Return a subject without its reply prefixes, to compare."""
    words = subject.strip().casefold()
    while words[:3] in {"re:", "aw:", "wg:", "fw:"}:
        words = words[3:].strip()
    return words.partition(" [#")[0]


def _icon(type_: str) -> str:
    return "image" if type_.startswith("image/") else "file"


def _look(message: Said) -> str:
    if message.is_automatic or message.is_bounce:
        return f"{message.direction.value} automatic"
    return f"{message.direction.value} trouble" if message.state in {"failed", "unsure"} else message.direction.value


def _where(message: Said, thread: Thread, channel: str) -> str:
    if message.is_bounce:
        return _("Meldung über eine Rücksendung")
    if message.is_automatic:
        return _("automatische Empfangsbestätigung") if message.direction == "out" else _("automatische Nachricht")
    to = thread.identity_value if message.direction == "out" else thread.channel_address
    return _("%(channel)s an %(to)s", channel=channel, to=to)


def _delivery(message: Said) -> Delivery:
    """Return the state of an answer in words; nothing is called sent before the provider has accepted it."""
    url = f"/messages/{message.id}"
    if message.state in {"queued", "sending"}:
        return Delivery(state="under-way", icon="clock", words=_("wird gesendet"))
    if message.state == "sent":
        return Delivery(state="sent", icon="check", words=_("gesendet"))
    if message.state == "unsure":
        words = _("Unsicher, ob gesendet. Bitte nachsehen, bevor Sie es noch einmal senden.")
        return Delivery(
            state="unsure", icon="alert", words=words, retry_url=f"{url}/retry", settle_url=f"{url}/confirmation"
        )
    words = _("Nicht gesendet: %(reason)s", reason=message.fault_words or message.fault or _("Grund unbekannt"))
    return Delivery(state="failed", icon="alert", words=words, retry_url=f"{url}/retry")


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
    )
