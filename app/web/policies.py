"""Policies: the list in the order of their choice, the form with examples and a rehearsal. Below the settings."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.desk import aims, rulebook
from app.errors import NotFound, Refused
from app.finders import calendars, ladders, people, policies, rehearsal
from app.finders.policies import Agreed
from app.finders.rehearsal import Candidate, Rehearsal
from app.web import policy_form, policy_words
from app.web.door import person
from app.web.formats import formats
from app.web.forms import AGAIN, Form
from app.web.numbers import row_number
from app.web.policy_form import WantedPolicy
from app.web.policy_preview import examples, moment
from app.web.words import _

bp = Blueprint("policies", __name__)
LAST = 2**31
"""The position of a policy that is not written yet: behind all others."""
JUDGED = (*policy_form.FIELDS, *policy_form.SPANS, *(f"{name}-unit" for name in policy_form.SPANS))


@bp.get("/policies")
def index() -> str:
    running, ended = policies.policies()
    alike = [policies.criteria_of(row) for row in running]
    moves = [
        (one == before, one == after)
        for before, one, after in zip([None, *alike], alike, [*alike[1:], None], strict=False)
    ]
    rows = list(zip(running, moves, strict=True))
    return render_template("settings/policies.html", rows=rows, ended=ended, words=policy_words)


@bp.get("/policies/new")
def new() -> str:
    return _page(policy_form.empty(), None)


@bp.post("/policies")
def add() -> ResponseReturnValue:
    return _written(None)


@bp.get("/policies/<int:policy_id>")
def show(policy_id: int) -> str:
    agreed = policies.policy(policy_id)
    return _page(policy_form.filled(agreed), agreed)


@bp.post("/policies/<int:policy_id>")
def change(policy_id: int) -> ResponseReturnValue:
    """Write a new version, for messages from now on."""
    return _written(policies.policy(policy_id))


@bp.post("/policies/<int:policy_id>/end")
def end(policy_id: int) -> ResponseReturnValue:
    """Let the policy hold for no further message; what is open keeps what it was promised."""
    rulebook.end_policy(policies.policy(policy_id).policy_id, by_id=person().id, at=clock.now())
    flash(_("Die Regel gilt für keine neue Nachricht mehr. Was offen ist, behält seine Frist."))
    return redirect(url_for("settings.policies.index"), 303)


@bp.post("/policies/<int:policy_id>/move")
def move(policy_id: int) -> ResponseReturnValue:
    """Change places with the policy before or after it."""
    is_up = request.form.get("to") == "up"
    rulebook.move_policy(policies.policy(policy_id).policy_id, up=is_up, by_id=person().id, at=clock.now())
    return redirect(url_for("settings.policies.index", _anchor=f"policy-{policy_id}"), 303)


@bp.post("/policies/preview")
def preview() -> str:
    """Say what the targets in the form mean, while they are typed."""
    _form, wanted = policy_form.read(request.form)
    return render_template("settings/_policy_examples.html", examples=_examples(wanted))


@bp.post("/policies/rehearsal")
def rehearse() -> str:
    """Judge the last 30 days by the policy in the form."""
    form, wanted = policy_form.read(request.form)
    return render_template("settings/_rehearsal.html", **_rehearsed(form, wanted))


@bp.get("/policies/rehearsal")
def rehearsed() -> str:
    """List the answers that would have been too late, by the policy in the address."""
    form, wanted = policy_form.read(request.args)
    return render_template("settings/rehearsal.html", form=form, words=policy_words, **_rehearsed(form, wanted))


def _written(before: Agreed | None) -> ResponseReturnValue:
    form, wanted = policy_form.read(request.form)
    try:
        if form.is_good:
            _write(before, wanted)
            flash(_("Gespeichert. Die Regel gilt für Nachrichten von jetzt an."))
            return redirect(url_for("settings.policies.index"), 303)
    except Refused as refused:
        form.refuse(refused)
    return _page(form, before), AGAIN


def _write(before: Agreed | None, wanted: WantedPolicy) -> int:
    return rulebook.write_policy(
        before.policy_id if before else None,
        name=wanted.name,
        route=wanted.route,
        team_id=wanted.team_id,
        tag=wanted.tag,
        priority=wanted.priority,
        customer_group=wanted.customer_group,
        calendar_id=wanted.calendar_id,
        targets=wanted.targets,
        holding=wanted.holding,
        promise_minutes=wanted.promise_minutes,
        counts_third=wanted.counts_third,
        ladder_id=wanted.ladder_id,
        by_id=person().id,
        at=clock.now(),
    )


def _examples(wanted: WantedPolicy) -> object:
    if not wanted.calendar_id:
        return []
    holidays = calendars.calendar(wanted.calendar_id).newest.holidays
    return examples(wanted, aims.newest_hours(wanted.calendar_id), holidays, at=clock.now())


def _rehearsed(form: Form, wanted: WantedPolicy) -> dict[str, object]:
    """Return the rehearsal with the address of its list; nothing for a form that cannot be reckoned with."""
    policy_id = row_number(request.values["policy"]) if request.values.get("policy", "").isdecimal() else 0
    found = None
    if not set(form.errors) - {"name"} and wanted.targets:
        found = rehearsal.rehearse(_candidate(wanted, policy_id), at=clock.now())
    typed = {name: form[name] for name in JUDGED if form[name]}
    url = f"{url_for('settings.policies.rehearsed')}?{urlencode({**typed, 'policy': policy_id})}"
    return {"found": found, "since": _since(found), "url": url}


def _candidate(wanted: WantedPolicy, policy_id: int) -> Candidate:
    try:
        position = policies.policy(policy_id).position if policy_id else LAST
    except NotFound:
        policy_id, position = 0, LAST
    hours = aims.newest_hours(wanted.calendar_id).hours
    return Candidate(policy_id=policy_id, scope=wanted.scope, position=position, targets=wanted.targets, hours=hours)


def _since(found: Rehearsal | None) -> str:
    return formats().full(found.since) if found and found.since else ""


def _page(form: Form, before: Agreed | None) -> str:
    _typed, wanted = policy_form.read(form.values)
    return render_template(
        "settings/policy.html",
        form=form,
        policy=before,
        words=policy_words,
        moment=moment,
        teams=[("", _("alle Teams")), *((team.id, team.name) for team in people.teams())],
        calendars=calendars.choices(),
        ladders=[("", _("Standard: bei 75 Prozent und bei Verletzung an die Teamleitung")), *ladders.choices()],
        tags=policies.known_tags(),
        groups=policies.known_groups(),
        kinds=policy_words.kind_words(),
        examples=_examples(wanted),
        versions=policy_words.history_words(policies.history(before.policy_id)) if before else [],
    )
