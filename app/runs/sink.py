"""The demo's outside world: a mail server that delivers to nobody and keeps what customers would have got as files.

Each mail is one file, written beside and renamed, so that whoever lists the folder sees whole mails only.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import time
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app import clock
from app.runs import lifeline

HOST = "127.0.0.1"
PORT = 2526
FOLDER = "demo-sink"
KEPT = 500


def folder(data_dir: Path) -> Path:
    """Return where the mails lie."""
    return data_dir / FOLDER


def port(data_dir: Path) -> int:
    """Return the port of the running sink, or of the last one that ran."""
    try:
        return int((folder(data_dir) / "port").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return PORT


def remember_port(data_dir: Path, number: int) -> None:
    """Write down where the sink of this start listens."""
    folder(data_dir).mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_whole(folder(data_dir) / "port", str(number).encode())


def mails(data_dir: Path) -> list[Path]:
    """Return the mails, the newest first."""
    return sorted(folder(data_dir).glob("[0-9]*.eml"), reverse=True)


class Sink:
    """The dialogue; the names of its methods are aiosmtpd's."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        trace = "".join(
            [f"Return-Path: <{envelope.mail_from or ''}>\r\n", *(f"Delivered-To: {to}\r\n" for to in envelope.rcpt_tos)]
        )
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        await asyncio.to_thread(self._keep, trace.encode("utf-8", "surrogateescape") + content)
        return "250 2.0.0 Kept"

    def _keep(self, raw: bytes) -> None:
        # The second half keeps the order while a test clock stands still.
        name = f"{clock.now():%Y%m%dT%H%M%S.%f}-{time.monotonic_ns():020d}.eml"
        _write_whole(folder(self._data_dir) / name, raw)
        for old in mails(self._data_dir)[KEPT:]:
            old.unlink(missing_ok=True)


def _write_whole(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.write_bytes(content)
    draft.replace(path)


def run(data_dir: Path) -> None:
    """Keep mails until a signal comes."""
    stop = lifeline.Stop().on_signals()
    lifeline.watch_parent()
    server = Controller(Sink(data_dir), hostname=HOST, port=port(data_dir), enable_SMTPUTF8=True, ident="Faden demo")
    server.start()
    stop.wait()
    server.stop(no_assert=True)


if __name__ == "__main__":
    clock.read_from(Path(os.environ["FADEN_CLOCK_FILE"]) if os.environ.get("FADEN_CLOCK_FILE") else None)
    run(Path(sys.argv[1]))
