"""The API beside the pages: no cookie, no form token, and its errors stay problems."""

from __future__ import annotations

import pytest
from flask import Flask

from app import signin
from tests import world as cast
from tests.fixtures.databases import Clock

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    """The shop with pages and API, on Monday at nine, its forms protected."""
    app.config["WTF_CSRF_ENABLED"] = True
    clock.set(cast.MONDAY_NINE)
    return cast.build()


def test_a_program_needs_no_form_token(app: Flask, world: cast.World) -> None:
    token = signin.issue_token(world.ada.id, name="test", at=cast.MONDAY_NINE)
    number = cast.hear(world).ticket_id
    headers = {"Authorization": f"Bearer {token}"}
    answer = app.test_client().post(f"/api/v1/tickets/{number}/notes", json={"text": "x"}, headers=headers)
    assert answer.status_code == 201
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_who_is_logged_in_on_the_pages_is_nobody_here(app: Flask, world: cast.World) -> None:
    signin.set_password(world.ada.id, "ein langes Kennwort")
    secret = signin.log_in("ada@nordlicht.example", "ein langes Kennwort", address="", browser="", at=cast.MONDAY_NINE)
    client = app.test_client()
    client.set_cookie("faden", secret or "")
    assert "/login" not in client.get("/").headers.get("Location", "")
    assert client.get("/api/v1/tickets").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("PUT", "/api/v1/tickets", 405),
        ("GET", "/api/v1/tickets", 401),
        ("POST", "/api/v1/tickets", 401),
    ],
)
def test_errors_are_problems_also_for_a_browser(app: Flask, method: str, path: str, status: int) -> None:
    answer = app.test_client().open(path, method=method, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_pages_keep_their_own_errors(app: Flask, world: cast.World) -> None:
    answer = app.test_client().get("/nothing", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_figures_need_no_log_in_page(app: Flask, world: cast.World) -> None:
    assert app.test_client().get("/metrics").status_code == 200
    assert app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 401
