"""One message as words, whichever channel it came in on."""

from __future__ import annotations

from functools import cache
from math import ceil

from app.finders.ticket import Said, Thread, TicketPage
from app.web.door import person
from app.web.entry import Delivery, Entry, Mark
from app.web.formats import Formats
from app.web.kinds import voice_of
from app.web.marks import above, file, is_hidden, marks, rating_words, signs, stars
from app.web.phoned import call_mark, call_where
from app.web.words import _
from channels.numbers import shown
from channels.speaking import can_moderate


def message_entry(message: Said, thread: Thread, page: TicketPage, words: Formats) -> Entry:
    """Return a message with everything that hangs on it."""
    look = voice_of(thread.channel_kind, is_public=message.is_public)
    is_out = message.direction == "out"
    who = _who(message, thread)
    is_new_subject = _bare(message.subject) != _bare(page.head.subject)
    entry = Entry(
        kind="message",
        id=message.id,
        at=message.sent_at.isoformat(),
        at_full=words.full(message.sent_at),
        time=words.of_day(message.sent_at),
        label="",
        icon=look.icon,
        shape=look.shape,
        channel=look.name,
        who=who,
        where=_where(message, thread, look.name),
        subject=message.subject if is_new_subject and thread.channel_kind == "email" else "",
        text=message.text,
        look=_look(message),
        quote_url=f"/messages/{message.id}/quote" if message.has_quote else "",
        html_url=f"/messages/{message.id}/html" if message.has_html else "",
        files=[file(each) for each in page.files.get(message.id, ())],
        delivery=_delivery(message, page) if is_out and not message.is_elsewhere and message.kind != "call" else None,
        is_folded=is_out and message.is_automatic,
        marks=marks(message, thread),
    )
    if message.message_class == "holding":
        entry.marks.insert(0, Mark(words=_("Zwischenbescheid"), icon="hand", look="holding"))
    if thread.channel_kind != "email":
        _complete(entry, message, thread, page, words)
    if _can_split(message, page):
        entry.split_url = f"/messages/{message.id}/split"
    entry.label = _label(entry, message, words)
    return entry


def _can_split(message: Said, page: TicketPage) -> bool:
    """Say whether a message of the customer may be taken out: another one has to stay in its conversation."""
    theirs = [each.id for each in page.messages if _is_theirs(each) and each.conversation_id == message.conversation_id]
    return _is_theirs(message) and len(theirs) > 1


def _is_theirs(message: Said) -> bool:
    return message.direction == "in" and message.message_class == "contact" and message.kind != "call"


def _complete(entry: Entry, message: Said, thread: Thread, page: TicketPage, words: Formats) -> None:
    """Add what only other voices than mail have."""
    entry.above = above(message, thread, words)
    entry.signs = signs(page.reactions.get(message.id, []))
    entry.bold, entry.stars = stars(message), rating_words(message)
    if message.edited_at:
        entry.edited = _("bearbeitet %(when)s", when=words.when(message.edited_at))
        entry.revisions_url = f"/messages/{message.id}/revisions"
    if message.kind == "postback":
        entry.text = _("Hat die Schaltfläche „%(text)s“ gedrückt.", text=message.text)
    if message.kind == "unknown":
        entry.marks.append(Mark(words=_("unbekannte Art"), icon="alert"))
        entry.text = message.text or _("Eine Nachricht, deren Art wir nicht kennen. Die Rohdaten sind aufbewahrt.")
    call = page.calls.get(message.id)
    if call:
        entry.where = call_where(call, words)
        entry.marks = [call_mark(call), *entry.marks]
        if not message.details.get("noted"):
            entry.text = ""
    if message.removed_at:
        _take_back(entry, message, words)
    elif message.is_public and message.kind == "comment" and message.direction == "in":
        _offer_hiding(entry, message, thread)


def _take_back(entry: Entry, message: Said, words: Formats) -> None:
    """Show a stone instead of the text; what it said is fetched only on request."""
    when = words.when(message.removed_at) if message.removed_at else ""
    by_them = _("Von der Verfasserin oder vom Verfasser entfernt, %(when)s", when=when)
    by_us = _("Von uns entfernt, %(when)s", when=when)
    entry.removed = by_us if message.direction == "out" else by_them
    entry.removed_url = f"/messages/{message.id}/removed"
    entry.text, entry.files, entry.quote_url, entry.html_url = "", [], "", ""
    entry.edited = entry.revisions_url = ""


