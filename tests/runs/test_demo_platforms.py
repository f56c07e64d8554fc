"""The platforms of the demo are told what was said there before, and keep nothing themselves."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import clock
from app.db import db
from app.desk import channels, setup
from app.models import Channel
from app.runs import demo, demo_platforms
from tests.emulators.__main__ import stages

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def folder(core: Flask, tmp_path: Path) -> Iterator[Path]:
    """The data folder of a demo that was loaded and prepared."""
    setup.ensure_defaults(at=clock.now())
    demo.load(at=clock.now(), has_platforms=True)
    demo_platforms.prepare(tmp_path, 8000)
    yield tmp_path
    db.session.rollback()


def told(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "demo-platforms" / "setup.json").read_text())
    return found


def test_every_channel_speaks_to_its_platform_and_only_we_may_read_how(folder: Path) -> None:
    ports = told(folder)["ports"]
    rows = {row.kind: row for row in db.session.query(Channel).filter(Channel.kind != "email")}
    assert {kind: row.settings["api_base"] for kind, row in rows.items()} == {
        kind: f"http://127.0.0.1:{ports[kind]}" for kind in ("messenger", "x", "phone")
    }
    assert [row.is_paused for row in rows.values()] == [False] * 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in (folder / "demo-platforms").iterdir()} == {0o600}


def test_a_restart_changes_no_secret_and_wakes_no_channel_that_somebody_paused(folder: Path) -> None:
    before = told(folder)["channels"]
    paused = db.session.query(Channel).filter_by(kind="x").one().id
    channels.pause(paused, is_paused=True)
    demo_platforms.prepare(folder, 8000)
    after = told(folder)["channels"]
    assert [after[kind]["secrets"] == before[kind]["secrets"] for kind in before] == [True] * 3
    assert db.session.get_one(Channel, paused).is_paused


def test_what_was_said_before_is_known_over_there(folder: Path) -> None:
    """New ids are none of before: the desk takes what it knows by its id for a repetition."""
    playing = stages(told(folder))
    page, account = playing["messenger"].emulator, playing["x"].emulator
    assert page.people["6100000000000001"].name == "Annette Vogel"
    comments = [each.text[:13] for each in page.public.values() if each.item == "comment"]
    assert {"Schöne Lampe.", "Hallo Kim, da"} < set(comments)
    assert {"Hallo, ich hab", "Moin! Gibt es "} < {each.text[:14] for each in page.thread}
    said = [post["text"][:10] for post in account.world.posts.values()]
    assert sorted(set(said)) == ["@nordlicht", "Hallo Tom,", "Hat jemand"]
    assert ("Kim Krüger", True) in [(line["to"], line["is_public"]) for line in playing["messenger"].seen()]
    assert [(line["to"], line["is_public"]) for line in playing["x"].seen()] == [("Tom Arndt (@fahrrad_tom)", True)]
    known = {each.id for each in page.thread} | set(account.world.posts)
    assert not {page.next_id("m_"), account.world.new_id(clock.now())} & known
