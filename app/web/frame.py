"""What the layout needs on every page; worked out only when a template asks for it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from typing import NamedTuple
from urllib.parse import quote

from flask import Flask, current_app, g, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from app import clock
from app.finders.shell import Surroundings, Trouble, surroundings
from app.web.door import person
from app.web.formats import capped, formats, initials
from app.web.shortcuts import shortcuts
from app.web.words import _, tongue

HTMX = json.dumps(
    {
        "includeIndicatorCSS": False,
        "defaultSettleDelay": 0,
        "noSwap": [204, 304, "400", "401", "403", "404", "409", "413", "429", "5xx"],
        "morphIgnore": ["data-htmx-powered", "data-restored", "open"],
        "prefix": "",
    }
)
ICON = "data:image/svg+xml," + quote(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 26 26"><rect width="26" height="26" rx="7" fill="#E9B44C"/>'
    '<g transform="translate(5 5)" fill="none" stroke="#0D2A30" stroke-width="1.8" stroke-linecap="round">'
    '<path d="M2.5 5.5h10M9.5 2.5l3 3-3 3M13.5 10.5h-10M6.5 7.5l-3 3 3 3"/></g></svg>'
)


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the navigation."""

    url: str
    name: str
    icon: str = ""
    count: str = ""
    is_hot: bool = False
    is_current: bool = False


class Alarm(NamedTuple):
    words: str
    reason: str = ""
    url: str = ""
    topic: str = ""


class Group(NamedTuple):
    name: str
    places: list[Place]


class Page:
    """What every page says in its head."""

    htmx = HTMX
    icon = ICON

    @cached_property
    def language(self) -> str:
        return tongue()

    @cached_property
    def token(self) -> str:
        return str(generate_csrf())

    @cached_property
    def theme(self) -> str:
        chosen = request.cookies.get("theme", "")
        return chosen if chosen in {"light", "dark"} else ""

    @cached_property
    def help(self) -> Markup:
        return _help(tongue())

    @cached_property
    def client(self) -> str:
        """Return what the script must know, as JSON: the time, where the stream begins, and its few words."""
        return json.dumps(
            {
                "now": clock.now().isoformat(),
                "clockStands": clock.is_moved(),
                "words": _client_words(tongue()),
            },
            ensure_ascii=False,
        )


@lru_cache(maxsize=8)
def _help(_language: str) -> Markup:
    """Return the list of shortcuts; it is the same for everybody who speaks the language."""
    return Markup(render_template("_help.html", shortcuts=shortcuts()))  # noqa: S704 - our own template


@lru_cache(maxsize=8)
def _client_words(_language: str) -> dict[str, str]:
    return {
        "left": _("noch %s"),
        "asked": _("Übergabe an %s, seit %s"),
        "late": _("überfällig %s"),
        "seconds": _("%s Sek."),
        "minutes": _("%s Min."),
        "hours": _("%s Std."),
        "days": _("%s Tage"),
        "undo": _("Rückgängig"),
        "news": _("%s neue anzeigen"),
        "news-one": _("1 neues anzeigen"),
        "newer-answer": _("Neu seit Ihrem Entwurf: 1 Antwort von %s"),
        "newer-message": _("Neu seit Ihrem Entwurf: 1 Nachricht von %s"),
        "newer-several": _("Neu seit Ihrem Entwurf: %s Nachrichten"),
        "newer-joined": _("Neu seit Ihrem Entwurf: Ein anderes Anliegen ist dazugekommen"),
        "look": _("Ansehen"),
        "send-again": _("Noch einmal senden schickt Ihre Antwort trotzdem."),
        "leaves-in": _("geht in %s Sek. hinaus"),
        "will-leave": _("Antwort geht in %s Sek. hinaus."),
        "sending": _("wird gesendet"),
        **_draft_words(),
        "writes": _("%s schreibt gerade"),
        "sent-done": _("Gesendet und erledigt."),
        "window-open": _("Noch %s bis das Antwortfenster schließt"),
        "no-private": _("Diese Plattform bietet hier keinen privaten Weg."),
        "way-gone": _("Diesen Weg gibt es nicht mehr. Ihr Text bleibt stehen: Bitte wählen Sie selbst einen anderen."),
        "letters-left": _("noch %s Zeichen"),
        "letters-over": _("%s Zeichen zu viel"),
        "live": _("Verbunden"),
        "polling": _("Verbunden, ohne Sofortmeldung"),
        "lost": _("Keine Verbindung"),
        "failed": _("Das hat nicht geklappt. Bitte versuchen Sie es noch einmal."),
        "unreachable": _("Keine Verbindung zum Server. Ihr Text ist in diesem Browser gespeichert."),
        "copied": _("Kopiert"),
        "status-404": _("Das gibt es nicht, oder nicht mehr."),
        "status-413": _("Das ist zu groß."),
        "status-429": _("Zu viele Versuche. Bitte warten Sie einen Moment."),
    }


