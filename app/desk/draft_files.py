"""Files of what is not sent yet: kept with somebody's draft as soon as they choose them, on every device of theirs.

Their bytes are in the blob store before a row names them. One that is thrown away stays for a day without a draft, so
that its author can bring it back; nobody else ever sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app import live
from app.access import Person
from app.db import Afterwards, db, once_more, transaction
from app.desk import drafts
from app.desk.outbox import Enclosure
from app.errors import NotFound, Refused
from app.models import Draft, DraftFile

KIND = "reply"
MOST_BYTES = 40_000_000
"""Of all files of one answer together: no mail gets through with more."""
MOST_FILES = 100
KEPT_LOOSE = timedelta(days=1)
_LOOSE = DraftFile.draft_id.is_(None) & DraftFile.release_id.is_(None)


@once_more
def add(ticket_id: int, enclosures: Sequence[Enclosure], begun: drafts.Begun, *, by: Person, at: datetime) -> list[int]:
    """Put files into somebody's draft, which begins as `begun` where there is none; returns the files' ids.

    Raises `Refused` for more than one answer may carry.
    """
    with transaction() as afterwards:
        _tidy(by, at=at)
        draft = _draft(ticket_id, begun, by=by, at=at, afterwards=afterwards)
        refuse_unsendable([*enclosed(draft.id), *enclosures])
        ids = write(enclosures, by_id=by.id, draft_id=draft.id, at=at)
        _tell(ticket_id, by.id, afterwards)
    return ids


@once_more
def bring_back(ticket_id: int, file_ids: Sequence[int], begun: drafts.Begun, *, by: Person, at: datetime) -> None:
    """Take files into the draft again that their author has just thrown away; what is not theirs is left alone."""
    theirs = DraftFile.id.in_(file_ids) & (DraftFile.agent_id == by.id) & _LOOSE
    with transaction() as afterwards:
        if db.session.scalars(select(DraftFile.id).where(theirs).limit(1)).first() is None:
            return
        draft = _draft(ticket_id, begun, by=by, at=at, afterwards=afterwards)
        db.session.execute(update(DraftFile).where(theirs).values(draft_id=draft.id))
        refuse_unsendable(enclosed(draft.id))
        _tell(ticket_id, by.id, afterwards)


@once_more
def remove(ticket_id: int, file_id: int, *, by: Person) -> None:
    """Take a file out of one's draft; a draft that has nothing left is none. Nothing happens where it is gone."""
    with transaction() as afterwards:
        draft = drafts.of(ticket_id, KIND, by_id=by.id)
        if draft is None:
            return
        here = (DraftFile.id == file_id) & (DraftFile.draft_id == draft.id)
        db.session.execute(update(DraftFile).where(here).values(draft_id=None))
        if not draft.text.strip() and not enclosed(draft.id):
            drafts.drop(ticket_id, KIND, by_id=by.id, afterwards=afterwards)
        _tell(ticket_id, by.id, afterwards)


def _draft(ticket_id: int, begun: drafts.Begun, *, by: Person, at: datetime, afterwards: Afterwards) -> Draft:
    drafts.put(ticket_id, KIND, begun, is_new=True, by_id=by.id, at=at, afterwards=afterwards)
    found = drafts.of(ticket_id, KIND, by_id=by.id)
    if found is None:
        raise NotFound("So einen Entwurf gibt es nicht.")
    return found


def write(
    enclosures: Sequence[Enclosure],
    *,
    by_id: int,
    draft_id: int | None = None,
    release_id: int | None = None,
    at: datetime,
) -> list[int]:
    """Inside a transaction: write files down for a draft or for a release; returns their ids in their order."""
    rows = [
        DraftFile(
            agent_id=by_id,
            draft_id=draft_id,
            release_id=release_id,
            name=each.name[:255],
            type=each.type[:127],
            size=each.size,
            digest=each.digest,
            added_at=at,
        )
        for each in enclosures
    ]
    db.session.add_all(rows)
    db.session.flush()
    return [row.id for row in rows]


