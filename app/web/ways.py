"""The ways an answer can go: on which thread, in public or in private, until when, how long, at what cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.finders.capability import account_of, exchange_of
from app.finders.ticket import Said, Thread
from app.web.door import person
from app.web.formats import Formats, formats
from app.web.kinds import look_of, voice_of
from app.web.marks import web_address
from app.web.windows import Window, window
from app.web.words import _
from channels.contract import Capability
from channels.numbers import shown
from channels.speaking import capability_of

COUNTED_BELOW = 20_000
"""A text that may be longer than this is not counted while it is typed."""
FIRST = "first-message"
"""The id of the button that begins a message another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another way to the same person: a tab of the composer, or an address to open."""

    words: str
    icon: str
    tab: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """A further way that the same answer may go: `c<conversation>`, or `n<channel>:<address>` for one that begins."""

    value: str
    words: str


@dataclass(slots=True, kw_only=True)
class Way:
    id: str
    conversation: int
    is_public: bool
    name: str
    icon: str
    to: str
    label: str
    can: bool
    reason: str
    button: str
    finish: str
    most: int
    unit: str
    most_files: int
    file_types: Mapping[str, int] = field(default_factory=dict)
    """The types of files that go along, each with the most bytes; empty: all."""
    file_words: str = ""
    cost: str = ""
    remark: str = ""
    """What to know besides: the channel is in trouble and the answer waits."""
    window: Window | None = None
    open_url: str = ""
    open_words: str = ""
    others: list[Other] = field(default_factory=list)
    channel: int = 0
    needs_release: bool = False
    """A public one for somebody who may not publish: somebody else lets the answer go."""
    private_id: str = ""
    """Of a public one: the way by which its author can be answered in private."""
    unprivate: str = ""
    """Why there is none."""
    line: str = ""
    """How a private answer to a public contact may begin."""
    public_line: str = ""
    """What may be said in public once it has arrived."""
    opens: str = ""
    """Channel and address of a conversation that begins with the answer."""
    also: list[Also] = field(default_factory=list)
    also_reason: str = ""
    """Why another thread of the ticket may not carry the same answer."""
    is_current: bool = False


def ways(threads: Sequence[Thread], messages: Sequence[Said]) -> list[Way]:
    """Return every way to answer on a ticket, possible or not, each with what can be done instead."""
    found = [way for thread in threads for way in _of_thread(thread, threads, messages)]
    for way in found:
        way.others = list(_others(way, found))
        if way.is_public:
            _lead_out(way, found)
    return found


def _lead_out(way: Way, found: Sequence[Way]) -> None:
    """Say of a public way which private one leads out of it, or why none does."""
    private = [each for each in found if not each.is_public and each.channel == way.channel]
    own = [each for each in private if each.conversation == way.conversation]
    chosen = [each for each in (*own, *private) if each.can][:1]
    if chosen:
        way.private_id = chosen[0].id
        return
    shut = next((each.reason for each in own or private if each.reason), "")
    way.unprivate = shut or _("Diese Plattform bietet hier keinen privaten Weg.")


def _of_thread(thread: Thread, threads: Sequence[Thread], messages: Sequence[Said]) -> Iterator[Way]:
    """Yield the thread's own way, and for a public one the private way that leads out of it.

    Once that has been gone, the private thread it led to has a way of its own.
    """
    capability = capability_of(account_of(thread), exchange_of(thread), now=formats().now)
    to = _author(thread, messages) if thread.is_public else _whom(thread)
    yield _way(thread, threads, capability, to=to, is_public=thread.is_public)
    if not thread.is_public:
        return
    capability = _in_private(thread, messages)
    own = [each for each in threads if each.channel_id == thread.channel_id and not is_group(each)]
    goes_on = any(not each.is_public for each in own)
    if capability.can_private or (capability.private_ways_used and not goes_on):
        yield _way(thread, threads, capability, to=_whom(thread), is_public=False)


def _author(thread: Thread, messages: Sequence[Said]) -> str:
    """Return who wrote what a public answer goes to: below a comment others write, too."""
    return next((each.author_name for each in messages if each.external_id == thread.newest_id), "") or _whom(thread)


def _in_private(thread: Thread, messages: Sequence[Said]) -> Capability:
    """Return whether the author of a public thread can be answered in private: on the newest they wrote themselves."""
    exchange, now = exchange_of(thread), formats().now
    theirs = [
        each
        for each in messages
        if each.conversation_id == thread.id and each.direction == "in" and each.author_address == thread.identity_value
    ]
    if not theirs:
        return capability_of(account_of(thread), exchange, is_public=False, now=now)
    newest = max(theirs, key=lambda each: (each.sent_at, each.id))
    details = {**thread.details, **newest.details}
    exchange = replace(exchange, newest_id=newest.external_id, heard_at=newest.sent_at, details=details)
    capability = capability_of(account_of(thread), exchange, is_public=False, now=now)
    is_spent = any(
        each.answers_id == newest.id and not each.is_public and each.state != "failed"
        for each in messages
        if each.direction == "out"
    )
    if capability.is_private_once and is_spent:
        return replace(capability, can_private=False, private_ways_used=True)
    return capability


def _way(thread: Thread, threads: Sequence[Thread], capability: Capability, *, to: str, is_public: bool) -> Way:
    words, can = formats(), capability.can_public if is_public else capability.can_private
    look = voice_of(thread.channel_kind, is_public=is_public)
    is_second = thread.is_public and not is_public
    needs_release = is_public and not person().can_publish
    button = _("Zur Freigabe") if needs_release else _button(thread, is_public=is_public)
    hint = _(capability.reason) if capability.reason and is_group(thread) else ""
    return Way(
        id=f"{thread.id}-private" if is_second else str(thread.id),
        conversation=thread.id,
        is_public=is_public,
        name=_name(thread, look.name, threads, is_public=is_public),
        icon=look.icon,
        to=to,
        label=_("Antwort an %(name)s", name=to),
        can=can,
        reason="" if can else _reason(thread, capability, words, is_public=is_public),
        button=button,
        finish=_("%(send)s & erledigen", send=button),
        most=capability.max_length,
        unit=capability.length_unit if capability.max_length < COUNTED_BELOW else "",
        most_files=capability.max_attachments,
        file_types=capability.file_types,
        file_words=_(capability.file_words) if capability.file_words else "",
        cost=_cost(capability) if can else "",
        remark=(_remark(thread) or hint) if can else "",
        window=None if is_public else window(capability, words),
        open_url=web_address(capability.open_url),
        open_words=_("Auf %(channel)s öffnen", channel=voice_of(thread.channel_kind, is_public=thread.is_public).name),
        channel=thread.channel_id,
        needs_release=needs_release,
        line=first_line() if is_second else "",
        public_line=told_line() if is_second and can and capability.can_public and person().can_publish else "",
    )


def first_line() -> str:
    """Return how a private answer to a public contact may begin."""
    return _(
        "Guten Tag, Sie haben uns öffentlich geschrieben. Hier antworten wir Ihnen privat, damit Ihre Angaben unter "
        "uns bleiben. "
    )


def told_line() -> str:
    """Return what everybody may read of a private answer."""
    return _("Wir haben Ihnen privat geschrieben.")


def shown_address(thread: Thread) -> str:
    """Return whom we answer to by address, the way people write it."""
    return shown(thread.identity_value) if thread.identity_kind == "phone" else thread.identity_value


def is_group(thread: Thread) -> bool:
    """Say whether several people read what is written here, although it is not public."""
    return thread.details.get("is_group") is True


def _whom(thread: Thread) -> str:
    if is_group(thread):
        return _("alle in der Gruppe")
    if thread.channel_kind == "email":
        return thread.identity_value
    return thread.identity_name or str(thread.details.get("username") or "") or shown_address(thread)


def _button(thread: Thread, *, is_public: bool) -> str:
    if is_public:
        return _("Öffentlich antworten")
    if is_group(thread):
        return _("An die Gruppe senden")
    return _("Privat antworten") if look_of(thread.channel_kind).is_round else _("Senden")


def _name(thread: Thread, name: str, threads: Sequence[Thread], *, is_public: bool) -> str:
    """Return the channel, and what tells it apart where a ticket has several threads on it."""
    if is_public:
        name = _("%(channel)s öffentlich", channel=name)
    elif is_group(thread):
        name = _("%(channel)s-Gruppe", channel=name)
    elif thread.channel_kind == "x":
        name = _("%(channel)s direkt", channel=name)
    elif thread.is_public:
        name = _("%(channel)s privat", channel=name)
    others = [
        other
        for other in threads
        if other is not thread and (other.channel_kind, other.is_public) == (thread.channel_kind, thread.is_public)
    ]
    if not others:
        return name
    is_same_address = any(other.identity_value == thread.identity_value for other in others)
    return f"{name} · {thread.subject if is_same_address and thread.subject else _whom(thread)}"


def _reason(thread: Thread, capability: Capability, words: Formats, *, is_public: bool) -> str:
    """Say why no answer is possible on this way; the connector knows best."""
    if thread.identity_kind == "phone" and thread.identity_value.startswith("+"):
        return _("Rufen Sie an: %(number)s.", number=shown_address(thread))
    if not is_public and capability.private_ways_used:
        return _("Die eine private Antwort, die dieser Beitrag erlaubt, ist schon geschickt.")
    if capability.reason:
        return _(capability.reason)
    until = capability.human_only_until or capability.window_closes_at
    if not is_public and until is not None and until <= words.now:
        return _("Das Antwortfenster ist geschlossen. Es öffnet sich, sobald wieder jemand von dort schreibt.")
    return _("Auf diesem Weg ist keine Antwort möglich.")


def _cost(capability: Capability) -> str:
    if capability.cost and capability.cost_with_link:
        return _("Kostet %(cost)s, mit Link %(link)s", cost=capability.cost, link=capability.cost_with_link)
    return _("Kostet %(cost)s", cost=capability.cost) if capability.cost else ""


def _remark(thread: Thread) -> str:
    if thread.is_paused:
        return _("Der Kanal „%(name)s“ ruht: Ihre Antwort wartet, bis er fortgesetzt wird.", name=thread.channel_name)
    if thread.channel_problem:
        return _("Der Kanal „%(name)s“ ist gestört: Ihre Antwort wartet, bis er wieder geht.", name=thread.channel_name)
    return ""


def _others(way: Way, found: Sequence[Way]) -> Iterator[Other]:
    """Yield what can be done instead of a way that is closed."""
    if way.can:
        return
    if way.open_url:
        yield Other(words=way.open_words, icon="out", url=way.open_url)
    for other in found:
        if other is not way and other.can:
            yield Other(words=other.name, icon=other.icon, tab=f"tab-{other.id}")
    yield Other(words=_("Neue Nachricht"), icon="pen", tab=FIRST)


def first_chosen(found: list[Way], *, conversation: int, is_public: bool | None, said_in: Sequence[int]) -> Way | None:
    """Mark the way that the composer shows first: the one named, or the thread that was written on last, as it was.

    Where that one is shut the newest that is open takes its place, but never a public one that of a private one.
    `said_in`: the threads of the messages, the newest last.
    """
    named = [way for way in found if way.conversation == conversation and is_public in {None, way.is_public}]
    newest = [way for id_ in reversed(said_in) for way in found if way.id == str(id_)] or found[-1:]
    open_ = [way for way in newest if way.can and (newest[0].is_public or not way.is_public)]
    for way in (named or open_ or newest)[:1]:
        way.is_current = True
        return way
    return None
