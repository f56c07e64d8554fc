"""The API for programs, under /api/v1: what it asks for and answers is declared once, and the document follows."""

from __future__ import annotations

from flask import Flask


def register(flask: Flask) -> None:
    """Put the API and `/metrics` up; it knows bearer tokens only and never looks at a cookie."""
    from app.api import acts, board, calls, clocks, directory, document, first, metrics, moderation, problems, tickets  # noqa: F401, PLC0415 - their routes declare themselves
    from app.api.routes import Id, bp  # noqa: PLC0415

    flask.url_map.converters["id"] = Id
    problems.explain_unrouted(flask)
    for blueprint in (bp, metrics.bp):
        flask.register_blueprint(blueprint)
        if "csrf" in flask.extensions:
            flask.extensions["csrf"].exempt(blueprint)