def take_in(ticket_id: int, enclosures: Sequence[Enclosure], *, by_id: int, at: datetime) -> None:
    """Inside a transaction: let the files of an answer that was called back lie in its author's draft."""
    draft = drafts.of(ticket_id, KIND, by_id=by_id)
    if draft is not None:
        write(enclosures, by_id=by_id, draft_id=draft.id, at=at)


def enclosed(draft_id: int) -> list[Enclosure]:
    """Return the files of a draft as an answer takes them along."""
    return _enclosures(DraftFile.draft_id == draft_id)


def waiting(release_id: int) -> list[Enclosure]:
    """Return the files of an answer that waits to be let go."""
    return _enclosures(DraftFile.release_id == release_id)


def _enclosures(condition: object) -> list[Enclosure]:
    rows = db.session.scalars(select(DraftFile).where(condition).order_by(DraftFile.id))  # type: ignore[arg-type]
    return [
        Enclosure(name=row.name, type=row.type, size=row.size, digest=row.digest, draft_file_id=row.id) for row in rows
    ]


def give_back(release_id: int, ticket_id: int, *, by_id: int) -> None:
    """Inside a transaction: let the files of an answer that was not let go lie in its author's draft again."""
    draft = drafts.of(ticket_id, KIND, by_id=by_id)
    if draft is not None:
        theirs = DraftFile.release_id == release_id
        db.session.execute(update(DraftFile).where(theirs).values(draft_id=draft.id, release_id=None))


def let_go(release_id: int) -> None:
    """Inside a transaction: forget the files of an answer that has taken them along."""
    db.session.execute(delete(DraftFile).where(DraftFile.release_id == release_id))


def chosen(ticket_id: int, file_ids: Sequence[int], *, by: Person) -> list[Enclosure]:
    """Return the files of one's draft that an answer is to take along; raises `Refused` where one is gone."""
    if not file_ids:
        return []
    draft = drafts.of(ticket_id, KIND, by_id=by.id)
    found = [each for each in enclosed(draft.id) if each.draft_file_id in file_ids] if draft else []
    if len(found) < len(set(file_ids)):
        raise Refused(
            "Eine Datei dieser Antwort gibt es nicht mehr: Bitte prüfen Sie, was mitgeht.",
            field="files",
            code="file_gone",
        )
    return found


def refuse_unsendable(enclosures: Sequence[Enclosure]) -> None:
    """Raise `Refused` for more files than any answer may carry, and for one with nothing in it."""
    empty = next((each.name for each in enclosures if not each.size), "")
    if empty:
        raise Refused("„%(name)s“ ist leer.", field="files", code="file_empty", name=empty)
    if len(enclosures) > MOST_FILES:
        raise Refused(
            "Zu viele Dateien: %(count)s, höchstens %(most)s gehen mit.",
            field="files",
            code="too_many_files",
            count=len(enclosures),
            most=MOST_FILES,
        )
    if sum(each.size for each in enclosures) > MOST_BYTES:
        raise Refused(
            "Zusammen sind die Dateien zu groß: höchstens %(most)s MB gehen mit einer Antwort.",
            field="files",
            code="files_too_large",
            most=MOST_BYTES // 1_000_000,
        )


def _tidy(by: Person, *, at: datetime) -> None:
    """Forget what its author threw away long ago."""
    old = _LOOSE & (DraftFile.agent_id == by.id) & (DraftFile.added_at < at - KEPT_LOOSE)
    db.session.execute(delete(DraftFile).where(old))


def _tell(ticket_id: int, by_id: int, afterwards: Afterwards) -> None:
    signal = live.Signal(id=0, kind="draft_files", ticket=ticket_id, agents=(by_id,))
    afterwards.append(lambda: live.publish(signal))
