"""The command on this test's shop: its settings come from the environment, as everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.__main__ import open_core
from app.cli import root
from app.config import Settings

Faden = Callable[..., Result]


@pytest.fixture
def environment(settings: Settings, folder: Path) -> dict[str, str]:
    """The variables that say what `settings` says."""
    key = folder / "secret.key"
    key.write_text(settings.secret_key)
    return {
        "FADEN_DATA_DIR": str(folder),
        "FADEN_DATABASE_URL": settings.database_url.replace("postgresql+psycopg://", "postgresql://"),
        "FADEN_REDIS_URL": settings.redis_url,
        "FADEN_SECRET_KEY_FILE": str(key),
        "FADEN_CLOCK_FILE": str(settings.clock_file),
    }


@pytest.fixture
def faden(environment: dict[str, str]) -> Faden:
    """Run the command with these words; `input` is what stands on standard input, other names are variables."""

    def run(*words: str | Path, input: str | None = None, **variables: str) -> Result:
        runner = CliRunner(env={**environment, **variables})
        result = runner.invoke(root, [str(word) for word in words], obj=open_core, input=input, prog_name="faden")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def lines(result: Result) -> list[dict[str, Any]]:
    """Read an output of one JSON a line."""
    return [json.loads(line) for line in result.stdout.splitlines()]
