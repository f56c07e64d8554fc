"""Raw mails and attachments by the SHA-256 of their content: written once, never changed.

The folder of the settings, or any S3-compatible store (`s3://bucket/prefix`). In a folder a blob is on the disk
(fsync) before `put` returns, because the commit that names it may follow at once.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.store import LocalStore, ObjectStore, S3Store


class BlobMissing(LookupError):
    """The store has no blob of this digest: it was removed by hand, or the wrong store is configured."""


class Blobs:
    """A store of immutable contents."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._folder = Path(url2pathname(parts.path)) if parts.scheme == "file" else None
        self._store: ObjectStore
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._store = LocalStore(self._folder)
        else:
            self._store = S3Store.from_url(url)

    def put(self, content: bytes) -> str:
        """Keep the content and return its digest; a content that is there already is not written again."""
        digest = hashlib.sha256(content).hexdigest()
        if self._folder:
            _write_through(self._folder / _key(digest), content)
        else:
            obstore.put(self._store, _key(digest), content)
        return digest

    def get(self, digest: str) -> bytes:
        """Return the content; raises `BlobMissing`."""
        try:
            return bytes(obstore.get(self._store, _key(digest)).bytes())
        except FileNotFoundError as error:
            raise BlobMissing(digest) from error


def _key(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:]}"


def _write_through(path: Path, content: bytes) -> None:
    """Write beside, fsync, rename: after a power loss there is the whole blob or none."""
    if path.exists():
        return
    path.parent.mkdir(exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@cache
def at(url: str) -> Blobs:
    """Return the store of this address; one per process."""
    return Blobs(url)
