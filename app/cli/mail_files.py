"""Mails as files: single ones, a folder of them, a Maildir, an mbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

FROM_LINE = b"From "
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_MAILDIR = ("new", "cur")
MOST_BYTES = 200_000_000
"""A file of one mail that is larger is no mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """One mail of a file; `name` is its path, with #n for the n-th mail of an mbox. `content` is None if unreadable."""

    name: str
    content: bytes | None
    size: int
    """Bytes of the source it took, for the progress bar."""
    problem: str = ""


def size_of(path: Path) -> int:
    """Return the bytes of everything below, to know how far one is."""
    return sum(file.stat().st_size for file in _files(path))


def mails(path: Path) -> Iterator[MailFile]:
    """Yield every mail below the path in a stable order."""
    for file in _files(path):
        try:
            yield from _mbox(file) if is_mbox(file) else [_single(file)]
        except OSError as error:
            yield MailFile(name=str(file), content=None, size=0, problem=error.strerror or str(error))


def is_mbox(file: Path) -> bool:
    """Say whether the file is a row of mails, by its name or its first line."""
    if file.suffix == ".mbox":
        return True
    with file.open("rb") as opened:
        return opened.read(len(FROM_LINE)) == FROM_LINE and file.suffix != ".eml"


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    boxes = [path / name for name in _MAILDIR if (path / name).is_dir()] if _is_maildir(path) else []
    if boxes:
        # A Maildir's names begin with the second of delivery.
        yield from sorted((file for box in boxes for file in box.iterdir() if file.is_file()), key=lambda f: f.name)
        for folder in sorted(each for each in path.iterdir() if each.name.startswith(".") and _is_maildir(each)):
            yield from _files(folder)
        return
    for each in sorted(path.iterdir()):
        if not each.name.startswith("."):
            yield from _files(each)


def _is_maildir(path: Path) -> bool:
    return path.is_dir() and all((path / name).is_dir() for name in _MAILDIR)


def _single(file: Path) -> MailFile:
    size = file.stat().st_size
    if size > MOST_BYTES:
        return MailFile(name=str(file), content=None, size=size, problem="too large for a mail")
    return MailFile(name=str(file), content=file.read_bytes(), size=size)


def _mbox(file: Path) -> Iterator[MailFile]:
    """Split at `From ` lines after an empty one (RFC 4155); `>From ` inside a mail is given back its shape."""
    with file.open("rb") as opened:
        for number, lines in enumerate(_rows(opened), start=1):
            raw = b"".join(lines[1:])
            content = _QUOTED_FROM.sub(rb"\1", raw) if b">From " in raw else raw
            yield MailFile(name=f"{file}#{number}", content=content, size=len(raw) + len(lines[0]))


def _rows(opened: BinaryIO) -> Iterator[list[bytes]]:
    lines: list[bytes] = []
    is_after_empty = True
    for line in opened:
        if line.startswith(FROM_LINE) and is_after_empty:
            if lines:
                yield lines
            lines = []
        elif not lines:
            # A file without any From line is one mail; it gets the line that the reader takes off again.
            lines.append(b"")
        lines.append(line)
        is_after_empty = not line.strip(b"\r\n")
    if lines:
        yield lines
