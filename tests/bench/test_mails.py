"""The mails that are measured are the ones the figures speak of."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli import mail_files
from bench import mails
from bench.floor_intake import understand

UNTIL = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def made() -> list[mails.Mail]:
    return mails.mails(400, until=UNTIL)


def test_they_are_as_large_and_as_mixed_as_said(made: list[mails.Mail]) -> None:
    size = sum(len(mail.raw) for mail in made) / len(made)
    assert 11_000 < size < 21_000
    assert 95 < sum(mail.answers is not None for mail in made) < 145
    assert 55 < sum(b"Content-ID: <bild@kundin>" in mail.raw for mail in made) < 105
    assert 22 < sum(b"application/pdf" in mail.raw for mail in made) < 60


def test_a_reply_names_an_earlier_mail_of_its_sender(made: list[mails.Mail]) -> None:
    for mail in made:
        if mail.answers is not None:
            parent = made[mail.answers]
            assert parent.sender == mail.sender
            assert f"In-Reply-To: {parent.message_id}".encode() in mail.raw
            assert mail.matter == parent.matter


def test_every_umlaut_survives_its_encoding(made: list[mails.Mail]) -> None:
    for mail in made[:100]:
        head, texts, _files = understand(mail.raw)
        assert "Viele Grüße" in texts["text/plain"]
        assert str(head["From"]) == mail.sender


def test_the_same_seed_makes_the_same_mails(made: list[mails.Mail]) -> None:
    assert [mail.message_id for mail in mails.mails(50, until=UNTIL)] == [mail.message_id for mail in made[:50]]


def test_the_mbox_holds_each_of_them_once(made: list[mails.Mail], tmp_path: Path) -> None:
    mbox = mails.write(tmp_path / "mails.mbox", made[:200])
    assert [each.content.strip() for each in mail_files.mails(mbox) if each.content] == [
        mail.raw.strip() for mail in made[:200]
    ]
