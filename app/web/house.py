"""What every page stands on, put up in the order in which a request meets it."""

from __future__ import annotations

from flask import Flask

from app.web import account, door, errors, health, language, passwords, security

PAGES = (account, health, passwords)


def register(flask: Flask) -> None:
    """Put up language, protection, door and error pages, and the pages around the inbox."""
    language.speak(flask)
    security.secure(flask)
    door.guard(flask)
    errors.explain(flask)
    for page in PAGES:
        flask.register_blueprint(page.bp)
