"""A request that is sent twice happens once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from app.db import db
from app.desk import answers
from app.models import Note, StoredAnswer
from tests import world as cast
from tests.api.conftest import Caller, Callers
from tests.api.contract import Answer


@pytest.fixture
def notes(world: cast.World) -> str:
    """Where notes on Eva's ticket are written."""
    return f"/tickets/{cast.hear(world).ticket_id}/notes"


def written() -> int:
    db.session.rollback()
    return db.session.query(Note).count()


def test_a_repeated_request_gets_the_first_answer(notes: str, ada: Caller) -> None:
    first = ada.post(notes, {"text": "eins"}, Idempotency_Key="k1")
    second = ada.post(notes, {"text": "eins"}, Idempotency_Key="k1")
    assert (first.status_code, "Idempotent-Replay" in first.headers) == (201, False)
    assert (second.status_code, second.headers["Idempotent-Replay"]) == (201, "true")
    assert second.json == first.json
    assert written() == 1


def test_without_a_key_everything_happens_again(notes: str, ada: Caller) -> None:
    for _twice in range(2):
        assert ada.post(notes, {"text": "eins"}).status_code == 201
    assert written() == 2


def test_a_key_says_one_thing_only(notes: str, ada: Caller) -> None:
    ada.post(notes, {"text": "eins"}, Idempotency_Key="k1")
    answer = ada.post(notes, {"text": "zwei"}, Idempotency_Key="k1")
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json["detail"]
    assert written() == 1


def test_a_key_belongs_to_its_token(notes: str, callers: Callers) -> None:
    one = callers.ada.post(notes, {"text": "eins"}, Idempotency_Key="k1").json["note"]
    two = callers.cleo.post(notes, {"text": "eins"}, Idempotency_Key="k1").json["note"]
    assert one != two


def test_a_refused_act_may_be_tried_again(notes: str, ada: Caller) -> None:
    assert ada.post(notes, {"text": " "}, Idempotency_Key="k1").status_code == 422
    assert ada.post(notes, {"text": "eins"}, Idempotency_Key="k1").status_code == 201


def test_a_lost_answer_is_not_a_second_act(notes: str, ada: Caller) -> None:
    ada.post(notes, {"text": "eins"}, Idempotency_Key="k1")
    answers.keep(db.session.query(StoredAnswer).one().key, status=answers.UNKNOWN, body={})
    again = ada.post(notes, {"text": "eins"}, Idempotency_Key="k1")
    assert (again.status_code, again.headers["Retry-After"]) == (409, "1")
    assert written() == 1


def test_of_many_at_once_one_happens(notes: str, ada: Caller, flask: Flask) -> None:
    def write(_number: int) -> Answer:
        caller = Caller(flask.test_client(), ada.token)
        return caller.post(notes, {"text": "eins"}, Idempotency_Key="k1")

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(write, range(12)))
    assert {answer.status_code for answer in found} <= {201, 409}
    assert len({answer.json["note"] for answer in found if answer.status_code == 201}) == 1
    assert sum(answer.status_code == 201 and "Idempotent-Replay" not in answer.headers for answer in found) == 1
    assert written() == 1


def test_old_answers_are_forgotten(notes: str, ada: Caller) -> None:
    ada.post(notes, {"text": "eins"}, Idempotency_Key="k1")
    at = db.session.query(StoredAnswer).one().at
    answers.forget(before=at)
    assert db.session.query(StoredAnswer).count() == 1
    answers.forget(before=at + timedelta(seconds=1))
    assert db.session.query(StoredAnswer).count() == 0
