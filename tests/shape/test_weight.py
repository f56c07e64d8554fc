"""What a browser must load for the first page."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.shape import sources

STATIC = sources.ROOT / "app/static"
MAXIMUM = {"app.js": 60_000, "app.css": 20_000}
FONTS = 70_000
"""Bytes of the Latin fonts; the extended ones are fetched only where a text needs them."""


@pytest.mark.parametrize("name", MAXIMUM)
def test_scripts_and_styles_stay_light(name: str) -> None:
    manifest = json.loads((STATIC / "manifest.json").read_text())
    assert len(gzip.compress((STATIC / manifest[name]).read_bytes(), 9)) <= MAXIMUM[name]


def test_fonts_stay_light() -> None:
    latin = [path for path in (STATIC / "fonts").glob("*.woff2") if "-ext-" not in path.name]
    assert latin
    assert sum(path.stat().st_size for path in latin) <= FONTS
