"""Policies in words: for what they hold, what they aim for, what a version changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from app.desk.aims import BEGINNING
from app.finders.policies import Agreed
from app.web.calendar_words import VersionWords, made_words
from app.web.formats import formats
from app.web.policy_form import KINDS, PRIORITIES
from app.web.words import _
from sla.targets import Kind, minutes_of


def route_words() -> dict[str, str]:
    return {
        "": _("alle Wege"),
        "email": _("E-Mail und Formular"),
        "messenger": _("Private Nachrichten"),
        "public": _("Öffentliche Beiträge"),
        "phone": _("Telefon"),
    }


def contact_words(route: str | None) -> str:
    """Return what comes in on a route, as a sentence begins with it."""
    return {
        "email": _("Eine E-Mail"),
        "messenger": _("Eine private Nachricht"),
        "public": _("Ein öffentlicher Beitrag"),
        "phone": _("Ein verpasster Anruf"),
    }.get(route or "", _("Eine Nachricht"))


def priority_words() -> dict[str, str]:
    return {"normal": _("normal"), "urgent": _("dringend")}


def kind_words() -> dict[str, str]:
    return {
        "first": _("Erste Antwort"),
        "next": _("Nächste Antwort"),
        "resolution": _("Lösung"),
        "update": _("Nächster Stand"),
    }


def mode_words() -> list[tuple[str, str, str]]:
    """Return each holding mode with its name and one sentence on what it does."""
    return [
        (
            "own_conversation",
            _("Beendet die erste Frist seines eigenen Gesprächs"),
            _("Alles andere, was dieser Person noch zusteht, läuft weiter und eskaliert."),
        ),
        (
            "stops_first_response",
            _("Beendet alle ersten Fristen des Anliegens"),
            _("Wer auf einem Kanal „wir kümmern uns“ liest, wartet überall nur noch auf die Zusage."),
        ),
        (
            "pauses_escalation",
            _("Beendet nichts, hält aber die Eskalation an"),
            _("Bis zum zugesagten Zeitpunkt wird niemand alarmiert; in den Zahlen zählt die Frist weiter."),
        ),
        (
            "ignored",
            _("Bleibt ohne Wirkung"),
            _("Fristen laufen und eskalieren, als wäre nichts geschrieben worden."),
        ),
    ]


def span(minutes: int) -> str:
    return formats().hours(timedelta(minutes=minutes))


def criteria(agreed: Agreed) -> list[str]:
    """Return for what a policy holds, one piece a criterion."""
    pieces = [route_words()[agreed.route]] if agreed.route else []
    if agreed.team_id:
        pieces.append(_("Team %(name)s", name=agreed.team_name))
    if agreed.tag:
        pieces.append(_("Schlagwort „%(tag)s“", tag=agreed.tag))
    if agreed.priority:
        pieces.append(_("nur %(priority)s", priority=priority_words().get(agreed.priority, agreed.priority)))
    if agreed.customer_group:
        pieces.append(_("Kundengruppe „%(group)s“", group=agreed.customer_group))
    return pieces or [_("alles andere")]


def target_words(targets: Mapping[str, Mapping[str, int]], kind: str) -> str:
    """Return a target with that of urgent matters behind it."""
    minutes = minutes_of(targets, Kind(kind)) if kind in set(Kind) else targets.get(kind, {})
    if "normal" not in minutes:
        return ""
    urgent = minutes.get("urgent")
    if not urgent or urgent == minutes["normal"]:
        return span(minutes["normal"])
    return _("%(normal)s, dringend %(urgent)s", normal=span(minutes["normal"]), urgent=span(urgent))


def history_words(versions: Sequence[Agreed]) -> list[VersionWords]:
    """Return the versions, newest first, each with what differed from the one before it."""
    olders: list[Agreed | None] = [*versions[1:], None]
    return [
        VersionWords(
            number=version.number,
            since=_since(version),
            made=made_words(formats().full(version.made_at), version.made_by),
            changes=differences(older, version) if older else _whole(version),
        )
        for version, older in zip(versions, olders, strict=True)
    ]


def _since(version: Agreed) -> str:
    if version.valid_from <= BEGINNING:
        return _("gilt von Anfang an")
    words = formats().full(version.valid_from)
    return _("beendet am %(when)s", when=words) if version.is_end else _("gilt ab %(day)s", day=words)


def _whole(version: Agreed) -> list[str]:
    names = kind_words()
    lines = [f"{names[kind]}: {words}" for kind in KINDS if (words := target_words(version.targets, kind))]
    return [", ".join(criteria(version)), *lines]


def differences(before: Agreed, after: Agreed) -> list[str]:
    """Say what a version changed, a line each."""
    if after.is_end:
        return [_("Ab hier gilt die Regel für keine neue Nachricht mehr.")]
    lines = [_("Die Regel gilt wieder.")] if before.is_end else []
    pairs = [
        (_("Gilt für"), ", ".join(criteria(before)), ", ".join(criteria(after))),
        (_("Servicezeit"), before.calendar_name, after.calendar_name),
        *_targets_changed(before, after),
        (_("Zwischenbescheid"), _mode(before), _mode(after)),
        (_("Längste Zusage"), span(before.promise_minutes), span(after.promise_minutes)),
        (_("Warten auf Dritte zählt"), _yes_no(before.counts_third), _yes_no(after.counts_third)),
        (_("Eskalation"), before.ladder_name or _("Standard"), after.ladder_name or _("Standard")),
    ]
    lines += [f"{name}: {was} → {now}" for name, was, now in pairs if was != now]
    return lines or [_("Reihenfolge geändert") if before.position != after.position else _("ohne Unterschied")]


def _targets_changed(before: Agreed, after: Agreed) -> list[tuple[str, str, str]]:
    names, priorities, none = kind_words(), priority_words(), _("keine Frist")
    found = []
    for kind in KINDS:
        for priority in PRIORITIES:
            was, now = (each.targets.get(kind, {}).get(priority) for each in (before, after))
            name = f"{names[kind]}, {priorities[priority]}"
            found.append((name, span(was) if was else none, span(now) if now else none))
    return found


def _mode(agreed: Agreed) -> str:
    return next((name for mode, name, _sentence in mode_words() if mode == agreed.holding), agreed.holding)


def _yes_no(is_so: bool) -> str:  # noqa: FBT001 - a word for a value
    return _("ja") if is_so else _("nein")