def _draft_words() -> dict[str, str]:
    return {
        "draft-discarded": _("Entwurf verworfen."),
        "draft-elsewhere": _("Was Sie auf einem anderen Gerät geschrieben haben, steht jetzt darüber."),
        "files-many": _("Zu viele Dateien: %(count)s, höchstens %(most)s gehen mit.", count="%s", most="%s"),
        "file-large": _("„%(name)s“ ist zu groß: höchstens %(most)s MB gehen hier mit.", name="%s", most="%s"),
        "files-large": _(
            "Zusammen sind die Dateien zu groß: höchstens %(most)s MB gehen mit einer Antwort.", most="%s"
        ),
        "file-failed": _("„%s“ wurde nicht hochgeladen. Bitte hängen Sie die Datei noch einmal an."),
        "file-removed": _("„%s“ entfernt."),
        "file-rising": _("„%s“ wird hochgeladen"),
    }


class Shell:
    """The rail, the bars and the mobile navigation of the person who is signed in."""

    name = "Faden"

    @cached_property
    def person_name(self) -> str:
        return person().name

    @cached_property
    def initials(self) -> str:
        return initials(self.person_name)

    @cached_property
    def last_event_id(self) -> int:
        return around().last_event_id

    @cached_property
    def clock_words(self) -> str:
        return formats().full(clock.now()) if clock.is_moved() else ""

    @cached_property
    def troubles(self) -> list[Alarm]:
        """Return what keeps the product from doing its work, each in one sentence; who can mend it gets the way."""
        found = around()
        alarms = [_alarm(trouble) for trouble in sorted(found.channels, key=lambda each: each.name.casefold())]
        return [_standstill(found.silent_since), *alarms] if found.silent_since else alarms

    @cached_property
    def told(self) -> list[Place]:
        """Return what waits for this person: words to them, and calls to be made."""
        unread, calls = around().counts.get("unread", 0), around().counts.get("calls", 0)
        return [
            Place(
                url_for("notifications.index"),
                _("Benachrichtigungen"),
                "bell",
                capped(unread),
                unread > 0,
                _is_at("notifications.index"),
            ),
            Place(
                url_for("call_tasks.index"),
                _("Rückrufe"),
                "phone",
                capped(calls),
                is_current=_is_at("call_tasks.index"),
            ),
        ]

    @cached_property
    def groups(self) -> list[Group]:
        found = around()
        teams = [
            view_place(f"team-{id_}", name, "users", found.counts.get(f"team:{id_}", 0)) for id_, name in found.teams
        ]
        return [Group("", self._views), *([Group(_("Teams"), teams)] if teams else [])]

    @cached_property
    def _views(self) -> list[Place]:
        found = around()
        asked = found.total("asked")
        return [
            view_place("next", _("Als Nächstes"), "next", found.total("team")),
            view_place("unassigned", _("Nicht zugewiesen"), "inbox", found.total("unassigned")),
            view_place("mine", _("Meine"), "person", found.counts.get(f"agent:{person().id}", 0)),
            view_place("overdue", _("Überfällig"), "clock", found.counts.get("overdue", 0), is_hot=True),
            Place("/handovers", _("Übergaben"), "swap", capped(asked), bool(asked), g.get("view") == "handovers"),
            *self._releases,
            *self._taking_part,
            *social_places(),
            view_place("done", _("Erledigt"), "check"),
        ]

    @property
    def _releases(self) -> list[Place]:
        """Return the way to public answers that wait, for those who may let them go."""
        waiting, is_here = around().counts.get("releases", 0), g.get("view") == "releases"
        if not person().can_publish or not (waiting or is_here):
            return []
        return [Place("/releases", _("Freigaben"), "lock", capped(waiting), bool(waiting), is_here)]

    @property
    def _taking_part(self) -> list[Place]:
        """Return the way to what other teams hold and one's own takes part in, where there is any."""
        part = sum(around().counts.get(f"part:{id_}", 0) for id_ in person().team_ids)
        is_here = g.get("view") == "taking-part"
        return [view_place("taking-part", _("Beteiligt"), "users", part)] if part or is_here else []

    @cached_property
    def places(self) -> list[Place]:
        parked = around().counts.get("parked", 0)
        named = [
            ("board.index", _("Übersicht"), "chart", "", person().is_lead),
            ("parked.index", _("Geparkte Nachrichten"), "park", capped(parked), person().is_lead),
            ("settings.channels", _("Einstellungen"), "gear", "", person().is_admin),
            ("demo.write", _("Als Kunde schreiben"), "pen", "", current_app.config["FADEN"].is_demo),
        ]
        return [
            Place(url_for(endpoint), name, icon, count, bool(count), _is_at(endpoint))
            for endpoint, name, icon, count, is_shown in named
            if is_shown and endpoint in current_app.view_functions
        ]

    @cached_property
    def own_places(self) -> list[Place]:
        named = [("account.show", _("Konto, Sitzungen und Sprache"))]
        return [Place(url_for(endpoint), name) for endpoint, name in named if endpoint in current_app.view_functions]

    @property
    def sign_out_url(self) -> str:
        return url_for("account.log_out") if "account.log_out" in current_app.view_functions else ""

    @cached_property
    def mobile(self) -> list[Place]:
        short = (_("Als Nächstes"), _("Offen"), _("Meine"))
        first = [replace(place, name=name, count="") for place, name in zip(self._views, short, strict=False)]
        if person().is_lead:
            first[2:] = [Place(url_for("board.index"), _("Übersicht"), "chart", is_current=_is_at("board.index"))]
        search = Place(url_for("search.index"), _("Suche"), "search", is_current=_is_at("search.index"))
        account = Place(url_for("account.show"), _("Konto"), "person", is_current=_is_at("account.show"))
        return [*first, search, account]


