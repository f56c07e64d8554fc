"""A ticket's head, composer and side panel as words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.finders.ticket import Head, Thread, TicketPage
from app.web.door import person
from app.web.formats import Badge, formats, initials
from app.web.kinds import look_of
from app.web.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One field of the strip above the timeline: a deadline, or a plain value."""

    name: str
    icon: str
    value: str = ""
    detail: str = ""
    state: str = ""
    badge: Badge | None = None
    due: str = ""
    soon: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketWords:
    number: int
    asked_number: int
    subject: str
    url: str
    urls: Mapping[str, str]
    summary: str
    is_many: bool
    urgent: str
    is_closed: bool
    is_mine: bool
    assignment: Mapping[str, int]
    facts: list[Fact]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    id: int
    name: str
    icon: str
    to: str
    is_current: bool


@dataclass(slots=True, kw_only=True)
class Form:
    """A form of the composer: what it keeps when it was refused, and why."""

    conversation: int = 0
    to: str = ""
    name: str = ""
    effect: str = ""
    text: str = ""
    error: str = ""
    is_hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    id: str
    tabs: list[Tab]
    reply: Form
    note: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class SideThread:
    id: int
    icon: str
    channel: str
    subject: str
    home: int
    is_guest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SideAddress:
    icon: str
    channel: str
    value: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SideTicket:
    url: str
    number: int
    subject: str
    at: str
    at_full: str
    when: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    name: str
    initials: str
    since: str
    addresses: list[SideAddress] = field(default_factory=list)
    threads: list[SideThread] = field(default_factory=list)
    others: list[SideTicket] = field(default_factory=list)


ACTS = ("resolution", "reopening", "assignment", "join", "parts", "replies", "notes")


def ticket_words(page: TicketPage, *, asked_number: int, query: str) -> TicketWords:
    head = page.head
    base = f"/tickets/{head.number}"
    channels = len({thread.channel_kind for thread in page.threads})
    summary = [look_of(page.threads[0].channel_kind).name] if channels == 1 else [_("%(n)s Kanäle", n=channels)]
    if head.team_name:
        summary.append(head.team_name)
    return TicketWords(
        number=head.number,
        asked_number=asked_number,
        subject=head.subject or _("Ohne Betreff"),
        url=f"{base}{query}",
        urls={act: f"{base}/{act}{query}" for act in ACTS},
        summary=" · ".join(summary),
        is_many=channels > 1,
        urgent=_("dringend") if head.priority == "urgent" else "",
        is_closed=head.closed_at is not None,
        is_mine=head.assignee_id == person().id,
        assignment=assignment_of(head),
        facts=[_clock(page), _owner(head), _standing(head)],
    )


def assignment_of(head: Head) -> dict[str, int]:
    """Return who has the ticket, as the assignment form sends it; what undoing an assignment sends back."""
    return {"assignee": head.assignee_id or 0, "team": head.team_id or 0}


def _clock(page: TicketPage) -> Fact:
    """Return the most urgent clock of the ticket, or why none runs."""
    head, words = page.head, formats()
    if head.due_at is None or head.closed_at:
        if head.closed_at:
            badge = Badge("met", "sla-met", _("erledigt"), 100)
            return Fact(name=_("Frist"), icon="clock", badge=badge, detail=words.when(head.closed_at), state="met")
        badge = Badge("rest", "sla-rest", _("ruht"), 0)
        return Fact(name=_("Frist"), icon="clock", badge=badge, detail=_("wartet auf Kundschaft"), state="rest")
    owed = next((t for t in page.threads if t.owed_due_at == head.due_at), page.threads[-1])
    look = look_of(owed.channel_kind)
    which = _("Nächste Antwort auf %(channel)s") if owed.owed_kind == "next" else _("Erste Antwort auf %(channel)s")
    badge = words.badge(head.due_at, head.soon_at, head.oldest_unanswered_at, tight=False)
    when = words.when(head.due_at)
    was_due, is_due = _("fällig war %(when)s", when=when), _("fällig %(when)s", when=when)
    return Fact(
        name=which % {"channel": look.name},
        icon=look.icon,
        badge=badge,
        detail=was_due if badge.state == "late" else is_due,
        state=badge.state,
        due=head.due_at.isoformat(),
        soon=head.soon_at.isoformat() if head.soon_at else "",
        since=head.oldest_unanswered_at.isoformat() if head.oldest_unanswered_at else "",
    )


