"""Instants, spans and the sentences about clocks in the languages that people read them in; German is the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_MINUTE, _HOUR = 60, 3600

GERMAN: Mapping[str, str] = {
    "weekdays": "Mo.,Di.,Mi.,Do.,Fr.,Sa.,So.",
    "rule": "Regel",
    "start": "Beginn",
    "target": "Ziel",
    "counted": "Gezählt",
    "changed": "Geändert",
    "rested": "Ruhezeiten",
    "due": "Fällig",
    "now": "Stand",
    "ended": "Ausgang",
    "stops": "Was sie beendet",
    "quoted": "„{0}“",
    "and": " und ",
    "version": ", Fassung {0}",
    "valid": " (gilt seit {0})",
    "chosen": "Sie gilt für {0}; keine genauere passt.",
    "chosen_any": "Sie gilt für alles; keine genauere passt.",
    "by_route": "den Weg {0}",
    "by_team": "das Team „{0}“",
    "by_tag": "das Schlagwort „{0}“",
    "by_priority": "die Priorität „{0}“",
    "by_customer_group": "die Kundengruppe „{0}“",
    "email": "E-Mail",
    "messenger": "Nachricht",
    "public": "öffentlicher Beitrag",
    "phone": "Telefon",
    "normal": "normal",
    "urgent": "dringend",
    "start_message": "Nachricht {message} der Kundin oder des Kunden ({route}), {at}.",
    "start_unnumbered": "Nachricht der Kundin oder des Kunden ({route}), {at}.",
    "start_late": " Bei uns eingegangen ist sie erst am {0}.",
    "start_promise": "Zusage von {by}, {at}.",
    "start_handover": "Übergabe von {by} an {to}, {at}.",
    "start_resolution": "Das Anliegen begann mit der Nachricht vom {at}.",
    "start_update": "Unsere letzte Nachricht ging am {at} hinaus.",
    "first": "Erste Antwort",
    "next": "Weitere Antwort",
    "promise": "Zusage",
    "acceptance": "Annahme der Übergabe",
    "work": "Bearbeitung nach der Übergabe",
    "resolution": "Erledigung des Anliegens",
    "update": "Nächstes Lebenszeichen an die Kundin oder den Kunden",
    "within": "{what} innerhalb von {span} Servicezeit{calendar}.",
    "calendar": " (Kalender „{name}“{version}, {zone})",
    "promised": "Zugesagt ist eine inhaltliche Antwort bis {0}.",
    "free": "{0} frei",
    "holiday": "{0}: {1}",
    "special": "{0}: geschlossen (besondere Zeiten)",
    "outside": "{0}: außerhalb der Servicezeit",
    "resting": "{0}: die Uhr ruhte",
    "a_holiday": "Feiertag",
    "a_special": "geschlossen",
    "is_special": " (besondere Zeiten)",
    "is_change": " (Zeitumstellung)",
    "sum": "zusammen {0}",
    "fold": "… {days} Arbeitstage = {span}{free} …",
    "fold_free": ", frei dazwischen: {0}",
    "change": "Am {at} von {before} auf {after}{by}.",
    "change_by": " durch {0}",
    "change_rule": (
        " Eine engere Frist lässt danach noch mindestens ein Viertel ihrer Zeit und kommt nie später als vorher."
    ),
    "rest": "{since} bis {until} ({why})",
    "rest_open": "seit {since} ({why})",
    "customer": "die Kundschaft war am Zug",
    "third": "wir warteten auf Dritte",
    "closed": "das Anliegen war erledigt",
    "due_at": "{0}.",
    "due_none": "Solange die Uhr ruht, gibt es keinen Termin; verbraucht sind {used} von {within}.",
    "overtime": " Die Zeit endet mit der Servicezeit: Bis sie am {0} wieder beginnt, ist eine Antwort rechtzeitig.",
    "running": "{now}: {used} verbraucht, noch {left}.",
    "running_late": "Seit {since} ist sie verletzt. {now}: {used} verbraucht, {over} mehr als das Ziel.",
    "promise_running": "{now}: noch nicht eingelöst.",
    "promise_late": "Seit {since} ist die Zusage gebrochen; sie bleibt geschuldet, bis jemand antwortet.",
    "muted": " Die Eskalation ruht bis {0}.",
    "answered": (
        "Nachricht {message}{by} beantwortet sie; das zählt, sobald der Empfang bestätigt ist, und wird "
        "zurückgenommen, wenn der Versand scheitert."
    ),
    "met": "{how}{by} am {at}: {verdict}.",
    "met_message": "Beantwortet mit Nachricht {0}",
    "met_holding": "Mit Zwischenbescheid, Nachricht {0},",
    "met_plain": "Beantwortet",
    "met_acceptance": "Angenommen",
    "met_work": "Bearbeitet",
    "met_resolution": "Erledigt",
    "met_update": "Gemeldet",
    "by": " von {0}",
    "in_time": "rechtzeitig, nach {used} Servicezeit",
    "late": "nach {used} Servicezeit, {over} zu spät",
    "kept": "eingehalten",
    "broken": "nicht eingehalten, {over} zu spät",
    "waived": "Erlassen{by} am {at}{reason}.",
    "replaced": "Durch eine spätere Zusage ersetzt am {at}.",
    "because": ", weil {0}",
    "because_resolved": ", weil das Anliegen erledigt wurde",
    "reason": ": {0}",
    "stops_answer": (
        "Sie endet mit einer inhaltlichen Antwort an die Kundin oder den Kunden, gleich auf welchem Kanal "
        "des Anliegens, oder wenn sie mit Grund erlassen wird. Eingangsbestätigung, Notiz und Zuweisung "
        "halten sie nicht an."
    ),
    "holding_next": " Ein Zwischenbescheid hält sie nicht an.",
    "holding_own_conversation": " Ein Zwischenbescheid mit Zusage in diesem Gespräch beendet sie ebenfalls.",
    "holding_stops_first_response": " Ein Zwischenbescheid mit Zusage im selben Anliegen beendet sie ebenfalls.",
    "holding_pauses_escalation": (
        " Ein Zwischenbescheid lässt sie weiterlaufen; nur die Eskalation ruht bis zur zugesagten Zeit."
    ),
    "holding_ignored": " Ein Zwischenbescheid hält sie nicht an.",
    "stops_promise": (
        "Sie ist eingelöst, sobald eine inhaltliche Antwort angekommen ist; ein Dank der Kundschaft löst sie nicht ein."
    ),
    "stops_acceptance": (
        "Sie endet, wenn das andere Team annimmt oder mit Grund ablehnt. Die Frist der Kundschaft läuft "
        "davon unberührt."
    ),
    "stops_work": (
        "Sie endet mit der ersten Antwort des übernehmenden Teams. Die Frist der Kundschaft läuft davon unberührt."
    ),
    "stops_resolution": "Sie endet, wenn das Anliegen erledigt wird, und ruht, solange die Kundschaft am Zug ist.",
    "stops_third": " Das Warten auf Dritte zählt {0}mit.",
    "not": "nicht ",
    "stops_update": "Jede Nachricht von uns beginnt sie neu; sie ruht, solange die Kundschaft am Zug ist.",
}

ENGLISH: Mapping[str, str] = {
    "weekdays": "Mon,Tue,Wed,Thu,Fri,Sat,Sun",
    "rule": "Rule",
    "start": "Start",
    "target": "Target",
    "counted": "Counted",
    "changed": "Changed",
    "rested": "Pauses",
    "due": "Due",
    "now": "Now",
    "ended": "Outcome",
    "stops": "What ends it",
    "quoted": "“{0}”",
    "and": " and ",
    "version": ", version {0}",
    "valid": " (in force since {0})",
    "chosen": "It is for {0}; no narrower one fits.",
    "chosen_any": "It is for everything; no narrower one fits.",
    "by_route": "the route {0}",
    "by_team": "the team “{0}”",
    "by_tag": "the tag “{0}”",
    "by_priority": "the priority “{0}”",
    "by_customer_group": "the customer group “{0}”",
    "email": "e-mail",
    "messenger": "message",
    "public": "public post",
    "phone": "phone",
    "normal": "normal",
    "urgent": "urgent",
    "start_message": "Message {message} from the customer ({route}), {at}.",
    "start_unnumbered": "Message from the customer ({route}), {at}.",
    "start_late": " It only reached us on {0}.",
    "start_promise": "Promise by {by}, {at}.",
    "start_handover": "Hand-over from {by} to {to}, {at}.",
    "start_resolution": "The request began with the message of {at}.",
    "start_update": "Our last message went out on {at}.",
    "first": "First answer",
    "next": "Further answer",
    "promise": "Promise",
    "acceptance": "Acceptance of the hand-over",
    "work": "Work after the hand-over",
    "resolution": "Resolution of the request",
    "update": "Next update for the customer",
    "within": "{what} within {span} of service time{calendar}.",
    "calendar": " (calendar “{name}”{version}, {zone})",
    "promised": "A substantive answer was promised by {0}.",
    "free": "{0} closed",
    "holiday": "{0}: {1}",
    "special": "{0}: closed (special hours)",
    "outside": "{0}: outside service hours",
    "resting": "{0}: the clock was paused",
    "a_holiday": "public holiday",
    "a_special": "closed",
    "is_special": " (special hours)",
    "is_change": " (change of clocks)",
    "sum": "together {0}",
    "fold": "… {days} working days = {span}{free} …",
    "fold_free": ", closed in between: {0}",
    "change": "On {at} from {before} to {after}{by}.",
    "change_by": " by {0}",
    "change_rule": (
        " A tighter target leaves at least a quarter of its time from then on and is never later than before."
    ),
    "rest": "{since} to {until} ({why})",
    "rest_open": "since {since} ({why})",
    "customer": "it was the customer's turn",
    "third": "we waited for somebody else",
    "closed": "the request was resolved",
    "due_at": "{0}.",
    "due_none": "While the clock is paused there is no deadline; {used} of {within} are used.",
    "overtime": " The time ends with the service hours: until they begin again on {0} an answer is in time.",
    "running": "{now}: {used} used, {left} left.",
    "running_late": "Breached since {since}. {now}: {used} used, {over} over the target.",
    "promise_running": "{now}: not kept yet.",
    "promise_late": "The promise is broken since {since}; it stays owed until somebody answers.",
    "muted": " Escalation is paused until {0}.",
    "answered": (
        "Message {message}{by} answers it; that counts once its arrival is confirmed, and is taken back if "
        "sending fails."
    ),
    "met": "{how}{by} on {at}: {verdict}.",
    "met_message": "Answered with message {0}",
    "met_holding": "With a holding reply, message {0},",
    "met_plain": "Answered",
    "met_acceptance": "Accepted",
    "met_work": "Worked on",
    "met_resolution": "Resolved",
    "met_update": "Told",
    "by": " by {0}",
    "in_time": "in time, after {used} of service time",
    "late": "after {used} of service time, {over} late",
    "kept": "kept",
    "broken": "not kept, {over} late",
    "waived": "Waived{by} on {at}{reason}.",
    "replaced": "Replaced by a later promise on {at}.",
    "because": ", because {0}",
    "because_resolved": ", because the request was resolved",
    "reason": ": {0}",
    "stops_answer": (
        "A substantive answer to the customer ends it, on whichever channel of the request, or waiving it "
        "with a reason. Receipts, notes and assignments do not stop it."
    ),
    "holding_next": " A holding reply does not stop it.",
    "holding_own_conversation": " A holding reply with a promise in this conversation ends it, too.",
    "holding_stops_first_response": " A holding reply with a promise on the same request ends it, too.",
    "holding_pauses_escalation": " A holding reply lets it run on; only escalation is paused until the promised time.",
    "holding_ignored": " A holding reply does not stop it.",
    "stops_promise": "It is kept once a substantive answer has arrived; thanks from the customer do not keep it.",
    "stops_acceptance": (
        "It ends when the other team accepts, or declines with a reason. What the customer is owed is not touched."
    ),
    "stops_work": "It ends with the first answer of the receiving team. What the customer is owed is not touched.",
    "stops_resolution": "It ends when the request is resolved, and is paused while it is the customer's turn.",
    "stops_third": " Waiting for somebody else does {0}count.",
    "not": "not ",
    "stops_update": "Each message of ours starts it anew; it is paused while it is the customer's turn.",
}


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language in the zone of a calendar."""

    is_german: bool
    zone: ZoneInfo

    def say(self, key: str, *values: str, **named: str) -> str:
        """Return a sentence with its gaps filled."""
        return (GERMAN if self.is_german else ENGLISH)[key].format(*values, **named)

    def moment(self, at: datetime) -> str:
        """Return a whole instant: `Fr., 05.06.2026, 16:05 Uhr`."""
        local = at.astimezone(self.zone)
        if self.is_german:
            return f"{self.weekday(local)}, {local:%d.%m.%Y}, {_clock(local)} Uhr"
        return f"{self.weekday(local)} {local:%d/%m/%Y}, {_clock(local)}"

    def day(self, on: date) -> str:
        """Return a day without its year: `Fr., 05.06.`."""
        return f"{self.weekday(on)}, {on:%d.%m.}" if self.is_german else f"{self.weekday(on)} {on:%d/%m}"

    def weekday(self, on: date) -> str:
        return self.say("weekdays").split(",")[on.weekday()]

    def window(self, opens: datetime, closes: datetime) -> str:
        """Return a stretch of one day; the midnight at its end is 24:00."""
        first, last = opens.astimezone(self.zone), closes.astimezone(self.zone)
        end = "24:00" if last.date() > first.date() else _clock(last)
        return f"{_clock(first)}–{end}"

    def is_bent(self, opens: datetime, closes: datetime) -> bool:
        """Say whether the hands of the clock tell another length than time itself: a change of clocks lies between."""
        walls = closes.astimezone(self.zone).replace(tzinfo=None) - opens.astimezone(self.zone).replace(tzinfo=None)
        return walls != closes - opens

    def span(self, within: timedelta) -> str:
        """Return a duration, never rounded: `55 Min.`, `3 Std. 5 Min.`, `2 Min. 30 Sek.`."""
        hours, rest = divmod(round(abs(within).total_seconds()), _HOUR)
        minutes, seconds = divmod(rest, _MINUTE)
        units = ("Std.", "Min.", "Sek.") if self.is_german else ("h", "min", "s")
        parts = [f"{count} {unit}" for count, unit in zip((hours, minutes, seconds), units, strict=True) if count]
        return " ".join(parts) or f"0 {units[1]}"


def tongue(language: str, zone: ZoneInfo) -> Tongue:
    """Return English where the code asks for it, else German."""
    return Tongue(is_german=not language.startswith("en"), zone=zone)


def _clock(local: datetime) -> str:
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
