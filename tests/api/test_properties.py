"""Whatever JSON comes, every act answers with a status its document announces."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.api.document import document
from tests import world as cast
from tests.api.conftest import Caller

WORDS = st.sampled_from(
    ["me", "none", "Service", "Ada", "substantive", "holding", "a@b.example", "", "\x00", "ä" * 300]
)
VALUES = st.one_of(WORDS, st.text(max_size=20), st.integers(), st.none(), st.booleans(), st.floats(allow_nan=False))
JSON = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
WITHOUT_LIMITS = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def bodies(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return objects that name the fields of the schema, with values that fit and values that do not."""
    fields = {name: st.one_of(st.integers(1, 3), WORDS, JSON) for name in schema["properties"]}
    return st.one_of(st.fixed_dictionaries({}, optional=fields), JSON)


def acts() -> list[tuple[str, dict[str, Any]]]:
    return [
        (path, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
        if method == "post"
    ]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_every_act_answers_what_its_document_announces(world: cast.World, ada: Caller) -> None:
    heard = cast.hear(world)
    numbers = st.sampled_from([heard.ticket_id, heard.message_id, 1, 2**53 - 1])

    @WITHOUT_LIMITS
    @given(st.sampled_from(acts()), st.data())
    def throw(act: tuple[str, dict[str, Any]], drawn: st.DataObject) -> None:
        path, operation = act
        place = re.sub(r"{\w+}", str(drawn.draw(numbers)), path)
        asked = operation.get("requestBody")
        if asked is None:
            sent = ada.post(place)
        else:
            name = asked["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            sent = ada.post(place, drawn.draw(bodies(document()["components"]["schemas"][name])))
        assert sent.status_code < 500

    throw()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_every_question_answers_what_its_document_announces(world: cast.World, ada: Caller) -> None:
    cast.hear(world)
    questions = [(path, methods["get"]) for path, methods in document()["paths"].items() if "get" in methods]

    @WITHOUT_LIMITS
    @given(st.sampled_from(questions), st.data())
    def ask(question: tuple[str, dict[str, Any]], drawn: st.DataObject) -> None:
        path, operation = question
        names = [each["name"] for each in operation["parameters"] if each["in"] == "query"]
        texts = st.one_of(WORDS, st.text(max_size=20), st.integers().map(str))
        query = drawn.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(names, texts)))
        assert ada.get(re.sub(r"{\w+}", "10001", path), **query).status_code < 500

    ask()
