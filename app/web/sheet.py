"""A ticket's head and composer as words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.desk.draft_files import MOST_BYTES
from app.finders.clocks import OfTicket
from app.finders.ticket import Head, TicketPage
from app.web.door import person
from app.web.formats import Badge, formats
from app.web.kinds import voice_of
from app.web.ways import Way, first_chosen, ways
from app.web.wider_ways import effect_of, widen
from app.web.windows import Window
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
    why: str = ""
    """The clock that is explained; empty where nothing runs."""
    window: Window | None = None
    """The second clock: until when the platform takes an answer."""


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
    waiting: str
    """Since when the customer has been without a substantive answer; a holding reply changes nothing about it."""
    waits_for: str
    teams: str
    """Who holds the ball and who takes part beside them; empty where nobody does."""


@dataclass(slots=True, kw_only=True)
class Form:
    """A form of the composer: what it keeps when it was refused, and why."""

    text: str = ""
    error: str = ""
    is_hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    id: str
    ways: list[Way]
    current: Way | None
    effect: str
    reply: Form
    note: Form
    most_bytes: int = MOST_BYTES
    """What all files of an answer may be together."""


ACTS = (
    *("resolution", "reopening", "assignment", "join", "parts", "replies", "notes", "conversations", "call"),
    *("waiver", "waiver/undo", "weight", "disclosure"),
    *(
        "tags",
        "tags/removal",
        "teams",
        "teams/removal",
        "priority",
        "handover",
        "handover/acceptance",
        "handover/undo",
        "handover/refusal",
        "handover/withdrawal",
    ),
)


def ticket_words(page: TicketPage, found: Sequence[Way], *, asked_number: int, query: str) -> TicketWords:
    """Return the head of a ticket; the ways to answer decide whether a second clock runs."""
    head = page.head
    base = f"/tickets/{head.number}"
    voices = list({thread.channel_kind: thread for thread in page.threads}.values())
    channels = len(voices)
    summary = [_("%(n)s Kanäle", n=channels)]
    if channels == 1:
        is_public = all(thread.is_public for thread in page.threads)
        name = voice_of(voices[0].channel_kind, is_public=is_public).name
        summary = [_("%(channel)s öffentlich", channel=name) if is_public else name]
    if head.team_name and not page.taking_part:
        summary.append(head.team_name)
    return TicketWords(
        number=head.number,
        asked_number=asked_number,
        subject=head.subject or _("Ohne Betreff"),
        url=f"{base}{query}",
        urls={act.replace("/", "_"): f"{base}/{act}{query}" for act in ACTS},
        summary=" · ".join(summary),
        is_many=channels > 1,
        urgent=_("dringend") if head.priority == "urgent" else "",
        is_closed=head.closed_at is not None,
        is_mine=head.assignee_id == person().id,
        assignment=assignment_of(head),
        facts=_facts(page, found),
        waiting=_waiting(head),
        waits_for=head.waits_for,
        teams=_teams(page),
    )


def _teams(page: TicketPage) -> str:
    if not page.taking_part:
        return ""
    beside = ", ".join(team.name for team in page.taking_part)
    return _("Am Ball: %(team)s · beteiligt: %(beside)s", team=page.head.team_name or _("kein Team"), beside=beside)


def _waiting(head: Head) -> str:
    if head.oldest_unanswered_at is None or head.closed_at is not None:
        return ""
    return _("wartet seit %(when)s", when=formats().when(head.oldest_unanswered_at))


def _facts(page: TicketPage, found: Sequence[Way]) -> list[Fact]:
    """Return one row of facts, or two where clocks of the whole matter run."""
    head = page.head
    of_matter = _matter_facts(page)
    rest = [*_windows(found, head), _owner(head), _standing(head)]
    return [_clock(page), *of_matter, *rest][: 6 if of_matter else 3]


def _matter_facts(page: TicketPage) -> list[Fact]:
    """Return what runs until the matter is resolved and until its customer hears from us; nothing once it is closed."""
    if page.head.closed_at is not None:
        return []
    names = {"resolution": (_("Erledigung"), "check"), "update": (_("Nächstes Lebenszeichen"), "bell")}
    return [_matter_fact(clock, *names[clock.kind]) for clock in page.clocks]


def _matter_fact(clock: OfTicket, name: str, icon: str) -> Fact:
    words, why = formats(), f"clock:{clock.id}"
    if clock.due is None:
        badge = Badge("rest", "sla-rest", _("ruht"), 0)
        used = _("%(used)s von %(target)s", used=words.span(clock.used), target=words.span(clock.target))
        return Fact(name=name, icon=icon, badge=badge, detail=used, state="rest", why=why)
    badge = words.badge(clock.due, clock.soon, clock.at, tight=False)
    return Fact(
        name=name,
        icon=icon,
        badge=badge,
        detail=_("fällig %(when)s", when=words.when(clock.due)),
        state=badge.state,
        due=clock.due.isoformat(),
        soon=clock.soon.isoformat() if clock.soon else "",
        since=clock.at.isoformat(),
        why=why,
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
    which, icon = _owed(page)
    badge = words.badge(head.due_at, head.soon_at, head.oldest_unanswered_at, tight=False)
    when = words.when(head.due_at)
    was_due, is_due = _("fällig war %(when)s", when=when), _("fällig %(when)s", when=when)
    return Fact(
        name=which,
        icon=icon,
        badge=badge,
        detail=was_due if badge.state == "late" else is_due,
        state=badge.state,
        due=head.due_at.isoformat(),
        soon=head.soon_at.isoformat() if head.soon_at else "",
        since=head.oldest_unanswered_at.isoformat() if head.oldest_unanswered_at else "",
        why="first",
    )


def _owed(page: TicketPage) -> tuple[str, str]:
    """Return what is due first, and its glyph: the answer to a message, else what somebody has promised."""
    owed = next((t for t in page.threads if t.owed_due_at == page.head.due_at), None)
    if owed is None:
        return _("Zusage"), "hand"
    look = voice_of(owed.channel_kind, is_public=owed.is_public)
    which = _("Nächste Antwort auf %(channel)s") if owed.owed_kind == "next" else _("Erste Antwort auf %(channel)s")
    return which % {"channel": look.name}, look.icon


def _windows(found: Sequence[Way], head: Head) -> list[Fact]:
    """Return the window that closes next; one that is closed only where something is owed and no other is open."""
    own = [way for way in found if way.id == str(way.conversation) and way.window]
    open_ = [way for way in own if way.can and way.window and way.window.state != "shut"]
    shown = open_ or (own if head.due_at else [])
    if head.closed_at is not None or not shown:
        return []
    way = min(shown, key=lambda way: way.window.closes if way.window else "")
    until = way.window.until if way.window else ""
    state = "window-soon" if way.window and way.window.state in {"soon", "human"} else ""
    return [
        Fact(name=_("Antwortfenster"), icon=way.icon, window=way.window, state=state, detail=f"{way.name}, {until}")
    ]


def _owner(head: Head) -> Fact:
    team = head.team_name or _("kein Team")
    return Fact(name=_("Zuständig"), icon="person", value=head.assignee_name or _("Nicht zugewiesen"), detail=team)


def _standing(head: Head) -> Fact:
    words = formats()
    if head.waits_for and head.waits_since and head.closed_at is None:
        since = _("wartet seit %(when)s", when=words.when(head.waits_since))
        return Fact(name=_("Wartet auf"), icon="clock", value=head.waits_for, detail=since)
    states = {"open": _("Offen"), "waiting": _("Wartet auf Kundschaft"), "resolved": _("Erledigt")}
    return Fact(
        name=_("Stand"),
        icon="next",
        value=states.get(head.state.value, head.state.value),
        detail=_("eingegangen %(when)s", when=words.when(head.created_at)),
    )


def composer_words(
    page: TicketPage, *, conversation: int = 0, is_public: bool | None = None, promised: Sequence[str] = ()
) -> Composer:
    """Return the ways to answer, first chosen the one named, or else the thread that was written on last."""
    own = ways(page.threads, page.messages)
    said_in = [message.conversation_id for message in sorted(page.messages, key=lambda message: message.sent_at)]
    current = first_chosen(own, conversation=conversation, is_public=is_public, said_in=said_in)
    found = widen(own, page)
    return Composer(
        id=f"composer-{page.head.number}" if own else f"composer-{page.head.number}-bare",
        ways=found,
        current=current,
        effect=effect_of(page, promised),
        reply=Form(is_hidden=current is None),
        note=Form(is_hidden=current is not None),
    )
