"""What a team and a person set for themselves: hours, targets of hand-overs, absence and deputy. Below the settings."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.desk import people as desk
from app.errors import Refused
from app.finders import calendars, ladders, people
from app.finders.people import Presence, TeamPage
from app.web.door import settings
from app.web.forms import AGAIN, Form, without_nul
from app.web.hours_field import WrongEntry, read_date
from app.web.numbers import row_number
from app.web.policy_form import put_span, read_span
from app.web.words import _

bp = Blueprint("teams", __name__)
SPANS = ("accept", "work", "return")
A_DAY = timedelta(days=1)
LONGEST_LIST = 5000


@bp.get("/teams/<int:team_id>")
def show(team_id: int) -> str:
    team = people.team(team_id)
    return _team_page(_filled(team), team)


@bp.post("/teams/<int:team_id>/aims")
def change(team_id: int) -> ResponseReturnValue:
    """Set a team's hours and how soon it takes what is handed over to it."""
    team = people.team(team_id)
    form = Form.of(request.form, "calendar", "ladder", "asks_cause", *SPANS, *(f"{name}-unit" for name in SPANS))
    form.values["causes"] = without_nul(request.form.get("causes", ""))[:LONGEST_LIST]
    try:
        _aim(team, form)
    except Refused as refused:
        form.refuse(refused)
    if not form.is_good:
        return _team_page(form, team), AGAIN
    flash(_("Gespeichert."))
    return redirect(url_for("settings.staff.teams"), 303)


def _aim(team: TeamPage, form: Form) -> None:
    accept, work = _span_of(form, "accept"), _span_of(form, "work")
    goes_back = read_span(form, "return")
    calendar_id = _chosen(form, "calendar", {id_ for id_, _name in calendars.choices()})
    ladder_id = _chosen(form, "ladder", {id_ for id_, _name in ladders.choices()})
    if form.is_good:
        desk.aim_team(
            team.id,
            calendar_id=calendar_id,
            accept_minutes=accept,
            work_minutes=work,
            return_minutes=goes_back,
            ladder_id=ladder_id,
            asks_cause=bool(form["asks_cause"]),
            causes=form["causes"].splitlines(),
        )


def _span_of(form: Form, name: str) -> int:
    form.require(name, _("Bitte geben Sie an, wie lange das dauern darf."))
    return read_span(form, name) or 0


def _chosen(form: Form, name: str, known: set[int]) -> int | None:
    id_ = row_number(form[name]) if form[name].isdecimal() else 0
    if form[name] and id_ not in known:
        form.errors[name] = _("Das gibt es nicht (mehr).")
    return id_ if id_ in known else None


def _filled(team: TeamPage) -> Form:
    values = {"calendar": str(team.calendar_id or ""), "ladder": str(team.ladder_id or "")}
    values["asks_cause"] = "yes" if team.asks_cause else ""
    values["causes"] = "\n".join(team.causes)
    minutes = (team.accept_minutes, team.work_minutes, team.return_minutes)
    for name, span in zip(SPANS, minutes, strict=True):
        put_span(values, name, span)
    return Form(values)


def _team_page(form: Form, team: TeamPage) -> str:
    return render_template(
        "settings/team.html",
        form=form,
        team=team,
        calendars=[("", _("Standard der Firma")), *calendars.choices()],
        ladders=[("", _("Standard: bei 75 Prozent und bei Verletzung an die Teamleitung")), *ladders.choices()],
    )


def presence_form(presence: Presence) -> Form:
    """Return a person's hours, deputy and absence as they stand in their fields; both days of an absence are free."""
    zone = ZoneInfo(settings().time_zone)
    since, until = presence.away_from, presence.away_until
    return Form(
        {
            "calendar": str(presence.calendar_id or ""),
            "deputy": str(presence.deputy_id or ""),
            "away_from": since.astimezone(zone).date().isoformat() if since else "",
            "away_until": (until.astimezone(zone) - timedelta(seconds=1)).date().isoformat() if until else "",
        }
    )


def read_presence() -> Form:
    """Take what was typed of a person's hours and absence."""
    return Form.of(request.form, "calendar", "deputy", "away_from", "away_until")


def keep_presence(agent_id: int, form: Form) -> None:
    """Write a person's hours, deputy and absence; the form says beside each field what is wrong."""
    since, until = _day(form, "away_from"), _day(form, "away_until")
    calendar_id = _chosen(form, "calendar", {id_ for id_, _name in calendars.choices()})
    deputy_id = _chosen(form, "deputy", {row.id for row in people.agents() if row.is_active})
    if since is None and until is not None and "away_from" not in form.errors:
        form.errors["away_from"] = _("Bitte geben Sie auch den ersten Tag an.")
    if form.is_good:
        desk.plan_absence(
            agent_id,
            calendar_id=calendar_id,
            deputy_id=deputy_id,
            away_from=_midnight(since) if since else None,
            away_until=_midnight(until + A_DAY) if until else None,
        )


def _day(form: Form, name: str) -> date | None:
    try:
        found = read_date(form[name]) if form[name] else None
    except WrongEntry as wrong:
        form.errors[name] = str(wrong)
        return None
    if found and not 2000 <= found.year <= 2200:
        form.errors[name] = _("Das Jahr %(year)s liegt zu weit weg.", year=found.year)
        return None
    return found


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=ZoneInfo(settings().time_zone))
