"""Channels: how they are, setting them up, and a live look at the other side. For administrators only."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import channels as desk
from app.desk.accounts import account_of
from app.errors import Refused
from app.finders import channels, people
from app.finders.channels import ChannelSetUp
from app.seal import SealBroken
from app.web import calendars, channel_form, ladders, mailbox_form, policies, staff, teams
from app.web.channel_form import Wanted
from app.web.channel_health import health_of, hook_url
from app.web.door import person, require_admin
from app.web.forms import AGAIN, Form
from app.web.kinds import kinds, look_of
from app.web.words import _
from channels.contract import Check, Health
from channels.registry import UnknownKind, build, form_of

bp = Blueprint("settings", __name__, url_prefix="/settings")
for page in (staff, teams, calendars, policies, ladders):
    bp.register_blueprint(page.bp)


@bp.before_request
def _only_for_admins() -> None:
    """Whoever may not set the product up finds nothing here, nested pages included."""
    require_admin()


@bp.get("/channels", endpoint="channels")
def index() -> str:
    return render_template("settings/channels.html", rows=channels.channels(), look_of=look_of)


@bp.get("/channels/new")
def choose() -> str:
    """Offer every kind that is installed."""
    return render_template("settings/kinds.html", kinds=kinds())


@bp.get("/channels/new/<kind>")
def new(kind: str) -> str:
    return _form_page(kind, mailbox_form.empty() if kind == "email" else channel_form.empty(_known(kind)), None)


@bp.post("/channels")
def add() -> ResponseReturnValue:
    """Set an account up, then look whether it can be reached."""
    kind = _known(request.form.get("kind", "email"))
    form, wanted = _read(kind, None)
    try:
        if form.is_good:
            return redirect(url_for("settings.show", channel_id=_add(kind, wanted), check=1), 303)
    except Refused as refused:
        form.refuse(refused)
    return _form_page(kind, form, None), AGAIN


def _known(kind: str) -> str:
    """Return the kind if there is a connector for it; what nobody can hear has no form either."""
    try:
        form_of(kind)
    except UnknownKind:
        abort(404)
    return kind


def _read(kind: str, before: ChannelSetUp | None) -> tuple[Form, Wanted]:
    if kind == "email":
        return mailbox_form.read(request.form, before)
    return channel_form.read(request.form, kind, before, _kept(before))


def _kept(channel: ChannelSetUp | None) -> Mapping[str, str]:
    """Return the secrets that lie sealed, for the connector to judge; none where the key was lost."""
    try:
        return account_of(access.channel(person(), channel.id)).secrets if channel else {}
    except SealBroken:
        return {}


def _add(kind: str, wanted: Wanted) -> int:
    return desk.add(
        kind,
        name=wanted.name,
        address=wanted.address,
        settings=wanted.settings,
        secrets={name: secret for name, secret in wanted.secrets.items() if secret},
        team_id=wanted.team_id,
    )


@bp.get("/channels/<int:channel_id>")
def show(channel_id: int) -> str:
    channel = channels.set_up(person(), channel_id)
    filled = mailbox_form.filled if _known(channel.kind) == "email" else channel_form.filled
    return _form_page(channel.kind, filled(channel), channel)


@bp.post("/channels/<int:channel_id>")
def change(channel_id: int) -> ResponseReturnValue:
    channel = channels.set_up(person(), channel_id)
    form, wanted = _read(_known(channel.kind), channel)
    try:
        if form.is_good:
            _change(channel_id, wanted)
            flash(_("Gespeichert."))
            return redirect(url_for("settings.show", channel_id=channel_id, check=1), 303)
    except Refused as refused:
        form.refuse(refused)
    return _form_page(channel.kind, form, channel), AGAIN


def _change(channel_id: int, wanted: Wanted) -> None:
    desk.change(
        channel_id,
        name=wanted.name,
        address=wanted.address,
        settings=wanted.settings,
        secrets=wanted.secrets,
        team_id=wanted.team_id,
    )


@bp.post("/channels/<int:channel_id>/check")
def check(channel_id: int) -> str:
    """Log in over there, line by line, and write down how the channel is."""
    lines, health = _look(channel_id)
    wrong = [line.words for line in lines if not line.is_ok]
    if health:
        desk.report_health(channel_id, health, at=clock.now())
    if wrong and (health is None or health.is_ok):
        desk.report_problem(channel_id, words=wrong[0], source=desk.Source.HEALTH, at=clock.now())
    elif not wrong and (health is None or health.is_ok):
        desk.report_well(channel_id, at=clock.now())
    return render_template("settings/_check.html", lines=lines, is_well=not wrong)


def _look(channel_id: int) -> tuple[list[Check], Health | None]:
    """Return the lines of a live check; and what the platform says about the account, where it is more than those."""
    try:
        connector = build(account_of(access.channel(person(), channel_id)))
    except SealBroken:
        words = _("Die Kennwörter wurden mit einem anderen Schlüssel verschlossen. Bitte geben Sie sie neu ein.")
        return [Check(name=_("Einstellungen"), is_ok=False, words=words)], None
    except (UnknownKind, ValueError) as error:
        return [Check(name=_("Einstellungen"), is_ok=False, words=str(error))], None
    channels.let_go()
    return connector.check(), None if connector.kind == "email" else connector.health(now=clock.now())


@bp.get("/channels/<int:channel_id>/condition")
def condition(channel_id: int) -> str:
    """Return how the channel is now, for its page when it hears that this changed."""
    channel = channels.set_up(person(), channel_id)
    hook = hook_url(_known(channel.kind), channel_id)
    return render_template("settings/_condition.html", channel=channel, health=health_of(person(), channel), hook=hook)


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


def _form_page(kind: str, form: Form, channel: ChannelSetUp | None) -> str:
    return render_template(
        "settings/mailbox.html" if kind == "email" else "settings/channel.html",
        kind=kind,
        form=form,
        channel=channel,
        described=form_of(kind),
        health=health_of(person(), channel) if channel else None,
        hook=hook_url(kind, channel.id if channel else 0),
        teams=[("", _("keines")), *((team.id, team.name) for team in people.teams())],
        checks="check" in request.args,
    )