def _owner(head: Head) -> Fact:
    team = head.team_name or _("kein Team")
    return Fact(name=_("Zuständig"), icon="person", value=head.assignee_name or _("Nicht zugewiesen"), detail=team)


def _standing(head: Head) -> Fact:
    words = formats()
    states = {"open": _("Offen"), "waiting": _("Wartet auf Kundschaft"), "resolved": _("Erledigt")}
    return Fact(
        name=_("Stand"),
        icon="next",
        value=states.get(head.state.value, head.state.value),
        detail=_("eingegangen %(when)s", when=words.when(head.created_at)),
    )


def composer_words(page: TicketPage) -> Composer:
    """Return the tabs, the thread that was written on last first chosen."""
    last = page.messages[-1].conversation_id if page.messages else 0
    current = next((t for t in page.threads if t.id == last), page.threads[-1] if page.threads else None)
    names = [look_of(thread.channel_kind).name for thread in page.threads]
    tabs = [
        Tab(
            id=thread.id,
            name=_tab_name(thread, name, page.threads),
            icon=look_of(thread.channel_kind).icon,
            to=thread.identity_value,
            is_current=thread is current,
        )
        for thread, name in zip(page.threads, names, strict=True)
    ]
    reply = Form(is_hidden=current is None)
    if current:
        reply = Form(
            conversation=current.id,
            to=current.identity_value,
            name=current.identity_name or page.head.customer_name,
            effect=_effect(page),
        )
    ids = "-".join(str(thread.id) for thread in page.threads)
    return Composer(
        id=f"composer-{page.head.number}-{ids}", tabs=tabs, reply=reply, note=Form(is_hidden=current is not None)
    )


def _tab_name(thread: Thread, name: str, threads: Sequence[Thread]) -> str:
    """Return the channel, and what tells it apart where a ticket has several threads on it."""
    if thread.is_public:
        return _("%(channel)s öffentlich", channel=name)
    others = [other for other in threads if other.channel_kind == thread.channel_kind and other is not thread]
    if not others:
        return name
    is_same_address = any(other.identity_value == thread.identity_value for other in others)
    return f"{name} · {thread.subject if is_same_address and thread.subject else thread.identity_value}"


def _effect(page: TicketPage) -> str:
    """Say what an answer does to the clock."""
    due_at = page.head.due_at
    if due_at is None or page.head.closed_at:
        return ""
    words = formats()
    if due_at <= words.now:
        return _("beendet die überfällige Frist")
    return _("beendet die Frist bis %(when)s", when=words.when(due_at))


def side_words(page: TicketPage, *, query: str) -> Side:
    head, words = page.head, formats()
    return Side(
        name=head.customer_name,
        initials=initials(head.customer_name),
        since=_("bekannt seit %(when)s", when=words.full(head.customer_since).split(",")[1].strip()),
        addresses=[
            SideAddress(
                icon=look_of(address.kind).icon,
                channel=look_of(address.kind).name,
                value=address.value,
                words=_("bestätigt") if address.is_verified else "",
            )
            for address in page.addresses
        ],
        threads=[
            SideThread(
                id=thread.id,
                icon=look_of(thread.channel_kind).icon,
                channel=look_of(thread.channel_kind).name,
                subject=thread.subject or thread.identity_value,
                home=thread.home_ticket_id,
                is_guest=thread.home_ticket_id != head.number,
            )
            for thread in page.threads
        ],
        others=side_tickets(page, query=query),
    )


def side_tickets(page: TicketPage, *, query: str) -> list[SideTicket]:
    words = formats()
    return [
        SideTicket(
            url=f"/tickets/{other.number}{query}",
            number=other.number,
            subject=other.subject or _("Ohne Betreff"),
            at=other.at.isoformat(),
            at_full=words.full(other.at),
            when=words.time(other.at),
            is_open=other.is_open,
        )
        for other in page.others
    ]
