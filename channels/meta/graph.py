"""Calls of Meta's Graph interface below one version, with one token."""

from __future__ import annotations

import json as json_
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from channels.contract import ChannelFault, DeliveryError, DeliveryFault
from channels.http import Caller, NotReached, Reply
from channels.meta.faults import GraphError, error_in
from channels.meta.reading import mapping, mappings

DEFAULT_BASE = "https://graph.facebook.com"
DEFAULT_VERSION = "v25.0"


class Graph:
    """The interface as one token may use it. The token goes into a header, so that it stands in no log of addresses."""

    def __init__(self, base: str, version: str, token: str) -> None:
        self._version = version
        self._caller = Caller(base, headers={"Authorization": f"Bearer {token}"} if token else None)
        # A connector is thrown away without a word; its connections must not outlive it.
        weakref.finalize(self, self._caller.close)

    def get(self, path: str, **query: str | int) -> dict[str, Any]:
        """Read; raises `GraphError` and `NotReached`."""
        return self._answered(self._caller.call("GET", self._path(path), query=query))

    def post(
        self,
        path: str,
        body: Mapping[str, object],
        *,
        files: Sequence[tuple[str, tuple[str, bytes, str]]] | None = None,
    ) -> dict[str, Any]:
        """Write; with files as a form whose values are JSON. Raises `GraphError` and `NotReached`."""
        if not files:
            return self._answered(self._caller.call("POST", self._path(path), json=body))
        form = {name: each if isinstance(each, str) else json_.dumps(each) for name, each in body.items()}
        return self._answered(self._caller.call("POST", self._path(path), form=form, files=files))

    def close(self) -> None:
        self._caller.close()

    def _path(self, path: str) -> str:
        return f"{self._version}/{quote(path, safe='/')}"

    @staticmethod
    def _answered(reply: Reply) -> dict[str, Any]:
        body = mapping(reply.json())
        if reply.is_good and "error" not in body:
            return body
        if reply.status >= 500 and "error" not in body:
            # A gateway in between gave up: nobody knows how far the call came.
            raise NotReached(f"Facebook antwortet mit {reply.status}.", may_have_arrived=True)
        raise error_in(body, status=reply.status, retry_within=_asked_to_wait(reply.headers))


@contextmanager
def speaking() -> Iterator[None]:
    """Turn what goes wrong into a `DeliveryError`; a call that broke off after it was handed over is unsure."""
    try:
        yield
    except GraphError as error:
        raise error.as_delivery() from error
    except NotReached as error:
        fault = DeliveryFault.UNSURE if error.may_have_arrived else DeliveryFault.UNREACHABLE
        raise DeliveryError(fault, is_permanent=error.may_have_arrived, words=error.words) from error


@contextmanager
def asking() -> Iterator[None]:
    """Turn what goes wrong into a `ChannelFault` with Meta's code."""
    try:
        yield
    except GraphError as error:
        raise error.as_fault() from error
    except NotReached as error:
        raise ChannelFault(error.words) from error


def _asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds a limit names: Retry-After, or the minutes Meta reckons until there is room again."""
    after = headers.get("retry-after", "")
    if after.isascii() and after.isdigit():
        return float(min(int(after[:6]), 86_400))
    try:
        usage = mapping(json_.loads(headers.get("x-business-use-case-usage", "{}")))
    except (ValueError, RecursionError):
        return None
    minutes = [each.get("estimated_time_to_regain_access") for uses in usage.values() for each in mappings(uses)]
    longest = max((each for each in minutes if isinstance(each, int) and 0 < each <= 1440), default=0)
    return longest * 60.0 or None
