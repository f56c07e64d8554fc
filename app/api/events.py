"""What happened to a ticket, in a German sentence; a program may show it as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.desk.moderation import REASONS

_WORDS = {
    "opened": "Anliegen eröffnet",
    "received": "Nachricht eingegangen",
    "replied": "Antwort geschrieben",
    "wrote": "Erste Nachricht geschrieben",
    "sent": "Nachricht zugestellt",
    "failed": "Nachricht nicht zugestellt: {words}",
    "unsure": "Unsicher, ob die Nachricht hinausging: {words}",
    "bounced": "Nachricht kam zurück: {words}",
    "retried": "Versand noch einmal versucht",
    "confirmed": "Zustellung von Hand bestätigt",
    "given_up": "Nachricht aufgegeben",
    "called_back": "Antwort zurückgeholt, bevor sie hinausging",
    "noted": "Notiz geschrieben",
    "resolved": "Anliegen erledigt",
    "reopened": "Anliegen wieder geöffnet",
    "joined": "Anliegen {ticket} hierher verbunden",
    "joined_away": "Mit Anliegen {into} verbunden",
    "parted": "Gespräch herausgetrennt in Anliegen {ticket}",
    "parted_away": "Aus Anliegen {from} herausgetrennt",
    "warned": "Frist bald abgelaufen, fällig {due_at}",
    "breached": "Frist verletzt, fällig war {due_at}",
    "elsewhere": "Mit einem anderen Werkzeug geantwortet",
    "edited": "Nachricht bearbeitet",
    "removed": "Nachricht entfernt",
    "hiding_asked": "Verbergen verlangt: {reason}",
    "showing_asked": "Wieder zeigen verlangt",
    "hidden": "Beitrag verborgen",
    "shown": "Beitrag wieder sichtbar",
    "not_hidden": "Verbergen nicht gelungen: {words}",
    "reacted": "Reaktion von {who}: {emoji}",
    "unreacted": "Reaktion von {who} zurückgenommen",
    "referred": "Kam über: {words}",
    "thread_moved": "{words}",
    "channel_told": "{words}",
    "completed": "Angaben der Plattform nachgetragen",
    "called": "Telefonat",
    "prioritised": "Priorität geändert: {to}",
    "tagged": "Schlagwort: {tag}",
    "untagged": "Schlagwort entfernt: {tag}",
    "grouped": "Kundengruppe: {to}",
    "moved": "Frist verschoben von {from} auf {to}",
    "handed_over": "Übergabe an {team}: {reason}",
    "handover_accepted": "Übergabe von {team} angenommen",
    "handover_unaccepted": "Annahme durch {team} rückgängig gemacht",
    "handover_declined": "Übergabe von {team} abgelehnt: {reason}",
    "handover_returned": "Übergabe zurück: niemand von {team} hat angenommen",
    "handover_withdrawn": "Übergabe an {team} zurückgenommen",
    "person_merged": "Dieselbe Person, wie sich gezeigt hat: {proof}",
    "person_unmerged": "Doch zwei Personen",
    "people_apart": "Zwei Personen, sagt jemand",
    "people_maybe_one": "Vielleicht doch dieselbe Person",
    "proof_asked": "Bestätigungslink gesendet an {address}",
    "proof_denied": "Bestätigungslink verneint: nicht dieselbe Person",
    "join_asked": "Gefragt, ob es dasselbe Anliegen ist: {question}",
    "join_unasked": "Frage nach demselben Anliegen zurückgenommen",
    "split": "Nachrichten herausgelöst in Anliegen {ticket}",
    "split_away": "Nachrichten hierher gelegt aus Anliegen {from}",
    "unsplit": "Herausgelöste Nachrichten zurückgeholt aus Anliegen {ticket}",
    "unsplit_away": "Nachrichten zurückgelegt in Anliegen {from}",
    "team_took_part": "{team} beteiligt",
    "team_left": "Beteiligung von {team} beendet",
    "promised": "Zugesagt bis {due_at}",
    "held": "Zwischenbescheid geschrieben",
    "promise_passed": "Zusage übernommen: {to}",
    "promise_waived": "Zusage erledigt: {reason}",
    "promise_unwaived": "Zusage gilt wieder",
    "waived": "Keine Antwort nötig: {reason}",
    "unwaived": "Antwort doch nötig",
    "promise_warned": "Zusage bald fällig",
    "promise_broken": "Zusage nicht gehalten",
}


class _Gaps(dict[str, Any]):
    """What an event does not tell stays empty."""

    def __missing__(self, _key: str) -> str:
        return ""


def in_words(kind: str, details: Mapping[str, Any]) -> str:
    """Return the sentence of an event; the kind itself for one that has none yet."""
    if kind == "assigned":
        return _assigned(details)
    known = _Gaps(details)
    if kind == "hiding_asked":
        known["reason"] = REASONS.get(str(details.get("reason", "")), "")
    return _WORDS.get(kind, kind).format_map(known).removesuffix(": ")


def _assigned(details: Mapping[str, Any]) -> str:
    assignee, team = details.get("assignee", ""), details.get("team", "")
    words = f"Zugewiesen an {assignee}" if assignee else "Niemandem zugewiesen"
    return f"{words}, Team {team}" if team else words
