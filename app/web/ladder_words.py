"""Ladders in words: what will happen when, to whom, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from app.finders.ladders import Reachable
from app.web.formats import formats
from app.web.words import _

EXAMPLE = 240
"""Minutes of a target that stands for all, where no policy climbs the ladder yet."""


def fixed_words() -> dict[str, str]:
    return {
        "assignee": _("wer das Anliegen bearbeitet"),
        "lead": _("Teamleitung"),
        "deputy": _("Vertretung der Person, die es bearbeitet"),
        "owner": _("wer die Zusage gegeben hat"),
    }


def way_words() -> dict[str, str]:
    return {
        "inbox": _("Benachrichtigung"),
        "mail": _("Mail"),
        "push": _("Gerät"),
        "call": _("Rückruf anlegen"),
    }


def also_choices(known: Reachable) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return whom a rung can name besides those that every shop has, in groups."""
    return [
        (_("Leitung eines Teams"), [(f"leads:{id_}", leads_words(name)) for id_, name in known.teams.items()]),
        (_("Ein ganzes Team"), [(f"team:{id_}", team_words(name)) for id_, name in known.teams.items()]),
        (_("Eine Person"), [(f"agent:{id_}", name) for id_, name in known.people.items()]),
    ]


def leads_words(name: str) -> str:
    return _("Leitung von %(team)s", team=name)


def team_words(name: str) -> str:
    return _("alle von %(team)s", team=name)


def sentences(rungs: Sequence[Mapping[str, Any]], known: Reachable, *, minutes: int = EXAMPLE) -> list[str]:
    """Say rung by rung what happens on a clock of so many minutes."""
    return [_sentence(rung, known, minutes) for rung in rungs]


def _sentence(rung: Mapping[str, Any], known: Reachable, minutes: int) -> str:
    words = formats()
    to = _and([_person(word, known) for word in rung.get("to", ())])
    via = _and([_way(way, known) for way in rung.get("via", ()) or ("inbox", "mail")])
    if rung["at"] == "breach":
        said = _("Sobald die Frist verletzt ist: %(to)s; %(via)s.", to=to, via=via)
    else:
        after = words.hours(timedelta(minutes=minutes * int(rung["at"]) / 100))
        said = _("Nach %(span)s (%(percent)s %%): %(to)s; %(via)s.", span=after, percent=rung["at"], to=to, via=via)
    repeat = rung.get("repeat")
    if repeat:
        every = words.hours(timedelta(minutes=int(repeat["every"])))
        most = repeat.get("most", 1)
        again = _(
            "Danach alle %(span)s in ihrer Servicezeit noch einmal, höchstens %(most)s-mal.", span=every, most=most
        )
        return f"{said} {again}"
    return said


def _person(word: str, known: Reachable) -> str:
    kind, _colon, id_ = word.partition(":")
    if not id_:
        return fixed_words().get(kind, fixed_words().get(kind.removesuffix("s"), kind))
    number = int(id_)
    gone = _("jemand, den es nicht mehr gibt")
    if kind == "agent":
        return known.people.get(number, gone)
    name = known.teams.get(number)
    if name is None:
        return gone
    return leads_words(name) if kind == "leads" else team_words(name)


def _way(way: str, known: Reachable) -> str:
    kind, _colon, id_ = way.partition(":")
    if kind == "webhook":
        return _("Webhook „%(name)s“", name=known.webhooks.get(int(id_ or 0), "?"))
    return way_words().get(kind, kind)


def _and(pieces: Sequence[str]) -> str:
    if len(pieces) < 2:
        return "".join(pieces) or _("niemand")
    return _("%(first)s und %(last)s", first=", ".join(pieces[:-1]), last=pieces[-1])
