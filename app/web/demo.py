"""The demo's other side: writing as a customer over real SMTP, and seeing what customers got."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.finders import channels
from app.web import demo_platforms
from app.web.demo_mails import Kept, the_newest, the_one
from app.web.door import person, settings
from app.web.forms import AGAIN, Form
from app.web.words import _

bp = Blueprint("demo", __name__, url_prefix="/demo")
bp.register_blueprint(demo_platforms.bp)
FIELDS = ("name", "email", "to", "subject", "in_reply_to")
WITHIN = 15.0
"""Seconds the local listener may take."""


@bp.before_request
def _only_in_a_demo() -> None:
    if not settings().is_demo:
        abort(404)


@bp.get("/write")
def write() -> str:
    """Show a mail that only needs to be sent; as an answer where one of ours is named."""
    answered = the_one(settings().data_dir, request.args.get("answers", ""))
    return _page(_answer_to(answered) if answered else _a_first_mail())


def _a_first_mail() -> Form:
    return Form(
        {
            "name": _("Eva Sommer"),
            "email": "eva.sommer@kundin.example",
            "subject": _("Wo bleibt meine Lampe?"),
            "text": _("Guten Tag,\n\nvor neun Tagen habe ich die Stehlampe bestellt. Wann kommt sie an?\n\nEva Sommer"),
        }
    )


def _answer_to(mail: Kept) -> Form:
    return Form(
        {
            "name": mail.to_name,
            "email": mail.to,
            "to": mail.reply_to,
            "subject": mail.subject if mail.subject.lower().startswith("re:") else f"Re: {mail.subject}",
            "in_reply_to": mail.message_id,
        }
    )


@bp.post("/write")
def send() -> ResponseReturnValue:
    """Hand the mail to the listener, as a stranger's mail server would, and watch it come in."""
    form = Form.of(request.form, *FIELDS)
    form.values["text"] = request.form.get("text", "")
    form.require("email", _("Bitte geben Sie eine Absenderadresse an."))
    form.require("to", _("Bitte wählen Sie, an wen die Mail geht."))
    try:
        if form.is_good:
            _deliver(_mail(form), form)
            return redirect(url_for("inbox.front"), 303)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        form.errors["form"] = _("Die Mail ließ sich nicht abgeben: %(reason)s", reason=_reason(error))
    return _page(form), AGAIN


@bp.get("/received")
def received() -> str:
    """Show what the sink kept; links that set a password only to those who could set it anyway."""
    mails = [mail for mail in the_newest(settings().data_dir) if person().is_admin or not mail.opens_a_door]
    return render_template("demo/received.html", mails=mails, ways=demo_platforms.ways())


def _page(form: Form) -> str:
    choices = [(address, f"{name} <{address}>") for name, address in channels.addresses()]
    if form["to"] and form["to"] not in {address for address, _name in choices}:
        choices.insert(0, (form["to"], form["to"]))
    return render_template("demo/write.html", form=form, choices=choices, ways=demo_platforms.ways())


def _mail(form: Form) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = formataddr((form["name"], form["email"]))
    mail["To"] = form["to"]
    mail["Subject"] = form["subject"]
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = make_msgid(domain=form["email"].rpartition("@")[2] or "kundin.example")
    if form["in_reply_to"]:
        mail["In-Reply-To"] = mail["References"] = f"<{form['in_reply_to']}>"
    mail.set_content(form["text"])
    for file in request.files.getlist("files"):
        if file.filename:
            kind, _slash, detail = (file.mimetype or "application/octet-stream").partition("/")
            mail.add_attachment(file.read(), maintype=kind, subtype=detail or "octet-stream", filename=file.filename)
    return mail


def _deliver(mail: EmailMessage, form: Form) -> None:
    host, _colon, port = settings().smtp_listen.rpartition(":")
    if not host:
        raise ValueError(_("In dieser Demo hört niemand auf Mails (FADEN_SMTP_LISTEN)."))
    with smtplib.SMTP(host, int(port), timeout=WITHIN) as smtp:
        smtp.send_message(mail, from_addr=form["email"], to_addrs=[form["to"]])


def _reason(error: Exception) -> str:
    """Return what the listener said to the first recipient, or else the error itself."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return f"{code} {words.decode(errors='replace')}"
    return str(error)
