"""What every page stands on, put up in the order in which a request meets it."""

from __future__ import annotations

from flask import Flask
from werkzeug.local import LocalProxy

from app.web import (
    account,
    board,
    call_tasks,
    demo,
    devices,
    door,
    errors,
    files,
    health,
    language,
    notifications,
    parked,
    passwords,
    proofs,
    security,
    settings,
    tagging,
    wall,
    webhooks,
)
from app.web.formats import formats
from app.web.numbers import RowNumber

PAGES = (
    account,
    board,
    call_tasks,
    demo,
    devices,
    files,
    health,
    notifications,
    parked,
    passwords,
    proofs,
    settings,
    tagging,
    wall,
    webhooks,
)


def register(flask: Flask) -> None:
    """Put up language, protection, door and error pages, and the pages around the inbox."""
    flask.url_map.converters["int"] = RowNumber
    language.speak(flask)
    security.secure(flask)
    door.guard(flask)
    errors.explain(flask)
    flask.jinja_env.globals["formats"] = LocalProxy(formats)
    for page in PAGES:
        flask.register_blueprint(page.bp)
