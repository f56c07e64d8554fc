"""The pages: one blueprint a module."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from flask import Blueprint, Flask

PAGES = (
    *("assets", "inbox", "live", "search"),
    *(
        "calls",
        "closing",
        "customers",
        "disclosures",
        "first",
        "drafts",
        "draft_files",
        "handovers",
        "moderation",
        "participation",
        "presence",
        "promising",
        "reasons",
        "splitting",
        "releases",
        "suggestions",
        "ticket",
        "waiting",
    ),
    "writing",
)
"""Modules with a blueprint `bp`; those of settings, board and so on are put up by the house."""


def register(flask: Flask) -> None:
    """Put every page behind the door and inside the frame."""
    from app.web import assets, frame, house, words  # noqa: PLC0415 - they import this package

    house.register(flask)
    assets.prepare(flask)
    frame.prepare(flask)
    words.prepare(flask)
    flask.jinja_env.trim_blocks = flask.jinja_env.lstrip_blocks = True
    for blueprint in _blueprints():
        flask.register_blueprint(blueprint)


def _blueprints() -> Iterator[Blueprint]:
    for name in PAGES:
        yield import_module(f"app.web.{name}").bp
