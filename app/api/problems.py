"""Every error as `application/problem+json` (RFC 9457), also where no route was found."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, json, request
from pydantic import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.errors import DeskError, Discloses, NotFound, Refused

log = logging.getLogger(__name__)
PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
DATABASE_IS_AWAY = (OperationalError, InterfaceError, PoolTimeout)
_WORDS = {
    400: "Die Anfrage ist kein gültiges JSON.",
    401: "Diese Schnittstelle verlangt einen gültigen Schlüssel: Authorization: Bearer …",
    404: "Diese Adresse gibt es nicht.",
    405: "Diese Adresse kennt die Methode nicht.",
    413: "Die Anfrage ist zu groß.",
    415: "Der Inhalt muss application/json sein.",
}


class NotAdmitted(Exception):
    """The request carries no token, or none that we know."""

    def __init__(self, *, is_wrong: bool) -> None:
        super().__init__(_WORDS[401])
        self.is_wrong = is_wrong


class StillRunning(Exception):
    """The first request with this key has done its work, but its answer is not there."""


def explain(bp: Blueprint) -> None:
    """Answer every error of a blueprint's views."""
    bp.register_error_handler(HTTPException, _by_web)
    bp.register_error_handler(DeskError, _by_desk)
    bp.register_error_handler(ValidationError, _by_model)
    bp.register_error_handler(NotAdmitted, _not_admitted)
    bp.register_error_handler(StillRunning, _still_running)
    for fault in DATABASE_IS_AWAY:
        bp.register_error_handler(fault, _without_database)
    bp.register_error_handler(Exception, _unexpected)


def explain_unrouted(flask: Flask) -> None:
    """Answer unknown addresses and methods below `/api/`, before any page does: no blueprint sees them."""
    flask.before_request_funcs.setdefault(None, []).insert(0, _unrouted)


def problem(status: int, detail: str, **more: Any) -> Response:
    """Return a problem; its type is always `about:blank`, so the title is the status in words."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return Response(json.dumps(body), status, mimetype=MEDIA_TYPE)


def _unrouted() -> Response | None:
    error = request.routing_exception
    if error is None or not request.path.startswith(PREFIX) or (error.code or 0) < HTTPStatus.BAD_REQUEST:
        return None
    return _by_web(error)


def _by_web(error: HTTPException) -> Response:
    status = error.code or 500
    response = problem(status, _WORDS.get(status) or error.description or "")
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _by_desk(error: DeskError) -> Response:
    if isinstance(error, NotFound):
        return problem(404, str(error))
    field = error.field if isinstance(error, Refused) else ""
    code = error.code if isinstance(error, Refused) else ""
    if code and field != "promise_at" and not isinstance(error, Discloses):
        return problem(409, str(error), code=code)
    beside: dict[str, Any] = {"errors": [{"field": field, "words": str(error)}]} if field else {}
    if isinstance(error, Discloses):
        beside["spots"] = [spot._asdict() for spot in error.spots]
    return problem(422, str(error), **({"code": code} if code else {}), **beside)


def _by_model(error: ValidationError) -> Response:
    """Say beside each field what is wrong with it; what was sent is not repeated."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    if any(fault["type"] == "json_invalid" for fault in faults):
        return problem(400, _WORDS[400])
    errors = [{"field": ".".join(str(step) for step in fault["loc"]), "words": fault["msg"]} for fault in faults]
    return problem(422, "Einige Angaben passen nicht.", errors=errors)


def _not_admitted(error: NotAdmitted) -> Response:
    """RFC 6750 section 3: the error is named only if a token was sent."""
    response = problem(401, str(error))
    response.headers["WWW-Authenticate"] = 'Bearer realm="faden"' + (
        ', error="invalid_token"' if error.is_wrong else ""
    )
    return response


def _still_running(_error: StillRunning) -> Response:
    response = problem(409, "Die erste Anfrage mit diesem Idempotency-Key ist ausgeführt; ihre Antwort fehlt noch.")
    response.headers["Retry-After"] = "1"
    return response


def _without_database(error: Exception) -> Response:
    log.error("the database does not answer: %s", str(getattr(error, "orig", error)).partition("\n")[0])
    response = problem(503, "Die Datenbank antwortet nicht. Was gespeichert war, ist sicher.")
    response.headers["Retry-After"] = "30"
    return response


def _unexpected(error: Exception) -> Response:
    log.error("%s %s", request.method, request.path, exc_info=error)
    return problem(500, "Das hat nicht geklappt. Der Fehler steht im Protokoll.")
