"""The OpenAPI 3.1 document, made from the declarations of the routes and their models."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from flask import Response, json
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from app.api.answered import ProblemAnswered
from app.api.problems import MEDIA_TYPE
from app.api.routes import ROUTES, Route, bp

REF = "#/components/schemas/{model}"
FAULTS = {
    400: "The body is not JSON.",
    401: "No token, or an unknown one.",
    404: "It does not exist, or you may not see it.",
    409: "The state of things stands against it: `code` says why. Without a code: the request with this "
    "Idempotency-Key was carried out; its answer is not there yet.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "Something does not fit; `errors` says which field.",
    500: "Our fault; the log knows more.",
    503: "The database does not answer.",
}


@bp.get("/openapi.json")
def openapi() -> Response:
    """Answer the document; it needs no token, for it says nothing about this shop."""
    return Response(json.dumps(document()), mimetype="application/json")


@cache
def document() -> dict[str, Any]:
    """Return the document of every declared route."""
    references, definitions = models_json_schema(_models(), ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Faden", "version": version("faden")},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _models() -> list[tuple[type[BaseModel], JsonSchemaMode]]:
    models: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(ProblemAnswered, "serialization"): None}
    for route in ROUTES:
        models[route.answer, "serialization"] = None
        if route.body:
            models[route.body, "validation"] = None
    return list(models)


def _operation(route: Route, references: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    answer = {"application/json": {"schema": references[route.answer, "serialization"]}}
    if route.is_table:
        answer["text/csv"] = {"schema": {"type": "string"}}
    fault = {MEDIA_TYPE: {"schema": references[ProblemAnswered, "serialization"]}}
    found: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": [*_in_path(route), *_in_query(route), *_in_header(route)],
        "responses": {str(route.status): {"description": route.summary, "content": answer}},
    }
    for status in faults(route):
        found["responses"][str(status)] = {"description": FAULTS[status], "content": fault}
    if route.body:
        schema = references[route.body, "validation"]
        found["requestBody"] = {"required": route.needs_body, "content": {"application/json": {"schema": schema}}}
    return found


def faults(route: Route) -> list[int]:
    """Return every status other than its own that a route may answer."""
    found = {401, 500, 503}
    if route.method != "GET":
        found |= {409, 422}
    if route.method == "POST":
        found |= {413}
    if route.body:
        found |= {400, 404, 415, 422}
    if route.query:
        found |= {422}
    if route.parameters or route.may_miss:
        found |= {404}
    return sorted(found)


def _in_path(route: Route) -> list[dict[str, Any]]:
    number = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}
    return [{"name": name, "in": "path", "required": True, "schema": number} for name in route.parameters]


def _in_query(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema()
    return [{"name": name, "in": "query", "schema": each} for name, each in schema["properties"].items()]


def _in_header(route: Route) -> list[dict[str, Any]]:
    if route.method != "POST":
        return []
    return [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}]
