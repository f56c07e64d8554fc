"""Files that come with a form: their bytes are safe before anything names them."""

from __future__ import annotations

from flask import current_app, request
from werkzeug.datastructures import FileStorage

from app import access, blobs
from app.desk import draft_files
from app.desk.outbox import Enclosure
from app.web.door import person
from app.web.forms import without_nul
from app.web.numbers import row_number


def enclosures() -> list[Enclosure]:
    """Keep the files that were sent along."""
    store = blobs.at(current_app.config["FADEN"].blobs_url)
    return [_enclosure(store, file) for file in request.files.getlist("files") if file.filename]


def enclosed(number: int) -> list[Enclosure]:
    """Return what an answer takes along: files of its author's draft that the form names, and those sent with it.

    Raises `Refused` for a file that is gone or empty, and for more than one answer may carry.
    """
    names = [row_number(each) for each in request.form.getlist("kept") if each.isdecimal()]
    kept = draft_files.chosen(access.ticket(person(), number).id, names, by=person()) if names else []
    found = [*kept, *enclosures()]
    draft_files.refuse_unsendable(found)
    return found


def _enclosure(store: blobs.Blobs, file: FileStorage) -> Enclosure:
    content = file.read()
    name = without_nul(file.filename or "").replace("\\", "/").rpartition("/")[2][:255]
    return Enclosure(
        name=name,
        type=without_nul(file.mimetype) or "application/octet-stream",
        size=len(content),
        digest=store.put(content),
    )
