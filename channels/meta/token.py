"""What Meta knows of a token: whether it lives, until when, and what it may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from channels.meta.faults import GraphError, error_in
from channels.meta.graph import Graph
from channels.meta.reading import mapping, moment, words


@dataclass(frozen=True, slots=True)
class Token:
    is_valid: bool
    expires_at: datetime | None
    """The earlier of the token's own end and the end of our access to people's messages; None: neither ends."""
    scopes: frozenset[str]
    error: GraphError | None = None
    """Why it is not valid, as far as Meta says."""


def inspected(graph: Graph, token: str) -> Token:
    """Ask with the app's own token, which lives on when the page's is dead. Raises `GraphError` and `NotReached`.

    Source: developers.facebook.com/docs/graph-api/reference/debug_token.
    """
    found = mapping(graph.get("debug_token", input_token=token).get("data"))
    ends = [moment(found.get(name)) for name in ("expires_at", "data_access_expires_at")]
    is_valid = found.get("is_valid") is True
    why = None if is_valid else error_in({"error": {"code": 190, **_plain(found.get("error"))}}, status=200)
    granted = found.get("scopes")
    scopes = frozenset(map(words, granted)) if isinstance(granted, list) else frozenset[str]()
    return Token(is_valid, min((each for each in ends if each), default=None), scopes, why)


def _plain(error: object) -> dict[str, object]:
    """Return the inner error with its subcode where errors have it."""
    found = mapping(error)
    return {**found, "error_subcode": found.get("subcode")} if found else {}
