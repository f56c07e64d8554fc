"""The application: settings in, Flask out."""

from __future__ import annotations

import logging

from flask import Flask

from app import clock, queue, seal
from app.config import Settings
from app.db import db


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; raises `SettingError` when a setting is wrong."""
    settings = settings or Settings.from_environment()
    flask = create_core(settings)
    from app import api, hooks, web  # noqa: PLC0415 - the parts without pages start faster without them

    web.register(flask)
    api.register(flask)
    hooks.register(flask)
    return flask


def create_core(settings: Settings) -> Flask:
    """Build what every part needs, pages or not: database, clock, queue."""
    logging.basicConfig(level=settings.log.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # It tells whole addresses, and some platforms take their token in the query.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    flask = Flask("app", static_folder=None, template_folder="templates")
    flask.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.old_secret_keys),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        SQLALCHEMY_TRACK_MODIFICATIONS=False,
        FADEN=settings,
    )
    db.init_app(flask)
    clock.read_from(settings.clock_file)
    queue.connect_to(settings.redis_url)
    seal.use([settings.secret_key, *settings.old_secret_keys])
    return flask


def _engine_options(settings: Settings) -> dict[str, object]:
    # Without `hide_parameters` an error would write mails, settings and password hashes into the log.
    if settings.database_url.startswith("sqlite"):
        return {"hide_parameters": True}
    return {"hide_parameters": True, "pool_size": 8, "max_overflow": 24}
