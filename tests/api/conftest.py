"""The API of the shop, with a token for everybody in the cast."""

from __future__ import annotations

import contextvars
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient

from app import api, signin
from app.access import Person
from app.db import db
from tests import world as cast
from tests.api import contract
from tests.api.contract import Answer
from tests.fixtures.databases import Clock


@dataclass(frozen=True, slots=True)
class Caller:
    """A program with somebody's token; every answer of a declared route is held against the document."""

    client: FlaskClient
    token: str

    def ask(self, method: str, path: str, **named: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}", **named.pop("headers", {})}
        if has_app_context():
            db.session.rollback()
        sent = contextvars.Context().run(self.client.open, f"/api/v1{path}", method=method, headers=headers, **named)
        answer = Answer.of(sent)
        contract.hold(method, path, answer)
        return answer

    def get(self, path: str, **query: object) -> Answer:
        return self.ask("GET", path, query_string=query)

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", path, headers=named, **({} if body is None else {"json": body}))

    def delete(self, path: str) -> Answer:
        return self.ask("DELETE", path)


@dataclass(frozen=True, slots=True)
class Callers:
    ada: Caller
    ben: Caller
    cleo: Caller
    zoe: Caller
    max: Caller


@pytest.fixture
def flask(core: Flask, clock: Clock) -> Flask:
    """The product with its API and without its pages, on Monday at nine."""
    clock.set(cast.MONDAY_NINE)
    api.register(core)
    return core


@pytest.fixture
def world(flask: Flask) -> cast.World:
    return cast.build()


@pytest.fixture
def callers(flask: Flask, world: cast.World) -> Callers:
    """A token for each."""

    def caller(person: Person) -> Caller:
        return Caller(flask.test_client(), signin.issue_token(person.id, name="test", at=cast.MONDAY_NINE))

    return Callers(*(caller(person) for person in (world.ada, world.ben, world.cleo, world.zoe, world.max)))


@pytest.fixture
def ada(callers: Callers) -> Caller:
    return callers.ada
