"""How one is told: which mails and pushes, and the devices that are told while nobody looks."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.desk import pushing, wishes
from app.errors import Refused
from app.finders import devices
from app.finders.devices import DeviceRow
from app.runs.pushing import NotTaken, wake
from app.web import assets
from app.web.browsers import name_of
from app.web.door import person, settings
from app.web.words import _, said

bp = Blueprint("devices", __name__)


@bp.get("/sw.js")
def worker() -> Response:
    """Serve the service worker from the root, where it may show words for every page; always the newest."""
    built = assets.FOLDER / assets.address("worker.js").rpartition("/")[2]
    if not built.is_file():
        abort(404)
    response = Response(built.read_bytes(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.post("/account/devices")
def add() -> ResponseReturnValue:
    """Keep where this browser wants to be told, as its own `PushSubscription.toJSON()` says."""
    asked = request.get_json(silent=True)
    given = asked if isinstance(asked, dict) else {}
    kept = given.get("keys")
    keys = kept if isinstance(kept, dict) else {}
    try:
        subscription_id = pushing.subscribe(
            person().id,
            endpoint=str(given.get("endpoint") or ""),
            p256dh=str(keys.get("p256dh") or ""),
            auth=str(keys.get("auth") or ""),
            browser=name_of(request.user_agent.string),
            own_hosts=settings().push_hosts,
            at=clock.now(),
        )
    except Refused as refused:
        return {"error": said(refused)}, 422
    flash(_("Dieser Browser bekommt jetzt Mitteilungen. Schicken Sie sich zur Probe eine."))
    return {"id": subscription_id}, 201


@bp.post("/account/devices/<int:subscription_id>/remove")
def remove(subscription_id: int) -> ResponseReturnValue:
    pushing.unsubscribe(subscription_id, agent_id=person().id)
    flash(_("Dieses Gerät bekommt keine Mitteilungen mehr."))
    return redirect(url_for("account.show") + "#told", 303)


@bp.post("/account/devices/<int:subscription_id>/test")
def test(subscription_id: int) -> ResponseReturnValue:
    """Send a word to one device at once, and say whether it was taken.

    Anybody may name an address here: what it answers would tell them about machines they cannot reach themselves.
    """
    device = pushing.device(subscription_id, agent_id=person().id)
    text = {
        "title": _("Testnachricht von Faden"),
        "body": _("So sieht es aus, wenn eine Frist abläuft."),
        "url": url_for("notifications.index"),
        "tag": f"test-{subscription_id}",
    }
    try:
        wake(device, text, is_urgent=True)
        flash(_("Die Testnachricht ist unterwegs."))
    except NotTaken:
        flash(_("Die Testnachricht kam nicht an."), "error")
    return redirect(url_for("account.show") + "#told", 303)


@bp.post("/account/told")
def choose() -> ResponseReturnValue:
    """Keep which words come by mail or onto a device; the inbox is never left out."""
    wishes.choose(person().id, {via: request.form.getlist(via.value) for via in wishes.CHOICES})
    flash(_("Gespeichert."))
    return redirect(url_for("account.show") + "#told", 303)


def own() -> list[tuple[DeviceRow, str]]:
    """Return the devices of the person, each with the name of its browser."""
    return [(device, device.browser or _("Browser")) for device in devices.devices(person())]


def choices() -> list[tuple[str, str, dict[str, bool]]]:
    """Return what can be chosen: its name, its words, and by which ways it comes."""
    left_out = wishes.left_out(person().id)
    words = {
        "deadlines": _("Fristen: bald fällig und überfällig"),
        "promises": _("Zusagen"),
        "handovers": _("Übergaben"),
        "shop": _("Störungen von Webhooks"),
    }
    return [
        (name, words[name], {via.value: name not in left_out[via] for via in wishes.CHOICES}) for name in wishes.GROUPS
    ]
