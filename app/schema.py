"""Migrations: bring the database to a revision, and compare it with the models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import app.models  # noqa: F401 - fills the metadata
from app.db import Base, db

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(revision: str = "head") -> None:
    """Bring the database of the current application to a revision; every step is its own transaction."""
    with db.engine.connect() as connection:
        command.upgrade(_config(connection), revision)
        connection.commit()


def downgrade(revision: str) -> None:
    """Take steps back to a revision, `base` for an empty database."""
    with db.engine.connect() as connection:
        command.downgrade(_config(connection), revision)
        connection.commit()


def is_current() -> bool:
    """Say whether every revision has run."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == _scripts().get_current_head()


def differences() -> list[Any]:
    """Return what the models and the database do not agree on; empty when all is well."""
    with db.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
