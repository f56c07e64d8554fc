"""The form of a ladder: any number of rungs, each with when, whom and how; works without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.finders.ladders import LadderRow, Reachable
from app.web.forms import Form, without_nul
from app.web.policy_form import put_span, read_span
from app.web.words import _

MOST_RUNGS = 20
MOST_REPEATS = 99
BREACH = "breach"
ALL = 100
"""Percent."""
FIXED = ("assignee", "lead", "deputy", "owner")
WAYS = ("inbox", "mail", "push", "call")
USUAL: tuple[dict[str, Any], ...] = (
    {"at": 50, "to": ["assignee"], "via": ["inbox"]},
    {"at": 75, "to": ["assignee", "lead"], "via": ["inbox", "mail"]},
    {"at": BREACH, "to": ["lead"], "via": ["inbox", "mail"], "repeat": {"every": 240, "most": 5}},
)
"""What a new ladder proposes."""


@dataclass(slots=True, kw_only=True)
class RungForm:
    """One rung between two requests."""

    at: str = "percent"
    percent: str = ""
    to: list[str] = field(default_factory=list)
    via: list[str] = field(default_factory=list)
    is_repeated: bool = False
    span: Form = field(default_factory=lambda: Form({"every": "4", "every-unit": "h"}))
    """`every` with its unit."""
    most: str = "5"
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def also(self) -> list[str]:
        """Return whom it names besides those that every shop has."""
        return [word for word in self.to if word not in FIXED]

    @property
    def webhooks(self) -> list[str]:
        return [way for way in self.via if way not in WAYS]


@dataclass(slots=True, kw_only=True)
class LadderForm:
    head: Form
    rungs: list[RungForm]

    @property
    def is_good(self) -> bool:
        return self.head.is_good and not any(rung.errors for rung in self.rungs)

    @property
    def written(self) -> list[dict[str, Any]]:
        """Return the rungs as a ladder keeps them, the lowest first."""
        return sorted(map(_written, self.rungs), key=_height)


def empty() -> LadderForm:
    """Return the form of a new ladder with usual rungs."""
    return LadderForm(head=Form(), rungs=[_filled(rung) for rung in USUAL])


def filled(row: LadderRow) -> LadderForm:
    """Return the form of a ladder as it is."""
    return LadderForm(head=Form({"name": row.name}), rungs=[_filled(rung) for rung in row.rungs])


def _filled(rung: Mapping[str, Any]) -> RungForm:
    repeat = rung.get("repeat") or {}
    form = RungForm(
        at=BREACH if rung["at"] == BREACH else "percent",
        percent="" if rung["at"] == BREACH else str(rung["at"]),
        to=list(rung.get("to", ())),
        via=list(rung.get("via", ())),
        is_repeated=bool(repeat),
    )
    if repeat:
        put_span(form.span.values, "every", int(repeat["every"]))
        form.most = str(repeat.get("most", 1))
    return form


def read(given: MultiDict[str, str], known: Reachable) -> LadderForm:
    """Take what was typed; each rung says beside its field what is wrong."""
    head = Form.of(given, "name")
    head.require("name", _("Bitte geben Sie einen Namen an."))
    count = given.get("rungs", "0")
    numbers = range(min(int(count) if count.isdecimal() and len(count) <= 3 else 0, MOST_RUNGS))
    rungs = [_read(given, number) for number in numbers]
    for rung in rungs:
        _check(rung, known)
    _check_rhythm(rungs)
    if not rungs:
        head.errors["rungs"] = _("Eine Leiter braucht mindestens eine Stufe.")
    return LadderForm(head=head, rungs=rungs)


def changed(given: MultiDict[str, str], known: Reachable) -> LadderForm:
    """Return what was typed with one rung more or less; nothing is judged yet."""
    form = read(given, known)
    gone = given.get("remove", "")
    if gone.isdecimal():
        form.rungs = [rung for number, rung in enumerate(form.rungs) if str(number) != gone]
    elif "add" in given and len(form.rungs) < MOST_RUNGS:
        form.rungs.append(RungForm(percent="90", to=["lead"], via=["inbox", "mail"]))
    form.head.errors.clear()
    for rung in form.rungs:
        rung.errors.clear()
        rung.span.errors.clear()
    return form


def _read(given: MultiDict[str, str], number: int) -> RungForm:
    def typed(name: str, otherwise: str = "") -> str:
        return without_nul(given.get(f"{name}-{number}", otherwise)).strip()[:40]

    def chosen(*names: str) -> list[str]:
        found = [each for name in names for each in given.getlist(f"{name}-{number}") if each]
        return list(dict.fromkeys(without_nul(each)[:40] for each in found))

    return RungForm(
        at=BREACH if typed("at") == BREACH else "percent",
        percent=typed("percent"),
        to=chosen("to", "also"),
        via=chosen("via"),
        is_repeated=bool(typed("repeats")) and typed("at") == BREACH,
        span=Form({"every": typed("every", "4"), "every-unit": typed("every-unit", "h")}),
        most=typed("most", "5"),
    )


def _check(rung: RungForm, known: Reachable) -> None:
    if rung.at != BREACH and not (rung.percent.isdecimal() and 1 <= int(rung.percent[:4]) <= 99):
        rung.errors["percent"] = _("Eine ganze Zahl von 1 bis 99.")
    people = {*FIXED, *(f"{kind}:{id_}" for kind in ("team", "leads") for id_ in known.teams)}
    people |= {f"agent:{id_}" for id_ in known.people}
    if not rung.to:
        rung.errors["to"] = _("Wer soll es erfahren? Bitte wählen Sie mindestens eine Person oder ein Team.")
    elif set(rung.to) - people:
        rung.errors["to"] = _("Davon gibt es jemanden nicht mehr: Bitte wählen Sie neu.")
        rung.to = [word for word in rung.to if word in people]
    ways = {*WAYS, *(f"webhook:{id_}" for id_ in known.webhooks)}
    if not rung.via:
        rung.errors["via"] = _("Auf welchem Weg? Bitte wählen Sie mindestens einen.")
    elif set(rung.via) - ways:
        rung.errors["via"] = _("Einen davon gibt es nicht mehr: Bitte wählen Sie neu.")
        rung.via = [way for way in rung.via if way in ways]
    if rung.is_repeated:
        _check_repeat(rung)


def _check_repeat(rung: RungForm) -> None:
    rung.span.require("every", _("Bitte geben Sie an, nach wie langer Zeit."))
    read_span(rung.span, "every")
    if "every" in rung.span.errors:
        rung.errors["every"] = rung.span.errors["every"]
    if not (rung.most.isdecimal() and 1 <= int(rung.most[:4]) <= MOST_REPEATS):
        rung.errors["most"] = _("Eine ganze Zahl von 1 bis %(most)s.", most=MOST_REPEATS)


def _check_rhythm(rungs: Sequence[RungForm]) -> None:
    """Refuse a second rhythm: who is told again would not know which of them they hear."""
    again = [rung for rung in rungs if rung.is_repeated and not rung.errors]
    for rung in again[1:]:
        if (rung.span.values, rung.most) != (again[0].span.values, again[0].most):
            rung.errors["every"] = _("Eine Leiter wiederholt sich nur in einem Takt: wie bei der Stufe darüber.")


def _height(rung: Mapping[str, Any]) -> int:
    return ALL if rung["at"] == BREACH else int(rung["at"])


def _written(rung: RungForm) -> dict[str, Any]:
    ways: Sequence[str] = [*(way for way in WAYS if way in rung.via), *rung.webhooks]
    fixed = [word for word in FIXED if word in rung.to]
    written: dict[str, Any] = {
        "at": BREACH if rung.at == BREACH else int(rung.percent),
        "to": [*fixed, *rung.also],
        "via": list(ways),
    }
    if rung.is_repeated:
        written["repeat"] = {"every": read_span(rung.span, "every") or 0, "most": int(rung.most)}
    return written
