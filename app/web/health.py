"""`/healthz`: for load balancers, supervisors and people with curl; no log-in, no secrets."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app import clock, health

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def show() -> ResponseReturnValue:
    """Answer 200 when every part works, 503 naming the part otherwise."""
    found = health.look()
    answer: dict[str, object] = {"status": "ok" if found.is_well else "failing", "parts": found.parts}
    troubled = {str(each.id): _counts(each) for each in found.channels if each.pending or each.refused}
    if troubled:
        answer["channels"] = troubled
    if clock.is_moved():
        answer["test_clock"] = f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"
    return answer, HTTPStatus.OK if found.is_well else HTTPStatus.SERVICE_UNAVAILABLE


def _counts(channel: health.Incoming) -> dict[str, int]:
    """Return figures only: strangers read them, so a channel is a number here."""
    return {"pending": channel.pending, "refused": channel.refused}
