"""Releases in words: what waits, by whom, since when, and what one may do about it; and the events they leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.finders import releases
from app.finders.drafts import Kept
from app.finders.releases import Waiting
from app.finders.ticket import Happened, TicketPage
from app.web.door import person
from app.web.entry import File
from app.web.event_words import EventWords, by
from app.web.formats import formats, size
from app.web.kinds import voice_of
from app.web.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One answer that waits to be let go."""

    id: int
    number: int
    subject: str
    customer: str
    icon: str
    channel: str
    text: str
    files: list[File]
    asker: str
    asked: str
    due: str
    can_release: bool
    can_withdraw: bool


def line(waiting: Waiting) -> Line:
    words, look = formats(), voice_of(waiting.channel_kind, is_public=True)
    return Line(
        id=waiting.id,
        number=waiting.number,
        subject=waiting.subject,
        customer=waiting.customer,
        icon=look.icon,
        channel=look.name,
        text=waiting.text,
        files=[_file(each) for each in waiting.files],
        asker=waiting.asker,
        asked=words.when(waiting.at),
        due=_("Frist %(when)s", when=words.when(waiting.due_at)) if waiting.due_at else "",
        can_release=person().can_publish,
        can_withdraw=waiting.asker_id == person().id,
    )


def _file(kept: Kept) -> File:
    icon = "image" if kept.type.startswith("image/") else "file"
    return File(name=kept.name, icon=icon, url=f"/draft-files/{kept.id}", words=size(kept.size))


def waiting_lines(page: TicketPage) -> list[Line]:
    """Return what waits on a ticket; asked for only where something public could."""
    is_told = page.older or any(event.kind == "release_asked" for event in page.events)
    if not is_told or not any(thread.is_public for thread in page.threads):
        return []
    return [line(each) for each in releases.on_ticket(page.head.number)]


def _asked(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Zur Freigabe gegeben"), text=by(event), icon="lock")


def _released(event: Happened, _page: TicketPage) -> EventWords:
    text = _("%(name)s hat die Antwort von %(asker)s freigegeben.", name=event.actor_name, asker=_asker(event))
    return EventWords(bold=_("Freigegeben:"), text=text, icon="check")


def _declined(event: Happened, _page: TicketPage) -> EventWords:
    text = _(
        "%(name)s hat die Antwort von %(asker)s zurückgegeben: „%(reason)s“",
        name=event.actor_name,
        asker=_asker(event),
        reason=event.details.get("reason", ""),
    )
    return EventWords(bold=_("Nicht freigegeben:"), text=text, icon="lock")


def _withdrawn(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Bitte um Freigabe zurückgenommen"), text=by(event), icon="swap")


def _asker(event: Happened) -> object:
    return event.details.get("asker", "")


TELLERS: dict[str, Callable[[Happened, TicketPage], EventWords]] = {
    "release_asked": _asked,
    "released": _released,
    "release_declined": _declined,
    "release_withdrawn": _withdrawn,
}
