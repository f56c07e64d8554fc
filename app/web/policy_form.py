"""The form of a policy: for what it holds, how soon is answered, what a holding reply does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from app.desk.words import group_of, tag_of
from app.errors import Refused
from app.finders import calendars, ladders, people
from app.finders.policies import Agreed, scope
from app.web.forms import Form
from app.web.numbers import row_number
from app.web.words import _, said
from sla.policies import Scope
from sla.targets import Kind, Priority, Route, minutes_of

KINDS = ("first", "next", "resolution", "update")
NEEDED = ("first", "next")
PRIORITIES = (Priority.NORMAL.value, Priority.URGENT.value)
TARGETS = tuple(f"{kind}-{priority}" for kind in KINDS for priority in PRIORITIES)
SPANS = (*TARGETS, "promise")
FIELDS = ("name", "route", "team", "tag", "priority", "customer_group", "calendar", "holding", "counts_third", "ladder")
MODES = ("own_conversation", "stops_first_response", "pauses_escalation", "ignored")
MOST_MINUTES = 60 * 24 * 365
AN_HOUR = 60
START = {"first-normal": 240, "first-urgent": 60, "next-normal": 480, "next-urgent": 120, "promise": 4 * 480}
"""Minutes that a new policy proposes."""

Targets = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPolicy:
    """What the form asks for, ready for the desk."""

    name: str
    route: str | None
    team_id: int | None
    tag: str | None
    priority: str | None
    customer_group: str | None
    calendar_id: int
    targets: Targets
    holding: str
    promise_minutes: int
    counts_third: bool
    ladder_id: int | None

    @property
    def scope(self) -> Scope:
        return scope(self.route, self.team_id, self.tag, self.priority, self.customer_group)


def empty() -> Form:
    """Return the form of a new policy with usual targets."""
    choices = calendars.choices()
    values = {"calendar": str(min(id_ for id_, _name in choices)) if choices else "", "holding": MODES[0]}
    values |= {"counts_third": "yes", "route": Route.EMAIL.value}
    for name, minutes in START.items():
        put_span(values, name, minutes)
    return Form(values)


def filled(agreed: Agreed) -> Form:
    """Return the form of a policy as it holds now."""
    values = {
        "name": agreed.name,
        "route": agreed.route or "",
        "team": str(agreed.team_id or ""),
        "tag": agreed.tag or "",
        "priority": agreed.priority or "",
        "customer_group": agreed.customer_group or "",
        "calendar": str(agreed.calendar_id),
        "holding": agreed.holding,
        "counts_third": "yes" if agreed.counts_third else "",
        "ladder": str(agreed.ladder_id or ""),
    }
    put_span(values, "promise", agreed.promise_minutes)
    for kind in KINDS:
        minutes = minutes_of(agreed.targets, Kind(kind)) if kind in NEEDED else agreed.targets.get(kind, {})
        for priority in PRIORITIES:
            put_span(values, f"{kind}-{priority}", minutes.get(priority))
    return Form(values)


def put_span(values: dict[str, str], name: str, minutes: int | None) -> None:
    """Write a span as people say it: whole hours as hours, everything else in minutes."""
    is_whole = bool(minutes) and minutes is not None and minutes % AN_HOUR == 0
    values[name] = "" if minutes is None else str(minutes // AN_HOUR if is_whole else minutes)
    values[f"{name}-unit"] = "h" if is_whole or minutes is None else "min"


def read(given: Mapping[str, str]) -> tuple[Form, WantedPolicy]:
    """Take what was typed; the form says beside each field what is wrong."""
    form = Form.of(given, *FIELDS, *SPANS, *(f"{name}-unit" for name in SPANS))
    form.require("name", _("Bitte geben Sie einen Namen an."))
    minutes = {name: read_span(form, name) for name in SPANS}
    for kind in NEEDED:
        form.require(f"{kind}-normal", _("Bitte geben Sie an, wie lange das dauern darf."))
    for kind in set(KINDS) - set(NEEDED):
        if form[f"{kind}-urgent"]:
            form.require(f"{kind}-normal", _("Ohne Ziel für normale Anliegen gilt auch dieses nicht."))
    form.require("promise", _("Bitte geben Sie an, wie weit eine Zusage reichen darf."))
    wanted = WantedPolicy(
        name=form["name"][:80],
        route=_one_of(form, "route", {each.value for each in Route}),
        team_id=_row(form, "team", {team.id for team in people.teams()}),
        tag=_word(form, "tag", tag_of),
        priority=_one_of(form, "priority", set(PRIORITIES)),
        customer_group=_word(form, "customer_group", group_of),
        calendar_id=_row(form, "calendar", {id_ for id_, _name in calendars.choices()}) or 0,
        targets=_targets(minutes),
        holding=_one_of(form, "holding", set(MODES)) or MODES[0],
        promise_minutes=minutes["promise"] or START["promise"],
        counts_third=bool(form["counts_third"]),
        ladder_id=_row(form, "ladder", {id_ for id_, _name in ladders.choices()}),
    )
    form.require("calendar", _("Bitte wählen Sie, in welcher Servicezeit gerechnet wird."))
    return form, wanted


def read_span(form: Form, name: str) -> int | None:
    """Return the minutes of a number with its unit; None where nothing was typed or it cannot be one."""
    if not form[name]:
        return None
    try:
        number = Decimal(form[name].replace(",", "."))
    except InvalidOperation:
        form.errors[name] = _("„%(typed)s“ ist keine Zahl.", typed=form[name][:40])
        return None
    if not number.is_finite() or not 0 < number <= MOST_MINUTES:
        form.errors[name] = _("Mindestens eine Minute, höchstens ein Jahr.")
        return None
    minutes = number * AN_HOUR if form[f"{name}-unit"] == "h" else number
    if minutes != int(minutes):
        form.errors[name] = _("Bitte ganze Minuten.")
        return None
    if minutes > MOST_MINUTES:
        form.errors[name] = _("Mindestens eine Minute, höchstens ein Jahr.")
        return None
    return int(minutes)


def _word(form: Form, name: str, spelt: Callable[[str], str]) -> str | None:
    """Return a word as it is stored; None where none was typed or it cannot be one."""
    try:
        return spelt(form[name]) if form[name] else None
    except Refused as refused:
        form.errors[name] = said(refused)
        return None


def _targets(minutes: Mapping[str, int | None]) -> Targets:
    targets: Targets = {}
    for kind in KINDS:
        found = {priority: minutes[f"{kind}-{priority}"] for priority in PRIORITIES}
        if found[PRIORITIES[0]]:
            targets[kind] = {priority: within for priority, within in found.items() if within}
    return targets


def _one_of(form: Form, name: str, known: set[str]) -> str | None:
    if form[name] and form[name] not in known:
        form.errors[name] = _("Das gibt es nicht (mehr).")
        return None
    return form[name] or None


def _row(form: Form, name: str, known: set[int]) -> int | None:
    id_ = row_number(form[name]) if form[name].isdecimal() else 0
    if form[name] and id_ not in known:
        form.errors[name] = _("Das gibt es nicht (mehr).")
    return id_ if id_ in known else None
