"""The form of an e-mail channel: five fields everybody needs, the rest folded, secrets only ever written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.finders.channels import ChannelSetUp
from app.web.channel_form import Wanted, judge
from app.web.forms import Form
from app.web.hosts import is_forbidden
from app.web.numbers import row_number
from app.web.providers import provider_of
from app.web.words import _

PLAIN = (
    *("imap_host", "imap_tls", "imap_user", "folder", "smtp_host", "smtp_tls", "smtp_user"),
    *("from_name", "ca_file", "trusted_server"),
)
NUMBERS = ("imap_port", "smtp_port", "import_since_days", "poll_seconds")
FIELDS = ("name", "address", "team", "smtp_login", "receipt", *PLAIN, *NUMBERS)
START = {
    "imap_port": "993",
    "imap_tls": "tls",
    "folder": "INBOX",
    "smtp_port": "587",
    "smtp_tls": "starttls",
    "import_since_days": "14",
    "poll_seconds": "60",
    "smtp_login": "same",
    "receipt": "yes",
}


def empty() -> Form:
    """Return the form of a new channel."""
    return Form(dict(START))


def filled(channel: ChannelSetUp) -> Form:
    """Return the form of a channel as it is set up; passwords stay where they are."""
    settings = channel.settings
    values = {**START, **{name: str(settings[name]) for name in (*PLAIN, *NUMBERS) if name in settings}}
    values |= {"name": channel.name, "address": channel.address, "team": str(channel.team_id or "")}
    values["receipt"] = "yes" if settings.get("receipt", True) else ""
    user = str(settings.get("smtp_user", ""))
    own = str(settings.get("imap_user", "")) or channel.address
    values["smtp_login"] = "none" if not user else "same" if user.lower() == own.lower() else "own"
    return Form(values)


def read(given: Mapping[str, str], before: ChannelSetUp | None) -> tuple[Form, Wanted]:
    """Take what was typed; the form says beside each field what is wrong."""
    form = Form.of(given, *FIELDS)
    form.values["address"] = form["address"].lower()
    form.require("address", _("Bitte geben Sie die Adresse an, an die Kundinnen und Kunden schreiben."))
    if before is None:
        _fill_in_provider(form)
    settings = dict(before.settings) if before else {}
    settings |= {name: form[name] for name in PLAIN} | {name: form[name] or START[name] for name in NUMBERS}
    settings |= {"address": form["address"], "receipt": bool(form["receipt"])}
    secrets = _log_ins(form, settings, given)
    team_id = row_number(form["team"]) if form["team"].isdecimal() else None
    mailbox = Wanted(form["name"] or form["address"], form["address"], team_id, settings, secrets)
    _check_hosts(form, mailbox, before)
    if form.is_good:
        judge(form, "email", mailbox, {})
    return form, mailbox


def _fill_in_provider(form: Form) -> None:
    """Set the servers of a provider everybody knows, where none were given."""
    known = provider_of(form["address"])
    if known and not form["imap_host"] and not form["smtp_host"]:
        form.values |= known
    if form["address"] and not form["imap_host"] and not form["smtp_host"]:
        form.errors["imap_host"] = _("Diesen Anbieter kennen wir nicht: Bitte nennen Sie seinen IMAP-Server.")


def _log_ins(form: Form, settings: dict[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets that were typed; most mailboxes send with the password they are read with."""
    password = given.get("password", "")
    match form["smtp_login"]:
        case "none":
            settings["smtp_user"] = ""
            return {"imap_password": password}
        case "own":
            return {"imap_password": password, "smtp_password": given.get("smtp_password", "")}
    settings["smtp_user"] = (form["imap_user"] or form["address"]) if form["smtp_host"] else ""
    return {"imap_password": password, "smtp_password": password}


def _check_hosts(form: Form, mailbox: Wanted, before: ChannelSetUp | None) -> None:
    """Refuse addresses of the machine's own surroundings, and passwords that would go to another server unasked."""
    for name in ("imap_host", "smtp_host"):
        if form[name] and is_forbidden(form[name]):
            form.errors[name] = _("Dieser Server ist kein Mailserver, sondern gehört zur Maschine selbst.")
    if before is None:
        if form["imap_host"] and not mailbox.secrets["imap_password"]:
            form.errors["password"] = _("Ohne Kennwort lässt sich das Postfach nicht lesen.")
        return
    old = before.settings
    moved = [
        (field, name)
        for field, name in (("password", "imap_host"), ("smtp_password", "smtp_host"))
        if old.get(name, "") not in {"", form[name]} and form[name]
    ]
    for field_name, name in moved:
        is_same = name == "smtp_host" and form["smtp_login"] == "same"
        asked = "password" if is_same else field_name
        if name == "smtp_host" and form["smtp_login"] == "none":
            continue
        if not mailbox.secrets.get("imap_password" if asked == "password" else "smtp_password"):
            form.errors[asked] = _("Der Server ist ein anderer: Bitte geben Sie das Kennwort noch einmal an.")
