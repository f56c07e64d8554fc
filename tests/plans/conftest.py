"""A shop of 100,000 tickets on both databases, made once; what little a test writes there, no other test minds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.access import Person
from tests import world as cast
from tests.fixtures.databases import Database, settings_for
from tests.servers import programs
from tests.servers.postgresql import PostgreSQL

NOW = cast.MONDAY_NINE


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who asks: `one` is of one team, `three` of three, `none` of none, `admin` sees everything."""

    one: Person
    three: Person
    none: Person
    admin: Person
    team: int


@pytest.fixture(scope="session")
def postgresql_crowd(postgresql: PostgreSQL, postgresql_template: str) -> Iterator[tuple[str, Crowd]]:
    """The address of the shop on PostgreSQL, and who works there."""
    name = postgresql.create(template=postgresql_template)
    yield postgresql.url(name), _filled(postgresql.url(name))
    postgresql.drop(name)


@pytest.fixture(scope="session")
def sqlite_crowd(sqlite_template: Path) -> Iterator[tuple[str, Crowd]]:
    """The address of the shop on SQLite, and who works there."""
    folder = programs.new_folder("crowd")
    shutil.copyfile(sqlite_template, folder / "faden.db")
    url = f"sqlite:///{folder / 'faden.db'}"
    yield url, _filled(url)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def crowd(database: Database, folder: Path, redis_url: str, request: pytest.FixtureRequest) -> Iterator[Crowd]:
    """The shop in an application context, on one database after the other."""
    from app.db import db
    from app.factory import create_core

    url, people = request.getfixturevalue(f"{database}_crowd")
    with create_core(settings_for(url, folder, redis_url=redis_url)).app_context():
        yield people
        db.session.remove()
        db.engine.dispose()


def _filled(url: str) -> Crowd:
    from app.db import db
    from app.desk import channels, people
    from app.factory import create_core
    from app.models import Role
    from app.signin import person_by_id
    from bench import crowd

    folder = programs.new_folder("crowd")
    with create_core(settings_for(url, folder)).app_context():
        world = cast.build()
        teams = ("Kundenservice", "Social Media", "Retoure")
        tina = person_by_id(
            people.add_agent("tina@nordlicht.example", name="Tina", role=Role.AGENT, teams=teams, at=NOW)
        )
        assert tina is not None
        keys = dict.fromkeys(("consumer_key", "consumer_secret", "access_token", "access_token_secret"), "k")
        channels.add(
            "x", name="X", address="42", settings={"username": "nordlicht"}, secrets=keys, team_id=world.social
        )
        db.session.remove()
        with db.engine.connect() as connection:
            crowd.fill(connection, now=NOW, words="Guten Tag, die Lampe wackelt.")
        db.engine.dispose()
    shutil.rmtree(folder, ignore_errors=True)
    return Crowd(one=world.ada, three=tina, none=world.zoe, admin=world.max, team=world.care)
