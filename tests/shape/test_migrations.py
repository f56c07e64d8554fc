"""Every revision runs up and down on both databases, and the models agree with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect

from tests.fixtures.databases import settings_for

pytestmark = pytest.mark.database
ROOT = Path(__file__).parents[2]
REVISIONS = [script.revision for script in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()][::-1]


@pytest.fixture
def empty_app(empty_database_url: str, folder: Path) -> Iterator[Flask]:
    from app.db import db
    from app.factory import create_core

    app = create_core(settings_for(empty_database_url, folder))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def describe(index: Mapping[str, Any]) -> str:
    options = {key: str(value) for key, value in sorted(index.get("dialect_options", {}).items())}
    return f"{index['name']} {index['column_names']} {index.get('expressions')} {bool(index['unique'])} {options}"


def picture() -> dict[str, object]:
    """Describe every table but Alembic's own: columns, keys, indexes, checks."""
    from app.db import db

    inspector = inspect(db.engine)
    return {
        name: {
            "columns": [
                (column["name"], str(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(name)
            ],
            "keys": sorted(str(key) for key in inspector.get_foreign_keys(name)),
            "unique": sorted(str(key) for key in inspector.get_unique_constraints(name)),
            "indexes": sorted(describe(index) for index in inspector.get_indexes(name)),
            "checks": sorted(str(check) for check in inspector.get_check_constraints(name)),
        }
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


def test_each_revision_can_be_taken_back_and_done_again(empty_app: Flask) -> None:
    from app import schema

    stages = ["base", *REVISIONS]
    pictures = {"base": picture()}
    for revision in REVISIONS:
        schema.upgrade(revision)
        pictures[revision] = picture()
    for revision in reversed(stages[:-1]):
        schema.downgrade(revision)
        assert picture() == pictures[revision]
    schema.upgrade()
    assert picture() == pictures[stages[-1]]


def test_models_and_migrations_agree(empty_app: Flask) -> None:
    from app import schema

    schema.upgrade()
    assert schema.is_current()
    assert schema.differences() == []
