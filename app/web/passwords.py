"""A forgotten password: asking for a link, and what stands behind it."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, signin
from app.desk import passwords
from app.errors import Refused
from app.web.forms import AGAIN, Form
from app.web.security import requests_for_mail
from app.web.words import _

bp = Blueprint("passwords", __name__)


@bp.get("/password")
def forgotten() -> str:
    return render_template("account/forgotten.html", form=Form(), is_sent=False)


@bp.post("/password")
@requests_for_mail
def send_link() -> ResponseReturnValue:
    """Mail a link; the answer is the same whether or not the address is known."""
    form = Form.of(request.form, "email")
    form.require("email", _("Bitte geben Sie Ihre E-Mail-Adresse an."))
    if not form.is_good:
        return render_template("account/forgotten.html", form=form, is_sent=False), AGAIN
    passwords.send_link(form["email"], at=clock.now())
    return render_template("account/forgotten.html", form=form, is_sent=True)


@bp.get("/password/<token>")
def choose(token: str) -> ResponseReturnValue:
    agent = passwords.agent_of(token, at=clock.now())
    if agent is None:
        return render_template("account/dead_link.html"), HTTPStatus.GONE
    return render_template("account/new_password.html", form=Form(), email=agent.email)


@bp.post("/password/<token>")
def take(token: str) -> ResponseReturnValue:
    """Set the password; the link is dead from now on, and every browser is logged out."""
    agent = passwords.agent_of(token, at=clock.now())
    if agent is None:
        return render_template("account/dead_link.html"), HTTPStatus.GONE
    email = agent.email
    try:
        signin.set_password(agent.id, request.form.get("password", ""))
    except Refused as refused:
        form = Form()
        form.refuse(refused)
        return render_template("account/new_password.html", form=form, email=email), AGAIN
    flash(_("Das neue Kennwort gilt. Bitte melden Sie sich damit an."))
    return redirect(url_for("account.ask"), 303)
