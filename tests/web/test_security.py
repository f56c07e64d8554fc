"""What every answer forbids the browser, and what every form must carry."""

from __future__ import annotations

import dataclasses
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import Settings
from app.factory import create_app
from tests import world as cast
from tests.web.entering import enter

SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)|<style|\son[a-z]+\s*=|\sstyle\s*=|javascript:", re.IGNORECASE)


def pages(app: Flask, world: cast.World) -> list[str]:
    """Return the address of every page a person can open, ids being those of the cast."""
    filed = cast.hear(world)
    ids = {
        "number": filed.ticket_id,
        "channel_id": world.channel,
        "agent_id": world.ada.id,
        "slug": "next",
        "token": "1.1.x",
    }
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and not rule.rule.startswith(("/api/", "/hooks/", "/static/", "/live")):
            address = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(ids.get(match[1], 1)), rule.rule)
            found.append(address)
    return sorted(found)


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_page_carries_a_script_or_a_style_of_its_own(app: Flask, world: cast.World, client: FlaskClient) -> None:
    enter(client, world.max)
    answers = {address: client.get(address) for address in pages(app, world)}
    assert len(answers) > 15
    # The HTML of mails has a policy of its own, see test_files.
    html = {
        address: answer.text
        for address, answer in answers.items()
        if answer.mimetype == "text/html" and not address.startswith("/messages/")
    }
    assert {address: SCRIPT.findall(text) for address, text in html.items() if SCRIPT.search(text)} == {}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_answer_forbids_what_no_page_needs(app: Flask, world: cast.World, client: FlaskClient) -> None:
    enter(client, world.max)
    for address in pages(app, world):
        headers = client.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, address
        assert "script-src 'self'" in policy or "script-src" not in policy, address
        assert "frame-ancestors 'none'" in policy or headers["X-Frame-Options"] == "SAMEORIGIN" or "sandbox" in policy
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, address


def test_a_form_without_its_token_is_refused(app: Flask, world: cast.World, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    refused = enter(client, world.max).post("/settings/teams", data={"name": "Eindringlinge"})
    assert refused.status_code == 400
    assert "Das Formular ist abgelaufen" in refused.text
    assert "Eindringlinge" not in client.get("/settings/teams").text


def test_a_form_with_its_token_is_taken(app: Flask, world: cast.World, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    token = token_of(enter(client, world.max).get("/settings/teams").text)
    client.post("/settings/teams", data={"name": "Lager", "csrf_token": token})
    assert "Lager" in client.get("/settings/teams").text


def test_a_token_of_another_browser_is_refused(app: Flask, world: cast.World, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    foreign = token_of(enter(app.test_client(), world.max).get("/settings/teams").text)
    enter(client, world.max).get("/settings/teams")
    answer = client.post("/settings/teams", data={"name": "Eindringlinge", "csrf_token": foreign})
    assert answer.status_code == 400


def test_the_log_in_form_needs_its_token_too(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/login", data={"email": "ada@nordlicht.example", "password": "x"}).status_code == 400


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_a_proxy_is_believed_only_when_it_was_announced(settings: Settings, proxies: int, address: str) -> None:
    app = create_app(dataclasses.replace(settings, trusted_proxies=proxies))
    seen: list[str | None] = []

    @app.before_request
    def look() -> None:
        from flask import request

        seen.append(request.remote_addr)

    app.test_client().get("/static/nichts", headers={"X-Forwarded-For": "203.0.113.9"})
    assert seen == [address]


def test_too_large_a_request_is_refused_in_words(world: cast.World, client: FlaskClient) -> None:
    enter(client, world.max)
    answer = client.post("/settings/teams", data={"name": "x" * 41_000_000})
    assert answer.status_code == 413
    assert "Das ist zu groß" in answer.text
