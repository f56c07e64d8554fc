"""The whole shop in one file, and back again, also from one kind of database to the other.

A tar archive: `backup.json` says what follows, then one file of JSON lines a table, then the raw mails and files under
their digests. The key file is not in it, so a copy of the archive alone opens no mailbox.
"""

from __future__ import annotations

import base64
import io
import json
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from flask import current_app
from sqlalchemy import Connection, Date, LargeBinary, Table, delete, func, insert, select, text, update

from app import blobs, seal
from app.db import Base, UtcDateTime, db
from app.errors import Refused
from app.models import (
    Attachment,
    Calendar,
    CalendarVersion,
    Channel,
    DraftFile,
    Envelope,
    Ladder,
    Policy,
    PolicyVersion,
)

FORMAT = 1
HEAD = "backup.json"
TABLES, BLOBS = "tables/", "blobs/"
ROWS_AT_ONCE = 500
REPLACED = (PolicyVersion.__table__, Policy.__table__, Ladder.__table__, CalendarVersion.__table__, Calendar.__table__)
"""What a fresh database may hold already; children first."""
ONLY_ALIVE = frozenset({"heartbeat", "lease"})
"""Signs of life of parts that run over there, not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """How much was written or read; `missing` are digests whose bytes were not in the store."""

    rows: int
    files: int
    missing: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    """Channels whose secrets cannot be opened with the key of this installation."""


def back_up(file: Path, *, at: datetime) -> Copied:
    """Write everything into a new file; it has its name only once it is whole. Raises `Refused` if it exists."""
    if file.exists():
        raise Refused(f"{file} gibt es schon.")
    draft = file.with_name(f".{file.name}.part")
    try:
        with draft.open("xb") as opened, tarfile.open(fileobj=opened, mode="w") as archive:
            draft.chmod(0o600)
            copied = _write(archive, at=at)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return copied


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in ONLY_ALIVE]


def _write(archive: tarfile.TarFile, *, at: datetime) -> Copied:
    with db.engine.connect() as connection:
        # One snapshot for all tables: SQLite's read transaction is one by itself.
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        counts = {table.name: _count(connection, table) for table in _tables()}
        head = {"format": FORMAT, "revision": _revision(connection), "at": at.isoformat(), "rows": counts}
        _add(archive, HEAD, io.BytesIO(json.dumps(head).encode()))
        for table in _tables():
            with tempfile.TemporaryFile() as lines:
                for row in _rows(connection, table):
                    lines.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
                _add(archive, f"{TABLES}{table.name}.jsonl", lines)
        digests = sorted(_digests(connection))
        connection.rollback()
    missing = [digest for digest in digests if not _add_blob(archive, digest)]
    return Copied(rows=sum(counts.values()), files=len(digests) - len(missing), missing=tuple(missing))


def _revision(connection: Connection) -> str:
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    statement = select(table).order_by(*table.primary_key)
    for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(statement).mappings():
        yield {column.name: _written(row[column]) for column in table.columns}


def _written(value: Any) -> Any:
    if isinstance(value, date):  # An instant is one, too.
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _digests(connection: Connection) -> set[str]:
    """Return what lies in the blob store: not the calls in their own rows, nor files that were never fetched."""
    in_store = select(Envelope.digest).where(Envelope.content.is_(None))
    found = in_store.union(select(Attachment.digest).where(Attachment.digest != ""), select(DraftFile.digest))
    return set(connection.execute(found).scalars())


def _add_blob(archive: tarfile.TarFile, digest: str) -> bool:
    try:
        content = _store().get(digest)
    except blobs.BlobMissing:
        return False
    _add(archive, f"{BLOBS}{digest}", io.BytesIO(content))
    return True


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size = content.seek(0, io.SEEK_END)
    content.seek(0)
    archive.addfile(member, content)


def _store() -> blobs.Blobs:
    return blobs.at(current_app.config["FADEN"].blobs_url)


def restore(file: Path) -> Copied:
    """Read a backup into an empty database, in one commit; raises `Refused` if it is not empty or does not fit."""
    try:
        with tarfile.open(file, mode="r:*") as archive:
            return _read(archive)
    except (tarfile.TarError, EOFError, KeyError, ValueError) as error:
        raise Refused(f"{file} ist keine Sicherung von Faden oder sie ist beschädigt: {error}") from error


def _read(archive: tarfile.TarFile) -> Copied:
    rows: dict[str, int] = {}
    files = 0
    with db.engine.connect().execution_options(is_write=True) as connection, connection.begin():
        head = _head(archive, _revision(connection))
        _make_room(connection)
        for member in archive:
            if member.name.startswith(TABLES):
                table = Base.metadata.tables[Path(member.name).stem]
                rows[table.name] = _fill(connection, table, _opened(archive, member))
            elif member.name.startswith(BLOBS):
                digest = _store().put(_opened(archive, member).read())
                if digest != member.name.removeprefix(BLOBS):
                    raise ValueError(f"{member.name} hat einen anderen Inhalt")
                files += 1
        if rows != head["rows"]:
            raise ValueError("es fehlen Zeilen")
        _count_on(connection)
    return Copied(rows=sum(rows.values()), files=files, sealed=_sealed())


def _head(archive: tarfile.TarFile, revision: str) -> dict[str, Any]:
    first = archive.next()
    if first is None or first.name != HEAD:
        raise ValueError(f"{HEAD} fehlt")
    head: dict[str, Any] = json.load(_opened(archive, first))
    if head["format"] != FORMAT or head["revision"] != revision:
        raise Refused(
            f"Die Sicherung ist vom Stand {head['revision']}, diese Installation hat {revision}: "
            "Spielen Sie sie mit der Version ein, die sie geschrieben hat, und aktualisieren Sie dann."
        )
    return head


def _opened(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    opened = archive.extractfile(member)
    if opened is None:
        raise ValueError(f"{member.name} ist keine Datei")
    return opened


def _make_room(connection: Connection) -> None:
    tables = [table for table in _tables() if table not in REPLACED]
    filled = [table.name for table in tables if connection.execute(select(table).limit(1)).first()]
    if filled:
        raise Refused(f"Die Datenbank ist nicht leer ({', '.join(filled[:5])}).")
    for table in REPLACED:
        connection.execute(delete(table))  # type: ignore[arg-type]


def _fill(connection: Connection, table: Table, lines: IO[bytes]) -> int:
    """Insert the rows of a table; references to its own rows are set once all of them are there."""
    own = [column.name for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    later: list[tuple[Any, dict[str, Any]]] = []
    count = 0
    for batch in _batches(lines):
        rows = [_read_row(table, row) for row in batch]
        for row in rows:
            references = {name: row[name] for name in own if row[name] is not None}
            if references:
                later.append((row["id"], references))
                row.update(dict.fromkeys(references))
        connection.execute(insert(table), rows)
        count += len(rows)
    for id_, references in later:
        connection.execute(update(table).where(table.c.id == id_).values(references))
    return count


def _batches(lines: IO[bytes]) -> Iterator[Sequence[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for line in lines:
        batch.append(json.loads(line))
        if len(batch) == ROWS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _read_row(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {column.name: _read_value(column.type, row[column.name]) for column in table.columns}


def _read_value(type_: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(type_, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(type_, Date):
        return date.fromisoformat(value)
    return base64.b64decode(value) if isinstance(type_, LargeBinary) else value


def _count_on(connection: Connection) -> None:
    """Let PostgreSQL number new rows behind the restored ones; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in _tables():
        if "id" in table.columns:
            last = connection.execute(select(func.max(table.c.id))).scalar()
            if last is not None:
                sequence = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
                connection.execute(sequence, {"name": f'"{table.name}"', "last": last})


def _sealed() -> tuple[str, ...]:
    """Return the channels whose secrets have to be entered anew."""
    closed = []
    for name, secrets in db.session.execute(select(Channel.name, Channel.secrets)):
        try:
            seal.unseal(secrets)
        except seal.SealBroken:
            closed.append(name)
    return tuple(closed)
