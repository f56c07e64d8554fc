"""Channels: how they are, setting them up, and a live look at the other side. For administrators only."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import channels as desk
from app.desk.accounts import account_of
from app.errors import Refused
from app.finders import channels, people
from app.finders.channels import ChannelSetUp
from app.seal import SealBroken
from app.web import mailbox_form, staff
from app.web.door import person, require_admin
from app.web.forms import AGAIN, Form
from app.web.kinds import look_of
from app.web.mailbox_form import Mailbox
from app.web.words import _
from channels.contract import Check
from channels.registry import UnknownKind, build

bp = Blueprint("settings", __name__, url_prefix="/settings")
bp.register_blueprint(staff.bp)


@bp.before_request
def _only_for_admins() -> None:
    """Whoever may not set the product up finds nothing here, nested pages included."""
    require_admin()


@bp.get("/channels", endpoint="channels")
def index() -> str:
    return render_template("settings/channels.html", rows=channels.channels(), look_of=look_of)


@bp.get("/channels/new")
def new() -> str:
    return _form_page(mailbox_form.empty(), None)


@bp.post("/channels")
def add() -> ResponseReturnValue:
    """Set a mailbox up, then look whether it can be reached."""
    form, mailbox = mailbox_form.read(request.form, None)
    try:
        if form.is_good:
            return redirect(url_for("settings.show", channel_id=_add(mailbox), check=1), 303)
    except Refused as refused:
        form.refuse(refused)
    return _form_page(form, None), AGAIN


def _add(mailbox: Mailbox) -> int:
    return desk.add(
        "email",
        name=mailbox.name,
        address=mailbox.address,
        settings=mailbox.settings,
        secrets={name: secret for name, secret in mailbox.secrets.items() if secret},
        team_id=mailbox.team_id,
    )


@bp.get("/channels/<int:channel_id>")
def show(channel_id: int) -> str:
    channel = _mailbox(channel_id)
    return _form_page(mailbox_form.filled(channel), channel)


@bp.post("/channels/<int:channel_id>")
def change(channel_id: int) -> ResponseReturnValue:
    channel = _mailbox(channel_id)
    form, mailbox = mailbox_form.read(request.form, channel)
    if not form.is_good:
        return _form_page(form, channel), AGAIN
    try:
        desk.change(
            channel.id,
            name=mailbox.name,
            address=mailbox.address,
            settings=mailbox.settings,
            secrets=mailbox.secrets,
            team_id=mailbox.team_id,
        )
    except Refused as refused:
        form.refuse(refused)
        return _form_page(form, channel), AGAIN
    flash(_("Gespeichert."))
    return redirect(url_for("settings.show", channel_id=channel.id, check=1), 303)


@bp.post("/channels/<int:channel_id>/check")
def check(channel_id: int) -> str:
    """Log in over there, line by line, and write down how the channel is."""
    lines = _look(channel_id)
    wrong = [line.words for line in lines if not line.is_ok]
    if wrong:
        desk.report_problem(channel_id, words=wrong[0], at=clock.now())
    else:
        desk.report_well(channel_id, at=clock.now())
    return render_template("settings/_check.html", lines=lines, is_well=not wrong)


def _look(channel_id: int) -> list[Check]:
    try:
        connector = build(account_of(access.channel(person(), channel_id)))
    except SealBroken:
        words = _("Die Kennwörter wurden mit einem anderen Schlüssel verschlossen. Bitte geben Sie sie neu ein.")
        return [Check(name=_("Einstellungen"), is_ok=False, words=words)]
    except (UnknownKind, ValueError) as error:
        return [Check(name=_("Einstellungen"), is_ok=False, words=str(error))]
    channels.let_go()
    return connector.check()


@bp.post("/channels/<int:channel_id>/pause")
def pause(channel_id: int) -> ResponseReturnValue:
    """Stop hearing and speaking on a channel; answers wait meanwhile."""
    return _paused(channel_id, _("Der Kanal ruht. Antworten darauf warten, bis Sie ihn fortsetzen."), is_paused=True)


@bp.post("/channels/<int:channel_id>/resume")
def resume(channel_id: int) -> ResponseReturnValue:
    return _paused(channel_id, _("Der Kanal läuft wieder."), is_paused=False)


def _paused(channel_id: int, words: str, *, is_paused: bool) -> ResponseReturnValue:
    desk.pause(access.channel(person(), channel_id).id, is_paused=is_paused)
    flash(words)
    return redirect(url_for("settings.channels"), 303)


def _mailbox(channel_id: int) -> ChannelSetUp:
    channel = channels.set_up(person(), channel_id)
    if channel.kind != "email":
        abort(404)
    return channel


def _form_page(form: Form, channel: ChannelSetUp | None) -> str:
    teams = [("", _("keines")), *((team.id, team.name) for team in people.teams())]
    return render_template(
        "settings/mailbox.html", form=form, channel=channel, teams=teams, checks="check" in request.args
    )
