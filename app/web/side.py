"""Beside a ticket: who the customer is, their threads and their other matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote

from app.finders.ticket import Address, Thread, TicketPage
from app.web.formats import formats, initials
from app.web.kinds import look_of, voice_of
from app.web.ways import shown_address
from app.web.words import _
from channels.numbers import shown

NAMELESS = {"messenger", "facebook", "instagram"}
"""Kinds whose addresses are figures that mean nothing to people."""


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
    title: str = ""
    url: str = ""
    """The person's own page on the platform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideTicket:
    url: str
    number: int
    subject: str
    at: str
    at_full: str
    when: str
    is_open: bool


class SideTag(NamedTuple):
    """A tag with the list of what else carries it."""

    name: str
    url: str


class SideTeam(NamedTuple):
    """A team that works on the matter; without an id it holds the ball."""

    id: int
    name: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    name: str
    initials: str
    since: str
    person_url: str
    addresses: list[SideAddress] = field(default_factory=list)
    threads: list[SideThread] = field(default_factory=list)
    others: list[SideTicket] = field(default_factory=list)
    tags: list[SideTag] = field(default_factory=list)
    teams: list[SideTeam] = field(default_factory=list)


def side_words(page: TicketPage, *, query: str) -> Side:
    head, words = page.head, formats()
    return Side(
        name=head.customer_name,
        initials=initials(head.customer_name),
        person_url=f"/customers/{head.customer_id}",
        since=_("bekannt seit %(when)s", when=words.full(head.customer_since).split(",")[1].strip()),
        addresses=[_address(address, page.threads) for address in page.addresses],
        threads=[_thread(thread, home=head.number) for thread in page.threads],
        others=side_tickets(page, query=query),
        tags=[_tag(name) for name in sorted((head.tags or "").split(",")) if name],
        teams=_teams(page),
    )


def _teams(page: TicketPage) -> list[SideTeam]:
    because = {
        "joined": _("durch ein verbundenes Anliegen"),
        "handed_over": _("hat übergeben"),
        "answered": _("hat geantwortet oder etwas notiert"),
        "asked": _("wurde beteiligt"),
    }
    beside = [
        SideTeam(one.team_id, one.name, f"{because.get(one.because, '')}, {formats().when(one.since)}")
        for one in page.taking_part
    ]
    return [SideTeam(0, page.head.team_name or _("kein Team")), *beside]


def _tag(name: str) -> SideTag:
    """Return a tag with its list; one with a slash has no address of its own and is looked for."""
    return SideTag(name, f"/search?q=%23{quote(name, safe='')}" if "/" in name else f"/inbox/tag-{quote(name)}")


def _thread(thread: Thread, *, home: int) -> SideThread:
    look = voice_of(thread.channel_kind, is_public=thread.is_public)
    channel = _("%(channel)s öffentlich", channel=look.name) if thread.is_public else look.name
    return SideThread(
        id=thread.id,
        icon=look.icon,
        channel=channel,
        subject=thread.subject or (channel if look.is_round else shown_address(thread)),
        home=thread.home_ticket_id,
        is_guest=thread.home_ticket_id != home,
    )


def _address(address: Address, threads: Sequence[Thread]) -> SideAddress:
    """Return an identity the way people know it; where the platform shows people, with the way to their page."""
    look, value, url = look_of(address.kind), address.value, ""
    if address.kind == "x":
        username = _username(address, threads)
        value = f"@{username}" if username else address.name or address.value
        url = (
            f"https://x.com/{quote(username)}" if username else f"https://x.com/i/user/{quote(address.value, safe='')}"
        )
    elif address.kind == "phone":
        value = shown(address.value)
    elif value.startswith("unknown:"):
        value = address.name or _("Unbekannt")
    elif address.kind in NAMELESS:
        value = address.name or value
    return SideAddress(
        icon=look.icon,
        channel=look.name,
        value=value,
        title=f"{look.name}: {address.value}",
        words=_("bestätigt") if address.is_verified else "",
        url="" if address.value.startswith("unknown:") else url,
    )


def _username(address: Address, threads: Sequence[Thread]) -> str:
    """Return the name behind the @, where one of the threads brought it along."""
    for thread in threads:
        name = thread.details.get("username")
        if (thread.identity_kind, thread.identity_value) == (address.kind, address.value) and isinstance(name, str):
            return name
    return ""


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
