"""Run the revisions on the database of the running application."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import JSON, Connection

import app.models  # noqa: F401 - fills the metadata
from app.db import Base, UtcDateTime


def _render(kind: str, item: Any, context: Any) -> str | bool:
    """Write our own types the way a revision can use them without our code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=context.config.attributes.get("batch", connection.dialect.name == "sqlite"),
        render_item=_render,
        compare_type=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])
