"""The pages: one blueprint a module."""

from __future__ import annotations

from flask import Flask


def register(flask: Flask) -> None:
    """Put every page behind the door and inside the frame."""
    from app.web import (  # noqa: PLC0415 - they import this package
        assets,
        calls,
        closing,
        first,
        frame,
        handovers,
        house,
        inbox,
        live,
        moderation,
        promising,
        reasons,
        search,
        suggestions,
        ticket,
        waiting,
        words,
        writing,
    )

    house.register(flask)
    assets.prepare(flask)
    frame.prepare(flask)
    words.prepare(flask)
    flask.jinja_env.trim_blocks = flask.jinja_env.lstrip_blocks = True
    of_tickets = (
        calls,
        closing,
        first,
        handovers,
        moderation,
        promising,
        reasons,
        suggestions,
        ticket,
        waiting,
        writing,
    )
    for page in (assets, inbox, live, search, *of_tickets):
        flask.register_blueprint(page.bp)
