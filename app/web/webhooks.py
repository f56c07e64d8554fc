"""Other programs that hear what fires. Among the settings, for administrators only."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.desk import webhook_calls
from app.desk import webhooks as desk
from app.errors import Refused
from app.finders import webhooks
from app.runs.webhooks import made
from app.seal import SealBroken
from app.web.door import person, require_admin, settings
from app.web.forms import AGAIN, Form
from app.web.words import _, said

bp = Blueprint("webhooks", __name__, url_prefix="/settings")


@bp.before_request
def _only_for_admins() -> None:
    require_admin()


@bp.get("/webhooks")
def index() -> str:
    return _list_page(Form())


@bp.post("/webhooks")
def add() -> ResponseReturnValue:
    """Add a webhook and show its secret this once."""
    form = Form.of(request.form, "name", "url")
    try:
        webhook_id, secret = desk.add(form["name"], form["url"], trusted_hosts=settings().trusted_hosts, at=clock.now())
    except Refused as refused:
        form.refuse(refused)
        return _list_page(form), AGAIN
    return _page(webhook_id, secret=secret), 201


@bp.get("/webhooks/<int:webhook_id>")
def show(webhook_id: int) -> str:
    return _page(webhook_id)


@bp.post("/webhooks/<int:webhook_id>")
def change(webhook_id: int) -> ResponseReturnValue:
    found = webhooks.webhook(person(), webhook_id)
    form = Form.of(request.form, "name", "url")
    try:
        desk.change(found.id, name=form["name"], url=form["url"], trusted_hosts=settings().trusted_hosts)
    except Refused as refused:
        form.refuse(refused)
        return _page(webhook_id, form=form), AGAIN
    flash(_("Gespeichert."))
    return redirect(url_for("webhooks.show", webhook_id=webhook_id), 303)


@bp.post("/webhooks/<int:webhook_id>/secret")
def renew(webhook_id: int) -> ResponseReturnValue:
    """Give it another secret, and show that this once."""
    return _page(webhook_id, secret=desk.renew_secret(webhooks.webhook(person(), webhook_id).id)), 200


@bp.post("/webhooks/<int:webhook_id>/test")
def test(webhook_id: int) -> ResponseReturnValue:
    """Call it now, and say what became of it."""
    found = webhooks.webhook(person(), webhook_id)
    try:
        words, _is_gone = made(webhook_calls.trial(found.id, at=clock.now()))
    except SealBroken:
        words = _("Das Geheimnis wurde mit einem anderen Schlüssel verschlossen. Bitte erneuern Sie es.")
    if words:
        flash(_("Der Testaufruf kam nicht an: %(why)s", why=words), "error")
    else:
        flash(_("Der Testaufruf wurde angenommen."))
    return redirect(url_for("webhooks.show", webhook_id=webhook_id), 303)


@bp.post("/webhooks/<int:webhook_id>/pause")
def pause(webhook_id: int) -> ResponseReturnValue:
    return _paused(webhook_id, _("Der Webhook ruht. Was er hören sollte, wartet höchstens einen Tag."), is_paused=True)


@bp.post("/webhooks/<int:webhook_id>/resume")
def resume(webhook_id: int) -> ResponseReturnValue:
    return _paused(webhook_id, _("Der Webhook läuft wieder."), is_paused=False)


def _paused(webhook_id: int, words: str, *, is_paused: bool) -> ResponseReturnValue:
    desk.pause(webhooks.webhook(person(), webhook_id).id, is_paused=is_paused)
    flash(words)
    return redirect(url_for("webhooks.show", webhook_id=webhook_id), 303)


@bp.post("/webhooks/<int:webhook_id>/remove")
def remove(webhook_id: int) -> ResponseReturnValue:
    try:
        desk.remove(webhooks.webhook(person(), webhook_id).id)
        flash(_("Der Webhook ist entfernt."))
    except Refused as refused:
        flash(said(refused), "error")
        return redirect(url_for("webhooks.show", webhook_id=webhook_id), 303)
    return redirect(url_for("webhooks.index"), 303)


def _list_page(form: Form) -> str:
    return render_template("settings/webhooks.html", form=form, rows=webhooks.webhooks())


def _page(webhook_id: int, *, form: Form | None = None, secret: str = "") -> str:
    found = webhooks.webhook(person(), webhook_id)
    return render_template(
        "settings/webhook.html",
        form=form or Form({"name": found.name, "url": found.url}),
        webhook=found,
        calls=webhooks.calls(webhook_id),
        secret=secret,
    )
