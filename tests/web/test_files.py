"""What strangers sent, made harmless: files to save, pictures to see, HTML in a frame without rights."""

from __future__ import annotations

import pytest
from flask import current_app
from flask.testing import FlaskClient

from app import blobs
from app.db import db
from app.desk import outbox
from app.models import Attachment
from tests import world as cast
from tests.web.entering import enter

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
HOSTILE = """
<html><head><style>body{display:none}</style><base href="https://boese.example/"><meta http-equiv="refresh" content="0;url=https://boese.example"></head>
<body onload="alert(1)"><script>alert(2)</script><p style="position:fixed;background:url(https://boese.example/x)">Guten Tag</p>
<a href="javascript:alert(3)">Klick</a><iframe src="https://boese.example"></iframe><form action="https://boese.example"><input name="password"></form>
<svg><script>alert(4)</script></svg><img src=x onerror=alert(5)><img src="https://boese.example/pixel.gif"><img src="cid:logo@mail">
<a href="https://nordlicht.example/ok">weiter</a></body></html>
"""


def put(content: bytes) -> str:
    return blobs.at(current_app.config["FADEN"].blobs_url).put(content)


def hear_file(world: cast.World, name: str, type_: str, content: bytes, **values: object) -> int:
    """File a mail with one file and return the file's id."""
    enclosure = outbox.Enclosure(name=name, type=type_, size=len(content), digest=put(content), **values)  # type: ignore[arg-type]
    filed = cast.hear(world, enclosures=(enclosure,), html=HOSTILE)
    return db.session.query(Attachment).filter_by(message_id=filed.message_id).one().id


def test_a_picture_is_shown_and_nothing_else_can_run_in_it(world: cast.World, client: FlaskClient) -> None:
    file = hear_file(world, "lampe.png", "image/png", PNG)
    answer = enter(client, world.ada).get(f"/attachments/{file}")
    assert (answer.data, answer.mimetype) == (PNG, "image/png")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("bild.svg", "image/svg+xml"),
        ("seite.html", "text/html"),
        ("brief.pdf", "application/pdf"),
        ("x.js", "text/javascript"),
    ],
)
def test_everything_else_is_only_saved(world: cast.World, client: FlaskClient, name: str, type_: str) -> None:
    file = hear_file(world, name, type_, b"<svg onload=alert(1)>")
    answer = enter(client, world.ada).get(f"/attachments/{file}")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"


def test_a_name_cannot_break_out_of_its_header_or_hide_its_ending(world: cast.World, client: FlaskClient) -> None:
    file = hear_file(world, 'Rechnung\u202efdp.exe"\r\nX-Boese: ja', "application/pdf", b"%PDF")
    answer = enter(client, world.ada).get(f"/attachments/{file}")
    assert "X-Boese" not in answer.headers
    assert "\u202e" not in answer.headers["Content-Disposition"]
    assert "%E2%80%AE" not in answer.headers["Content-Disposition"]


def test_a_file_that_is_gone_from_the_store_says_so(world: cast.World, client: FlaskClient, folder: object) -> None:
    file = hear_file(world, "x.pdf", "application/pdf", b"%PDF")
    row = db.session.get_one(Attachment, file)
    (folder / "blobs" / row.digest[:2] / row.digest[2:]).unlink()  # type: ignore[operator]
    answer = enter(client, world.ada).get(f"/attachments/{file}")
    assert answer.status_code == 404
    assert "Die Datei fehlt im Speicher" in answer.text


def test_hostile_html_comes_out_harmless(world: cast.World, client: FlaskClient) -> None:
    filed = cast.hear(world, html=HOSTILE)
    page = enter(client, world.ada).get(f"/messages/{filed.message_id}/html").text.lower()
    assert "guten tag" in page
    assert 'href="https://nordlicht.example/ok"' in page
    assert [
        word
        for word in (
            "alert(",
            "<script",
            "<iframe",
            "<form",
            "<input",
            "javascript:",
            "boese.example",
            "position",
            "<base",
            "<svg",
        )
        if word in page
    ] == []


def test_the_frame_of_a_mail_has_no_rights(world: cast.World, client: FlaskClient) -> None:
    filed = cast.hear(world, html=HOSTILE)
    headers = enter(client, world.ada).get(f"/messages/{filed.message_id}/html").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "script-src" not in policy
    assert "img-src data:;" in policy
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


def test_pictures_from_elsewhere_are_fetched_only_on_request(world: cast.World, client: FlaskClient) -> None:
    filed = cast.hear(world, html='<p>Hallo</p><img src="https://shop.example/logo.png">')
    enter(client, world.ada)
    closed = client.get(f"/messages/{filed.message_id}/html")
    opened = client.get(f"/messages/{filed.message_id}/html?images=1")
    assert "shop.example" not in closed.text
    assert "Ein Bild von einem anderen Server wurde nicht geladen." in closed.text
    assert 'src="https://shop.example/logo.png"' in opened.text
    assert "img-src data: https: http:" in opened.headers["Content-Security-Policy"]


def test_pictures_of_the_mail_itself_are_in_its_html(world: cast.World, client: FlaskClient) -> None:
    file = hear_file(world, "logo.png", "image/png", PNG, content_id="logo@mail", is_inline=True)
    message = db.session.get_one(Attachment, file).message_id
    page = enter(client, world.ada).get(f"/messages/{message}/html").text
    assert 'src="data:image/png;base64,' in page
