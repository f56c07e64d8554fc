"""A ringing telephone and the form of a phone note as words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from app.finders.calls import CallOutcome, CallState, Matter, Ringing
from app.web.formats import Badge, formats
from app.web.kinds import look_of
from app.web.words import _
from channels.numbers import shown

MORNING, EVENING = time(9), time(17)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterWords:
    number: int
    subject: str
    who: str
    icon: str
    channel: str
    badge: Badge | None
    url: str
    note_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWords:
    """The card of a call; `spoken` is what a screen reader says when it appears or changes."""

    id: int
    state: str
    heading: str
    spoken: str
    icon: str
    name: str
    number: str
    remark: str
    is_running: bool
    is_missed: bool
    new_url: str
    ticket_url: str = ""
    matters: list[MatterWords] = field(default_factory=list)


def call_words(call: Ringing) -> CallWords:
    number = shown(call.number) if call.number else _("Nummer unterdrückt")
    name = _(" oder ").join(_names(call))
    heading = _heading(call)
    return CallWords(
        id=call.id,
        state=call.state.value,
        heading=heading,
        spoken=f"{heading}: {name or number}",
        icon="missed" if call.state in {CallState.MISSED, CallState.VOICEMAIL} else "phone",
        name=name or number,
        number=number if name else "",
        remark=_remark(call),
        is_running=call.is_running,
        is_missed=call.state in {CallState.MISSED, CallState.VOICEMAIL} and not call.is_outgoing,
        new_url=f"/calls/{call.id}/note",
        ticket_url=f"/tickets/{call.ticket}" if call.ticket else "",
        matters=[_matter(matter, call) for matter in call.matters],
    )


def _heading(call: Ringing) -> str:
    if call.state is CallState.RINGING:
        return _("Sie rufen an") if call.is_outgoing else _("Anruf")
    if call.state is CallState.TALKING:
        return _("%(name)s spricht", name=call.agent_name) if call.agent_name else _("Im Gespräch")
    if call.state is CallState.VOICEMAIL:
        return _("Auf der Mailbox, %(when)s", when=formats().of_day(call.rang_at))
    if call.state is CallState.MISSED:
        return _("Verpasst, %(when)s", when=formats().of_day(call.rang_at))
    return _("Beendet")


def _names(call: Ringing) -> list[str]:
    """Return who writes and calls from this number: a family shares one, and is one person to the network."""
    names = dict.fromkeys(caller.name for caller in call.callers if caller.name)
    for matter in call.matters:
        if not matter.customer_name.startswith(("+", "0")):
            names.setdefault(matter.customer_name)
    return list(names)


def _remark(call: Ringing) -> str:
    """Say how far the number tells who it is: caller ids are forged easily."""
    has_matters = any(matter.number != call.ticket for matter in call.matters)
    if not has_matters and not any(caller.name for caller in call.callers):
        return _("Unbekannte Nummer") if call.number else ""
    if len(call.callers) > 1 or len(_names(call)) > 1:
        return _("Mehrere haben diese Nummer, Identität nicht geprüft")
    return _("Nummer stimmt überein, Identität nicht geprüft")


def _matter(matter: Matter, call: Ringing) -> MatterWords:
    look = look_of(matter.channel_kind)
    badge = formats().badge(matter.due_at, matter.soon_at, matter.oldest_unanswered_at) if matter.due_at else None
    is_several = len(call.callers) > 1
    return MatterWords(
        number=matter.number,
        subject=matter.subject or _("Ohne Betreff"),
        who=matter.customer_name if is_several else "",
        icon=look.icon,
        channel=look.name,
        badge=badge,
        url=f"/tickets/{matter.number}",
        note_url=f"/tickets/{matter.number}/call?call={call.id}",
    )


def outcomes() -> list[tuple[str, str]]:
    return [
        (CallOutcome.REACHED.value, _("Erreicht")),
        (CallOutcome.NOT_REACHED.value, _("Nicht erreicht")),
        (CallOutcome.VOICEMAIL.value, _("Mailbox")),
    ]


def directions() -> list[tuple[str, str]]:
    return [("in", _("Wurde angerufen")), ("out", _("Habe angerufen"))]


def promise_choices(now: datetime) -> list[tuple[str, str, str]]:
    """Return instants that people promise: the field's value, words, and words for a letter; none that has passed."""
    words = formats()
    today = words.day_of(now)
    hour = (now + timedelta(hours=1)).replace(second=0, microsecond=0)
    monday = today + timedelta(days=7 - today.weekday())
    days = [
        (today, EVENING),
        (today + timedelta(days=1), MORNING),
        (today + timedelta(days=1), EVENING),
        (monday, MORNING),
    ]
    instants = [hour, *(datetime.combine(on, at, words.zone).astimezone(UTC) for on, at in days)]
    ahead = sorted({at for at in instants if at > now})
    chosen = [(at.isoformat(), words.when(at), words.full(at)) for at in ahead]
    return [("", _("Keine"), ""), *chosen, ("other", _("Anderer Zeitpunkt"), "")]


def promised(choice: str, other: str) -> datetime | None:
    """Return the instant that was chosen, or written as local time; None without one, `ValueError` if it is none."""
    if choice and choice != "other":
        at = datetime.fromisoformat(choice)
        return at if at.tzinfo else at.replace(tzinfo=formats().zone)
    if choice == "other" and not other:
        raise ValueError("other")
    return datetime.fromisoformat(other).replace(tzinfo=formats().zone).astimezone(UTC) if other else None


def confirmation(name: str, text: str, promise_at: datetime | None, author: str) -> str:
    """Return the mail that confirms a call; `text` stands as it was typed."""
    lines = [
        _("Guten Tag %(name)s,", name=name) if name else _("Guten Tag,"),
        "",
        _("wie am Telefon besprochen:"),
        "",
        text,
    ]
    if promise_at:
        lines += ["", _("Wir melden uns bis %(when)s.", when=formats().full(promise_at))]
    return "\n".join([*lines, "", _("Freundliche Grüße"), author])
