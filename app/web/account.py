"""Logging in and out, and what everybody sets for themselves."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app import clock, signin
from app.desk import people, pushing
from app.errors import Refused
from app.web import devices, door, language
from app.web.browsers import name_of
from app.web.door import person
from app.web.forms import AGAIN, Form
from app.web.security import attempts
from app.web.words import _

bp = Blueprint("account", __name__)


@bp.get("/login")
def ask() -> ResponseReturnValue:
    """Show the log-in; who is inside already goes on."""
    there = door.safe_path(request.args.get("next"))
    if door.visitor():
        return redirect(there)
    return _log_in_page(Form(), there)


@bp.post("/login")
@attempts
def log_in() -> ResponseReturnValue:
    form = Form.of(request.form, "email")
    there = door.safe_path(request.form.get("next"))
    secret = _secret(form["email"], request.form.get("password", ""))
    if secret is None:
        form.errors["form"] = _("E-Mail-Adresse oder Kennwort stimmt nicht.")
        return _log_in_page(form, there), AGAIN
    session.clear()
    response = make_response(redirect(there, 303))
    door.give_cookie(response, secret)
    return response


def _log_in_page(form: Form, there: str) -> str:
    return render_template("account/log_in.html", form=form, next=there)


def _secret(email: str, password: str) -> str | None:
    return signin.log_in(
        email,
        password,
        address=request.remote_addr or "",
        browser=request.user_agent.string,
        at=clock.now(),
    )


@bp.post("/logout")
def log_out() -> ResponseReturnValue:
    signin.log_out(person().sign_in_id, agent_id=person().id)
    session.clear()
    flash(_("Sie sind abgemeldet."))
    response = make_response(redirect(url_for("account.ask"), 303))
    door.take_cookie(response)
    return response


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """Set the language of this browser, and of the person if somebody is logged in."""
    wanted = request.form.get("language", "")
    found = door.visitor()
    if wanted not in language.LANGUAGES:
        wanted = language.SOURCE
    if found:
        people.choose_language(found.id, wanted)
    response = make_response(redirect(door.safe_path(request.form.get("next")), 303))
    response.set_cookie(language.COOKIE, wanted, max_age=door.LASTS_FOR, samesite="Lax", secure=door.is_behind_tls())
    return response


@bp.get("/account")
def show() -> str:
    return _account_page(Form())


def _account_page(form: Form) -> str:
    here = person()
    browsers = [(each, name_of(each.browser), each.id == here.sign_in_id) for each in signin.sign_ins(here.id)]
    return render_template(
        "account/show.html",
        person=here,
        browsers=browsers,
        form=form,
        languages=language.LANGUAGES,
        devices=devices.own(),
        choices=devices.choices(),
        push_key=pushing.public_key(),
    )


@bp.post("/account/password")
@attempts
def change_password() -> ResponseReturnValue:
    """Change the own password; every other browser is logged out."""
    here, form = person(), Form()
    if _secret(here.email, request.form.get("present", "")) is None:
        form.errors["present"] = _("Das ist nicht Ihr jetziges Kennwort.")
        return _account_page(form), AGAIN
    try:
        signin.set_password(here.id, request.form.get("password", ""))
    except Refused as refused:
        form.refuse(refused)
        return _account_page(form), AGAIN
    flash(_("Das neue Kennwort gilt. Alle anderen Browser sind abgemeldet."))
    response = make_response(redirect(url_for("account.show"), 303))
    door.give_cookie(response, _secret(here.email, request.form["password"]) or "")
    return response


@bp.post("/account/sign-ins/<int:sign_in_id>/end")
def end(sign_in_id: int) -> ResponseReturnValue:
    signin.log_out(sign_in_id, agent_id=person().id)
    flash(_("Der Browser ist abgemeldet."))
    return redirect(url_for("account.show"), 303)


@bp.post("/account/sign-ins/end")
def end_others() -> ResponseReturnValue:
    signin.log_out_everywhere(person().id, but=person().sign_in_id)
    flash(_("Alle anderen Browser sind abgemeldet."))
    return redirect(url_for("account.show"), 303)
