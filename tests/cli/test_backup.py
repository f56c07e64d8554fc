"""The whole shop in one file: there and back on each database, and from one to the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.config import Settings
from tests.cli.conftest import Faden
from tests.servers.postgresql import PostgreSQL

ONLY_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
VARIABLE = frozenset({"heartbeat", "lease"})


@pytest.fixture
def elsewhere(folder: Path) -> dict[str, str]:
    """An empty SQLite database with a data folder and a blob store of its own, and the same key."""
    other = folder / "elsewhere"
    other.mkdir()
    return {
        "FADEN_DATA_DIR": str(other),
        "FADEN_DATABASE_URL": f"sqlite:///{other / 'faden.db'}",
        "FADEN_BLOBS_URL": (other / "blobs").as_uri(),
    }


@pytest.fixture
def elsewhere_on_postgresql(elsewhere: dict[str, str], postgresql: PostgreSQL) -> Iterator[dict[str, str]]:
    name = postgresql.create()
    yield {**elsewhere, "FADEN_DATABASE_URL": postgresql.url(name)}
    postgresql.drop(name)


def content(url: str, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Read every row of a database."""
    from app.db import Base, db
    from app.factory import create_core
    from tests.fixtures.databases import settings_for

    with create_core(settings_for(url, folder)).app_context():
        rows = {
            table.name: [dict(row) for row in db.session.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in Base.metadata.sorted_tables
            if table.name not in VARIABLE
        }
        db.session.remove()
        db.engine.dispose()
    return rows


@pytest.fixture
def shop(faden: Faden, settings: Settings) -> Faden:
    """A shop with content of every kind, and a file in a draft, which no message refers to."""
    assert faden("demo", "load").exit_code == 0
    attach(settings)
    return faden


def attach(settings: Settings) -> None:
    from app import blobs, clock, signin
    from app.db import db
    from app.desk import draft_files, drafts, outbox
    from app.factory import create_core
    from app.models import Agent, Ticket

    with create_core(settings).app_context():
        person = signin.person_by_id(db.session.scalars(select(Agent.id)).first() or 0)
        number = db.session.scalars(select(Ticket.id)).first() or 0
        digest = blobs.at(settings.blobs_url).put(b"Noch nicht gesendet")
        file = outbox.Enclosure(name="foto.png", type="image/png", size=19, digest=digest)
        assert person is not None
        draft_files.add(number, [file], drafts.Begun(text=""), by=person, at=clock.now())
        db.session.remove()
        db.engine.dispose()


def check_round_trip(shop: Faden, settings: Settings, folder: Path, there: dict[str, str]) -> None:
    file = folder / "shop.tar"
    assert shop("backup", file).exit_code == 0
    restored = shop("restore", file, **there)
    assert restored.exit_code == 0, restored.output
    before = content(settings.database_url, folder)
    assert sum(map(len, before.values())) > 100
    assert content(there["FADEN_DATABASE_URL"], folder / "elsewhere") == before
    blobs = [each.relative_to(folder / "blobs") for each in (folder / "blobs").rglob("*") if each.is_file()]
    assert blobs
    for blob in blobs:
        assert (folder / "elsewhere" / "blobs" / blob).read_bytes() == (folder / "blobs" / blob).read_bytes()


def test_a_backup_brings_everything_back_on_sqlite(
    shop: Faden, settings: Settings, folder: Path, elsewhere: dict[str, str]
) -> None:
    check_round_trip(shop, settings, folder, elsewhere)


def test_a_backup_brings_everything_back_on_postgresql(
    shop: Faden, settings: Settings, folder: Path, elsewhere_on_postgresql: dict[str, str]
) -> None:
    check_round_trip(shop, settings, folder, elsewhere_on_postgresql)


@ONLY_SQLITE
def test_after_a_restore_new_tickets_are_numbered_on(
    shop: Faden, settings: Settings, folder: Path, elsewhere_on_postgresql: dict[str, str]
) -> None:
    from tests.runs.mails import mail

    shop("backup", folder / "shop.tar")
    shop("restore", folder / "shop.tar", **elsewhere_on_postgresql)
    newest = max(row["id"] for row in content(settings.database_url, folder)["ticket"])
    (folder / "neu.eml").write_bytes(mail("neu"))
    imported = shop(
        "mail", "import", folder / "neu.eml", "--channel", "Nordlicht Service", "--json", **elsewhere_on_postgresql
    )
    assert f'"ticket": {newest + 1},' in imported.stdout


@ONLY_SQLITE
def test_a_restore_never_mixes_two_shops(shop: Faden, folder: Path, settings: Settings) -> None:
    shop("backup", folder / "shop.tar")
    before = content(settings.database_url, folder)
    result = shop("restore", folder / "shop.tar")
    assert result.exit_code == 1
    assert "nicht leer" in result.stderr
    assert content(settings.database_url, folder) == before


@ONLY_SQLITE
def test_a_damaged_backup_is_refused_whole(shop: Faden, folder: Path, elsewhere: dict[str, str]) -> None:
    file = folder / "shop.tar"
    shop("backup", file)
    shop("db", "upgrade", **elsewhere)
    whole = file.read_bytes()
    for damaged in (
        whole[: len(whole) // 2],
        whole.replace(b"Annette Vogel", b"Annette Kogel").replace(b"Thermostat Nora", b"Thermostat Mora"),
        b"nichts",
    ):
        file.write_bytes(damaged)
        assert shop("restore", file, **elsewhere).exit_code == 1
        assert shop("agent", "list", **elsewhere).stdout == ""


@ONLY_SQLITE
def test_a_missing_file_is_told_and_everything_else_is_kept(shop: Faden, folder: Path) -> None:
    blob = next(each for each in (folder / "blobs").rglob("*") if each.is_file())
    blob.unlink()
    result = shop("backup", folder / "shop.tar")
    assert result.exit_code == 1
    assert f"{blob.parent.name}{blob.name}" in result.stderr
    assert (folder / "shop.tar").exists()


def test_another_key_is_told_after_the_restore(faden: Faden, folder: Path, elsewhere: dict[str, str]) -> None:
    secret, key = folder / "secret", folder / "other.key"
    secret.write_text("streng-geheim")
    key.write_text("1" * 64)
    settings = f'{{"address": "a@b.example", "imap_password": {{"file": "{secret}"}}}}'
    faden("channel", "add", "email", "--name", "Service", "--settings", settings)
    faden("backup", folder / "shop.tar")
    assert b"streng-geheim" not in (folder / "shop.tar").read_bytes()
    result = faden("restore", folder / "shop.tar", **elsewhere, FADEN_SECRET_KEY_FILE=str(key))
    assert result.exit_code == 0
    assert "channel Service" in result.stderr


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_backup_is_overwritten_and_only_its_owner_may_read_it(faden: Faden, folder: Path, database: str) -> None:
    backups = folder / "backups"
    backups.mkdir()
    assert faden("backup", backups).exit_code == 0
    (file,) = backups.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert faden("backup", file).exit_code == 1
