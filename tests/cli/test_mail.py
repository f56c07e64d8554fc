"""Mails from files: imported, explained, stripped."""

from __future__ import annotations

import json
import mailbox
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import Settings
from tests.cli.conftest import Faden, lines
from tests.runs.mails import mail, message_id

BOUNCE = b"""From: mailer-daemon@kundin.example
To: service@nordlicht.example
Message-ID: <bounce@kundin.example>
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: text/plain

It did not work.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.kundin.example

Final-Recipient: rfc822; eva@kundin.example
Action: failed
Status: 5.1.1
--x--
"""
ABSENT = (
    b"From: eva@kundin.example\nTo: service@nordlicht.example\nMessage-ID: <weg@kundin.example>\n"
    b"Subject: Abwesend\nAuto-Submitted: auto-replied\n\nIch bin im Urlaub.\n"
)


@pytest.fixture
def shop(faden: Faden) -> Faden:
    """The command on a shop with one mail channel."""
    faden("channel", "add", "email", "--name", "Service", "--settings", '{"address": "service@nordlicht.example"}')
    return faden


@pytest.fixture
def letters(folder: Path) -> Path:
    path = folder / "letters"
    path.mkdir()
    for number in range(3):
        (path / f"{number}.eml").write_bytes(mail(number))
    return path


def outcomes(shop: Faden, path: Path) -> list[str]:
    return [line["outcome"] for line in lines(shop("mail", "import", path, "--channel", "Service", "--json"))]


def test_a_folder_of_mails_is_filed_line_by_line(shop: Faden, letters: Path) -> None:
    result = shop("mail", "import", letters, "--channel", "Service", "--json")
    assert result.exit_code == 0
    assert lines(result) == [
        {
            "file": str(letters / f"{number}.eml"),
            "outcome": "filed",
            "ticket": 10001 + number,
            "message": line["message"],
            "is_auto_reply": False,
            "is_bounce": False,
        }
        for number, line in enumerate(lines(result))
    ]


def test_importing_once_more_files_nothing_twice(shop: Faden, letters: Path) -> None:
    first = lines(shop("mail", "import", letters, "--channel", "Service", "--json"))
    again = lines(shop("mail", "import", letters, "--channel", "Service", "--json"))
    assert [line["outcome"] for line in again] == ["duplicate"] * 3
    assert [line["message"] for line in again] == [line["message"] for line in first]


def test_replies_of_the_same_folder_find_their_ticket(shop: Faden, letters: Path) -> None:
    reply = mail(9).replace(b"Message-ID:", f"In-Reply-To: <{message_id(1)}>\nMessage-ID:".encode(), 1)
    (letters / "9.eml").write_bytes(reply)
    imported = lines(shop("mail", "import", letters, "--channel", "Service", "--json"))
    assert imported[3]["ticket"] == imported[1]["ticket"]


def test_machines_are_told_apart(shop: Faden, folder: Path) -> None:
    path = folder / "machines"
    path.mkdir()
    (path / "1.eml").write_bytes(BOUNCE)
    (path / "2.eml").write_bytes(ABSENT)
    bounce, absent = lines(shop("mail", "import", path, "--channel", "Service", "--json"))
    assert (bounce["is_bounce"], bounce["is_auto_reply"]) == (True, False)
    assert (absent["is_bounce"], absent["is_auto_reply"]) == (False, True)


def test_what_is_no_mail_is_parked_and_the_rest_is_filed(shop: Faden, letters: Path) -> None:
    (letters / "1.eml").write_bytes(b"")
    result = shop("mail", "import", letters, "--channel", "Service", "--json")
    assert result.exit_code == 1
    assert [line["outcome"] for line in lines(result)] == ["filed", "parked", "filed"]
    assert lines(result)[1]["reason"]
    assert str(letters / "1.eml") in shop("envelope", "list").output


def test_parked_input_can_be_tried_again_and_looked_at(shop: Faden, letters: Path) -> None:
    (letters / "1.eml").write_bytes(b"\n")
    shop("mail", "import", letters, "--channel", "Service")
    number = shop("envelope", "list").output.split("\t")[0]
    assert shop("envelope", "show", number).stdout == "\n"
    assert shop("envelope", "retry", "--all").exit_code == 1
    assert shop("envelope", "retry", "4711").exit_code == 1
    assert shop("envelope", "retry").exit_code == 2


def test_without_json_there_is_a_sum(shop: Faden, letters: Path) -> None:
    (letters / "4.eml").write_bytes(mail(0))
    (letters / "5.eml").write_bytes(b"")
    result = shop("mail", "import", letters, "--channel", "Service")
    assert result.stdout == "1 duplicate, 3 filed, 1 parked\n"
    assert f"{letters / '5.eml'}: parked: " in result.stderr


