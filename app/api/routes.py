"""One declaration a route: what it asks for, what it answers; the OpenAPI document is made from the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, NamedTuple, TypeVar

from flask import Blueprint, Response, request
from pydantic import BaseModel
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.routing import IntegerConverter

from app import signin
from app.access import Person
from app.api import problems, repeats

MOST_BYTES = 1_000_000
"""Of one request's body."""
_GAP = re.compile(r"<id:(\w+)>")


class Table(NamedTuple):
    """An answer as CSV, for whoever asks for `text/csv`."""

    text: str


Act = TypeVar("Act", bound=Callable[..., BaseModel | Table])

bp = Blueprint("api", __name__, url_prefix="/api/v1")
problems.explain(bp)


class Id(IntegerConverter):
    """A row's number in an address; anything that no row can have does not exist."""

    regex = r"[0-9]{1,16}"

    def __init__(self, map_: Any) -> None:
        super().__init__(map_, min=1, max=2**53 - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What is known of a route: `path` as OpenAPI writes it, the models of query, body and answer."""

    method: str
    path: str
    name: str
    summary: str
    answer: type[BaseModel]
    status: int
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    may_miss: bool = False
    """It may answer 404 although its path names nothing."""
    is_table: bool = False
    """It answers CSV, too."""

    @property
    def needs_body(self) -> bool:
        """Say whether something must be said: where no field is required, nothing at all will do."""
        return self.body is not None and any(field.is_required() for field in self.body.model_fields.values())

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)


ROUTES: list[Route] = []


def get(
    path: str,
    *,
    answer: type[BaseModel],
    query: type[BaseModel] | None = None,
    may_miss: bool = False,
    is_table: bool = False,
) -> Callable[[Act], Act]:
    """Declare a question; its parameters come as `query`."""
    return _declare("GET", path, answer=answer, query=query, may_miss=may_miss, is_table=is_table)


def post(
    path: str,
    *,
    answer: type[BaseModel],
    body: type[BaseModel] | None = None,
    status: int = 200,
    may_miss: bool = False,
) -> Callable[[Act], Act]:
    """Declare an act; its JSON comes as `body`, and with an Idempotency-Key it happens once."""
    return _declare("POST", path, answer=answer, body=body, status=status, may_miss=may_miss)


def delete(path: str, *, answer: type[BaseModel], query: type[BaseModel] | None = None) -> Callable[[Act], Act]:
    """Declare the taking back of an act; what it is about may stand in the query."""
    return _declare("DELETE", path, answer=answer, query=query)


def _declare(
    method: str,
    path: str,
    *,
    answer: type[BaseModel],
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    status: int = 200,
    may_miss: bool = False,
    is_table: bool = False,
) -> Callable[[Act], Act]:
    def declared(act: Act) -> Act:
        route = Route(
            method=method,
            path=_GAP.sub(r"{\1}", path),
            name=act.__name__,
            summary=(act.__doc__ or "").strip().partition("\n")[0],
            answer=answer,
            status=status,
            query=query,
            body=body,
            may_miss=may_miss,
            is_table=is_table,
        )
        ROUTES.append(route)
        bp.add_url_rule(path, act.__name__, _view(route, act), methods=[method])
        return act

    return declared


def _view(route: Route, act: Callable[..., BaseModel | Table]) -> Callable[..., Response]:
    @wraps(act)
    def view(**named: Any) -> Response:
        request.max_content_length = MOST_BYTES
        person, token_id = admitted()
        if route.query:
            named["query"] = route.query.model_validate({key: text for key, text in request.args.items() if text})
        if route.body:
            is_empty = not route.needs_body and not request.get_data(cache=True)
            named["body"] = route.body.model_validate({}) if is_empty else _body(route.body)
        key = request.headers.get("Idempotency-Key", "") if route.method == "POST" else ""
        if key:
            return repeats.once(lambda: _answer(route, act(person=person, **named)), token_id=token_id, key=key)
        return _answer(route, act(person=person, **named))

    return view


def admitted() -> tuple[Person, int]:
    """Return who asks and by which token (RFC 6750 section 2.1)."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise problems.NotAdmitted(is_wrong=False)
    found = signin.person_by_token(secret.strip())
    if found is None:
        raise problems.NotAdmitted(is_wrong=True)
    return found


def _body(model: type[BaseModel]) -> BaseModel:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    return model.model_validate_json(request.get_data(cache=True), strict=True)


def is_table_wanted() -> bool:
    """Say whether the request would rather have CSV than JSON; who does not care gets JSON."""
    return request.accept_mimetypes.best_match(["application/json", "text/csv"]) == "text/csv"


def _answer(route: Route, answer: BaseModel | Table) -> Response:
    if isinstance(answer, Table):
        response = Response(answer.text, route.status, mimetype="text/csv")
    else:
        response = Response(answer.model_dump_json(by_alias=True), route.status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
