"""What the demo's sink has kept of our answers: one file a mail, its name sorts by time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from channels.contract import Unreadable
from channels.email.mail import Mail, read_mail

FOLDER = "demo-sink"
MOST = 50
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.eml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A mail as a customer would see it."""

    name: str
    to: str
    to_name: str
    sender: str
    reply_to: str
    subject: str
    text: str
    message_id: str
    date: datetime | None
    files: tuple[str, ...]
    is_to_us: bool
    """A notice to one of us, such as an escalation."""

    @property
    def opens_a_door(self) -> bool:
        """Say whether it holds a link that sets somebody's password."""
        return self.is_to_us and "/password/" in self.text


def the_newest(data_dir: Path) -> list[Kept]:
    """Return the newest mails, the newest first; empty while the sink has kept nothing."""
    folder = data_dir / FOLDER
    names = sorted((path.name for path in folder.glob("*.eml") if _NAME.fullmatch(path.name)), reverse=True)
    return [kept for name in names[:MOST] if (kept := the_one(data_dir, name))]


def the_one(data_dir: Path, name: str) -> Kept | None:
    """Return the mail of this file name; None if there is none, or if it is no name of ours."""
    if not _NAME.fullmatch(name):
        return None
    try:
        return _kept(name, read_mail((data_dir / FOLDER / name).read_bytes()))
    except (OSError, Unreadable):
        return None


def _kept(name: str, mail: Mail) -> Kept:
    to = mail.to[0] if mail.to else None
    answer_to = mail.reply_to[0] if mail.reply_to else mail.sender
    return Kept(
        name=name,
        to=to.value if to else "",
        to_name=to.name if to else "",
        sender=(mail.sender.name or mail.sender.value) if mail.sender else "",
        reply_to=answer_to.value if answer_to else "",
        subject=mail.subject,
        text=mail.body.text,
        message_id=mail.message_id,
        date=mail.date,
        files=tuple(file.name for file in mail.body.attachments),
        is_to_us=mail.message_id.startswith("faden.notice."),
    )
