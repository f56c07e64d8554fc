"""One engine under everything: what a question leaves behind, and what happens when the server went away."""

from __future__ import annotations

import pytest
from sqlalchemy import NullPool, create_engine, select, text

from app import db as database_module
from app.db import db, transaction
from app.desk import people
from app.models import Team

pytestmark = pytest.mark.usefixtures("core")
only_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def names() -> list[str]:
    return list(db.session.scalars(select(Team.name).order_by(Team.name)))


def own_process() -> int:
    return int(db.session.scalars(text("SELECT pg_backend_pid()")).one())


def asked_beside(question: str, **values: int) -> object:
    """Return one value, asked through a connection that the product does not know."""
    beside = create_engine(db.engine.url, poolclass=NullPool)
    with beside.connect() as connection:
        answer: object = connection.scalar(text(question), values)
    return answer


def test_a_verb_that_fails_leaves_nothing() -> None:
    def fail_halfway() -> None:
        with transaction():
            db.session.add(Team(name="Retoure"))
            db.session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        fail_halfway()
    assert names() == []


@only_postgresql
def test_a_question_leaves_no_transaction_open() -> None:
    process = own_process()
    names()
    assert asked_beside("SELECT state FROM pg_stat_activity WHERE pid = :process", process=process) == "idle"


@only_postgresql
def test_questions_stay_prepared_through_verbs() -> None:
    for n in range(8):
        people.add_team(f"Team {n}")
        names()
        db.session.remove()
    prepared = db.session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("SELECT team.name" in statement for statement in prepared)


@only_postgresql
def test_a_connection_that_died_at_rest_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "RESTS_FOR", 0.0)
    people.add_team("Retoure")
    process = own_process()
    db.session.remove()
    assert asked_beside("SELECT pg_terminate_backend(:process, 10000)", process=process)
    assert names() == ["Retoure"]
    assert own_process() != process


@only_postgresql
def test_the_database_speaks_utc_whatever_its_machine_does() -> None:
    with create_engine(db.engine.url, poolclass=NullPool).begin() as connection:
        connection.execute(text(f"ALTER DATABASE {connection.engine.url.database} SET timezone TO 'Asia/Tokyo'"))
    db.engine.dispose()
    assert db.session.scalar(text("SHOW timezone")) == "UTC"
