"""The API for programs, under /api/v1: what it asks for and answers is declared once, and the document follows."""

from __future__ import annotations

from flask import Flask


def register(flask: Flask) -> None:
    """Put the API and `/metrics` up; it knows bearer tokens only and never looks at a cookie."""
    from app.api import (  # noqa: PLC0415 - their routes declare themselves
        acts,  # noqa: F401
        board,  # noqa: F401
        calls,  # noqa: F401
        clocks,  # noqa: F401
        customers,  # noqa: F401
        directory,  # noqa: F401
        document,  # noqa: F401
        first,  # noqa: F401
        handovers,  # noqa: F401
        labels,  # noqa: F401
        metrics,
        moderation,  # noqa: F401
        participation,  # noqa: F401
        problems,
        promised,  # noqa: F401
        releases,  # noqa: F401
        splitting,  # noqa: F401
        suggestions,  # noqa: F401
        tickets,  # noqa: F401
        told,  # noqa: F401
        waiting,  # noqa: F401
    )
    from app.api.routes import Id, bp  # noqa: PLC0415

    flask.url_map.converters["id"] = Id
    problems.explain_unrouted(flask)
    for blueprint in (bp, metrics.bp):
        flask.register_blueprint(blueprint)
        if "csrf" in flask.extensions:
            flask.extensions["csrf"].exempt(blueprint)
