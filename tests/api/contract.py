"""The part of JSON Schema 2020-12 that the document uses, so that every answer of the tests is held against it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple, Self

from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}
KNOWN = {
    "$ref", "additionalProperties", "anyOf", "const", "default", "description", "enum", "format", "items", "maxLength",
    "maximum", "minLength", "minimum", "pattern", "properties", "required", "title", "type",
}  # fmt: skip


class Answer(NamedTuple):
    """What came back, with its JSON read; `json` is None where it is none."""

    status_code: int
    headers: Headers
    mimetype: str | None
    text: str
    json: Any

    @classmethod
    def of(cls, sent: TestResponse) -> Self:
        is_json = (sent.mimetype or "").endswith("json")
        return cls(
            sent.status_code, sent.headers, sent.mimetype, sent.text, sent.get_json(force=True) if is_json else None
        )


def document() -> dict[str, Any]:
    from app.api.document import document as made

    return made()


def hold(method: str, path: str, answer: Answer) -> None:
    """Refuse an answer that the document does not announce."""
    announced = operation(method, path)
    if announced is None:
        return
    found = announced["responses"].get(str(answer.status_code))
    assert found is not None, f"{method} {path} must not answer {answer.status_code}: {answer.text}"
    assert answer.mimetype in found["content"], f"{method} {path}: {answer.mimetype}"
    faults = misfits(
        answer.text if answer.mimetype == "text/csv" else answer.json, found["content"][answer.mimetype]["schema"]
    )
    assert faults == [], f"{method} {path}"


def operation(method: str, path: str) -> dict[str, Any] | None:
    for template, methods in document()["paths"].items():
        if re.fullmatch(re.sub(r"{\w+}", r"[1-9]\\d*", template), path) and method.lower() in methods:
            found: dict[str, Any] = methods[method.lower()]
            return found
    return None


def misfits(value: Any, schema: dict[str, Any], at: str = "$") -> list[str]:
    """Return where a value does not fit its schema, and why."""
    assert set(schema) <= KNOWN, f"this test does not know {set(schema) - KNOWN}"
    if "$ref" in schema:
        return misfits(value, document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]], at)
    if "anyOf" in schema:
        return (
            [] if any(misfits(value, each, at) == [] for each in schema["anyOf"]) else [f"{at}: fits none: {value!r}"]
        )
    fault = plain_fault(value, schema)
    if fault:
        return [f"{at}: {value!r} {fault}"]
    if isinstance(value, list):
        return [
            found for number, each in enumerate(value) for found in misfits(each, schema["items"], f"{at}[{number}]")
        ]
    return inside(value, schema, at) if isinstance(value, dict) else []


def plain_fault(value: Any, schema: dict[str, Any]) -> str:
    if "type" in schema and not is_a(value, schema["type"]):
        return f"is no {schema['type']}"
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        return "is not in the list"
    if schema.get("format") == "date-time" and not is_instant(value):
        return "is no instant in UTC"
    return ""


def inside(value: dict[str, Any], schema: dict[str, Any], at: str) -> list[str]:
    named = schema.get("properties", {})
    missing = [f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value]
    unknown = [f"{at}: {name} is not announced" for name in value if name not in named] if named else []
    known = (fault for name in value if name in named for fault in misfits(value[name], named[name], f"{at}.{name}"))
    return [*missing, *unknown, *known]


def is_a(value: Any, name: str) -> bool:
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def is_instant(text: str) -> bool:
    return bool(INSTANT.fullmatch(text)) and datetime.fromisoformat(text).tzinfo is not None
