"""Service hours: the list, the form with what it means, and who changed what. Below the settings."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.desk import rulebook
from app.errors import Refused
from app.finders import calendars as finder
from app.finders.calendars import CalendarPage
from app.web import calendar_form
from app.web.calendar_form import WantedHours
from app.web.calendar_words import day_name, history_words, outlook, week_line
from app.web.door import person, settings
from app.web.forms import AGAIN, Form
from app.web.hours_field import shown_date
from app.web.regions import region_name, regions
from app.web.words import _
from sla.windows import WEEKDAYS

bp = Blueprint("calendars", __name__)
YEARS_AHEAD = 3


@bp.get("/calendars")
def index() -> str:
    rows = finder.calendars()
    return render_template("settings/calendars.html", rows=rows, week_line=week_line, region_name=region_name)


@bp.get("/calendars/new")
def new() -> str:
    return _page(calendar_form.empty(), None)


@bp.post("/calendars")
def add() -> ResponseReturnValue:
    return _written(None)


@bp.get("/calendars/<int:calendar_id>")
def show(calendar_id: int) -> str:
    page = finder.calendar(calendar_id)
    return _page(calendar_form.filled(page, today=_today()), page)


@bp.post("/calendars/<int:calendar_id>")
def change(calendar_id: int) -> ResponseReturnValue:
    """Write a new version; what was counted on days before it stays counted."""
    return _written(finder.calendar(calendar_id))


@bp.post("/calendars/preview")
def preview() -> str:
    """Say what the hours in the form would mean, while they are typed."""
    form, wanted = calendar_form.read(request.form)
    return render_template("settings/_calendar_preview.html", found=_outlook(form, wanted))


def _written(page: CalendarPage | None) -> ResponseReturnValue:
    form, wanted = calendar_form.read(request.form)
    try:
        if form.is_good:
            _write(page, wanted)
            flash(_("Gespeichert. Laufende Fristen sind neu gerechnet."))
            return redirect(url_for("settings.calendars.index"), 303)
    except Refused as refused:
        form.refuse(refused)
    return _page(form, page), AGAIN


def _write(page: CalendarPage | None, wanted: WantedHours) -> int:
    return rulebook.write_calendar(
        page.id if page else None,
        name=wanted.name,
        time_zone=wanted.time_zone,
        weekly_hours=wanted.weekly_hours,
        region=wanted.region,
        own_days=wanted.own_days,
        special_hours=wanted.special_hours,
        valid_from=wanted.valid_from if page else None,
        by_id=person().id,
        at=clock.now(),
    )


def _today() -> date:
    return clock.now().astimezone(ZoneInfo(settings().time_zone)).date()


def _outlook(form: Form, wanted: WantedHours) -> object:
    """Return what correct hours mean; of wrong ones there is nothing to say."""
    is_readable = not set(form.errors) - {"name", "valid_from"}
    year = _today().year
    return outlook(wanted.hours(range(year, year + YEARS_AHEAD)), at=clock.now()) if is_readable else None


def _page(form: Form, page: CalendarPage | None) -> str:
    _typed, wanted = calendar_form.read(form.values)
    return render_template(
        "settings/calendar.html",
        form=form,
        calendar=page,
        days=[(day, day_name(day)) for day in WEEKDAYS],
        regions=regions(form["region"]),
        zones=sorted(zone for zone in available_timezones() if zone.startswith("Europe/")),
        found=_outlook(_typed, wanted),
        starts=shown_date(page.valid_from) if page and page.valid_from and page.valid_from > _today() else "",
        versions=history_words(finder.history(page.id)) if page else [],
    )