def test_an_mbox_is_split_at_its_from_lines(shop: Faden, folder: Path) -> None:
    box = mailbox.mbox(folder / "alle.mbox")
    texts = ["Erste Zeile", "Davor\n\nFrom Kiel mit Grüßen\n", "Dritte"]
    for number, text in enumerate(texts):
        box.add(mail(number, text=text))
    box.close()
    imported = lines(shop("mail", "import", folder / "alle.mbox", "--channel", "Service", "--json"))
    assert [line["file"] for line in imported] == [f"{folder / 'alle.mbox'}#{number}" for number in (1, 2, 3)]
    assert [line["outcome"] for line in imported] == ["filed"] * 3


def test_a_maildir_is_read_with_its_folders(shop: Faden, folder: Path) -> None:
    box = mailbox.Maildir(folder / "Maildir")
    box.add(mail(1))
    box.add_folder("Archiv").add(mail(2))
    read = mailbox.MaildirMessage(mail(3))
    read.set_subdir("cur")
    box.add(read)
    assert outcomes(shop, folder / "Maildir") == ["filed"] * 3


def test_a_single_file_and_an_empty_folder(shop: Faden, letters: Path, folder: Path) -> None:
    assert outcomes(shop, letters / "2.eml") == ["filed"]
    (folder / "leer").mkdir()
    assert shop("mail", "import", folder / "leer", "--channel", "Service").stdout == "There was no mail.\n"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_unknown_channel_or_path_is_refused(shop: Faden, letters: Path, database: str) -> None:
    assert shop("mail", "import", letters, "--channel", "Nirgends").exit_code == 1
    assert shop("mail", "import", letters / "nichts", "--channel", "Service").exit_code == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_store_that_cannot_be_written_is_one_line(shop: Faden, letters: Path, folder: Path, database: str) -> None:
    (folder / "full").write_text("no folder")
    place = (folder / "full").as_uri()
    result = shop("mail", "import", letters, "--channel", "Service", FADEN_BLOBS_URL=place)
    assert result.exit_code == 1
    assert result.stderr == f"faden: {folder / 'full'}: File exists\n"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_explaining_stores_nothing_and_names_every_field(faden: Faden, letters: Path, database: str) -> None:
    (line,) = lines(faden("mail", "explain", letters / "1.eml", "--json"))
    assert line["file"] == str(letters / "1.eml")
    assert line["from"] == "eva@kundin.example"
    assert line["message_id"] == message_id(1)
    assert set(line) >= {
        "file", "from", "from_name", "reply_to", "to", "cc", "subject", "date", "message_id", "in_reply_to", "references",
        "text", "visible_text", "quoted_text", "signature", "html", "attachments", "is_auto_reply", "is_bounce", "bounce",
        "is_feedback_report", "is_delivery_receipt", "is_forward", "forward", "own_text", "language", "warnings",
    }  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_bare_bodies_are_stripped(faden: Faden, folder: Path, database: str) -> None:
    text, page = folder / "antwort.txt", folder / "antwort.html"
    text.write_text("Ja, gern.\n\nAm 1.11.2026 schrieb Ada:\n> Wollen Sie?\n")
    page.write_text("<p>Ja, <b>gern</b>.</p>")
    (plain,) = lines(faden("mail", "strip", text, "--json"))
    (html,) = lines(faden("mail", "strip", "--format", "html", page, "--json"))
    assert plain["visible_text"] == "Ja, gern."
    assert "Wollen Sie?" in plain["quoted_text"]
    assert html == {"file": str(page), "visible_text": "Ja, gern.", "quoted_text": "", "signature": ""}


def test_explaining_needs_neither_database_nor_settings(letters: Path, settings: Settings) -> None:
    """The real command in a process of its own, where a wrong setting would stop anything that reads settings."""
    loaded = "import sys; from app.__main__ import main\ntry: main()\nfinally: print([m for m in ('flask', 'sqlalchemy') if m in sys.modules], file=sys.stderr)"
    result = subprocess.run(
        [sys.executable, "-c", loaded, "mail", "explain", str(letters / "1.eml"), "--json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"FADEN_LOG": "wrong", "PATH": ""},
    )
    assert json.loads(result.stdout)["message_id"] == message_id(1)
    assert result.stderr == "[]\n"


@pytest.mark.corpus
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_every_foreign_mail_with_a_header_is_filed(shop: Faden, corpus: Path, database: str) -> None:
    """PostgreSQL is the stricter one: no NUL, no lone surrogate, no number that is too large."""
    imported = lines(shop("mail", "import", corpus / "mail", "--channel", "Service", "--json"))
    parked = [line for line in imported if line["outcome"] == "parked"]
    print(f"{len(imported) - len(parked)} of {len(imported)} files filed")  # noqa: T201
    assert len(imported) > 1000
    assert {line["reason"] for line in parked} <= {"Das ist keine E-Mail: es gibt keine einzige Kopfzeile."}
