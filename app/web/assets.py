"""The built front end: names carry a hash of the content, so a browser keeps them for a year."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, send_from_directory

bp = Blueprint("assets", __name__)
FOLDER = Path(__file__).resolve().parent.parent / "static"
A_YEAR = 31_536_000


def prepare(flask: Flask) -> None:
    """Give templates the address of a built file by its plain name."""
    flask.jinja_env.globals["asset"] = address


def address(name: str) -> str:
    """Return the address of a built file; the plain name while nothing is built."""
    manifest = FOLDER / "manifest.json"
    built_at = manifest.stat().st_mtime_ns if manifest.exists() else 0
    return f"/static/{_names(built_at).get(name, name)}"


@lru_cache(maxsize=2)
def _names(built_at: int) -> dict[str, str]:
    if not built_at:
        return {}
    names: dict[str, str] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    return names


@bp.get("/static/<path:name>")
def static(name: str) -> Response:
    return send_from_directory(FOLDER, name, max_age=0 if current_app.debug else A_YEAR)
