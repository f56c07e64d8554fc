"""Teams and people: who may come in, what they see, and who has left. Below the settings, for administrators only."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.desk import passwords
from app.desk import people as desk
from app.errors import Refused
from app.finders import calendars, people
from app.finders.people import AgentRow, Role
from app.web.door import person
from app.web.forms import AGAIN, Form, without_nul
from app.web.teams import keep_presence, presence_form, read_presence
from app.web.words import _

bp = Blueprint("staff", __name__)


@bp.get("/people")
def index() -> str:
    return _people_page(Form({"role": Role.AGENT}))


@bp.post("/people")
def add() -> ResponseReturnValue:
    """Add a person and mail them a link by which they set their password."""
    form = Form.of(request.form, "name", "email", "role")
    form.require("name", _("Bitte geben Sie den Namen an."))
    form.require("email", _("Bitte geben Sie die E-Mail-Adresse an."))
    try:
        if form.is_good:
            _invite(form)
            flash(_("%(name)s ist angelegt; ein Link für das Kennwort ist unterwegs.", name=form["name"]))
            return redirect(url_for("settings.staff.index"), 303)
    except Refused as refused:
        form.refuse(refused)
    return _people_page(form), AGAIN


def _invite(form: Form) -> None:
    agent_id = desk.add_agent(form["email"], name=form["name"], role=_role(form), teams=_teams(), at=clock.now())
    passwords.invite(agent_id, at=clock.now())


@bp.get("/people/<int:agent_id>")
def show(agent_id: int) -> str:
    found = people.agent(agent_id)
    return _person_page(_filled(found), found)


@bp.post("/people/<int:agent_id>")
def change(agent_id: int) -> ResponseReturnValue:
    found = people.agent(agent_id)
    form = Form.of(request.form, "name", "role", "phone_user", "can_publish")
    try:
        _change(agent_id, form)
    except Refused as refused:
        form.refuse(refused)
        return _person_page(form, found), AGAIN
    flash(_("Gespeichert."))
    return redirect(url_for("settings.staff.index"), 303)


def _change(agent_id: int, form: Form) -> None:
    phone_user = form["phone_user"] if "phone_user" in request.form else None
    # A box that is not ticked is not sent: the hidden field says that it was there.
    can_publish = "yes" in request.form.getlist("can_publish") if "can_publish" in request.form else None
    desk.change(
        agent_id,
        name=form["name"],
        role=_role(form),
        teams=_teams(),
        phone_user=phone_user,
        can_publish=can_publish,
        by=person(),
        at=clock.now(),
    )


@bp.post("/people/<int:agent_id>/presence")
def plan(agent_id: int) -> ResponseReturnValue:
    """Set a person's own hours, their absence and who stands in for them."""
    found, typed = people.agent(agent_id), read_presence()
    try:
        keep_presence(agent_id, typed)
    except Refused as refused:
        typed.refuse(refused)
    if not typed.is_good:
        return _person_page(_filled(found), found, typed), AGAIN
    flash(_("Gespeichert."))
    return redirect(url_for("settings.staff.show", agent_id=agent_id), 303)


def _filled(found: AgentRow) -> Form:
    values = {"name": found.name, "role": found.role, "phone_user": found.phone_user}
    return Form({**values, "can_publish": "yes" if found.can_publish else ""})


@bp.post("/people/<int:agent_id>/link")
def send_link(agent_id: int) -> ResponseReturnValue:
    passwords.invite(people.agent(agent_id).id, at=clock.now())
    flash(_("Ein Link für ein neues Kennwort ist unterwegs."))
    return redirect(url_for("settings.staff.show", agent_id=agent_id), 303)


@bp.post("/people/<int:agent_id>/leave")
def leave(agent_id: int) -> ResponseReturnValue:
    """Close the door for somebody who has left."""
    desk.deactivate(agent_id, by=person(), at=clock.now())
    flash(_("Der Zugang ist geschlossen, alle Browser sind abgemeldet. Geschriebenes bleibt."))
    return redirect(url_for("settings.staff.index"), 303)


@bp.post("/people/<int:agent_id>/return")
def come_back(agent_id: int) -> ResponseReturnValue:
    desk.activate(agent_id)
    passwords.invite(agent_id, at=clock.now())
    flash(_("Der Zugang ist wieder offen; ein Link für das Kennwort ist unterwegs."))
    return redirect(url_for("settings.staff.show", agent_id=agent_id), 303)


@bp.get("/teams")
def teams() -> str:
    return _teams_page(Form())


@bp.post("/teams")
def add_team() -> ResponseReturnValue:
    form = Form.of(request.form, "name")
    form.require("name", _("Bitte geben Sie einen Namen an."))
    if any(team.name.casefold() == form["name"].casefold() for team in people.teams()):
        form.errors["name"] = _("Ein Team „%(name)s“ gibt es schon.", name=form["name"])
    if not form.is_good:
        return _teams_page(form), AGAIN
    desk.add_team(form["name"][:80])
    flash(_("Das Team „%(name)s“ ist angelegt.", name=form["name"]))
    return redirect(url_for("settings.staff.teams"), 303)


@bp.post("/teams/<int:team_id>")
def rename_team(team_id: int) -> ResponseReturnValue:
    form = Form.of(request.form, "name")
    try:
        if form["name"]:
            desk.rename_team(team_id, form["name"][:80])
    except Refused as refused:
        form.refuse(refused)
        return _teams_page(form), AGAIN
    return redirect(url_for("settings.staff.teams"), 303)


def _role(form: Form) -> Role:
    return Role(form["role"]) if form["role"] in set(Role) else Role.AGENT


def _teams() -> list[str]:
    return [without_nul(name) for name in request.form.getlist("teams")]


def _roles() -> list[tuple[str, str]]:
    return [
        (Role.AGENT, _("Bearbeitung: sieht die Anliegen der eigenen Teams")),
        (Role.LEAD, _("Leitung: sieht auch Geparktes und bekommt Eskalationen")),
        (Role.ADMIN, _("Verwaltung: sieht alles und richtet ein")),
    ]


def role_names() -> dict[str, str]:
    return {Role.AGENT: _("Bearbeitung"), Role.LEAD: _("Leitung"), Role.ADMIN: _("Verwaltung")}


def _people_page(form: Form) -> str:
    return render_template(
        "settings/people.html",
        form=form,
        rows=people.agents(),
        teams=people.teams(),
        chosen=_teams(),
        roles=_roles(),
        role_names=role_names(),
    )


def _person_page(form: Form, found: AgentRow, presence: Form | None = None) -> str:
    chosen = _teams() if request.form and presence is None else found.teams
    others = [(row.id, row.name) for row in people.agents() if row.is_active and row.id != found.id]
    return render_template(
        "settings/person.html",
        form=form,
        found=found,
        teams=people.teams(),
        chosen=chosen,
        roles=_roles(),
        presence=presence or presence_form(people.presence(found.id)),
        calendars=[("", _("wie das erste Team")), *calendars.choices()],
        deputies=[("", _("niemand")), *others],
    )


def _teams_page(form: Form) -> str:
    return render_template("settings/teams.html", form=form, rows=people.teams())
