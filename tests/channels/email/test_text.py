"""HTML of strangers may stand in a page only once it can do nothing there."""

from __future__ import annotations

import pytest

from channels.text import safe_html, text_of_html


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        "<svg onload=alert(1)><style>*{}</style></svg>",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        '<form action="https://boese.example"><input name=passwort><button>OK</button></form>',
        '<iframe src="https://boese.example"></iframe>',
        '<meta http-equiv="refresh" content="0;url=https://boese.example">',
        '<base href="https://boese.example/">',
        '<div style="position:fixed;top:0;z-index:99;background:url(https://boese.example/p.gif)">x</div>',
        '<div style="background-color:red;color:expression(alert(1))">x</div>',
        '<div id="login" class="button" name="x">x</div>',
        '<table background="https://boese.example/p.gif"><tr><td>x</td></tr></table>',
        '<img src="https://boese.example/p.gif" srcset="https://boese.example/q.gif 2x">',
        '<a href="/tickets/1/boese.example">x</a>',
        '<link rel=stylesheet href="https://boese.example/x.css">',
    ],
)
def test_nothing_that_acts_loads_or_covers_gets_through(html: str) -> None:
    safe = safe_html(html).html

    for evil in ("alert", "boese.example", "javascript", "onerror", "<form", "<style", "position", "id=", "class="):
        assert evil not in safe


def test_pictures_from_elsewhere_are_counted_and_stay_out_until_asked_for() -> None:
    html = '<p><img src="https://laden.example/a.gif" alt="Logo"><img src="//laden.example/b.gif"></p>'

    blocked, shown = safe_html(html), safe_html(html, allow_images=True)

    assert blocked.blocked_images == 2
    assert "laden.example" not in blocked.html
    assert 'src="https://laden.example/a.gif"' in shown.html
    assert shown.blocked_images == 1


def test_pictures_of_the_mail_get_the_address_we_serve_them_at() -> None:
    known = {"bild1@kundin": "/blobs/7"}

    safe = safe_html('<img src="cid:bild1@kundin"><img src="CID:unbekannt">', image_url=known.get)

    assert 'src="/blobs/7"' in safe.html
    assert "cid:" not in safe.html.lower()
    assert safe.blocked_images == 0


def test_links_open_apart_and_say_nothing_of_us() -> None:
    safe = safe_html('<a href="https://laden.example" target="_top" rel="opener">Laden</a>').html

    assert 'target="_blank"' in safe
    assert 'rel="noopener noreferrer nofollow"' in safe


def test_what_carries_meaning_stays() -> None:
    html = '<table><tr><td style="font-weight: bold">Größe</td></tr></table><ul><li>eins</li></ul><blockquote>alt</blockquote>'

    safe = safe_html(html).html

    for kept in ("<td", "font-weight", "Größe", "<li>eins</li>", "<blockquote>"):
        assert kept in safe


def test_text_of_html_keeps_lines_and_drops_what_nobody_sees() -> None:
    html = (
        "<head><title>weg</title><style>p{}</style></head><p>Guten&nbsp;Tag,</p><p>eins<br>zwei</p><script>weg</script>"
    )

    assert text_of_html(html) == "Guten Tag,\n\neins\nzwei"


@pytest.mark.parametrize(
    "html", ["<div>" * 20_000 + "tief", "<table><tr><td>" * 3_000 + "tief", "<" * 50_000, "<p", ""]
)
def test_text_of_broken_html_never_raises(html: str) -> None:
    text = text_of_html(html)

    assert isinstance(text, str)
    assert "<div" not in text
