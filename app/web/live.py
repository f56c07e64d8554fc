"""The stream of live signals: id, kind and ticket; the browser fetches the fragment it wants."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request

from app import live
from app.access import Person
from app.finders import news
from app.live import Signal
from app.web import standstill
from app.web.door import person
from app.web.numbers import row_number

bp = Blueprint("live", __name__)
LOOK_AGAIN_EVERY = 15.0
"""Seconds; a signal may get lost with the queue, so the event table is asked now and then."""
LONGEST = 600.0
"""Seconds; then the browser comes back, and with it the question who is asking."""


@bp.get("/live")
def stream() -> Response:
    """Send what this person may see, from the last event their browser has heard of; no database is held open."""
    flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the stream outlives the request
    response = Response(_lines(flask, person(), _last_id()), mimetype="text/event-stream")
    response.headers["Cache-Control"], response.headers["X-Accel-Buffering"] = "no-store", "no"
    return response


@bp.get("/live/since")
def missed() -> Response:
    """Answer the same as plain JSON, for browsers whose stream is cut off on the way."""
    found = news.since(person(), request.args.get("after", 0, row_number))
    watched = standstill.signal(current_app)
    return jsonify([_told(signal) for signal in [*found, *([watched] if watched != standstill.WELL else [])]])


@bp.get("/live/bars")
def bars() -> str:
    """Return what stands above every page, for a browser that heard that it changed."""
    return render_template("_troubles.html")


def _last_id() -> int:
    text = request.headers.get("Last-Event-ID") or request.args.get("since", "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _lines(flask: Flask, listener: Person, last_id: int) -> Iterator[str]:
    ends_at = time.monotonic() + LONGEST
    looks_at = 0.0  # once more after the first silence: something may have happened before the queue was listened to
    heard = live.subscribe()
    next(heard)
    missed = _since(flask, listener, last_id) if last_id else []
    last_id = max([last_id, *(each.id for each in missed)])
    said = standstill.signal(flask)
    yield "retry: 2000\n\n" + "".join(map(_line, [*missed, *([said] if said != standstill.WELL else [])]))
    for signals in heard:
        if signals:
            found = _visible(flask, listener, signals)
        elif time.monotonic() >= looks_at:
            found = _since(flask, listener, last_id) if last_id else []
            looks_at = time.monotonic() + LOOK_AGAIN_EVERY
        else:
            found = []
        if (now := standstill.signal(flask)) != said:
            said = now
            found = [*found, said]
        yield "".join(map(_line, found)) or ":\n\n"
        last_id = max([last_id, *(each.id for each in found)])
        if time.monotonic() > ends_at:
            return


def _line(signal: Signal) -> str:
    """Write a signal; one without an event (id 0) must not move the place a browser resumes at."""
    place = f"id: {signal.id}\n" if signal.id else ""
    return f"{place}event: signal\ndata: {json.dumps(_told(signal))}\n\n"


def _told(signal: Signal) -> dict[str, Any]:
    """Return what a browser hears of a signal; for whom it was is nobody else's matter."""
    told = {"id": signal.id, "kind": signal.kind, "ticket": signal.ticket}
    return {**told, "call": signal.call} if signal.call else told


def _visible(flask: Flask, listener: Person, signals: list[Signal]) -> list[Signal]:
    """Ask once for all; by their ids, so that a browser cut off in between resumes behind the last one it has."""
    with flask.app_context():
        return sorted(news.visible_of(listener, signals), key=lambda signal: signal.id)


def _since(flask: Flask, listener: Person, last_id: int) -> list[Signal]:
    with flask.app_context():
        return news.since(listener, last_id)
