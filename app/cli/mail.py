"""Mails from files: filed like any other, explained, or stripped of what they quote."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli import mail_files
from app.cli.mail_files import MailFile
from app.cli.shop import in_shop

if TYPE_CHECKING:
    from app.runs.intake import Understood

BATCH = 50
"""Mails whose envelopes are stored in one commit."""
BATCH_BYTES = 16_000_000

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
JSON = click.option("--json", "as_json", is_flag=True, help="One line of JSON for each.")


@click.group()
def mail() -> None:
    """Mails from files."""


@mail.command(name="import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--channel", required=True, help="Name or number of the account it came to.")
@JSON
@in_shop
def import_(path: Path, channel: str, *, as_json: bool) -> None:
    """File the mails of an mbox, a Maildir, a folder or a single file, just as if they had come in.

    Repeating it files nothing twice. Exit code 1 if a mail was parked or could not be read.
    """
    from app.finders import setup

    outcomes: Counter[str] = Counter()
    channel_id = setup.channel_id(channel)
    shows_bar = not as_json and sys.stderr.isatty()
    total = mail_files.size_of(path) if shows_bar else 1
    with click.progressbar(length=total, label="Importing", file=sys.stderr, hidden=not shows_bar) as bar:
        for each, line in _imported(path, channel_id):
            outcomes[line["outcome"]] += 1
            bar.update(each.size)
            if as_json:
                click.echo(json.dumps(line, ensure_ascii=False))
            elif line["outcome"] in {"parked", "unreadable"}:
                click.echo(f"{line['file']}: {line['outcome']}: {line['reason']}", err=True)
    if not as_json:
        click.echo(", ".join(f"{count} {word}" for word, count in sorted(outcomes.items())) or "There was no mail.")
    if outcomes["parked"] or outcomes["unreadable"]:
        raise click.exceptions.Exit(1)


def _imported(path: Path, channel_id: int) -> Iterator[tuple[MailFile, dict[str, Any]]]:
    from app import clock
    from app.runs import intake
    from channels.contract import Raw

    for batch in _batches(path):
        at = clock.now()
        readable = [(each, each.content) for each in batch if each.content is not None]
        raws = [Raw(content=content, source=f"Import {each.name}") for each, content in readable]
        yield from ((each, _unread(each)) for each in batch if each.content is None)
        for (each, _), understood in zip(readable, intake.take_in_and_file(channel_id, raws, at=at), strict=True):
            yield each, _line(each, understood)


def _batches(path: Path) -> Iterator[list[MailFile]]:
    batch: list[MailFile] = []
    for each in mail_files.mails(path):
        batch.append(each)
        if len(batch) == BATCH or sum(len(one.content or b"") for one in batch) > BATCH_BYTES:
            yield batch
            batch = []
    if batch:
        yield batch


def _line(each: MailFile, understood: Understood) -> dict[str, Any]:
    filed, contact = understood.filed, understood.contact
    is_bounce = contact is not None and contact.bounce is not None
    line: dict[str, Any] = {
        "file": each.name,
        "outcome": filed.outcome.value if filed else "parked",
        "ticket": filed.ticket_id if filed else None,
        "message": filed.message_id if filed else None,
        "is_auto_reply": contact is not None and contact.is_automatic and not is_bounce,
        "is_bounce": is_bounce,
    }
    return line if filed else {**line, "reason": understood.reason}


def _unread(each: MailFile) -> dict[str, Any]:
    nothing = {"ticket": None, "message": None, "is_auto_reply": False, "is_bounce": False}
    return {"file": each.name, "outcome": "unreadable", **nothing, "reason": each.problem}


@mail.command()
@FILES
@JSON
def explain(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Say what is understood of each mail; nothing is stored."""
    from channels.email.understand import explain as explained

    _each(files, explained, as_json=as_json)


@mail.command()
@click.option("--format", "form", type=click.Choice(("text", "html")), default="text", show_default=True)
@FILES
@JSON
def strip(files: tuple[Path, ...], form: str, *, as_json: bool) -> None:
    """Part bare bodies into what is new, what is quoted, and the signature."""
    from channels.email.charsets import decoded
    from channels.email.quoting import fold
    from channels.text import text_of_html

    def stripped(raw: bytes) -> dict[str, object]:
        text = decoded(raw).replace("\r\n", "\n")
        folded = fold(text_of_html(text) if form == "html" else text)
        return {
            "visible_text": folded.visible_text,
            "quoted_text": folded.quoted_text,
            "signature": folded.signature,
        }

    _each(files, stripped, as_json=as_json)


def _each(files: tuple[Path, ...], read: Any, *, as_json: bool) -> None:
    """Print what was read of each file; a file that cannot be opened is a line on stderr and exit code 1."""
    is_refused = False
    for file in files:
        try:
            raw = file.read_bytes()
        except OSError as error:
            click.echo(f"{file}: {error.strerror}", err=True)
            is_refused = True
            continue
        line = {"file": str(file), **read(raw)}
        click.echo(json.dumps(line, ensure_ascii=False, indent=None if as_json else 2))
    if is_refused:
        raise click.exceptions.Exit(1)
