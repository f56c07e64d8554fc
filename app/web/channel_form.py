"""The form of a channel as its connector describes it: a new kind of channel needs nothing here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from app.finders.channels import ChannelSetUp
from app.web.forms import Form, without_nul
from app.web.hosts import is_forbidden
from app.web.numbers import row_number
from app.web.words import _
from channels.contract import Account, Field
from channels.contract import Form as Described
from channels.registry import build, form_of

ALWAYS = ("name", "address", "team")
LONGEST = 20_000
"""Characters of one field; a public key has some thousand."""
MOST_DIGITS = 12
ADDRESS = "api_base"
"""The setting that says where calls go, and our secrets with them."""
_NAMED = re.compile(r"Einstellung (\w+): (.*)", re.DOTALL)
_MASK = re.compile(r"[*•●·.\s]*")


@dataclass(slots=True)
class Wanted:
    """What a good form means for the desk."""

    name: str
    address: str
    team_id: int | None
    settings: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict)


def empty(kind: str) -> Form:
    """Return the form of a new channel, with what the connector proposes."""
    return Form({each.name: _typed(each.default) for each in form_of(kind).fields if each.kind != "secret"})


def filled(channel: ChannelSetUp) -> Form:
    """Return the form of a channel as it is set up; secrets stay where they are."""
    values = empty(channel.kind).values
    values |= {name: _typed(value) for name, value in channel.settings.items() if name in values}
    return Form({**values, "name": channel.name, "address": channel.address, "team": str(channel.team_id or "")})


def _typed(value: object) -> str:
    """Return a setting as it stands in its field."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)


def read(
    given: Mapping[str, str], kind: str, before: ChannelSetUp | None, kept: Mapping[str, str]
) -> tuple[Form, Wanted]:
    """Take what was typed; the form says beside each field what is wrong. `kept` are the secrets that lie sealed."""
    described = form_of(kind)
    form = Form.of(given, *ALWAYS)
    form.values |= {each.name: _as_typed(given, each.name) for each in described.fields if each.kind != "secret"}
    settings = dict(before.settings) if before else {}
    for each in described.fields:
        if each.kind != "secret":
            _put(settings, each, form[each.name])
    secrets = {each.name: _secret(given, each.name) for each in described.fields if each.kind == "secret"}
    if described.address_label:
        form.require("address", _("Bitte füllen Sie dieses Feld aus."))
    _require(form, described.fields, secrets, kept)
    _check_address(form, described, before, {name for name in kept if secrets.get(name) == ""})
    team_id = row_number(form["team"]) if form["team"].isdecimal() else None
    wanted = Wanted(form["name"] or form["address"] or described.title, form["address"], team_id, settings, secrets)
    if form.is_good:
        judge(form, kind, wanted, {**kept, **{name: secret for name, secret in secrets.items() if secret}})
    return form, wanted


def _as_typed(given: Mapping[str, str], name: str) -> str:
    return without_nul(given.get(name, "")).replace("\r\n", "\n").strip()[:LONGEST]


def _secret(given: Mapping[str, str], name: str) -> str:
    """Return a secret that was typed; an empty field and the dots some program put there are none."""
    secret = _as_typed(given, name)
    return "" if _MASK.fullmatch(secret) else secret


def _put(settings: dict[str, Any], each: Field, typed: str) -> None:
    """Keep what a field says as the connector reads it; what is empty or its default is left to it."""
    if each.kind == "yes_no":
        settings[each.name] = bool(typed)
    elif not typed or typed == _typed(each.default):
        settings.pop(each.name, None)
    elif each.kind == "lines":
        settings[each.name] = [line.strip() for line in typed.splitlines() if line.strip()]
    else:
        is_number = each.kind == "number" and typed.isdecimal() and len(typed) <= MOST_DIGITS
        settings[each.name] = int(typed) if is_number else typed


def _require(form: Form, fields: tuple[Field, ...], secrets: Mapping[str, str], kept: Mapping[str, str]) -> None:
    for each in fields:
        is_given = bool(secrets[each.name] or kept.get(each.name) if each.kind == "secret" else form[each.name])
        if each.is_required and not is_given:
            form.errors[each.name] = _("Bitte füllen Sie dieses Feld aus.")


def _check_address(form: Form, described: Described, before: ChannelSetUp | None, unchanged: set[str]) -> None:
    """Refuse an address of the machine's own surroundings, and secrets that would go to another server unasked."""
    default = next((_typed(each.default) for each in described.fields if each.name == ADDRESS), "")
    if form[ADDRESS] not in {"", default} and is_forbidden(_host(form[ADDRESS])):
        form.errors[ADDRESS] = _("Diese Adresse gehört zur Maschine selbst.")
    then = _typed(before.settings.get(ADDRESS)) if before else ""
    if before and (form[ADDRESS] or default).rstrip("/") != (then or default).rstrip("/"):
        for secret in unchanged:
            form.errors[secret] = _("Der Server ist ein anderer: Bitte geben Sie das noch einmal an.")


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def judge(form: Form, kind: str, wanted: Wanted, secrets: Mapping[str, str]) -> None:
    """Let the connector judge; what it names is put beside that field."""
    account = Account(
        id=0, kind=kind, name=wanted.name, address=wanted.address, settings=wanted.settings, secrets=secrets
    )
    known = {*ALWAYS, *form.values, *(each.name for each in form_of(kind).fields)}
    try:
        build(account)
    except ValueError as error:
        named = _NAMED.fullmatch(str(error))
        form.errors[named[1] if named and named[1] in known else "form"] = named[2] if named else str(error)
