"""Every error is a problem (RFC 9457), whoever raises it."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.api import routes
from app.api.document import document
from tests import world as cast
from tests.api.conftest import Caller
from tests.api.contract import Answer

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What is refused here is refused before the database is asked."""


def check_problem(answer: Answer, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert (answer.json["status"], answer.json["type"]) == (status, "about:blank")
    assert answer.json["title"]
    assert answer.json["detail"]


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer x", "Basic eDp4", "Bearer fadén_ä"])
def test_nobody_comes_in_without_a_token(flask: Flask, header: str | None) -> None:
    client = flask.test_client()
    headers = {} if header is None else {"Authorization": header}
    for path, methods in document()["paths"].items():
        for method in methods:
            there = "/api/v1" + re.sub(r"{\w+}", "10001", path)
            answer = Answer.of(client.open(there, method=method, headers=headers))
            check_problem(answer, 401)
            assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="faden"')


def test_a_cookie_opens_nothing(flask: Flask, world: cast.World) -> None:
    client = flask.test_client()
    client.set_cookie("faden", "x" * 43)
    check_problem(Answer.of(client.get("/api/v1/tickets")), 401)


def test_the_word_bearer_may_be_written_small(ada: Caller) -> None:
    assert ada.ask("GET", "/tickets", headers={"Authorization": f"bearer {ada.token}"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api/",
        "/api/v2/tickets",
        "/api/v1/tickets/0",
        "/api/v1/tickets/x",
        f"/api/v1/tickets/{9**30}",
    ],
)
def test_an_unknown_address_is_a_problem(ada: Caller, path: str) -> None:
    check_problem(Answer.of(ada.client.get(path, headers={"Authorization": f"Bearer {ada.token}"})), 404)


def test_a_wrong_method_says_which_ones_there_are(ada: Caller) -> None:
    answer = Answer.of(ada.client.put("/api/v1/tickets", headers={"Authorization": f"Bearer {ada.token}"}))
    check_problem(answer, 405)
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_form_is_no_json(world: cast.World, ada: Caller) -> None:
    number = cast.hear(world).ticket_id
    check_problem(ada.ask("POST", f"/tickets/{number}/notes", data={"text": "x"}), 415)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"text": "\\ud800"}', b"[" * 100_000])
def test_what_is_no_json_is_a_problem(world: cast.World, ada: Caller, body: bytes) -> None:
    number = cast.hear(world).ticket_id
    answer = ada.ask("POST", f"/tickets/{number}/notes", data=body, content_type="application/json")
    check_problem(answer, 400)


def test_a_body_that_is_too_large_is_a_problem(world: cast.World, ada: Caller) -> None:
    number = cast.hear(world).ticket_id
    check_problem(ada.post(f"/tickets/{number}/notes", {"text": "x" * routes.MOST_BYTES}), 413)


def test_what_was_sent_is_not_repeated(world: cast.World, ada: Caller) -> None:
    number = cast.hear(world).ticket_id
    answer = ada.post(f"/tickets/{number}/notes", {"text": 4711, "geheim": "Kennwort"})
    check_problem(answer, 422)
    assert "4711" not in answer.text
    assert "Kennwort" not in answer.text
    assert {fault["field"] for fault in answer.json["errors"]} == {"text", "geheim"}


def test_our_own_fault_is_a_problem_without_its_cause(
    ada: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from app.finders import directory

    def broken() -> None:
        raise ZeroDivisionError("der Grund")

    monkeypatch.setattr(directory, "teams", broken)
    answer = ada.get("/teams")
    check_problem(answer, 500)
    assert "der Grund" not in answer.text
    assert "der Grund" in caplog.text


def test_an_absent_database_is_a_problem_that_passes(ada: Caller) -> None:
    from sqlalchemy.exc import OperationalError

    from app.db import db

    def away(*_args: object, **_named: object) -> None:
        raise OperationalError("SELECT 1", {}, ConnectionError("weg"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db.session.registry().__class__, "execute", away)
        answer = ada.get("/teams")
    check_problem(answer, 503)
    assert answer.headers["Retry-After"] == "30"
