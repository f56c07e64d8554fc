"""The proof of the stored deadlines from the command line, with the sample shop as it is loaded."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from app.config import Settings
from tests.cli.conftest import Faden, lines


def test_a_deadline_that_differs_is_told_and_not_repaired(faden: Faden, settings: Settings, database: str) -> None:
    faden("db", "upgrade")
    faden("demo", "load")
    result = faden("sla", "check", "--json")
    *differences, whole = lines(result)
    assert (differences, result.exit_code) == ([], 0)
    assert whole["tickets"] > 5

    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        number = connection.execute(text("SELECT id FROM ticket WHERE due_at IS NOT NULL LIMIT 1")).scalar_one()
        connection.execute(text("UPDATE ticket SET due_at = '2031-01-01 00:00:00' WHERE id = :id"), {"id": number})
    engine.dispose()

    for _ in range(2):
        result = faden("sla", "check", "--ticket", str(number))
        assert result.exit_code == 1
        assert f"ticket {number}, ticket: due_at: stored 2031-01-01T00:00:00+00:00" in result.stdout
    assert faden("sla", "check").exit_code == 1
    assert "of the values stored on" in faden("doctor").stdout
