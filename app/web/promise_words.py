"""Promises in words: those that run, the times one may give, and what a holding reply will do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.desk.holding import Outlook
from app.finders import promises
from app.finders.promises import Promised
from app.finders.promising import Open
from app.finders.ticket import TicketPage
from app.web.formats import Badge, formats
from app.web.kinds import voice_of
from app.web.words import _
from routing.thanks import is_mere_thanks
from sla.choices import Choice, When

SOON_FROM = 0.75
"""Share of its time after which a promise is due soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseLine:
    """One promise that somebody still has to keep, as the head of its ticket says it."""

    id: int
    until: str
    owner: str
    text: str
    badge: Badge
    due: str
    soon: str
    since: str
    url: str


def promise_lines(page: TicketPage, *, query: str) -> list[PromiseLine]:
    """Return the promises that run; asked for only where one can be."""
    is_told = page.older or any(event.kind == "promised" for event in page.events)
    if page.head.due_at is None or page.head.closed_at or not is_told:
        return []
    return [_line(each, page.head.number, query) for each in promises.owed_on(page.head.number)]


def _line(promise: Promised, number: int, query: str) -> PromiseLine:
    words = formats()
    soon_at = promise.at + (promise.due - promise.at) * SOON_FROM
    badge = words.badge(promise.due, soon_at, promise.at)
    return PromiseLine(
        id=promise.id,
        until=_("bis %(when)s", when=words.when(promise.due)),
        owner=promise.owner_name,
        text=promise.text,
        badge=badge._replace(words=_("gebrochen")) if badge.state == "late" else badge,
        due=promise.due.isoformat(),
        soon=soon_at.isoformat(),
        since=promise.at.isoformat(),
        url=f"/tickets/{number}/promises/{promise.id}{query}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeChoice:
    value: str
    words: str
    is_chosen: bool


def time_choices(choices: Sequence[Choice], chosen: str) -> list[TimeChoice]:
    """Return the usual times of a promise as they are said and sent."""
    return [
        TimeChoice(value=each.at.isoformat(), words=_time(each), is_chosen=each.at.isoformat() == chosen)
        for each in choices
    ]


def _time(choice: Choice) -> str:
    when = formats().when(choice.at)
    return _("in 4 Std. Servicezeit: %(when)s", when=when) if choice.when is When.SOON else when


def holding_effect(
    outlook: Outlook, owed: Sequence[Open], *, conversation: int, since: datetime | None, team: str
) -> list[str]:
    """Say sentence by sentence what a holding reply on a conversation does, and what it leaves open."""
    mode = outlook.mode.value
    if mode == "own_conversation":
        found = list(_on_its_own(owed, conversation, team))
    elif mode == "stops_first_response":
        found = [_("Erfüllt alle ersten Antworten dieses Anliegens.")]
    elif mode == "pauses_escalation":
        found = [_("Erfüllt keine Frist: Sie laufen weiter, nur die Eskalation ruht bis zur Zusage.")]
    else:
        found = [_("Erfüllt keine Frist: Alles läuft weiter und eskaliert, und eine Zusage wird nicht geführt.")]
    if since is not None:
        found.append(_("Die Kundschaft wartet weiter seit %(when)s.", when=formats().when(since)))
    return [*found, _("Zusage spätestens %(when)s.", when=formats().when(outlook.latest))]


def _on_its_own(owed: Sequence[Open], conversation: int, team: str) -> Iterator[str]:
    here = [each.kind for each in owed if each.conversation == conversation]
    if "first" in here:
        yield _("Erfüllt die erste Antwort nur in diesem Gespräch.")
    elif here:
        yield _("Erfüllt keine Frist: Eine weitere Frage beantwortet nur eine Antwort.")
    else:
        yield _("Erfüllt keine Frist.")
    words, seen = formats(), set()
    for each in owed:
        if each.conversation != conversation and each.conversation not in seen:
            seen.add(each.conversation)
            name = voice_of(each.channel_kind, is_public=each.is_public).name
            when = words.when(each.opened_at)
            yield _("%(channel)s von %(when)s bleibt offen (%(team)s).", channel=name, when=when, team=team)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unneeded:
    """The offer to let what is owed go: with one key where the customer has only thanked."""

    is_thanks: bool


def unneeded(page: TicketPage) -> Unneeded | None:
    """Return the offer that nothing need be answered; None where nothing waits."""
    if page.head.oldest_unanswered_at is None or page.head.closed_at:
        return None
    said = [message for message in page.messages if not message.is_automatic]
    last = max(said, key=lambda message: (message.sent_at, message.id), default=None)
    is_thanks = (
        last is not None
        and last.direction == "in"
        and is_mere_thanks(last.text, names=f"{last.author_name} {page.head.customer_name}")
    )
    return Unneeded(is_thanks=is_thanks)
