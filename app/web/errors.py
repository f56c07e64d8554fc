"""When something went wrong: what happened, what is safe, and what to do now; a sentence in a header for the script."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from flask import Flask, Response, make_response, render_template, request
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.errors import DeskError, NotFound
from app.web.door import wants_page
from app.web.security import minutes_to_wait
from app.web.words import _, said

log = logging.getLogger(__name__)
DATABASE_IS_AWAY = (OperationalError, InterfaceError, PoolTimeout)


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error in words: a heading, what is the matter, and the next step."""

    status: int
    heading: str
    words: str
    step: str = ""
    id: str = ""


def explain(flask: Flask) -> None:
    """Answer every error in words."""
    flask.register_error_handler(CSRFError, lambda _error: _answer(_stale_form()))
    flask.register_error_handler(RateLimitExceeded, _too_often)
    flask.register_error_handler(HTTPException, _refused_by_web)
    flask.register_error_handler(DeskError, _refused_by_desk)
    for fault in DATABASE_IS_AWAY:
        flask.register_error_handler(fault, _without_database)
    flask.register_error_handler(Exception, _unexpected)


def _refused_by_web(error: HTTPException) -> Response:
    trouble = _in_words(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    response = _answer(trouble)
    if error.code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers.extend(error.get_headers())
        response.headers["Content-Type"] = "text/html; charset=utf-8"
    return response


def _refused_by_desk(error: DeskError) -> Response:
    if isinstance(error, NotFound):
        return _answer(Trouble(404, _("Nicht gefunden"), said(error), _not_found_step()))
    # A script keeps its page as it is and shows the sentence; 422 would make it expect the form.
    status = HTTPStatus.CONFLICT if "HX-Request" in request.headers else HTTPStatus.UNPROCESSABLE_ENTITY
    return _answer(
        Trouble(status, _("Das geht gerade nicht"), said(error), _("Gehen Sie zurück; Ihre Eingaben stehen noch da."))
    )


def _too_often(_error: RateLimitExceeded) -> Response:
    words = _("Zu viele Versuche. Bitte warten Sie bis zu %(minutes)s Minuten.", minutes=minutes_to_wait())
    step = _("Wenn Sie Ihr Kennwort nicht mehr wissen, lassen Sie sich danach einen Link schicken.")
    return _answer(Trouble(429, _("Bitte kurz warten"), words, step))


def _without_database(error: Exception) -> Response:
    log.error("the database does not answer: %s", str(getattr(error, "orig", error)).partition("\n")[0])
    response = _answer(
        Trouble(
            503,
            _("Die Datenbank antwortet nicht"),
            _("Im Moment lässt sich nichts lesen und nichts speichern. Was gespeichert war, ist sicher."),
            _("Laden Sie die Seite in einer Minute neu. Bleibt es dabei, hilft Ihre Technik: faden doctor."),
        )
    )
    response.headers["Retry-After"] = "30"
    return response


def _unexpected(error: Exception) -> Response:
    """Show an id that stands in the log beside the cause, so that a person can name the error they saw."""
    id_ = secrets.token_hex(4)
    log.error("error %s at %s %s", id_, request.method, request.path, exc_info=error)
    return _answer(
        Trouble(
            500,
            _("Das hat nicht geklappt"),
            _("Der Fehler liegt bei uns, nicht bei Ihnen. Was vorher gespeichert war, ist sicher."),
            _("Versuchen Sie es noch einmal. Bleibt es dabei, nennen Sie Ihrer Technik die Nummer %(id)s.", id=id_),
            id_,
        )
    )


def _answer(trouble: Trouble) -> Response:
    if "HX-Request" in request.headers or not wants_page():
        response = make_response(f"{trouble.words} {trouble.step}".strip(), trouble.status)
        response.mimetype = "text/plain"
    else:
        response = make_response(render_template("errors/show.html", trouble=trouble), trouble.status)
    response.headers["X-Faden-Words"] = quote(trouble.words)
    return response


def _not_found_step() -> str:
    return _("Prüfen Sie die Adresse, oder suchen Sie nach der Nummer.")


def _stale_form() -> Trouble:
    return Trouble(
        400,
        _("Das Formular ist abgelaufen"),
        _("Diese Seite war zu lange offen, oder Sie haben sich inzwischen neu angemeldet. Gespeichert wurde nichts."),
        _("Gehen Sie zurück, laden Sie die Seite neu und senden Sie noch einmal."),
    )


def _in_words(code: int) -> Trouble:
    """Return what an HTTP status means for the person before the screen."""
    match code:
        case 401:
            return Trouble(code, _("Bitte anmelden"), _("Ihre Anmeldung ist abgelaufen."), _("Melden Sie sich neu an."))
        case 403:
            return Trouble(
                code, _("Nicht erlaubt"), _("Dafür fehlt Ihnen das Recht."), _("Fragen Sie Ihre Teamleitung.")
            )
        case 404:
            return Trouble(
                code, _("Nicht gefunden"), _("Diese Seite gibt es nicht, oder nicht für Sie."), _not_found_step()
            )
        case 405:
            return Trouble(
                code, _("So geht es nicht"), _("Diese Adresse versteht die Anfrage nicht."), _("Gehen Sie zurück.")
            )
        case 413:
            return Trouble(
                code,
                _("Das ist zu groß"),
                _("Zusammen dürfen Text und Anhänge höchstens 30 MB groß sein. Gesendet wurde nichts."),
                _("Gehen Sie zurück und lassen Sie einen Anhang weg."),
            )
    return Trouble(
        code, _("Das geht so nicht"), _("Die Anfrage war nicht zu verstehen."), _("Gehen Sie zurück und laden Sie neu.")
    )