@cache
def _can_hide(kind: str) -> bool:
    return can_moderate(kind)


def _offer_hiding(entry: Entry, message: Said, thread: Thread) -> None:
    if not _can_hide(thread.channel_kind):
        return
    if is_hidden(message):
        entry.show_url = f"/messages/{message.id}/showing"
    else:
        entry.hide_url = f"/messages/{message.id}/hiding"


def _who(message: Said, thread: Thread) -> str:
    if message.direction == "out":
        return message.author_name or thread.channel_name
    known = message.author_name or thread.identity_name or _address(message.author_address or thread.identity_value)
    if known.startswith("+") and thread.channel_kind == "phone":
        return shown(known)
    return known or _("Unbekannt")


def _address(value: str) -> str:
    """Return an address as people read it; a stand-in for somebody the platform does not name is none."""
    return "" if value.startswith("unknown:") else value


def _label(entry: Entry, message: Said, words: Formats) -> str:
    """Name the entry for those who step from one to the next: what it is, by whom, when."""
    first = entry.marks[0].words if entry.marks else entry.channel
    what = f"{entry.channel}, {first}" if entry.marks else first
    return _("%(channel)s von %(who)s, %(when)s", channel=what, who=entry.who, when=words.when(message.sent_at))


def _bare(subject: str) -> str:
    """Return a subject without its reply prefixes, to compare."""
    words = subject.strip().casefold()
    while words[:3] in {"re:", "aw:", "wg:", "fw:"}:
        words = words[3:].strip()
    return words.partition(" [#")[0]


def _look(message: Said) -> str:
    look = message.direction.value
    if message.is_automatic or message.is_bounce:
        look += " automatic"
    elif message.state in {"failed", "unsure"}:
        look += " trouble"
    if message.is_public:
        look += " public"
    return f"{look} removed" if message.removed_at else look


def _where(message: Said, thread: Thread, channel: str) -> str:
    if message.is_bounce:
        return _("Meldung über eine Rücksendung")
    if message.is_automatic:
        return _("automatische Empfangsbestätigung") if message.direction == "out" else _("automatische Nachricht")
    if thread.channel_kind == "email":
        to = thread.identity_value if message.direction == "out" else thread.channel_address
    elif message.direction == "out":
        to = thread.identity_name or thread.identity_value
    else:
        username = message.details.get("username")
        return f"@{username} · {channel}" if username else channel
    return _("%(channel)s an %(to)s", channel=channel, to=to)


_PROGRESS = {"delivered": "checks", "read": "eye"}


def _delivery(message: Said, page: TicketPage) -> Delivery:
    """Return the state of an answer in words; nothing is called sent before the provider has accepted it."""
    url = f"/messages/{message.id}"
    if message.id in page.leaving:
        within = page.leaving[message.id]
        is_own = message.author_id == person().id
        words = _("geht in %(seconds)s Sek. hinaus", seconds=ceil(within))
        recall_url = f"{url}/recall" if is_own else ""
        return Delivery(state="under-way", icon="clock", words=words, recall_url=recall_url, leaves_within=within)
    if message.state in {"queued", "sending"}:
        words = _("wird gesendet")
        if message.fault_words:
            words = _("wartet: %(reason)s", reason=message.fault_words)
        return Delivery(state="under-way", icon="clock", words=words)
    if message.state == "sent":
        words = {"delivered": _("zugestellt"), "read": _("gelesen")}.get(message.progress, _("gesendet"))
        return Delivery(state="sent", icon=_PROGRESS.get(message.progress, "check"), words=words)
    if message.state == "unsure":
        words = _("Unsicher, ob gesendet. Bitte nachsehen, bevor Sie es noch einmal senden.")
        return Delivery(
            state="unsure", icon="alert", words=words, retry_url=f"{url}/retry", settle_url=f"{url}/confirmation"
        )
    words = _("Nicht gesendet: %(reason)s", reason=message.fault_words or message.fault or _("Grund unbekannt"))
    return Delivery(state="failed", icon="alert", words=words, retry_url=f"{url}/retry")
