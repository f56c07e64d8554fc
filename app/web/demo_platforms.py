"""The demo's customers on platforms: they write, comment, post and ring up over there, and see there what we answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.finders import channels
from app.finders.channels import Rehearsed
from app.web.door import person, settings
from app.web.forms import AGAIN, Form
from app.web.words import _
from channels.http import Caller, NotReached, Reply

bp = Blueprint("platforms", __name__)
WITHIN = 10.0
FOLDER = "demo-platforms"


class Way(NamedTuple):
    """One way to be a customer: which kind of channel hears it, what it does over there, what is typed."""

    kind: str
    act: str
    name: str
    button: str
    fields: tuple[str, ...]


def ways() -> dict[str, Way]:
    """Return every way whose other side runs in this demo."""
    everything = {
        "messenger": Way("messenger", "message", _("Messenger"), _("Nachricht senden"), ("name", "id", "text")),
        "comment": Way("messenger", "comment", _("Kommentar"), _("Öffentlich kommentieren"), ("name", "id", "text")),
        "x": Way("x", "post", _("X"), _("Auf X posten"), ("name", "username", "id", "text")),
        "x-direct": Way("x", "direct", _("X direkt"), _("Nachricht senden"), ("name", "username", "id", "text")),
        "phone": Way("phone", "ring", _("Telefon"), _("Klingeln lassen"), ("id",)),
    }
    there = {each.kind for each in channels.rehearsed()}
    return {slug: way for slug, way in everything.items() if way.kind in there}


@bp.get("/write/<slug>")
def write(slug: str) -> str:
    return _page(slug, _way(slug), Form(_example(slug)))


@bp.post("/write/<slug>")
def send(slug: str) -> ResponseReturnValue:
    """Let the platform do it, which calls us as it would call anybody."""
    way = _way(slug)
    form = Form.of(request.form, *way.fields, "call_id")
    form.values["text"] = request.form.get("text", "").strip()
    for name in way.fields:
        form.require(name, _("Bitte füllen Sie dieses Feld aus."))
    if not form.is_good:
        return _page(slug, way, form), AGAIN
    who = {"user": person().name} if way.kind == "phone" else {}
    answer = _told(way.kind, request.form.get("act") or way.act, {**form.values, **who})
    if answer is None or not answer.is_good:
        form.errors["form"] = _("Die Plattform der Demo antwortet nicht. Läuft Faden mit „make run“?")
        return _page(slug, way, form), AGAIN
    if way.kind == "phone":
        return _page(slug, way, form, call=answer.json())
    return redirect(url_for("inbox.front"), 303)


@bp.get("/received/<kind>")
def seen(kind: str) -> str:
    """Show what arrived over there, as the customer sees it."""
    channel, answer = _channel(kind), _asked("GET", f"/{kind}/seen")
    lines = answer.json() if answer and answer.is_good else []
    return render_template("demo/seen.html", lines=lines or [], channel=channel, ways=ways(), here=kind)


def _way(slug: str) -> Way:
    return ways().get(slug) or abort(404)


def _channel(kind: str) -> Rehearsed:
    return next((each for each in channels.rehearsed() if each.kind == kind), None) or abort(404)


def _told(kind: str, act: str, values: Mapping[str, str]) -> Reply | None:
    if act not in {"message", "comment", "post", "direct", "ring", "answer", "hangup"}:
        abort(404)
    return _asked("POST", f"/{kind}/{act}", dict(values))


def _asked(method: str, path: str, values: Mapping[str, str] | None = None) -> Reply | None:
    """Ask the control desk of the platforms; None where nobody answers. No database is held meanwhile."""
    channels.let_go()
    try:
        return Caller(f"http://127.0.0.1:{_control_port()}", within=WITHIN).call(method, path, json=values)
    except NotReached as error:
        current_app.logger.info("demo: %s", error.words)
        return None


def _control_port() -> int:
    try:
        found = json.loads((settings().data_dir / FOLDER / "ports.json").read_text(encoding="ascii"))
        return int(found["control"])
    except (OSError, ValueError, KeyError):
        return 0


def _page(slug: str, way: Way, form: Form, *, call: Any = None) -> str:
    return render_template("demo/platform.html", slug=slug, way=way, form=form, ways=ways(), call=call or {})


def _example(slug: str) -> dict[str, str]:
    """Return a customer who has something to say; with another id it is somebody else."""
    name, username = _("Eva Sommer"), "eva_sommer"
    texts = {
        "messenger": _("Hallo, kommt meine Stehlampe heute noch an?"),
        "comment": _("Sieht gut aus! Wann ist sie wieder lieferbar?"),
        "x": _("@nordlicht Wo bleibt meine Lampe?"),
        "x-direct": _("Hallo, meine Bestellnummer ist NL-20901."),
    }
    ids = {"messenger": "6100000000000099", "comment": "7100000000000099", "phone": "+4917139200042"}
    return {"name": name, "username": username, "id": ids.get(slug, "55010099"), "text": texts.get(slug, "")}
