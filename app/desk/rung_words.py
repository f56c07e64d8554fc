"""What people read when a rung of a clock was reached, in their own language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from app.desk.spoken import deadline, language_of, moment
from app.desk.telling import Words
from app.models import Agent, ClockKind, Obligation, Promise, Ticket
from sla.ladder import BREACH
from sla.steps import count_of

_AGAIN, _SOON = "again", "soon"
_OWED: Mapping[tuple[str, str], tuple[str, str]] = {
    ("de", _SOON): ("Bald fällig: Anliegen {number}", "ist bald fällig"),
    ("de", BREACH): ("Überfällig: Anliegen {number}", "ist überfällig"),
    ("de", _AGAIN): ("Noch immer überfällig: Anliegen {number}", "ist noch immer überfällig"),
    ("en", _SOON): ("Due soon: request {number}", "will soon be due"),
    ("en", BREACH): ("Overdue: request {number}", "is overdue"),
    ("en", _AGAIN): ("Still overdue: request {number}", "is still overdue"),
}
_SENTENCE = {
    "de": "{customer} wartet seit {since}. Die Antwort {word} (Frist {due}).\n\n{preview}",
    "en": "{customer} has been waiting since {since}. The answer {word} (due {due}).\n\n{preview}",
}
_PROMISED: Mapping[tuple[str, str], str] = {
    ("de", _SOON): "Zusage bald fällig: Anliegen {number}",
    ("de", BREACH): "Zusage nicht gehalten: Anliegen {number}",
    ("de", _AGAIN): "Zusage noch immer nicht gehalten: Anliegen {number}",
    ("en", _SOON): "Promise due soon: request {number}",
    ("en", BREACH): "Promise not kept: request {number}",
    ("en", _AGAIN): "Promise still not kept: request {number}",
}
_CLOCKS: Mapping[tuple[str, ClockKind], str] = {
    ("de", ClockKind.ACCEPTANCE): "Annahme der Übergabe",
    ("de", ClockKind.WORK): "Antwort nach der Übergabe",
    ("de", ClockKind.RESOLUTION): "Lösung",
    ("de", ClockKind.UPDATE): "Nächster Zwischenstand",
    ("en", ClockKind.ACCEPTANCE): "Acceptance of the hand-over",
    ("en", ClockKind.WORK): "Answer after the hand-over",
    ("en", ClockKind.RESOLUTION): "Resolution",
    ("en", ClockKind.UPDATE): "Next update",
}
_CLOCK_SUBJECTS: Mapping[tuple[str, str], str] = {
    ("de", _SOON): "{named} bald fällig: Anliegen {number}",
    ("de", BREACH): "{named} überfällig: Anliegen {number}",
    ("de", _AGAIN): "{named} noch immer überfällig: Anliegen {number}",
    ("en", _SOON): "{named} due soon: request {number}",
    ("en", BREACH): "{named} overdue: request {number}",
    ("en", _AGAIN): "{named} still overdue: request {number}",
}


def height(rung: str) -> str:
    """Return which of three sorts a rung is: before the breach, the breach, its repetition."""
    if count_of(rung):
        return _AGAIN
    return BREACH if rung == BREACH else _SOON


def of_obligation(obligation: Obligation, ticket: Ticket, rung: str, *, zone: ZoneInfo, at: datetime) -> Words:
    """Say who waits since when; the link to the ticket is added where the mail is written."""

    def words(language: str) -> tuple[str, str]:
        code = language_of(language)
        subject, word = _OWED[code, height(rung)]
        text = _SENTENCE[code].format(
            customer=ticket.customer_name,
            since=moment(obligation.opened_at, now=at, zone=zone, language=language),
            word=word,
            due=deadline(obligation.due_at, now=at, zone=zone, language=language),
            preview=ticket.preview,
        )
        return f"{subject.format(number=ticket.number)} – {ticket.subject}", text

    return words


def of_promise(promise: Promise, owner: Agent, ticket: Ticket, rung: str, *, zone: ZoneInfo, at: datetime) -> Words:
    """Say who has promised what until when."""

    def words(language: str) -> tuple[str, str]:
        subject = _PROMISED[language_of(language), height(rung)].format(number=ticket.number)
        until = deadline(promise.due_at, now=at, zone=zone, language=language)
        return f"{subject} – {ticket.subject}", f"{owner.name}, {until}: {ticket.customer_name}\n\n{promise.text}"

    return words


def of_clock(
    kind: ClockKind, ticket: Ticket, rung: str, *, due_at: datetime, team: str, zone: ZoneInfo, at: datetime
) -> Words:
    """Say which clock of a whole ticket it is, and whose."""

    def words(language: str) -> tuple[str, str]:
        code = language_of(language)
        named = _CLOCKS[code, kind]
        subject = _CLOCK_SUBJECTS[code, height(rung)].format(named=named, number=ticket.number)
        until = deadline(due_at, now=at, zone=zone, language=language)
        text = f"{ticket.customer_name}: {named}, {until}{f' ({team})' if team else ''}.\n\n{ticket.preview}"
        return f"{subject} – {ticket.subject}", text

    return words
