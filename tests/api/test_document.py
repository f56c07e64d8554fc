"""The document announces every route, and says of each what it asks for and answers."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.api.document import document, faults
from app.api.routes import ROUTES
from tests.api.conftest import Caller
from tests.shape import sources

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PROMISED = """
GET /tickets
GET /tickets/{number}
GET /tickets/{number}/clocks
POST /tickets
POST /tickets/{number}/replies
POST /tickets/{number}/notes
POST /tickets/{number}/assignment
POST /tickets/{number}/resolution
DELETE /tickets/{number}/resolution
POST /tickets/{number}/join
POST /tickets/{number}/part
POST /tickets/{number}/conversations
GET /customers
GET /search
GET /notifications
GET /channels
GET /teams
GET /agents
GET /board
""".strip().splitlines()


def announced() -> set[str]:
    return {f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods}


def as_announced(rule: str) -> str:
    return re.sub(r"<\w+:(\w+)>", r"{\1}", rule.removeprefix("/api/v1"))


def test_the_document_needs_no_token(flask: Flask) -> None:
    answer = flask.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.get_json() == document()
    assert document()["openapi"].startswith("3.1.")


def test_every_route_is_in_the_document(flask: Flask) -> None:
    routed = {
        f"{method} {as_announced(rule.rule)}"
        for rule in flask.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.openapi"
    }
    assert routed == announced()


def test_what_was_promised_is_there(flask: Flask) -> None:
    assert [line for line in PROMISED if line not in announced()] == []


def test_every_reference_of_the_document_leads_somewhere(flask: Flask) -> None:
    schemas = document()["components"]["schemas"]
    names = set(re.findall(r"#/components/schemas/([\w-]+)", str(document())))
    assert names
    assert names <= set(schemas)


def test_every_route_says_what_it_does(flask: Flask) -> None:
    operations = [each for methods in document()["paths"].values() for each in methods.values()]
    assert [each["operationId"] for each in operations if not each["summary"]] == []
    assert len({each["operationId"] for each in operations}) == len(operations)


def test_the_page_of_the_guide_lists_every_route_and_no_other(flask: Flask) -> None:
    page = sources.ROOT / "docs/api.md"
    listed = re.findall(r"^\| `(GET|POST|DELETE) (/[^`]*)`", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {f"{method} {path}" for method, path in listed} == announced()
    assert len(listed) == len(announced())


def test_the_page_of_the_guide_names_every_filter(flask: Flask) -> None:
    page = (sources.ROOT / "docs/api.md").read_text(encoding="utf-8")
    asked = (each for route in ROUTES if route.query for each in route.query.model_fields.items())
    named = {field.alias or name for name, field in asked}
    assert [name for name in sorted(named) if f"`{name}`" not in page] == []


def test_every_status_that_is_announced_is_explained(flask: Flask) -> None:
    assert all(faults(route) for route in ROUTES)
    assert 422 in faults(next(route for route in ROUTES if route.name == "reply"))


def test_the_shape_of_a_ticket_has_every_promised_field(ada: Caller) -> None:
    schemas = document()["components"]["schemas"]
    ticket = "number subject state priority team assignee customer tags due_at oldest_unanswered_at conversations events promises handovers"
    assert set(ticket.split()) <= set(schemas["DossierAnswered"]["required"])
    message = "id external_id direction author text html sent_at delivery attachments"
    assert set(message.split()) <= set(schemas["MessageAnswered"]["required"])
    assert {"id", "channel", "public", "messages"} <= set(schemas["ConversationAnswered"]["required"])
    assert {"at", "kind", "actor", "text"} <= set(schemas["EventAnswered"]["required"])
    assert {"id", "name", "identities"} <= set(schemas["CustomerAnswered"]["required"])