def _alarm(trouble: Trouble) -> Alarm:
    """Say since when a channel is in trouble and what that means; the reason and the way to mend it to admins."""
    since = formats().time(trouble.at) if trouble.at else ""
    words = _("%(name)s: seit %(since)s gestört – Antworten warten.", name=trouble.name, since=since)
    if not since:
        words = _("%(name)s: gestört – Antworten warten.", name=trouble.name)
    if not person().is_admin:
        return Alarm(words)
    return Alarm(words, trouble.words, url_for("settings.show", channel_id=trouble.channel_id))


def _standstill(since: datetime) -> Alarm:
    """Say that nobody watches over deadlines, and what to do about it."""
    words = _("Fristen werden seit %(since)s nicht überwacht: Niemand wird gewarnt.", since=formats().when(since))
    reason = _("Bitte achten Sie selbst auf die Fristen, und sagen Sie der Verwaltung Bescheid.")
    if person().is_admin:
        reason = _("Starten Sie auf dem Server den Teil „tick“ neu (faden tick); faden doctor sagt, woran es liegt.")
    return Alarm(words, reason, topic="tick")


def _is_at(endpoint: str) -> bool:
    return (request.endpoint or "").partition(".")[0] == endpoint.partition(".")[0]


def view_place(slug: str, name: str, icon: str = "", count: int = 0, *, is_hot: bool = False) -> Place:
    """Return the line of a view; it is the current one on its own page and while one of its tickets is open."""
    return Place(f"/inbox/{slug}", name, icon, capped(count), is_hot and count > 0, g.get("view") == slug)


def social_places() -> list[Place]:
    """Return the way to what lies on social media, where there is or ever was any."""
    is_there = g.get("view") == "social" or any(key.startswith("social:") for key in around().counts)
    return [view_place("social", _("Social Media"), "megaphone", around().total("social"))] if is_there else []


def around() -> Surroundings:
    """Return what surrounds this request's page; asked once."""
    if "around" not in g:
        g.around = surroundings(person(), now=clock.now())
    found: Surroundings = g.around
    return found


def prepare(flask: Flask) -> None:
    """Give every template `page` and `shell`."""

    @flask.context_processor
    def _context() -> dict[str, object]:
        return {"page": Page(), "shell": Shell()}
