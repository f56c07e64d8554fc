"""German is what the pages are written in, English is their translation; one of the two for each request."""

from __future__ import annotations

from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, get_locale

LANGUAGES = {"de": "Deutsch", "en": "English"}
SOURCE = "de"
COOKIE = "language"


def speak(flask: Flask) -> None:
    """Let every page find its language by itself."""
    Babel(
        flask,
        default_locale=SOURCE,
        default_timezone=flask.config["FADEN"].time_zone,
        locale_selector=_selected,
        timezone_selector=_time_zone,
    )


def chosen() -> str:
    """Return the language of this request as its two letters."""
    locale = get_locale()
    return locale.language if locale and locale.language in LANGUAGES else SOURCE


def _selected() -> str:
    """Ask the agent's own setting first, then this browser's choice, then what the browser asks for."""
    if not has_request_context():
        return SOURCE
    person = g.get("person")
    wanted = person.language if person else request.cookies.get(COOKIE, "")
    return wanted if wanted in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES)) or SOURCE


def _time_zone() -> str:
    return str(current_app.config["FADEN"].time_zone)
